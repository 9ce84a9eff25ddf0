import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  argumentsOf,
  callId,
  decodeCall,
  encodeCall,
  encodeClientCall,
  googleSignature,
  LONGEST_ID,
} from "../../../src/dialects/openai-chat/calls.ts";
import { toolNames } from "../../../src/dialects/shared/tool-names.ts";
import type { Conversation, ToolCallPart } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";
import { encode } from "./encoding.ts";

function sent(messages: Conversation["messages"], quirks: readonly string[] = []): Json {
  return JSON.parse(JSON.stringify(encode({ messages }, { quirks }).body.messages));
}

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

const CALL: ToolCallPart = { type: "tool_call", id: "a", name: "f", kind: "function", arguments: "{}" };

test("a call is read in both forms, with the signature that Gemini wants back", () => {
  // https://ai.google.dev/gemini-api/docs/thought-signatures
  assert.deepEqual(
    decodeCall({
      id: "a",
      function: { name: "f", arguments: '{"x": 1}' },
      extra_content: { google: { thought_signature: "sig" } },
    }),
    { ...CALL, arguments: '{"x": 1}', signature: "sig" },
  );
  assert.deepEqual(decodeCall({ id: 7, custom: { name: "c", input: "ü\n" } }), {
    type: "tool_call",
    id: "7",
    name: "c",
    kind: "custom",
    arguments: "ü\n",
  });
  for (const odd of [{}, { function: null }, { function: "f" }, { id: "a", type: "function" }]) {
    assert.equal(decodeCall(odd), undefined);
  }
});

test("arguments are JSON text, whatever a client made of them", () => {
  assert.equal(argumentsOf('{"a": 1}'), '{"a": 1}');
  assert.equal(argumentsOf({ a: "é" }), '{"a":"é"}');
  for (const none of ["", "  \n", null, undefined, 7, []]) assert.equal(argumentsOf(none), "{}");
});

test("any id becomes one that a provider takes, the same every time", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 80 }), (id) => {
    assert.match(callId(id, true), /^[a-zA-Z0-9]{9}$/);
    assert.equal(callId(id, true), callId(id, true));
    assert.ok(callId(id, false).length <= LONGEST_ID);
  }));
  const longest = "x".repeat(LONGEST_ID);
  assert.equal(callId(longest, false), longest);
  assert.match(callId(longest + "x", false), /^call_[a-z0-9]{14}$/);
  assert.equal(callId("abcDEF123", true), "abcDEF123");
});

test("ids that differ in one character stay different", () => {
  const ids = Array.from({ length: 2000 }, (_, i) => `toolu_${"0".repeat(50)}${i}`);
  for (const short of [true, false]) {
    assert.equal(new Set(ids.map((id) => callId(id, short))).size, ids.length);
  }
});

test("a provider gets a function's JSON, and no mark for its cache", () => {
  const lost: string[] = [];
  const rules = {
    name: () => "wire",
    callId: (id: string) => `${id}!`,
    lost: (name: string) => void lost.push(name),
  };
  assert.deepEqual(encodeCall({ ...CALL, arguments: "", cache: {} }, rules), {
    id: "a!",
    type: "function",
    function: { name: "wire", arguments: "{}" },
  });
  assert.deepEqual(lost, ["cache_control"]);
  const custom = encodeCall({ ...CALL, kind: "custom", arguments: 'say "é"' }, rules);
  assert.deepEqual(custom.type === "function" && JSON.parse(custom.function.arguments), { input: 'say "é"' });
  assert.deepEqual(encodeCall({ ...CALL, signature: "s" }, rules), {
    id: "a!",
    type: "function",
    function: { name: "wire", arguments: "{}" },
    ...googleSignature("s"),
  });
});

test("a client gets its own tool's name and kind back", () => {
  const names = toolNames([{ kind: "custom", name: "patch" }, { kind: "function", name: "mcp.read" }]);
  const wire = names.wire({ name: "mcp.read" });
  assert.deepEqual(encodeClientCall({ ...CALL, name: "patch", arguments: '{"input":"x"}' }, names), {
    id: "a",
    type: "custom",
    custom: { name: "patch", input: "x" },
  });
  assert.deepEqual(encodeClientCall({ ...CALL, name: wire, signature: "s" }, names), {
    id: "a",
    type: "function",
    function: { name: "mcp.read", arguments: "{}" },
    ...googleSignature("s"),
  });
  const unknown = encodeClientCall({ ...CALL, name: "gone", kind: "custom", arguments: "x" }, names);
  assert.deepEqual(unknown, { id: "a", type: "custom", custom: { name: "gone", input: "x" } });
});
