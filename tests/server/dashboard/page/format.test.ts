import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as text from "../../../../src/text/format.ts";
import * as format from "../../../../src/server/dashboard/page/format.js";

const CASES: readonly (readonly [name: keyof typeof format, of: unknown, text: string])[] = [
  ["money", 1532.273, "$1,532.27"],
  ["money", 1, "$1.00"],
  ["money", 0.472207, "$0.47"],
  ["money", 0.0145, "$0.015"],
  ["money", 0.00123, "$0.0012"],
  ["money", 0.000012, "$0.000012"],
  ["money", 0, "$0.00"],
  ["money", -0.5, "-$0.50"],
  ["money", 0.997, "$1.00"],
  ["money", null, "–"],
  ["columnMoney", 0.0039, "$0.0039"],
  ["columnMoney", 0.00004, "<$0.0001"],
  ["columnMoney", 0, "$0"],
  ["columnMoney", -0.12, "-$0.1200"],
  ["amount", 9876, "9,876"],
  ["amount", 12_345, "12.3K"],
  ["amount", 4_560_000, "4.56M"],
  ["share", 0.7644, "76 %"],
  ["share", 0.004, "0.4 %"],
  ["share", 0.996, "99 %"],
  ["share", 1, "100 %"],
  ["share", 0, "0 %"],
  ["share", null, "–"],
  ["duration", 419.6, "420 ms"],
  ["duration", 999.7, "1.0 s"],
  ["duration", 1310, "1.3 s"],
  ["duration", 12_700, "13 s"],
  ["duration", 125_000, "2 min 5 s"],
  ["timeLeft", 4 * 60_000 + 12_000, "4 min 12 s"],
  ["timeLeft", 12_012_000, "3 h 21 min"],
  ["timeLeft", 14 * 86_400_000, "14 days"],
  ["timeLeft", -5, "0 s"],
  ["words", "rate_limited", "rate limited"],
  ["shortModel", "anthropic/claude-3-opus", "claude-3-opus"],
  ["shortModel", "llama", "llama"],
];

for (const [name, of, text] of CASES) {
  test(`${name} writes ${of} as ${text}`, () => {
    assert.equal((format[name] as (of: unknown) => string)(of), text);
  });
}

test("a time of today is written to the second, another with its day", () => {
  const at = new Date(2026, 10, 22, 14, 3, 5).getTime();
  assert.equal(format.clock(at, at + 1000), "14:03:05");
  assert.equal(format.clock(at, at + 86_400_000), "22 Nov 14:03");
});

test("no amount is printed as nothing or off by more than half its last digit", () => {
  fc.assert(fc.property(fc.double({ min: 0.000001, max: 1e9, noNaN: true }), (dollars) => {
    const text = format.money(dollars);
    const read = Number(text.replace(/[$,]/g, ""));
    assert.ok(read > 0, text);
    const digits = /\.(\d+)$/.exec(text)![1]!.length;
    assert.ok(Math.abs(read - dollars) <= 0.5 * 10 ** -digits * 1.0001, `${dollars}: ${text}`);
  }));
});

test("money, shares and counts are printed as in the terminal", () => {
  const amount = fc.oneof(
    fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    fc.double({ min: -1, max: 1, noNaN: true }),
    fc.integer({ min: -100_000, max: 100_000 }).map((cents) => cents / 100),
  );
  fc.assert(fc.property(amount, (dollars) => assert.equal(format.money(dollars), text.money(dollars))));
  fc.assert(fc.property(amount, (part) => assert.equal(format.share(part), text.share(part))));
  fc.assert(fc.property(fc.integer(), (number) => assert.equal(format.count(number), text.count(number))));
});
