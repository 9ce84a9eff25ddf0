import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { tokenCost } from "../../src/catalog/cost.ts";
import type { Config } from "../../src/config/config.ts";
import type { Target } from "../../src/model/target.ts";
import type { Usage } from "../../src/model/usage.ts";
import { account, baselineOf, type Measure, type Prices } from "../../src/ledger/account.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import { anEnd, NOON } from "./sample.ts";
import { closing } from "../support/disposable.ts";

const usage: Usage = { input: 1_000_000, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 };
const opus: Target = { provider: "anthropic", model: "opus" };
const cheap = anEnd({ provider: "groq", model: "llama", usage });

/** Dollars per million input tokens. */
const PRICES: Record<string, number> = { "anthropic,opus": 15, "groq,llama": 0.05, "ollama,qwen": 0 };
const costOf: Prices["cost"] = ({ provider, model }, { input }) => {
  const price = PRICES[`${provider},${model}`];
  if (price === undefined) return undefined;
  const dollars = price * input / 1e6;
  return { total: dollars, input: dollars, cacheRead: 0, cacheWrite: 0, output: 0 };
};

/** The prices above, without any cache. */
const PRICED: Prices = { find: () => undefined, cost: costOf, rates: () => undefined };

/** What a request without a session is measured against. */
const against = (baseline: Target | undefined): Measure => ({
  catalog: PRICED,
  baseline,
  session: "unknown",
});

test("a request costs its tokens at its target, and its baseline is the same tokens elsewhere", () => {
  assert.deepEqual(account(cheap, against(opus)), {
    cost: 0.05,
    parts: costOf(cheap as Target, usage, NOON),
    baseline: 15,
    saved: 14.95,
    baselineTarget: opus,
    basis: "estimate",
    estimated: false,
  });
});

test("prices are looked up for the time of the request, with its tokens", () => {
  const asked: unknown[] = [];
  const cost = (...question: unknown[]) => void asked.push(question);
  account(cheap, { ...against(opus), catalog: { ...PRICED, cost } });
  assert.deepEqual(asked, [[{ provider: "groq", model: "llama" }, usage, NOON], [opus, usage, NOON]]);
});

test("an unknown price is unknown, not nothing, and so is what it saved", () => {
  const unknown = anEnd({ provider: "new", model: "model", usage });
  assert.deepEqual(account(unknown, against(opus)), {
    baseline: 15,
    baselineTarget: opus,
    basis: "estimate",
    estimated: false,
  });
  assert.deepEqual(account(cheap, against({ provider: "new", model: "model" })), {
    cost: 0.05,
    parts: costOf(cheap as Target, usage, NOON),
    baselineTarget: { provider: "new", model: "model" },
    basis: "estimate",
    estimated: false,
  });
  assert.deepEqual(account(cheap, against(undefined)), {
    cost: 0.05,
    parts: costOf(cheap as Target, usage, NOON),
    basis: "estimate",
    estimated: false,
  });
});

test("a model on the user's own machine costs nothing and saves everything", () => {
  const { cost, saved } = account(anEnd({ provider: "ollama", model: "qwen", usage }), against(opus));
  assert.deepEqual({ cost, saved }, { cost: 0, saved: 15 });
});

test("a dearer model than the baseline has saved less than nothing", () => {
  const dear = anEnd({ ...opus, usage });
  assert.equal(account(dear, against({ provider: "groq", model: "llama" })).saved, -14.95);
});

test("estimated tokens are priced, and marked", () => {
  const guessed = account(anEnd({ ...opus, usage: { ...usage, estimated: true } }), against(opus));
  assert.equal(guessed.cost, 15);
  assert.equal(guessed.estimated, true);
});

test("what the provider says it charged does not replace price times tokens", () => {
  assert.equal(account(anEnd({ ...opus, usage: { ...usage, cost: 99 } }), against(opus)).cost, 15);
});

test("unanswered and refused requests and token counts cost nothing", () => {
  const { provider: _p, model: _m, usage: _u, ...unanswered } = anEnd();
  const { usage: _usage, ...withoutUsage } = anEnd({ provider: "new", model: "model" });
  for (
    const record of [
      { ...unanswered, status: 502, failure: "unreachable" as const },
      { ...withoutUsage, status: 400, failure: "bad_request" as const },
      anEnd({ operation: "count_tokens" }),
    ]
  ) {
    const { cost, baseline, saved } = account(record, against(opus));
    assert.deepEqual({ cost, baseline, saved }, { cost: 0, baseline: 0, saved: 0 });
  }
});

test("the cost of an answer without usage is unknown", () => {
  const { usage: _usage, ...record } = anEnd({ ...opus });
  assert.deepEqual(account(record, against(opus)), { baselineTarget: opus, estimated: false });
});

test("a stream that was cut costs the tokens that arrived", () => {
  const cut = anEnd({ ...opus, usage: { ...usage, input: 1000 }, cancelled: true, status: 200 });
  assert.equal(account(cut, against(opus)).cost, 0.015);
});

test("the baseline is the configured model, else the first target of think or its substitute", () => {
  const llama: Target = { provider: "groq", model: "llama" };
  const config = (routes: Config["router"]["routes"], baseline?: Target) =>
    ({ ledger: { enabled: true, keepDays: 1, ...(baseline && { baseline }) }, router: { routes } }) as Pick<
      Config,
      "ledger" | "router"
    >;
  assert.deepEqual(baselineOf(config({ think: [opus] }, llama)), llama);
  assert.deepEqual(baselineOf(config({ think: [opus, llama], background: [llama] })), opus);
  assert.deepEqual(baselineOf(config({ default: [llama], background: [opus] })), llama);
  assert.equal(baselineOf(config({})), undefined);
});

const count = fc.nat(2_000_000);
const rate = fc.integer({ min: 0, max: 150_000 }).map((tenthsOfCents) => tenthsOfCents / 1000);

test("property: the dollars of a report are price times tokens, well below a micro-dollar", () => {
  fc.assert(fc.property(
    fc.record({ input: rate, output: rate, cacheRead: rate, cacheWrite: rate }),
    fc.array(fc.record({ input: count, output: count, cacheRead: count, cacheWrite: count }), {
      maxLength: 20,
    }),
    (price, requests) => {
      using ledger = closing(new Ledger({ path: ":memory:" }));
      let expected = 0;
      for (const tokens of requests) {
        const record = anEnd({ ...opus, usage: { ...tokens, reasoning: 0 } });
        ledger.add({
          ...record,
          costs: account(record, {
            ...against(opus),
            catalog: { ...PRICED, cost: (_target, usage) => tokenCost(usage, price) },
          }),
        });
        for (const kind of ["input", "output", "cacheRead", "cacheWrite"] as const) {
          expected += price[kind] * tokens[kind] / 1e6;
        }
      }
      const { cost_usd, baseline_usd, saved_usd } = ledger.report({ since: 0 });
      assert.ok(Math.abs(cost_usd - expected) < 1e-7, `${cost_usd} is not ${expected}`);
      assert.equal(baseline_usd, cost_usd);
      assert.equal(saved_usd, 0);
    },
  ));
});
