import assert from "node:assert/strict";
import { test } from "node:test";
import type { Conversation, Reply } from "../../../../src/model/conversation.ts";
import type { Json } from "../../../../src/model/json.ts";
import { openAiChat } from "../../../../src/dialects/openai-chat/index.ts";
import { ASKED, TEXT } from "../client.ts";

const CUSTOM: Conversation = { ...ASKED, tools: [{ kind: "custom", name: "apply_patch" }] };
const PATCH = '*** Begin Patch\n+"é"\n*** End Patch';

test("a custom tool's call in a whole answer is a custom call", () => {
  const part = { type: "tool_call" as const, id: "a", name: "apply_patch", kind: "function" as const };
  const reply: Reply = {
    ...TEXT,
    stop: "tool_use",
    parts: [{ ...part, arguments: JSON.stringify({ input: PATCH }) }],
  };
  const [call] = openAiChat.reply.encode(reply, CUSTOM).choices[0].message.tool_calls;
  assert.deepEqual(call, { id: "a", type: "custom", custom: { name: "apply_patch", input: PATCH } });
});

const encode = (reply: Partial<Reply>, asked: Conversation = ASKED) =>
  openAiChat.reply.encode({ ...TEXT, ...reply }, asked);

test("an answer has the fields that clients read, also where it says nothing", () => {
  // https://platform.openai.com/docs/api-reference/chat/object
  assert.deepEqual(encode({ parts: [], serviceTier: "flex" }), {
    id: "id",
    object: "chat.completion",
    created: 5,
    model: "m",
    choices: [{
      index: 0,
      message: { role: "assistant", content: null, refusal: null },
      logprobs: null,
      finish_reason: "stop",
    }],
    usage: {
      prompt_tokens: 6,
      completion_tokens: 4,
      total_tokens: 10,
      prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 3 },
      completion_tokens_details: { reasoning_tokens: 1 },
    },
    service_tier: "flex",
  });
  const { usage: _usage, created: _created, ...bare } = TEXT;
  const answer = openAiChat.reply.encode({ ...bare, id: "" }, ASKED);
  assert.match(answer.id, /^chatcmpl-./);
  assert.ok(Math.abs(answer.created - Date.now() / 1000) < 600);
  assert.ok(!("usage" in answer));
});

test("texts are one content, and each citation spans its own text in it", () => {
  const cite = (url: string) => [{ url, title: "T" }];
  const { content, annotations } = encode({
    parts: [
      { type: "text", text: "é1", citations: cite("https://a") },
      { type: "text", text: "22" },
      {
        type: "text",
        text: "3",
        citations: [{ url: "https://b", start: 0, end: 1 }, { citedText: "no form" }],
      },
    ],
  }).choices[0].message;
  assert.equal(content, "é1223");
  const spans = annotations.map((one: Json) => one.url_citation);
  assert.deepEqual(spans, [
    { url: "https://a", title: "T", start_index: 0, end_index: 2 },
    { url: "https://b", title: "https://b", start_index: 4, end_index: 5 },
  ]);
});

test("a refusal is its own field, and pictures that the model made are kept", () => {
  const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
  const { message, finish_reason } = encode({
    stop: "refusal",
    parts: [
      { type: "refusal", text: "I will " },
      { type: "refusal", text: "not." },
      { type: "opaque", dialect: "openai-chat", name: "image", value: image },
      { type: "opaque", dialect: "anthropic-messages", name: "image", value: {} },
    ],
  }).choices[0];
  assert.deepEqual([message.refusal, message.content, finish_reason], ["I will not.", null, "stop"]);
  assert.deepEqual(message.images, [image]);
});

test("thoughts are words; what must come back of them is in the details, counted from zero", () => {
  const { message } = encode({
    parts: [
      { type: "reasoning", text: "plain" },
      { type: "reasoning", text: "signed", signature: "s" },
      { type: "reasoning", redacted: "r" },
      { type: "text", text: "hi" },
    ],
  }).choices[0];
  assert.equal(message.reasoning_content, "plain\n\nsigned");
  assert.deepEqual(message.reasoning_details.map(({ type, index }: Json) => [type, index]), [
    ["reasoning.text", 0],
    ["reasoning.encrypted", 1],
  ]);
});
