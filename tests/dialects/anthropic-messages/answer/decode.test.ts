import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeReply, refusalText } from "../../../../src/dialects/anthropic-messages/answer/decode.ts";

test("a whole answer is read: thoughts, texts, calls, the end, usage and tier", () => {
  // https://platform.claude.com/docs/en/api/messages#response
  assert.deepEqual(
    decodeReply({
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-x",
      content: [
        { type: "thinking", thinking: "hm", signature: "EvQB" },
        { type: "text", text: "Grüße" },
        { type: "text", text: "" },
        { type: "tool_use", id: "toolu_1", name: "f", input: { a: [1] } },
        { type: "server_tool_use", id: "s", name: "web_search", input: {} },
      ],
      stop_reason: "stop_sequence",
      stop_sequence: "END",
      usage: { input_tokens: 3, output_tokens: 4, service_tier: "priority" },
    }),
    {
      id: "msg_1",
      model: "claude-x",
      parts: [
        { type: "reasoning", text: "hm", signature: "EvQB" },
        { type: "text", text: "Grüße" },
        { type: "tool_call", id: "toolu_1", name: "f", kind: "function", arguments: '{"a":[1]}' },
        {
          type: "opaque",
          dialect: "anthropic-messages",
          name: "server_tool_use",
          value: { type: "server_tool_use", id: "s", name: "web_search", input: {} },
        },
      ],
      stop: "stop_sequence",
      stopSequence: "END",
      usage: { input: 3, cacheRead: 0, cacheWrite: 0, output: 4, reasoning: 0 },
      serviceTier: "priority",
    },
  );
});

test("the words of a refusal are a refusal after what was said before", () => {
  // https://platform.claude.com/docs/en/test-and-evaluate/strengthen-guardrails/handle-streaming-refusals
  const details = { type: "refusal", category: "cyber", explanation: "Not that." };
  const { parts, stop } = decodeReply({
    content: [{ type: "text", text: "Well" }],
    stop_reason: "refusal",
    stop_details: details,
  });
  assert.deepEqual([parts, stop], [
    [{ type: "text", text: "Well" }, { type: "refusal", text: "Not that." }],
    "refusal",
  ]);
  for (const silent of [undefined, null, {}, { type: "refusal" }, { type: "other", explanation: "x" }]) {
    assert.equal(refusalText(silent), undefined);
  }
});

test("an answer of any shape is read without throwing", () => {
  for (const odd of [null, undefined, "x", 7, [], {}, { content: 7, usage: "x", stop_reason: {} }]) {
    const { parts, stop, id } = decodeReply(odd);
    assert.deepEqual([parts, stop, id], [[], "end_turn", ""]);
  }
});
