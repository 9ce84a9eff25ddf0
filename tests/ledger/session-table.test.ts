/**
 * The two-hour session that the product is introduced with: $0.47 with the proxy, $2.00 on Opus alone, 76 % saved.
 * The token counts and prices below give the published figures, each rounded as it was published.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { builtinCatalog } from "../../src/catalog/catalog.ts";
import { withOverrides } from "../../src/config/priced-catalog.ts";
import type { Target } from "../../src/model/target.ts";
import { account } from "../../src/ledger/account.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import { anEnd } from "./sample.ts";

const OPUS: Target = { provider: "openrouter", model: "anthropic/claude-3-opus" };
const HAIKU: Target = { provider: "openrouter", model: "anthropic/claude-3.5-haiku" };
const LLAMA: Target = { provider: "groq", model: "llama-3.1-8b-instant" };

/** The built-in list's prices; the $0.25 that the product names for Haiku is set as a user would set it. */
const PRICES = withOverrides(builtinCatalog, {
  prices: [{ ...HAIKU, input: 0.25, output: 0.25 }],
  providers: new Map(),
});

/**
 * The published figures assume prompts that are asked one by one: no session, no earlier answers, nothing in any cache. The
 * baseline is then the same tokens at Opus's price.
 */
const ALONE = { catalog: PRICES, baseline: OPUS, session: "unknown" } as const;

const SESSION = [
  {
    task: "architecture planning",
    route: "think",
    target: OPUS,
    requests: 1,
    input: 20_000,
    output: 2060,
    shown: "$0.45 / $0.45",
  },
  {
    task: "API implementation",
    route: "plan_implementation",
    target: HAIKU,
    requests: 1,
    input: 19_500,
    output: 2100,
    shown: "$0.005 / $0.45",
  },
  {
    task: "code review of three files",
    route: "build",
    target: HAIKU,
    requests: 3,
    input: 10_542,
    output: 558,
    shown: "$0.008 / $0.60",
  },
  {
    task: "two bug fixes",
    route: "default",
    target: HAIKU,
    requests: 2,
    input: 5875,
    output: 825,
    shown: "$0.003 / $0.30",
  },
  {
    task: "test generation",
    route: "background",
    target: LLAMA,
    requests: 1,
    input: 12_333,
    output: 200,
    shown: "$0.001 / $0.20",
  },
] as const;

function theSession() {
  const ledger = new Ledger({ path: ":memory:" });
  for (const { task, route, target, requests, input, output } of SESSION) {
    for (let i = 0; i < requests; i++) {
      const record = anEnd({
        id: `${task} ${i + 1}`,
        route,
        ...target,
        usage: { input, output, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
      });
      ledger.add({ ...record, costs: account(record, ALONE) });
    }
  }
  return ledger.report({ since: 0 });
}

test("the published session comes to $0.47 against $2.00: 76 % saved", () => {
  const { cost_usd, baseline_usd, saved_usd, saved_share, requests, unpriced_requests } = theSession();
  assert.equal(cost_usd.toFixed(2), "0.47");
  assert.equal(baseline_usd.toFixed(2), "2.00");
  assert.equal(saved_usd.toFixed(2), "1.53");
  assert.equal(`${Math.round(saved_share * 100)} %`, "76 %");
  assert.equal(requests, 8);
  assert.equal(unpriced_requests, 0);
});

test("every line of the published session has its published dollars", () => {
  const { by } = theSession();
  for (const { task, route, shown } of SESSION) {
    const { cost_usd, baseline_usd } = by.route![route]!;
    const cost = cost_usd < 0.01 ? cost_usd.toFixed(3) : cost_usd.toFixed(2);
    assert.equal(`$${cost} / $${baseline_usd.toFixed(2)}`, shown, task);
  }
});
