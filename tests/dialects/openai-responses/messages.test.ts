import assert from "node:assert/strict";
import { test } from "node:test";
import { UnsupportedRequest } from "../../../src/dialects/dialect.ts";
import {
  decodeMessages,
  encodeMessages,
  type InputRules,
} from "../../../src/dialects/openai-responses/messages.ts";
import type { Message, Part } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";
import { asked } from "./support.ts";

const user = (text: string) => ({ role: "user", parts: [{ type: "text", text }] });

test("system and developer messages stay where they are", () => {
  const { messages } = asked({
    input: [
      { role: "system", content: "A" },
      { type: "message", role: "user", content: [{ type: "input_text", text: "B" }] },
      { type: "message", role: "developer", content: [{ type: "input_text", text: "C" }] },
    ],
  });
  assert.deepEqual(messages.map((message) => message.role), ["system", "user", "developer"]);
});

test("a turn's reasoning, texts and calls are one message, its results and next prompt another", () => {
  const { messages } = asked({
    input: [
      { role: "user", content: "look" },
      {
        type: "reasoning",
        id: "rs_1",
        summary: [{ type: "summary_text", text: "hm" }],
        encrypted_content: "gAAA",
      },
      {
        type: "message",
        role: "assistant",
        phase: "commentary",
        content: [{ type: "output_text", text: "I look." }],
      },
      { type: "function_call", id: "fc_1", call_id: "call_1", name: "ls", arguments: '{"a": 1}' },
      {
        type: "custom_tool_call",
        call_id: "call_2",
        name: "patch",
        namespace: "functions",
        input: "*** Begin",
      },
      { type: "function_call_output", call_id: "call_1", output: "a.ts" },
      { type: "custom_tool_call_output", call_id: "call_2", output: [{ type: "input_text", text: "ok" }] },
      { role: "user", content: "and now?" },
      { role: "user", content: "well?" },
    ],
  });
  assert.deepEqual(messages, [
    user("look"),
    {
      role: "assistant",
      parts: [
        { type: "reasoning", summary: ["hm"], encrypted: "gAAA", itemId: "rs_1" },
        { type: "text", text: "I look.", phase: "commentary" },
        {
          type: "tool_call",
          id: "call_1",
          name: "ls",
          kind: "function",
          arguments: '{"a": 1}',
          itemId: "fc_1",
        },
        {
          type: "tool_call",
          id: "call_2",
          name: "patch",
          namespace: "functions",
          kind: "custom",
          arguments: "*** Begin",
        },
      ],
    },
    {
      role: "user",
      parts: [
        { type: "tool_result", id: "call_1", kind: "function", content: [{ type: "text", text: "a.ts" }] },
        { type: "tool_result", id: "call_2", kind: "custom", content: [{ type: "text", text: "ok" }] },
        { type: "text", text: "and now?" },
      ],
    },
    user("well?"),
  ]);
});

test("items that only this dialect knows go on as they came", () => {
  const item = {
    type: "web_search_call",
    id: "ws_1",
    status: "completed",
    action: { type: "search", query: "x" },
  };
  const { messages } = asked({ input: [{ role: "user", content: "a" }, item] });
  assert.deepEqual(messages[1]?.parts, [{
    type: "opaque",
    dialect: "openai-responses",
    name: "web_search_call",
    value: item,
  }]);
});

/** Messages, and what else the items brought. */
function read(input: Json): { messages: Message[]; tools: Json[]; updates: Json[] } {
  const tools: Json[] = [];
  const updates: Json[] = [];
  const messages = decodeMessages(input, {
    tools: (list) => void tools.push(list),
    update: (item) => void updates.push(item),
  });
  return { messages, tools, updates };
}

/** Items for a provider that takes all, and what was dropped. */
function written(
  messages: readonly Message[],
  rules: Partial<InputRules> = {},
): { items: Json[]; lost: string[] } {
  const lost: string[] = [];
  const items = encodeMessages(messages, {
    call: (call) => call,
    role: ({ role }) => role,
    reasoning: () => undefined,
    lost: (name) => void lost.push(name),
    ...rules,
  });
  return { items: items as Json[], lost };
}

test("tools and updates among the items are handed on, and make no message", () => {
  const update = { type: "configuration_update", reasoning: { effort: "low" } };
  const found = [{ type: "function", name: "f" }];
  const { messages, tools, updates } = read([
    { type: "additional_tools", tools: found },
    update,
    { type: "tool_search_output", call_id: "c", execution: "client", tools: found },
  ]);
  assert.deepEqual([tools, updates], [[found, found], [update]]);
  assert.deepEqual(messages.map(({ role, parts }) => [role, parts.map(({ type }) => type)]), [
    ["user", ["tool_result"]],
  ]);
});

test("what the user's side answers of this dialect's own is the user's", () => {
  const approval = { type: "mcp_approval_response", approval_request_id: "x", approve: true };
  const asks = { type: "mcp_approval_request", id: "x" };
  const { messages } = read([asks, approval, { role: "user", content: "go" }]);
  assert.deepEqual(messages.map(({ role, parts }) => [role, parts.length]), [["assistant", 1], ["user", 2]]);
});

test("an item that only its server knows is refused with its place", () => {
  for (const type of ["item_reference", "compaction", "compaction_trigger"]) {
    assert.throws(() => read([{ role: "user", content: "a" }, { type }]), (error) => {
      assert.ok(error instanceof UnsupportedRequest);
      assert.equal(error.param, "input[1]");
      assert.ok(error.message.startsWith(`input[1] of type "${type}" `), error.message);
      return true;
    });
  }
});

test("input of odd shapes has no messages", () => {
  for (
    const odd of [undefined, null, "", 7, {}, [null, 7, "x"], [{ role: "user" }], [{
      role: "user",
      content: [],
    }]]
  ) {
    assert.deepEqual(read(odd).messages, []);
  }
  assert.deepEqual(read([{ role: "robot", content: "é" }]).messages, [user("é")]);
});

test("a message is cut where an item lies between its texts, and where the phase changes", () => {
  const parts: Part[] = [
    { type: "text", text: "a", phase: "commentary" },
    { type: "text", text: "b", phase: "commentary" },
    { type: "text", text: "c", phase: "final_answer" },
    { type: "tool_call", id: "x", name: "f", kind: "function", arguments: "{}" },
    { type: "refusal", text: "no" },
  ];
  const { items } = written([{ role: "assistant", parts }]);
  assert.deepEqual(items.map(({ type, phase, content }) => [type, phase, content?.length]), [
    ["message", "commentary", 2],
    ["message", "final_answer", 1],
    ["function_call", undefined, undefined],
    ["message", undefined, 1],
  ]);
  const back = read(items).messages;
  assert.deepEqual(back, [{ role: "assistant", parts }]);
});

test("a result is of the kind of its call, as the provider got it", () => {
  const call: Part = { type: "tool_call", id: "x", name: "patch", kind: "custom", arguments: "t" };
  const result: Part = { type: "tool_result", id: "x", kind: "function", content: [] };
  const { items } = written([{ role: "assistant", parts: [call] }, { role: "user", parts: [result] }]);
  assert.deepEqual(items.map(({ type }) => type), ["custom_tool_call", "custom_tool_call_output"]);
  const flat = written([{ role: "assistant", parts: [call] }, { role: "user", parts: [result] }], {
    call: (part) => ({ ...part, kind: "function" }),
  });
  assert.deepEqual(flat.items.map(({ type }) => type), ["function_call", "function_call_output"]);
});

test("what a provider does not take is dropped by name", () => {
  const image: Part = { type: "image", source: { kind: "url", url: "https://a" } };
  const { items, lost } = written([
    { role: "user", parts: [{ type: "audio", data: "AA", format: "mp3" }, { type: "text", text: "é" }] },
    {
      role: "assistant",
      parts: [
        image,
        { type: "document", source: { kind: "file", id: "f" } },
        { type: "reasoning", text: "hm" },
        { type: "opaque", dialect: "anthropic-messages", name: "server_tool_use", value: {} },
      ],
    },
  ]);
  assert.deepEqual(items, [
    { type: "message", role: "user", content: [{ type: "input_text", text: "é" }] },
  ]);
  assert.deepEqual(lost, ["audio", "images", "documents", "reasoning", "server_tool_use"]);
});
