import assert from "node:assert/strict";
import { test } from "node:test";
import type { Conversation, Part } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";
import { openAiChat } from "../../../src/dialects/openai-chat/index.ts";
import { encode } from "./encoding.ts";

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

function sent(messages: Conversation["messages"], quirks: readonly string[] = []): Json {
  return JSON.parse(JSON.stringify(encode({ messages }, { quirks }).body.messages));
}

const text = (text: string): Part => ({ type: "text", text });

test("developer and later system messages are said as the provider takes them", () => {
  const messages: Conversation["messages"] = [
    { role: "system", parts: [text("one"), text("two")] },
    { role: "developer", parts: [text("three")] },
    { role: "user", parts: [text("hi")] },
    { role: "system", parts: [text("note")] },
  ];
  assert.deepEqual(sent(messages), [
    { role: "system", content: "one\n\ntwo" },
    { role: "developer", content: "three" },
    { role: "user", content: "hi" },
    { role: "system", content: "note" },
  ]);
  assert.deepEqual(sent(messages, ["no-developer-role", "system-first-only"]), [
    { role: "system", content: "one\n\ntwo\n\nthree" },
    { role: "user", content: "hi" },
    { role: "user", content: "<system-reminder>\nnote\n</system-reminder>" },
  ]);
});

test("results come first, with their errors marked, and their images follow in the user's name", () => {
  const png = { kind: "data" as const, mediaType: "image/png", data: "AAAA" };
  const messages: Conversation["messages"] = [
    {
      role: "assistant",
      parts: [
        { type: "tool_call", id: "a", name: "f", kind: "function", arguments: "" },
        { type: "tool_call", id: "b", name: "c", kind: "custom", arguments: 'x"' },
      ],
    },
    {
      role: "user",
      parts: [
        text("and now?"),
        {
          type: "tool_result",
          id: "a",
          kind: "function",
          content: [text("no such file") as never],
          isError: true,
        },
        { type: "tool_result", id: "b", kind: "custom", content: [{ type: "image", source: png }] },
      ],
    },
  ];
  assert.deepEqual(sent(messages), [
    {
      role: "assistant",
      content: null,
      tool_calls: [
        { id: "a", type: "function", function: { name: "f", arguments: "{}" } },
        { id: "b", type: "function", function: { name: "c", arguments: '{"input":"x\\""}' } },
      ],
    },
    { role: "tool", tool_call_id: "a", content: "[The tool failed]\nno such file" },
    { role: "tool", tool_call_id: "b", content: "[An attachment follows.]" },
    {
      role: "user",
      content: [
        { type: "text", text: "[From the result of tool call b:]" },
        { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
        { type: "text", text: "and now?" },
      ],
    },
  ]);
});
