import assert from "node:assert/strict";
import { test } from "node:test";
import type { Conditions } from "../../src/router/plan.ts";
import { EXPLORED } from "../../src/router/preferred.ts";
import { model, plan, tried } from "./world.ts";

type Counts = Readonly<Record<string, readonly [up: number, down: number]>>;

const thumbsOf = (counts: Counts): Conditions["thumbs"] => ({ model: name }) => {
  const [up, down] = counts[name] ?? [0, 0];
  return { up, down };
};

const planWith = (conditions: Partial<Conditions>) =>
  plan({
    facts: { approxTokens: 1000 },
    words: { kind: "build", language: "rust" },
    config: { routes: { build: "groq,a | groq,b | groq,c" }, strategy: "preferred" },
    conditions: { chance: 0.5, ...conditions },
  });
const orderOf = (conditions: Partial<Conditions>) =>
  tried(planWith(conditions)).map((target) => target.split(",")[1]).join("");

/** Each model's price for a million tokens. */
const priced = (prices: Readonly<Record<string, number>>): Conditions["model"] => (target) =>
  model(target, {
    price: { input: prices[target.model]!, output: prices[target.model]!, cacheRead: 0, cacheWrite: 0 },
  });

const NEAR = priced({ a: 1, b: 1.2, c: 1 });

test("without thumbs the order is the user's, whatever the chance", () => {
  assert.equal(orderOf({ model: NEAR }), "abc");
  assert.equal(orderOf({ model: NEAR, thumbs: thumbsOf({}) }), "abc");
});

test("the target with the better thumbs comes first, and the reason says for what", () => {
  const thumbs = thumbsOf({ a: [1, 4], b: [5, 0], c: [2, 1] });
  assert.equal(orderOf({ model: NEAR, thumbs }), "bac");
  const { why } = planWith({ model: NEAR, thumbs });
  assert.ok(why.includes("preferred: thumbs for build in rust decide among 3 near in price"), why.join("; "));
});

test("a dearer target does not come first, however good its answers", () => {
  const thumbs = thumbsOf({ b: [50, 0] });
  assert.equal(orderOf({ model: priced({ a: 1, b: 1.3, c: 9 }), thumbs }), "abc");
});

test("the thumbs that are asked for are those of the kind and the language", () => {
  const asked: unknown[] = [];
  orderOf({
    model: NEAR,
    thumbs: (_target, kind, language) => {
      asked.push([kind, language]);
      return { up: 0, down: 0 };
    },
  });
  assert.deepEqual(asked, [["build", "rust"], ["build", "rust"], ["build", "rust"]]);
});

test("at most a tenth of sessions goes to another target, and some do", () => {
  const thumbs = thumbsOf({ a: [6, 1], b: [3, 3], c: [1, 3] });
  const chances = Array.from({ length: 10_000 }, (_, i) => i / 10_000);
  const others = chances.filter((chance) => !orderOf({ model: NEAR, thumbs, chance }).startsWith("a")).length;
  assert.ok(others > 0);
  assert.ok(others <= EXPLORED * chances.length, String(others));
});

test("the same chance gives the same order", () => {
  const thumbs = thumbsOf({ a: [1, 1], b: [1, 1] });
  for (const chance of [0, 0.001, 0.3, 0.999]) {
    assert.equal(orderOf({ model: NEAR, thumbs, chance }), orderOf({ model: NEAR, thumbs, chance }));
  }
});
