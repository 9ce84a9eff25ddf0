import assert from "node:assert/strict";
import { test } from "node:test";
import { encode } from "../encoded.ts";

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

test("limits are kept within what the API and the model take", () => {
  assert.equal(encode({ maxTokens: 1 }).body.max_output_tokens, 16);
  assert.equal(encode({ maxTokens: 64000 }, { maxOutput: 16384 }).body.max_output_tokens, 16384);
  assert.equal(encode({ user: "u".repeat(150) }).body.user.length, 64);
});

test("sampling is dropped for reasoning models that refuse it", () => {
  const target = { reasoning: true, quirks: ["fixed-sampling"] };
  const { body, dropped } = encode({ temperature: 0.2, topP: 0.9 }, target);
  assert.deepEqual([body.temperature, body.top_p, dropped], [undefined, undefined, ["temperature", "top_p"]]);
  assert.equal(encode({ temperature: 0.2 }, { ...target, reasoning: false }).body.temperature, 0.2);
});

test("structured output keeps its schema, cleaned for the provider", () => {
  const schema = { type: "object", properties: {}, additionalProperties: false };
  const { body } = encode({ outputFormat: { type: "json_schema", schema } }, {
    quirks: ["no-additional-properties"],
  });
  assert.deepEqual(body.text.format, {
    type: "json_schema",
    name: "answer",
    schema: { type: "object", properties: {} },
  });
  assert.deepEqual(encode({ outputFormat: { type: "json" } }).body.text.format, { type: "json_object" });
});
