/** What agents allow an answer beyond any need ("max_tokens": 128000) keeps no cheap model from answering. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import { type Answer, json } from "../support/provider.ts";
import { PATHS, written } from "../support/speech.ts";
import { proxyWith } from "../support/world.ts";

/** The published example, with its providers on this machine. */
const published = () => {
  const answer: Answer = (arrived, res) => {
    const dialect = (Object.keys(PATHS) as BuiltinDialect[]).find((name) =>
      arrived.path.endsWith(PATHS[name])
    )!;
    return json(written(dialect, "ok"))(arrived, res);
  };
  return proxyWith({ openrouter: { answer, path: "/api/v1" }, groq: { answer, path: "/openai/v1" } }, {
    router: `think = "openrouter,anthropic/claude-3-opus"
plan_implementation = "openrouter,anthropic/claude-3.5-haiku"
background = "groq,llama-3.1-8b-instant"`,
  });
};

const LONG = "an earlier answer ".repeat(6000);
const turns = [
  { role: "user", content: "hello" },
  { role: "assistant", content: LONG },
  { role: "user", content: "build this feature" },
];

const ASKED: readonly (readonly [BuiltinDialect, string, object])[] = [
  ["anthropic-messages", "max_tokens", { max_tokens: 128_000, messages: turns }],
  ["openai-chat", "max_tokens", { max_tokens: 128_000, messages: turns }],
  ["openai-responses", "max_output_tokens", { max_output_tokens: 128_000, input: turns }],
];

for (const [dialect, field, body] of ASKED) {
  test(`${dialect}: a limit that the window has no room for is lowered to what it has`, async () => {
    await using world = await published();
    const response = await world.post(PATHS[dialect], { model: "claude-opus-5-5", ...body });
    assert.equal(response.status, 200, await response.text());
    assert.equal(response.headers.get("x-routed-model"), "llama-3.1-8b-instant");
    const sent = world.groq.arrived[0]!.json;
    assert.equal(sent.model, "llama-3.1-8b-instant");
    assert.ok(sent[field] > 50_000 && sent[field] < 120_000, `${field}: ${sent[field]}`);
    assert.match(response.headers.get("x-translation-dropped") ?? field, new RegExp(field));
  });
}

test("a limit that fits stays as it is", async () => {
  await using world = await published();
  const text =
    '{"max_tokens":64000,  "model":"x","messages":[{"role":"user","content":"build this feature"}]}';
  await (await world.post("/v1/chat/completions", text)).text();
  assert.equal(world.groq.arrived[0]!.text, text.replace('"x"', '"llama-3.1-8b-instant"'));
});

test("what the cheap model cannot take, an image, goes to the next route whose model can", async () => {
  await using world = await published();
  const response = await world.post("/v1/messages", {
    model: "auto",
    max_tokens: 100,
    messages: [{
      role: "user",
      content: [
        { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } },
        { type: "text", text: "build this feature" },
      ],
    }],
  });
  assert.equal(response.status, 200);
  await response.text();
  assert.equal(world.openrouter.arrived[0]!.json.model, "anthropic/claude-3.5-haiku");
  assert.match(
    response.headers.get("x-route-reason") ?? "",
    /has no image input.*plan_implementation takes it/,
  );
});
