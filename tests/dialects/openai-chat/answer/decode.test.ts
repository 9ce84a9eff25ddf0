import assert from "node:assert/strict";
import { test } from "node:test";
import { openAiChat } from "../../../../src/dialects/openai-chat/index.ts";
import { lackOf } from "../../../../src/dialects/shared/empty-answer.ts";

test("an error inside a whole answer is the reply's error", () => {
  assert.equal(openAiChat.reply.decode({ error: { message: "gone", code: 502 } }).error?.message, "gone");
  assert.match(openAiChat.reply.decode({ choices: [] }).error?.message ?? "", /empty/);
});

test("a whole answer's texts, calls, thoughts and ends are read", () => {
  // https://platform.openai.com/docs/api-reference/chat/object
  const reply = openAiChat.reply.decode({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 5,
    model: "m",
    service_tier: "flex",
    choices: [{
      index: 0,
      finish_reason: "tool_calls",
      message: {
        role: "assistant",
        content: "こんにちは",
        reasoning_content: "hm",
        tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: '{"a":1}' } }],
      },
    }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  });
  assert.deepEqual(reply, {
    id: "chatcmpl-1",
    model: "m",
    created: 5,
    parts: [
      { type: "reasoning", text: "hm" },
      { type: "text", text: "こんにちは" },
      { type: "tool_call", id: "c1", name: "f", kind: "function", arguments: '{"a":1}' },
    ],
    stop: "tool_use",
    rawStop: "tool_calls",
    usage: { input: 3, cacheRead: 0, cacheWrite: 0, output: 2, reasoning: 0 },
    serviceTier: "flex",
  });
});

test("an answer of any shape is read, and one that holds nothing lacks something", () => {
  for (
    const odd of [null, [], "x", 7, {}, { choices: "x" }, { choices: [null, {}] }, {
      choices: [{ message: 1 }],
    }]
  ) {
    assert.notEqual(lackOf(openAiChat.reply.decode(odd)), undefined, JSON.stringify(odd));
  }
});
