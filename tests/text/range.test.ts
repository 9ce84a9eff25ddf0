import { test } from "node:test";
import assert from "node:assert/strict";
import { isEmpty, isIn, readRange } from "../../src/text/range.ts";

test("a range is a number, a comparison or two ends", () => {
  assert.deepEqual(readRange(3, "numbers"), { from: 3, to: 3 });
  assert.deepEqual(readRange(" >= 3 ", "numbers"), { from: 3 });
  assert.deepEqual(readRange("<0.5", "numbers"), { below: 0.5 });
  assert.deepEqual(readRange("2-5", "numbers"), { from: 2, to: 5 });
  assert.deepEqual(readRange("= 4", "numbers"), { from: 4, to: 4 });
});

test("durations have a unit and are milliseconds", () => {
  assert.deepEqual(readRange("> 1h", "durations"), { above: 3_600_000 });
  assert.deepEqual(readRange("10m - 2d", "durations"), { from: 600_000, to: 172_800_000 });
  for (const wrong of ["1", "> 1", "1w", "h", ""]) {
    assert.equal(readRange(wrong, "durations"), undefined, wrong);
  }
  assert.equal(readRange(60, "durations"), undefined);
});

test("what is not a range is undefined", () => {
  for (const wrong of ["", "three", "> ", ">= 1-2", "1-", "5h", "1 2", "constructor"]) {
    assert.equal(readRange(wrong, "numbers"), undefined, wrong);
  }
});

test("numbers are in a range with their ends, or without", () => {
  assert.ok(isIn(3, { from: 3, to: 3 }) && !isIn(3, { above: 3 }) && !isIn(3, { below: 3 }) && isIn(3, {}));
});

test("a range is empty where no number is in it", () => {
  assert.ok(isEmpty({ from: 3, to: 2 }) && isEmpty({ above: 3, below: 3 }));
  assert.ok(!isEmpty({ from: 3, to: 3 }) && !isEmpty({ below: 0.5 }));
});
