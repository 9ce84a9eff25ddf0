import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../../src/model/json.ts";
import { openAiChat } from "../../../src/dialects/openai-chat/index.ts";

const { decode } = openAiChat.request;

function messages(...list: Json[]): Json {
  return decode({ model: "m", messages: list }).messages;
}

test("every role and every kind of part is read", () => {
  assert.deepEqual(
    messages(
      { role: "system", content: "s" },
      { role: "developer", content: [{ type: "text", text: "d", cache_control: { type: "ephemeral" } }] },
      {
        role: "user",
        name: "ann",
        content: [
          { type: "text", text: "look" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } },
          { type: "image_url", image_url: { url: "https://example.com/a.png" } },
          { type: "input_audio", input_audio: { data: "BBBB", format: "mp3" } },
          { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,CCCC" } },
          { type: "file", file: { file_id: "file-1" } },
          { type: "video_url", video_url: { url: "https://example.com/v" } },
        ],
      },
    ),
    [
      { role: "system", parts: [{ type: "text", text: "s" }] },
      { role: "developer", parts: [{ type: "text", text: "d", cache: {} }] },
      {
        role: "user",
        name: "ann",
        parts: [
          { type: "text", text: "look" },
          { type: "image", source: { kind: "data", mediaType: "image/png", data: "AAAA" }, detail: "low" },
          { type: "image", source: { kind: "url", url: "https://example.com/a.png" } },
          { type: "audio", data: "BBBB", format: "mp3" },
          {
            type: "document",
            source: { kind: "data", mediaType: "application/pdf", data: "CCCC" },
            title: "a.pdf",
          },
          { type: "document", source: { kind: "file", id: "file-1" } },
          {
            type: "opaque",
            dialect: "openai-chat",
            name: "video_url",
            value: { type: "video_url", video_url: { url: "https://example.com/v" } },
          },
        ],
      },
    ],
  );
});

test("results of tools and what the user says after them are one message", () => {
  assert.deepEqual(
    messages(
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "a", type: "function", function: { name: "f", arguments: '{"x": 1}' } },
          { id: "b", type: "custom", custom: { name: "c", input: "text" } },
        ],
      },
      { role: "tool", tool_call_id: "a", content: "one" },
      { role: "tool", tool_call_id: "b", content: [{ type: "text", text: "two" }] },
      { role: "user", content: "go on" },
      { role: "user", content: "quickly" },
    ),
    [
      {
        role: "assistant",
        parts: [
          { type: "tool_call", id: "a", name: "f", kind: "function", arguments: '{"x": 1}' },
          { type: "tool_call", id: "b", name: "c", kind: "custom", arguments: "text" },
        ],
      },
      {
        role: "user",
        parts: [
          { type: "tool_result", id: "a", kind: "function", content: [{ type: "text", text: "one" }] },
          { type: "tool_result", id: "b", kind: "custom", content: [{ type: "text", text: "two" }] },
          { type: "text", text: "go on" },
        ],
      },
      { role: "user", parts: [{ type: "text", text: "quickly" }] },
    ],
  );
});

test("legacy function calls and results find each other", () => {
  const [call, result] = messages(
    { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
    { role: "function", name: "f", content: "done" },
  );
  assert.equal(call.parts[0].id, result.parts[0].id);
  assert.deepEqual(result.parts[0].content, [{ type: "text", text: "done" }]);
});

const REASONING: readonly { readonly sent: Json; readonly is: Json }[] = [
  { sent: { reasoning_content: "hm" }, is: [{ type: "reasoning", text: "hm" }] },
  { sent: { reasoning: "hm" }, is: [{ type: "reasoning", text: "hm" }] },
  {
    sent: {
      reasoning: "hm",
      reasoning_details: [{ type: "reasoning.text", text: "hm", signature: "s", index: 0 }],
    },
    is: [{ type: "reasoning", text: "hm", signature: "s" }],
  },
  {
    sent: {
      reasoning_content: "hm",
      reasoning_details: [{ type: "reasoning.text", signature: "s", index: 0 }],
    },
    is: [{ type: "reasoning", text: "hm", signature: "s" }],
  },
  {
    sent: {
      reasoning_details: [{
        type: "reasoning.encrypted",
        data: "r",
        format: "anthropic-claude-v1",
        index: 0,
      }],
    },
    is: [{ type: "reasoning", redacted: "r" }],
  },
  {
    sent: {
      reasoning_details: [
        { type: "reasoning.summary", summary: "one", index: 0 },
        { type: "reasoning.summary", summary: "two", index: 0 },
        { type: "reasoning.encrypted", data: "e", id: "rs_1", format: "openai-responses-v1", index: 0 },
        { type: "reasoning.encrypted", data: "f", id: "rs_2", format: "openai-responses-v1", index: 0 },
      ],
    },
    is: [
      { type: "reasoning", summary: ["one", "two"], encrypted: "e", itemId: "rs_1" },
      { type: "reasoning", encrypted: "f", itemId: "rs_2" },
    ],
  },
];

for (const { sent, is } of REASONING) {
  test(`reasoning that came as ${JSON.stringify(sent)} is read`, () => {
    const [message] = messages({ role: "assistant", content: "hi", ...sent });
    assert.deepEqual(message.parts, [...is, { type: "text", text: "hi" }]);
  });
}

test("a refusal, in either place, is a refusal", () => {
  const refusal = [{ role: "assistant", parts: [{ type: "refusal", text: "no" }] }];
  assert.deepEqual(messages({ role: "assistant", content: null, refusal: "no" }), refusal);
  assert.deepEqual(messages({ role: "assistant", content: [{ type: "refusal", refusal: "no" }] }), refusal);
});

test("empty messages and empty texts are dropped", () => {
  assert.deepEqual(
    messages({ role: "user", content: "" }, { role: "assistant", content: null }, null, "x"),
    [],
  );
});
