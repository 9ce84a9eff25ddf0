/** The baseline of a session: what the baseline model would have cost, with the cache that it would have had. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { tokenCost } from "../../src/catalog/cost.ts";
import { account, type Charged, type Measure, type Prices } from "../../src/ledger/account.ts";
import type { ModelInfo, Price } from "../../src/model/price.ts";
import type { Prefix, Session } from "../../src/model/session.ts";
import type { Target } from "../../src/model/target.ts";
import type { Usage } from "../../src/model/usage.ts";
import { anEnd } from "./sample.ts";

const MINUTE = 60_000;
const NOW = 1_000_000_000;

const OPUS: Target = { provider: "anthropic", model: "opus" };
const HAIKU: Target = { provider: "anthropic", model: "haiku" };
const LLAMA: Target = { provider: "groq", model: "llama" };

const RATES: Readonly<Record<string, Price>> = {
  opus: { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 },
  haiku: { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25 },
  llama: { input: 0.05, output: 0.1 },
};

const PRICES: Prices = {
  find: (target): ModelInfo => ({
    ...target,
    context: 0,
    maxOutput: 0,
    tools: true,
    image: true,
    reasoning: true,
    ...(target.model === "llama"
      ? {}
      : { cache: { kind: "marked", lifeMs: 5 * MINUTE, leastTokens: 1024 } as const }),
  }),
  cost: ({ model }, usage) => tokenCost(usage, RATES[model]),
  rates: ({ model }) => RATES[model],
};

const read = (target: Target, tokens: number, ago = MINUTE): Prefix => ({ target, tokens, time: NOW - ago });

/** A session whose last request had so many tokens, a minute ago. */
const session = (prefixes: readonly [Prefix, ...Prefix[]], set: Partial<Session> = {}): Session => ({
  prefixes,
  context: prefixes[0].tokens,
  perEstimate: 1,
  time: prefixes[0].time,
  kind: "build",
  route: "build",
  started: 0,
  requests: 3,
  turnRequests: 3,
  oneTarget: prefixes.length === 1,
  ...set,
});

const fresh = (input: number): Usage => ({ input, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 });

function costs(target: Target, usage: Usage, remembered: Measure["session"], set: Partial<Charged> = {}) {
  const request = { ...anEnd({ ...target, usage, time: NOW }), ...set };
  return account(request, { catalog: PRICES, baseline: OPUS, session: remembered });
}

const dollars = (amount: number | undefined): string => (amount ?? NaN).toFixed(6);

test("the baseline would have read the earlier conversation from its cache", () => {
  const { baseline, basis } = costs(LLAMA, fresh(101_000), session([read(LLAMA, 100_000)]));
  assert.equal(dollars(baseline), dollars(0.05 + 0.00625));
  assert.equal(basis, "session");
});

test("the first request of a session is written to the baseline's cache", () => {
  assert.equal(dollars(costs(LLAMA, fresh(100_000), "new").baseline), dollars(0.625));
});

test("a short request is not kept by the baseline's cache", () => {
  assert.equal(dollars(costs(LLAMA, fresh(1000), "new").baseline), dollars(0.005));
});

test("after the life of the baseline's cache everything would have been written again", () => {
  const late = session([read(LLAMA, 100_000, 6 * MINUTE)]);
  assert.equal(dollars(costs(LLAMA, fresh(100_000), late).baseline), dollars(0.625));
});

test("after a compaction the baseline would have read the system part", () => {
  const { baseline } = costs(LLAMA, fresh(50_000), session([read(LLAMA, 150_000)]), {
    systemTokens: () => 20_000,
  });
  assert.equal(dollars(baseline), dollars(0.01 + 0.1875));
});

test("a client's writes for an hour would have lived for an hour at the baseline too", () => {
  const hour = session([{ ...read(HAIKU, 100_000, 30 * MINUTE), forAnHour: true }]);
  const { baseline } = costs(LLAMA, fresh(101_000), hour);
  assert.equal(dollars(baseline), dollars(0.05 + 0.01));
});

test("a session that the baseline itself served saved nothing, whatever its cache did", () => {
  const { cost, baseline, saved } = costs(OPUS, fresh(101_000), session([read(OPUS, 100_000)]));
  assert.deepEqual([baseline, saved], [cost, 0]);
});

test("a session that comes back to the baseline pays for what its cache lost meanwhile", () => {
  const usage = { ...fresh(0), cacheRead: 40_000, cacheWrite: 61_000 };
  const away = session([read(HAIKU, 100_000), read(OPUS, 40_000, 4 * MINUTE)]);
  const { saved, lost } = costs(OPUS, usage, away);
  assert.equal(dollars(saved), dollars(-60_000 * (6.25 - 0.5) / 1e6));
  assert.equal(dollars(lost), dollars(60_000 * (6.25 - 0.5) / 1e6));
});

test("a switch lost what the new model would have read, had it served before", () => {
  const usage = { ...fresh(0), cacheWrite: 101_000 };
  const { lost } = costs(HAIKU, usage, session([read(OPUS, 100_000)]));
  assert.equal(dollars(lost), dollars(100_000 * (1.25 - 0.1) / 1e6));
});

test("a change of the key lost as much as a change of the model", () => {
  const usage = { ...fresh(0), cacheWrite: 101_000 };
  const one = session([{ ...read(HAIKU, 100_000), key: "k1" }]);
  assert.equal(costs(HAIKU, usage, one, { key: "k1" }).lost, undefined);
  assert.equal(dollars(costs(HAIKU, usage, one, { key: "k2" }).lost), dollars(0.115));
});

test("a switch to a model without a cache lost nothing: it never has one", () => {
  assert.equal(costs(LLAMA, fresh(101_000), session([read(OPUS, 100_000)])).lost, undefined);
});

test("without a session, the baseline's cache is taken to have most of the conversation", () => {
  const { baseline, basis } = costs(LLAMA, fresh(100_000), "unknown", { continues: true });
  assert.equal(dollars(baseline), dollars(96_000 * 0.5e-6 + 4000 * 6.25e-6));
  assert.equal(basis, "estimate");
});

test("without a session, what was read from a cache would have been in the baseline's, too", () => {
  const usage = { input: 3000, cacheRead: 10_000, cacheWrite: 0, output: 0, reasoning: 0 };
  const { baseline, basis } = costs(HAIKU, usage, "unknown");
  const uncached = costs(HAIKU, { ...usage, input: 13_000, cacheRead: 0 }, "unknown");
  const whole = costs(OPUS, usage, "unknown");
  assert.ok(baseline !== undefined && uncached.baseline !== undefined && whole.cost !== undefined);
  assert.ok(baseline < uncached.baseline / 2, `${baseline} of ${uncached.baseline}`);
  assert.ok(baseline >= whole.cost);
  assert.equal(basis, "estimate");
});

test("without a session, a first prompt is the same tokens at the baseline's price", () => {
  assert.equal(dollars(costs(LLAMA, fresh(100_000), "unknown").baseline), dollars(0.5));
});

test("what a flat plan answers costs nothing and saves nothing", () => {
  const { cost, baseline, saved, onPlan } = costs(OPUS, fresh(100_000), "new", { onPlan: true });
  assert.deepEqual([cost, baseline, saved, onPlan], [0, 0, 0, true]);
});

test("a client that marks nothing would have had no cache at the baseline either", () => {
  const { baseline, lost } = costs(HAIKU, fresh(101_000), session([read(LLAMA, 100_000)]));
  assert.deepEqual([dollars(baseline), lost], [dollars(0.505), undefined]);
});
