import assert from "node:assert/strict";
import { test } from "node:test";
import { turnCost, turnRates } from "../../src/router/expected-cost.ts";

const RATES = { input: 2, output: 10, cacheRead: 0.2, cacheWrite: 2.5 };
const MARKED = { kind: "marked", lifeMs: 1, leastTokens: 1 } as const;

test("a model without a cache reads everything at the price of its input", () => {
  assert.deepEqual(turnRates(RATES), { read: 2, write: 2, output: 10 });
});

test("only what is marked is written at a price of its own", () => {
  assert.deepEqual(turnRates(RATES, MARKED), { read: 0.2, write: 2.5, output: 10 });
  assert.deepEqual(turnRates(RATES, { ...MARKED, kind: "automatic" }), { read: 0.2, write: 2, output: 10 });
});

test("a turn of one request costs what is warm, what is not, and its answer", () => {
  const cost = turnCost(turnRates(RATES, MARKED), { context: 100_000, warm: 60_000, requests: 1 });
  assert.equal(cost.toFixed(6), ((60_000 * 0.2 + 40_000 * 2.5 + 450 * 10) / 1e6).toFixed(6));
});

test("a longer turn reads what its earlier requests wrote", () => {
  const of = (requests: number) =>
    turnCost(turnRates(RATES, MARKED), { context: 100_000, warm: 100_000, requests });
  const third = (100_000 + 1500) * 0.2 + 1500 * 2.5 + 450 * 10;
  assert.equal((of(3) - of(2)).toFixed(6), (third / 1e6).toFixed(6));
});
