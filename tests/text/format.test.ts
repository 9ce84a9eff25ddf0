import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  contextSize,
  count,
  counted,
  duration,
  localMinute,
  moment,
  money,
  price,
  prices,
  share,
  span,
  tokenCount,
} from "../../src/text/format.ts";

test("money has cents, and two digits that mean something below ten cents", () => {
  assert.deepEqual(
    [0, 0.000004, 0.00018, 0.0046, 0.01, 0.046, 0.05, 0.0999, 0.47, 2, 1234.5, -0.02].map(money),
    [
      "$0.00",
      "$0.000004",
      "$0.00018",
      "$0.0046",
      "$0.01",
      "$0.046",
      "$0.05",
      "$0.10",
      "$0.47",
      "$2.00",
      "$1,234.50",
      "-$0.02",
    ],
  );
});

test("money is never more than a tenth away from the amount, from a millionth of a dollar on", () => {
  fc.assert(fc.property(fc.double({ min: 1e-5, max: 1e6, noNaN: true }), (amount) => {
    const shown = Number(money(amount).replace(/[$,]/g, ""));
    assert.ok(Math.abs(shown - amount) <= amount / 10, `${amount} as ${money(amount)}`);
  }));
});

test("a price is as short as it can be", () => {
  assert.deepEqual([0, 15, 0.8, 0.05, 0.075, 1.25, 1000].map(price), [
    "$0",
    "$15",
    "$0.80",
    "$0.05",
    "$0.075",
    "$1.25",
    "$1,000",
  ]);
  assert.deepEqual(prices({ input: 3, output: 15 }), ["$3", "$15"]);
  assert.deepEqual(prices(undefined), ["?", "?"]);
});

test("counts have commas and their noun in the right number", () => {
  assert.deepEqual([1, 999, 1000, 1234567, 1234.56789].map(count), [
    "1",
    "999",
    "1,000",
    "1,234,567",
    "1,234.56789",
  ]);
  assert.equal(counted(1, "reply", "replies"), "1 reply");
  assert.equal(counted(2000, "request"), "2,000 requests");
});

test("tokens, windows and durations are short", () => {
  assert.deepEqual([0, 8192, 200_000, 1_000_000, 1_047_576].map(contextSize), [
    "?",
    "8k",
    "200k",
    "1M",
    "1M",
  ]);
  assert.deepEqual([0.0004, 0.048, 1.24, 420.4, 3449].map(duration), [
    "1 µs",
    "48 µs",
    "1.2 ms",
    "420 ms",
    "3.4 s",
  ]);
});

test("a moment of today has no date", () => {
  const noon = new Date(2026, 10, 22, 12, 5).getTime();
  assert.equal(moment(noon, noon + 3_600_000), "12:05");
  assert.equal(moment(noon, noon + 86_400_000), "2026-11-22 12:05");
  assert.equal(localMinute(noon), "2026-11-22 12:05");
});

test("amounts are written as people read them, and a share is never overstated", () => {
  assert.deepEqual([null, 0, 0.034, 0.0999, 0.5, 0.7665, 0.29, 0.9999, 1, -0.25].map(share), [
    "",
    "0 %",
    "3.4 %",
    "9.9 %",
    "50 %",
    "76 %",
    "29 %",
    "99 %",
    "100 %",
    "-25 %",
  ]);
  assert.deepEqual([0, 999, 1000, 95_200, 999_999, 1_240_000].map(tokenCount), [
    "0",
    "999",
    "1.0k",
    "95.2k",
    "1.00M",
    "1.24M",
  ]);
  assert.deepEqual([0, 59, 60, 252, 3600, 8040, 90_000].map(span), [
    "0 s",
    "59 s",
    "1 min",
    "4 min 12 s",
    "1 h",
    "2 h 14 min",
    "1 d 1 h",
  ]);
});
