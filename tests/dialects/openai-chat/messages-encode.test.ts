import assert from "node:assert/strict";
import { test } from "node:test";
import { CHAT_COPY } from "../../../src/catalog/quirks.ts";
import type { Conversation, Part } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";
import { encode } from "./encoding.ts";

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

test("documents go as files, as text, or not at all", () => {
  const pdf = { kind: "data" as const, mediaType: "application/pdf", data: "AAAA" };
  const messages: Conversation["messages"] = [{
    role: "user",
    parts: [
      { type: "document", source: pdf, title: "a.pdf" },
      { type: "document", source: { kind: "text", text: "words" }, title: "notes" },
    ],
  }];
  assert.deepEqual(sent(messages), [{
    role: "user",
    content: [
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" } },
      { type: "text", text: "notes\n\nwords" },
    ],
  }]);
  const copy = encode({ messages }, { quirks: CHAT_COPY });
  assert.deepEqual(copy.dropped, ["documents"]);
  assert.deepEqual(copy.body.messages, [{ role: "user", content: "notes\n\nwords" }]);
});

test("an image that only its own provider knows is lost by name", () => {
  const parts: Part[] = [{ type: "image", source: { kind: "file", id: "file_1" } }];
  assert.deepEqual(encode({ messages: [{ role: "user", parts }] }).dropped, ["images"]);
});

test("cache marks stay where they are taken", () => {
  const parts: Part[] = [text("a"), { type: "text", text: "b", cache: { ttl: "1h" } }];
  assert.deepEqual(sent([{ role: "system", parts }]), [{
    role: "system",
    content: [
      { type: "text", text: "a" },
      { type: "text", text: "b", cache_control: { type: "ephemeral", ttl: "1h" } },
    ],
  }]);
  const copy = encode({ messages: [{ role: "system", parts }] }, { quirks: CHAT_COPY });
  assert.deepEqual(copy.body.messages, [{ role: "system", content: "a\n\nb" }]);
  assert.deepEqual(copy.dropped, ["cache_control"]);
});

test("call ids are short enough for everybody, and still match", () => {
  const id = "toolu_" + "0123456789".repeat(6);
  const messages: Conversation["messages"] = [
    { role: "assistant", parts: [{ type: "tool_call", id, name: "f", kind: "function", arguments: "{}" }] },
    { role: "user", parts: [{ type: "tool_result", id, kind: "function", content: [] }] },
  ];
  const [call, result] = sent(messages);
  assert.ok(call.tool_calls[0].id.length <= 40);
  assert.equal(result.tool_call_id, call.tool_calls[0].id);
  const [shortCall, shortResult] = sent(messages, ["short-call-ids"]);
  assert.match(shortCall.tool_calls[0].id, /^[a-zA-Z0-9]{9}$/);
  assert.equal(shortResult.tool_call_id, shortCall.tool_calls[0].id);
});
