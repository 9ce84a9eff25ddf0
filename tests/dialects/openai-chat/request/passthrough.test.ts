import assert from "node:assert/strict";
import { test } from "node:test";
import { openAiChat } from "../../../../src/dialects/openai-chat/index.ts";
import {
  historyEdits,
  needsReencode,
  usageOnDemand,
} from "../../../../src/dialects/openai-chat/request/passthrough.ts";
import type { Json } from "../../../../src/model/json.ts";

const TARGET = { provider: "p", model: "m", quirks: [] };

test("usage is asked for beside whatever else the client wants of its stream", () => {
  // https://platform.openai.com/docs/api-reference/chat/create#chat-create-stream_options
  const edits = (stream_options: Json, quirks: readonly string[] = []) =>
    usageOnDemand!.edits({ stream: true, stream_options }, quirks)?.stream_options;
  assert.deepEqual(edits(undefined), { include_usage: true });
  assert.deepEqual(edits(null), { include_usage: true });
  assert.deepEqual(edits("x"), { include_usage: true });
  assert.deepEqual(edits({ include_usage: false, include_obfuscation: true }), {
    include_usage: true,
    include_obfuscation: true,
  });
  assert.equal(edits({ include_usage: true }), undefined);
  assert.equal(edits({}, ["no-stream-options"]), undefined);
});

test("an event with nothing but usage has the marks by which it is looked for", () => {
  const data = JSON.stringify({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } });
  assert.ok(usageOnDemand!.marks.every((mark) => data.includes(mark)));
  assert.equal(usageOnDemand!.isUsageOnly(data), true);
});

test("custom tools, or calls of them, are re-encoded for those alone who know functions only", () => {
  const custom = { tools: [{ type: "function" }, { type: "custom", custom: { name: "c" } }] };
  const called = { messages: [null, { role: "assistant", tool_calls: [{ type: "custom", id: "a" }] }] };
  const strict = { ...TARGET, quirks: ["functions-only"] };
  for (const body of [custom, called]) {
    assert.equal(needsReencode(body, strict), true);
    assert.equal(needsReencode(body, TARGET), false);
  }
  for (const body of [null, {}, { tools: "x", messages: 7 }, { tools: [{ type: "function" }, null] }]) {
    assert.equal(needsReencode(body, strict), false);
  }
});

test("a custom tool that went out as a function comes back as itself", () => {
  const body = {
    model: "m",
    messages: [{ role: "user", content: "hi" }],
    tools: [{ type: "custom", custom: { name: "patch" } }],
  };
  const asked = openAiChat.request.decode(body);
  const { tools } = openAiChat.request.encode(asked, { ...TARGET, quirks: ["functions-only"] }).body;
  const call = {
    id: "c",
    type: "function",
    function: { name: tools[0].function.name, arguments: '{"input":"ü"}' },
  };
  const reply = openAiChat.reply.decode({
    choices: [{
      finish_reason: "tool_calls",
      message: { role: "assistant", content: null, tool_calls: [call] },
    }],
  });
  assert.deepEqual(openAiChat.reply.encode(reply, asked).choices[0].message.tool_calls, [
    { id: "c", type: "custom", custom: { name: "patch", input: "ü" } },
  ]);
});

test("a history that needs nothing is left alone, whatever its shape", () => {
  const messages = [{ role: "user", content: "hi" }, { role: "assistant", content: "ok" }];
  for (const body of [{ messages }, {}, null, { messages: "x" }, { messages: [null, 7] }]) {
    assert.equal(historyEdits(body, TARGET), undefined);
  }
});

test("a call without its result gets one, and nothing else of the body is replaced", () => {
  const call = { id: "a", type: "function", function: { name: "f", arguments: "{}" } };
  const messages = [
    { role: "user", content: "hi" },
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "user", content: "stop" },
  ];
  const edits = historyEdits({ model: "m", messages, temperature: 1 }, TARGET)!;
  assert.deepEqual(Object.keys(edits.members), ["messages"]);
  const sent: Json = edits.members.messages;
  assert.deepEqual(sent.map(({ role }: Json) => role), ["user", "assistant", "tool", "user"]);
  assert.equal(sent[2].tool_call_id, "a");
  assert.equal(sent[0], messages[0]);
});
