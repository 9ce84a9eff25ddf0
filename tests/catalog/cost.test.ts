import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { cost } from "../../src/catalog/cost.ts";
import type { Usage } from "../../src/model/usage.ts";

const usage = (set: Partial<Usage> = {}): Usage => ({
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  output: 0,
  reasoning: 0,
  ...set,
});
const OPUS = { input: 15, output: 75, cacheRead: 1.5, cacheWrite: 18.75 };

test("each kind of token costs its own price", () => {
  assert.equal(cost(usage({ input: 1_000_000 }), OPUS), 15);
  assert.equal(cost(usage({ output: 1_000_000 }), OPUS), 75);
  assert.equal(cost(usage({ cacheRead: 1_000_000 }), OPUS), 1.5);
  assert.equal(cost(usage({ cacheWrite: 1_000_000 }), OPUS), 18.75);
  assert.equal(cost(usage({ input: 1234, cacheRead: 5678, cacheWrite: 90, output: 321 }), OPUS), 0.0527895);
  assert.equal(cost(usage(), OPUS), 0);
});

test("an unknown price gives an unknown cost, not 0", () => {
  assert.equal(cost(usage({ input: 1 }), undefined), undefined);
});

test("reasoning is part of the output unless it has its own price", () => {
  assert.equal(cost(usage({ output: 1000, reasoning: 400 }), { input: 1, output: 10 }), 0.01);
  assert.equal(cost(usage({ output: 1000, reasoning: 400 }), { input: 1, output: 10, reasoning: 5 }), 0.008);
});

test("cached tokens without their own price cost what input tokens cost", () => {
  assert.equal(cost(usage({ input: 10, cacheRead: 20, cacheWrite: 30 }), { input: 1, output: 2 }), 0.00006);
});

test("a one-hour write costs twice the input where a plain write costs 1.25 times it", () => {
  const written = usage({ cacheWrite: 1000, cacheWrite1h: 400 });
  assert.equal(cost(written, OPUS), (600 * 18.75 + 400 * 30) / 1e6);
  assert.equal(cost(written, { ...OPUS, cacheWrite1h: 20 }), (600 * 18.75 + 400 * 20) / 1e6);
  assert.equal(cost(written, { input: 1, output: 2, cacheWrite: 3 }), 0.003);
  assert.equal(cost(written, { input: 1, output: 2 }), 0.001);
});

const TIERED = {
  input: 1,
  output: 10,
  tiers: [
    { fromTokens: 1000, price: { input: 2, output: 20 } },
    { fromTokens: 5000, price: { input: 3, output: 30 } },
  ],
};

test("a context in a tier prices the whole request by that tier", () => {
  assert.equal(cost(usage({ input: 999, output: 1 }), TIERED), 0.001009);
  assert.equal(cost(usage({ input: 500, cacheRead: 500, output: 1 }), TIERED), 0.00202);
  assert.equal(cost(usage({ input: 5000 }), TIERED), 0.015);
});

test("hours with their own prices may cross midnight", () => {
  const price = {
    input: 1,
    output: 1,
    hours: [
      { from: 22 * 60, to: 6 * 60, price: { input: 0.5, output: 0.5 } },
      { from: 12 * 60, to: 13 * 60, price: TIERED },
    ],
  };
  const at = (minute?: number) => cost(usage({ input: 1000 }), price, minute);
  assert.deepEqual([at(), at(23 * 60), at(5 * 60), at(6 * 60), at(12 * 60)], [
    0.001,
    0.0005,
    0.0005,
    0.001,
    0.002,
  ]);
});

test("the cost of any tokens at any prices is exact to the micro-dollar", () => {
  const tokens = fc.nat(2_000_000);
  /** Up to six decimals, as price lists have them. */
  const dollars = fc.nat(200_000_000).map((n) => n / 1e6);
  fc.assert(
    fc.property(tokens, tokens, tokens, dollars, dollars, dollars, (input, cacheRead, output, a, b, c) => {
      const exact = BigInt(input) * BigInt(Math.round(a * 1e6)) +
        BigInt(cacheRead) * BigInt(Math.round(b * 1e6)) +
        BigInt(output) * BigInt(Math.round(c * 1e6));
      const got = cost(usage({ input, cacheRead, output }), { input: a, cacheRead: b, output: c })!;
      assert.ok(Math.abs(got - Number(exact) / 1e12) < 1e-9, `${got} is not ${exact} pico-dollars`);
    }),
  );
});
