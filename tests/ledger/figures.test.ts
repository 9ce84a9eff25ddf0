import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { numbersIn, percentile } from "../../src/ledger/figures.ts";

test("percentiles are values that occurred, by the nearest rank", () => {
  const list = (...values: number[]) => Float64Array.from(values);
  assert.equal(percentile([], 0.5), null);
  assert.equal(percentile([list()], 0.95), null);
  assert.equal(percentile([list(7)], 0.95), 7);
  assert.equal(percentile([list(1, 2), list(3, 4)], 0.5), 2);
  assert.equal(percentile([list(...Array.from({ length: 100 }, (_, i) => i + 1))], 0.95), 95);
});

test("property: percentiles over lists are those of all the numbers together", () => {
  fc.assert(fc.property(
    fc.array(fc.array(fc.integer({ min: 0, max: 700_000 }), { maxLength: 30 }), {
      minLength: 1,
      maxLength: 8,
    }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    (lists, share) => {
      const all = lists.flat().sort((a, b) => a - b);
      const expected = all.length === 0 ? null : all[Math.max(0, Math.ceil(share * all.length) - 1)];
      assert.equal(percentile(lists.map((list) => Float64Array.from(list).sort()), share), expected);
    },
  ));
});

test("a list with commas is read into sorted numbers, and no list into none", () => {
  assert.deepEqual([...numbersIn("30,7,120,7")], [7, 7, 30, 120]);
  assert.deepEqual([...numbersIn("5")], [5]);
  assert.deepEqual([...numbersIn(null)], []);
});
