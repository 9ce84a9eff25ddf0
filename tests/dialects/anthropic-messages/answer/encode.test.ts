import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { newMessageId } from "../../../../src/dialects/anthropic-messages/answer/encode.ts";
import { anthropicMessages } from "../../../../src/dialects/anthropic-messages/index.ts";
import type { Conversation, Reply } from "../../../../src/model/conversation.ts";
import { replyArbitrary } from "../../support/conversation.ts";
import { ASKED } from "../streams.ts";

const { reply } = anthropicMessages;

function defined<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

test("any answer survives encoding and decoding", () => {
  fc.assert(fc.property(replyArbitrary(), (answer) => {
    const back = reply.decode(defined(reply.encode(answer, ASKED)));
    // Summaries are shown as one text.
    const parts = answer.parts.map((part) =>
      part.type === "reasoning" && part.summary ? { ...part, summary: [part.summary.join("\n\n")] } : part
    );
    assert.deepEqual(back, { ...answer, parts, serviceTier: "default" });
  }));
});

const encode = (fields: Partial<Reply>, asked: Conversation = ASKED) =>
  reply.encode({ id: "msg_1", model: "m", stop: "end_turn", parts: [], ...fields }, asked);

test("an answer has every field that the official SDK reads", () => {
  // https://platform.claude.com/docs/en/api/messages#response
  const usage = { input: 5, cacheRead: 0, cacheWrite: 0, output: 2, reasoning: 0 };
  assert.deepEqual(encode({ parts: [{ type: "text", text: "こんにちは" }], usage, stopSequence: "END" }), {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    content: [{ type: "text", text: "こんにちは" }],
    stop_reason: "end_turn",
    stop_sequence: "END",
    usage: {
      input_tokens: 5,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 2,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      service_tier: "standard",
    },
  });
});

test("an answer without an id gets a new one in Anthropic's form", () => {
  const ids = [encode({ id: "" }).id, encode({ id: "" }).id, newMessageId()];
  for (const id of ids) assert.match(id, /^msg_[0-9a-f]{32}$/);
  assert.equal(new Set(ids).size, ids.length);
});

test("usage that no provider reported is estimated from the request and the answer", () => {
  const asked: Conversation = {
    ...ASKED,
    messages: [{ role: "user", parts: [{ type: "text", text: "x".repeat(4000) }] }],
  };
  const { usage } = encode({ parts: [{ type: "text", text: "y".repeat(400) }] }, asked);
  assert.ok(usage.input_tokens > 500 && usage.input_tokens < 2000, `${usage.input_tokens}`);
  assert.equal(usage.output_tokens, 100);
});

test("empty texts, and what is not part of an answer, make no block", () => {
  const { content } = encode({
    parts: [
      { type: "text", text: "" },
      { type: "refusal", text: "" },
      { type: "audio", data: "AA", format: "mp3" },
      { type: "opaque", dialect: "openai-chat", name: "image", value: {} },
      { type: "opaque", dialect: "anthropic-messages", name: "x", value: { type: "x" } },
      { type: "refusal", text: "I will not." },
    ],
  });
  assert.deepEqual(content, [{ type: "x" }, { type: "text", text: "I will not." }]);
});

test("a call in the client's own name ends the turn, whatever the provider called its end", () => {
  const asked: Conversation = { ...ASKED, tools: [{ kind: "custom", name: "patch" }] };
  const { content, stop_reason } = encode({
    parts: [{ type: "tool_call", id: "a", name: "patch", kind: "custom", arguments: 'x "é"' }],
  }, asked);
  assert.deepEqual(content, [{ type: "tool_use", id: "a", name: "patch", input: { input: 'x "é"' } }]);
  assert.equal(stop_reason, "tool_use");
});
