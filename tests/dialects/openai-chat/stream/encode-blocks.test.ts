import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  argumentsDelta,
  reasoningBlock,
  sign,
  startDelta,
  textBlock,
  toolBlock,
  type ToolStart,
} from "../../../../src/dialects/openai-chat/stream/encode-blocks.ts";
import { toolNames } from "../../../../src/dialects/shared/tool-names.ts";
import type { ReasoningDraft } from "../../../../src/dialects/openai-chat/reasoning.ts";

const NAMES = toolNames([
  { kind: "function", name: "read" },
  { kind: "custom", name: "patch" },
  { kind: "function", name: "über.tool" },
]);
const start = (name: string, more: Partial<ToolStart> = {}): ToolStart => ({
  type: "tool_call",
  id: "a",
  name,
  kind: "function",
  ...more,
});

test("a call begins with its id, type and name, in the client's own words", () => {
  // https://platform.openai.com/docs/api-reference/chat-streaming
  const delta = (call: ToolStart, tool = 0) => JSON.parse(startDelta(call, toolBlock(call, tool, NAMES)));
  assert.deepEqual(delta(start("read"), 2), {
    tool_calls: [{ index: 2, id: "a", type: "function", function: { name: "read", arguments: "" } }],
  });
  assert.deepEqual(delta(start("patch")), {
    tool_calls: [{ index: 0, id: "a", type: "custom", custom: { name: "patch", input: "" } }],
  });
  assert.equal(delta(start(NAMES.wire({ name: "über.tool" }))).tool_calls[0].function.name, "über.tool");
  assert.equal(delta(start("gone")).tool_calls[0].function.name, "gone");
});

test("a call's signature goes out with its beginning, as Gemini's clients expect it", () => {
  // https://ai.google.dev/gemini-api/docs/thought-signatures
  const call = start("read", { signature: 's"ü' });
  const [piece] = JSON.parse(startDelta(call, toolBlock(call, 0, NAMES))).tool_calls;
  assert.deepEqual(piece.extra_content, { google: { thought_signature: 's"ü' } });
});

test("the legacy form knows one call, and no index", () => {
  const first = toolBlock(start("read"), 0, NAMES);
  const second = toolBlock(start("read"), 1, NAMES);
  assert.deepEqual(JSON.parse(startDelta(start("read"), first, true)), {
    function_call: { name: "read", arguments: "" },
  });
  assert.deepEqual(JSON.parse(argumentsDelta(first, "{}", true)), { function_call: { arguments: "{}" } });
  assert.deepEqual([startDelta(start("read"), second, true), argumentsDelta(second, "{}", true)], ["", ""]);
});

test("a piece of arguments of any text is JSON", () => {
  const fn = toolBlock(start("read"), 7, NAMES);
  const custom = toolBlock(start("patch", { kind: "custom" }), 7, NAMES);
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.deepEqual(JSON.parse(argumentsDelta(fn, text)), {
      tool_calls: [{ index: 7, function: { arguments: text } }],
    });
    assert.deepEqual(JSON.parse(argumentsDelta(custom, text)), {
      tool_calls: [{ index: 7, custom: { input: text } }],
    });
  }));
});

test("only a function's JSON is turned into the text of a custom tool", () => {
  assert.equal(toolBlock(start("patch", { kind: "custom" }), 0, NAMES).convert, undefined);
  assert.equal(toolBlock(start("read"), 0, NAMES).convert, undefined);
  const { convert } = toolBlock(start("patch"), 0, NAMES);
  assert.equal(convert!.push('{"input":"a') + convert!.push('é"}') + convert!.end(), "aé");
});

test("what must come back with a thought is put together from its pieces", () => {
  const draft: ReasoningDraft = reasoningBlock("rs_1").reasoning!;
  const maker = { provider: "p", key: "k", model: "m" };
  sign(draft, { type: "signature", index: 0, signature: "a" });
  sign(draft, { type: "signature", index: 0, signature: "b", maker });
  sign(draft, { type: "signature", index: 0, encrypted: "e1" });
  sign(draft, { type: "signature", index: 0, encrypted: "e2", redacted: "r" });
  assert.deepEqual(draft, {
    type: "reasoning",
    itemId: "rs_1",
    signature: "ab",
    encrypted: "e2",
    redacted: "r",
    maker,
  });
  assert.deepEqual(reasoningBlock(undefined).reasoning, { type: "reasoning" });
  assert.equal(textBlock("text", 12).from, 12);
});
