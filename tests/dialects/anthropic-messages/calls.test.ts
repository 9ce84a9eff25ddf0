import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  CallIds,
  clientToolName,
  encodeCall,
  encodeResult,
  inputObject,
  parseInput,
} from "../../../src/dialects/anthropic-messages/calls.ts";
import { type BlockRules, CacheMarks } from "../../../src/dialects/anthropic-messages/content.ts";
import { toolNames } from "../../../src/dialects/shared/tool-names.ts";
import type { ToolCallPart, ToolResultPart } from "../../../src/model/conversation.ts";

const RULES: BlockRules = {
  from: "openai-chat",
  names: toolNames([{ kind: "function", name: "mcp.read" }]),
  marks: new CacheMarks(true),
  thinking: () => undefined,
  lost: () => {},
};
const CALL: ToolCallPart = { type: "tool_call", id: "a", name: "f", kind: "function", arguments: "{}" };

test("any ids become legal ones, each once", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 12 }), { maxLength: 20 }), (ids) => {
      const given = new CallIds();
      const legal = ids.map((id) => given.next(id));
      for (const id of legal) assert.match(id, /^[a-zA-Z0-9_-]+$/);
      assert.equal(new Set(legal).size, ids.length);
    }),
  );
  const ids = new CallIds();
  assert.deepEqual([ids.next("toolu_1"), ids.next("toolu_1"), ids.next("toolu_1_2"), ids.next("")], [
    "toolu_1",
    "toolu_1_2",
    "toolu_1_2_2",
    "call",
  ]);
});

test("arguments become an object; anything else is kept whole for the model to see", () => {
  assert.deepEqual(parseInput('{"a":"é"}'), { a: "é" });
  for (const none of ["", "  \n"]) assert.deepEqual(parseInput(none), {});
  for (const odd of ['{"a":1', "[1]", "7", '"text"', "not JSON"]) {
    assert.deepEqual(parseInput(odd), { raw_arguments: odd });
  }
  assert.deepEqual(parseInput('{"a":1}{"a":1}'), { a: 1 });
});

test("integers of any size stay exact", () => {
  const json = '{"id":12345678901234567890}';
  assert.equal(JSON.stringify(parseInput(json)), json);
});

test("an input of a gateway's form is an object, and no object is changed", () => {
  const input = { a: 1 };
  assert.equal(inputObject(input), input);
  assert.deepEqual(inputObject('{"a":1}'), { a: 1 });
  for (const none of [undefined, null, ""]) assert.deepEqual(inputObject(none), {});
  assert.deepEqual(inputObject([1]), { raw_arguments: "[1]" });
});

test("a call goes out under its wire name, with its mark", () => {
  // https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview
  assert.deepEqual(encodeCall({ ...CALL, name: "mcp.read", cache: { ttl: "1h" } }, "id_1", RULES), {
    type: "tool_use",
    id: "id_1",
    name: RULES.names.wire({ name: "mcp.read" }),
    input: {},
    cache_control: { type: "ephemeral", ttl: "1h" },
  });
});

test("a result is a text where it is one, else a list, and nothing where it is empty", () => {
  const result = (content: ToolResultPart["content"], more: Partial<ToolResultPart> = {}) =>
    encodeResult({ type: "tool_result", id: "x", kind: "function", content, ...more }, "a", RULES);
  const base = { type: "tool_result", tool_use_id: "a" };
  const text = { type: "text" as const, text: "ü" };
  assert.deepEqual(result([text]), { ...base, content: "ü" });
  assert.deepEqual(result([text, text]).content, [text, text]);
  assert.deepEqual(result([]), base);
  assert.deepEqual(result([{ type: "text", text: "" }]), base);
  assert.deepEqual(result([{ type: "text", text: " " }, { type: "text", text: "" }]), base);
  assert.deepEqual(result([text], { isError: true }), { ...base, content: "ü", is_error: true });
  const native = { dialect: "anthropic-messages" as const, value: [{ type: "tool_reference" }] };
  assert.deepEqual(result([text], { native }).content, native.value);
});

test("the client gets its own name of a tool back, also of one that it did not offer", () => {
  const wire = RULES.names.wire({ name: "mcp.read" });
  assert.equal(clientToolName({ ...CALL, name: wire }, RULES.names), "mcp.read");
  assert.equal(clientToolName({ ...CALL, name: "gone" }, RULES.names), "gone");
  assert.equal(clientToolName({ ...CALL, name: "read", namespace: "files" }, RULES.names), "files__read");
});
