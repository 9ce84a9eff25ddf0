import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeUsage, encodeUsage } from "../../../src/dialects/openai-responses/usage.ts";

test("cached tokens are part of the input on the wire, and apart from it here", () => {
  // https://platform.openai.com/docs/api-reference/responses/object#responses/object-usage
  const wire = {
    input_tokens: 100,
    input_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
    output_tokens: 50,
    output_tokens_details: { reasoning_tokens: 20 },
    total_tokens: 150,
  };
  assert.deepEqual(decodeUsage(wire), {
    input: 10,
    cacheRead: 60,
    cacheWrite: 30,
    output: 50,
    reasoning: 20,
  });
  assert.deepEqual(encodeUsage(decodeUsage(wire)!), wire);
});

test("usage survives the way to a client and back", () => {
  const count = fc.nat(9000);
  const usage = fc.record({ input: count, cacheRead: count, cacheWrite: count, output: count }, {
    noNullPrototype: true,
  });
  fc.assert(fc.property(usage, fc.nat(9000), (fields, thought) => {
    const one = { ...fields, reasoning: Math.min(thought, fields.output) };
    assert.deepEqual(decodeUsage(encodeUsage(one)), one);
  }));
});

test("copies that use Chat's field names, and state a cost, are read", () => {
  assert.deepEqual(
    decodeUsage({
      prompt_tokens: 9,
      prompt_tokens_details: { cached_tokens: 4 },
      completion_tokens: 5,
      completion_tokens_details: { reasoning_tokens: 2 },
      cost: 0.01,
    }),
    { input: 5, cacheRead: 4, cacheWrite: 0, output: 5, reasoning: 2, cost: 0.01 },
  );
});

test("counts that contradict each other never become negative", () => {
  const wire = {
    input_tokens: 5,
    input_tokens_details: { cached_tokens: 9 },
    output_tokens: 1,
    output_tokens_details: { reasoning_tokens: 8 },
  };
  assert.deepEqual(decodeUsage(wire), { input: 0, cacheRead: 9, cacheWrite: 0, output: 1, reasoning: 1 });
});

test("usage that counts nothing is undefined", () => {
  for (const none of [undefined, null, "x", [], {}, { input_tokens: -1, output_tokens: "7" }]) {
    assert.equal(decodeUsage(none), undefined);
  }
  assert.equal(decodeUsage({ output_tokens: 0 })?.output, 0);
});
