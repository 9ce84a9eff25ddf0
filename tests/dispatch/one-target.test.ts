import assert from "node:assert/strict";
import { test } from "node:test";
import { good } from "../support/faults.ts";
import { type Answer, json, sse } from "../support/provider.ts";
import { hear, PATHS } from "../support/speech.ts";
import { proxyWith } from "../support/world.ts";

test("a field that is refused though it is gone ends the request, and nothing is remembered", async () => {
  const refusal = { error: { message: "Unknown parameter: 'odd'.", param: "odd" } };
  await using world = await proxyWith({ there: json(refusal, 400) }, { dialect: "openai-chat" });
  const messages = [{ role: "user", content: "a" }];
  const response = await world.post("/v1/chat/completions", { model: "x", messages, odd: 1 });
  assert.deepEqual([response.status, await response.json()], [400, refusal]);
  assert.equal(world.there.arrived.length, 2);
  const without = await world.post("/v1/chat/completions", { model: "x", messages });
  assert.equal(without.status, 400);
  await without.text();
  assert.equal(world.there.arrived.length, 3);
  assert.deepEqual(world.context.state.lessons.all, []);
});

test("another account's reasoning that a stream refuses is sent once more without it", async () => {
  const failed = {
    type: "response.failed",
    response: {
      id: "r",
      status: "failed",
      error: { code: "invalid_encrypted_content", message: "no" },
      output: [],
    },
  };
  const dialect = "openai-responses";
  const answer: Answer = (arrived, res) =>
    (arrived.text.includes("encrypted_content")
      ? sse([`event: response.failed\ndata: ${JSON.stringify(failed)}\n\n`])
      : good(dialect, true, "without"))(arrived, res);
  await using world = await proxyWith({ there: answer }, { dialect });
  const reasoning = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "gAAAx" };
  const input = [{ role: "user", content: "hi" }, reasoning, { role: "assistant", content: "ok" }, {
    role: "user",
    content: "go",
  }];
  const response = await world.post(PATHS[dialect], { model: "auto", stream: true, input });
  assert.equal((await hear(dialect, response)).text, "without");
});
