import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, json } from "../../support/provider.ts";
import { written } from "../../support/speech.ts";
import { proxyWith } from "../../support/world.ts";

const anthropic = (answer: Answer) =>
  proxyWith({ anthropic: { answer, path: "" } }, { router: 'default = "anthropic,claude-haiku-4-5"' });

/** What an agent writes for the newest model. */
const BODY = {
  model: "claude-opus-5-5",
  max_tokens: 128_000,
  thinking: { type: "adaptive" },
  output_config: { effort: "medium" },
  messages: [{ role: "user", content: "hi" }],
};

/** A provider that refuses what its model does not take. */
const strict: Answer = (arrived, res) => {
  const { thinking, max_tokens } = arrived.json;
  const refused = thinking?.type === "adaptive" || max_tokens > 64_000;
  const refusal = {
    type: "error",
    error: { type: "invalid_request_error", message: "adaptive is not supported" },
  };
  return refused ? json(refusal, 400)(arrived, res) : json(written("anthropic-messages", "ok"))(arrived, res);
};

test("what a model refuses is changed in the client's own bytes, and headers and query stay", async () => {
  await using world = await anthropic(strict);
  const text =
    '{"model":"claude-opus-5-5", "max_tokens":128000,"odd":1.0e+2,"thinking":{"type":"adaptive"},"context_management":{"edits":[]},"output_config":{"effort":"medium"},"messages":[{"role":"user","content":"hi"}]}';
  const first = await world.post("/v1/messages?beta=true", text, {
    "anthropic-beta": "context-management-2025-06-27,effort-2025-11-24,context-1m-2025-08-07",
  });
  assert.equal(first.status, 200);
  assert.equal((await first.json()).content[0].text, "ok");
  assert.equal(world.anthropic.arrived.length, 1);
  const [arrived] = world.anthropic.arrived;
  assert.equal(
    arrived?.text,
    '{"model":"claude-haiku-4-5", "max_tokens":64000,"odd":1.0e+2,"thinking":{"budget_tokens":10000,"type":"enabled"},"context_management":{"edits":[]},"messages":[{"role":"user","content":"hi"}]}',
  );
  assert.equal(arrived?.headers["anthropic-beta"], "context-management-2025-06-27,context-1m-2025-08-07");
  assert.equal(arrived?.path, "/v1/messages?beta=true");
  assert.equal(first.headers.get("x-translation-dropped"), "max_tokens, reasoning_effort");
  // A body that fits still passes through as it is.
  const plain = '{"model":"x",  "max_tokens":5,"messages":[{"role":"user","content":"hi"}]}';
  await (await world.post("/v1/messages", plain)).text();
  assert.equal(world.anthropic.arrived[1]?.text, plain.replace('"x"', '"claude-haiku-4-5"'));
});

test("a refusal for another reason passes through to the client, once", async () => {
  const refusal = { type: "error", error: { type: "invalid_request_error", message: "messages: bad" } };
  await using world = await anthropic(json(refusal, 400));
  const response = await world.post("/v1/messages", {
    ...BODY,
    thinking: undefined,
    output_config: undefined,
    max_tokens: 10,
  });
  assert.equal(response.status, 400);
  assert.deepEqual(await response.json(), refusal);
  assert.equal(world.anthropic.arrived.length, 1);
});
