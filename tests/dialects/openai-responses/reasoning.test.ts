import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { EncodeTarget } from "../../../src/dialects/dialect.ts";
import {
  decodeReasoning,
  decodeReasoningInput,
  decodeReasoningSettings,
  encodeReasoning,
  encodeReasoningInput,
  encodeReasoningSettings,
  isEmpty,
} from "../../../src/dialects/openai-responses/reasoning.ts";
import type { ReasoningPart } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";
import { encode } from "./encoded.ts";

test("reasoning is asked for, comes back encrypted, and its budget is an effort", () => {
  const effort = (budgetTokens: number) =>
    encode({ reasoning: { enabled: true, budgetTokens } }).body.reasoning.effort;
  assert.deepEqual([1024, 8000, 31999].map(effort), ["low", "medium", "high"]);
  const { body } = encode({ reasoning: { enabled: true, effort: "xhigh", summary: "summarized" } });
  assert.deepEqual(body.reasoning, { effort: "xhigh", summary: "auto" });
  assert.deepEqual(body.include, ["reasoning.encrypted_content"]);
  assert.deepEqual(encode({}, { reasoning: true }).body.include, ["reasoning.encrypted_content"]);
  const without = encode({ reasoning: { enabled: true, effort: "high" } }, { reasoning: false });
  assert.deepEqual([without.body.reasoning, without.body.include, without.dropped], [undefined, undefined, [
    "reasoning",
  ]]);
});

test("a provider's own encrypted reasoning goes back to it", () => {
  const { body, dropped } = encode({
    messages: [{
      role: "assistant",
      parts: [{ type: "reasoning", summary: ["hm"], encrypted: "gAAA", itemId: "rs_1" }],
    }],
  });
  assert.deepEqual(body.input, [
    {
      type: "reasoning",
      id: "rs_1",
      summary: [{ type: "summary_text", text: "hm" }],
      encrypted_content: "gAAA",
    },
  ]);
  assert.deepEqual(dropped, []);
});

test("settings are read in both words for a summary, and none is read where none is said", () => {
  // https://platform.openai.com/docs/api-reference/responses/create#responses-create-reasoning
  assert.deepEqual(decodeReasoningSettings({ effort: "none", generate_summary: "concise" }, false), {
    enabled: false,
    effort: "none",
    summary: "concise",
  });
  assert.deepEqual(decodeReasoningSettings(null, true), { encrypted: true });
  for (const odd of [undefined, null, "high", [], {}, { effort: 7, summary: "" }]) {
    assert.equal(decodeReasoningSettings(odd, false), undefined);
  }
});

test("Anthropic's ways to show thinking become summaries, or none", () => {
  const shown = (summary: string) => encodeReasoningSettings({ effort: "low", summary })?.summary;
  assert.deepEqual(["summarized", "full", "detailed", "omitted", "none"].map(shown), [
    "auto",
    "auto",
    "detailed",
    undefined,
    undefined,
  ]);
  assert.equal(encodeReasoningSettings({ enabled: false, budgetTokens: 9000 }), undefined);
  assert.equal(encodeReasoningSettings({ enabled: true }), undefined);
});

test("an item with nothing to show and nothing to send back is skipped", () => {
  const empty = [
    {},
    { id: "rs_1", summary: [], content: null },
    { summary: [{ text: "" }, null, 7, { text: 7 }], encrypted_content: "" },
  ];
  for (const item of empty) assert.equal(decodeReasoning(item), undefined);
  assert.deepEqual(decodeReasoning({ content: [{ text: "a" }, { text: "ü" }] }), {
    type: "reasoning",
    text: "a\n\nü",
  });
  assert.equal(isEmpty({ type: "reasoning", text: "", summary: [], itemId: "rs_1" }), true);
  assert.equal(isEmpty({ type: "reasoning", redacted: "r" }), false);
});

const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
const maker = fc.record({ provider: word, key: word, model: word }, { noNullPrototype: true });

test("another dialect's thinking comes back from the client with its text, signature and maker", () => {
  const part = fc.record({ text: word, signature: word, maker }, { noNullPrototype: true });
  fc.assert(fc.property(part, (fields) => {
    const thought: ReasoningPart = { type: "reasoning", ...fields };
    const item = encodeReasoning(thought, "rs_x");
    assert.deepEqual([item.id, item.summary], ["rs_x", [{ type: "summary_text", text: fields.text }]]);
    assert.deepEqual(decodeReasoningInput(item as Json), thought);
  }));
});

test("this dialect's own reasoning keeps summaries, text and id, and is sealed for its maker", () => {
  const part = fc.record({
    summary: fc.array(word, { minLength: 1, maxLength: 3 }),
    text: word,
    encrypted: word,
    maker,
  }, { noNullPrototype: true });
  fc.assert(fc.property(part, (fields) => {
    const thought: ReasoningPart = { type: "reasoning", ...fields, itemId: "rs_1" };
    const item = encodeReasoning(thought, "rs_1");
    assert.deepEqual(item.content, [{ type: "reasoning_text", text: fields.text }]);
    assert.notEqual(item.encrypted_content, fields.encrypted);
    assert.deepEqual(decodeReasoningInput(item as Json), thought);
  }));
});

test("a seal that carries nothing leaves no reasoning, a damaged one neither", () => {
  for (const seal of ["tlp1.e30", "tlp1.!!!"]) {
    assert.equal(decodeReasoningInput({ summary: [{ text: "shown" }], encrypted_content: seal }), undefined);
  }
  assert.deepEqual(decodeReasoningInput({ encrypted_content: "gAAA" }), {
    type: "reasoning",
    encrypted: "gAAA",
  });
});

test("encrypted reasoning goes back under this dialect's id alone, to its own account", () => {
  const target: EncodeTarget = { provider: "openai", model: "m", quirks: [] };
  const part: ReasoningPart = { type: "reasoning", encrypted: "gAAA", summary: ["s"] };
  assert.deepEqual(encodeReasoningInput(part, target), {
    type: "reasoning",
    summary: [{ type: "summary_text", text: "s" }],
    encrypted_content: "gAAA",
  });
  assert.equal(encodeReasoningInput({ ...part, itemId: "rs_1" }, target)?.id, "rs_1");
  assert.equal((encodeReasoningInput({ ...part, itemId: "msg_1" }, target) as Json)?.id, undefined);
  assert.equal(encodeReasoningInput({ type: "reasoning", text: "hm", signature: "s" }, target), undefined);
  const others = { provider: "azure", key: "k", model: "m" };
  assert.equal(encodeReasoningInput({ ...part, maker: others }, target), undefined);
});
