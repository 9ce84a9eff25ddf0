import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  asText,
  caveats,
  nothingYet,
  type Page,
  partsTable,
} from "../../../../src/cli/commands/stats/page.ts";
import { styleOf } from "../../../../src/cli/output/style.ts";
import type { BudgetStatus } from "../../../../src/ledger/budget.ts";
import type { Figures } from "../../../../src/ledger/figures.ts";
import { NONE, type Report } from "../../../../src/ledger/report.ts";
import { widthOf } from "../../../../src/text/width.ts";
import { session } from "../../terminal.ts";

const figures = (changes: Partial<Figures> = {}): Figures => ({
  requests: 10,
  failures: 0,
  fallbacks: 0,
  cancelled: 0,
  tokens: { input: 1000, cache_read: 3000, cache_write: 0, output: 500, reasoning: 0 },
  cost_usd: 1,
  baseline_usd: 4,
  saved_usd: 3,
  saved_share: 0.75,
  lost_by_switching_usd: 0,
  estimated_baseline_requests: 0,
  old_baseline_requests: 0,
  plan_requests: 0,
  plan_tokens: 0,
  unpriced_requests: 0,
  no_baseline_requests: 0,
  estimated_requests: 0,
  cache_hit_share: 0.75,
  first_token_ms: { p50: 400, p95: null },
  ...changes,
});
const report = (by: Report["by"] = {}, changes: Partial<Figures> = {}): Report => ({
  ...figures(changes),
  since: new Date(0).toISOString(),
  by,
});
const budget = (changes: Partial<BudgetStatus> = {}): BudgetStatus => ({
  name: "team",
  period: "month",
  limit: 50,
  spent: 10,
  share: 0.2,
  state: "ok",
  since: 0,
  resetsAt: new Date(2026, 11, 1).getTime(),
  then: { kind: "refuse" },
  ...changes,
});
const io = (columns?: number) => session([], columns === undefined ? {} : { columns }).io;
const page = (changes: Partial<Page> = {}, columns?: number) =>
  asText(io(columns), {
    columns: [{ title: "Today", figures: figures() }],
    main: report(),
    baseline: { provider: "anthropic", model: "claude-opus-4-1" },
    budgets: [],
    plans: [],
    limit: 10,
    reliability: false,
    ...changes,
  });

/** The value of a line of the figures. */
const value = (text: string, title: string) => new RegExp(`^ *${title} {2,}(.*)$`, "m").exec(text)?.[1];

describe("the figures", () => {
  test("say what was spent, saved and read from the cache", () => {
    const text = page();
    const found = ["Requests", "Cost", "on claude-opus-4-1 alone", "Saved", "share", "from cache"].map((
      title,
    ) => value(text, title));
    assert.deepEqual(found, ["10", "$1.00", "$4.00", "$3.00", "75 %", "75 %"]);
    assert.equal(value(text, "First token, p95"), undefined, "nothing is known of it");
  });

  test("have lines for what happened alone, in some period", () => {
    const plain = page();
    for (const title of ["cancelled by client", "Lost by switching", "On a plan", "for reasoning"]) {
      assert.doesNotMatch(plain, new RegExp(title));
    }
    const rich = page({
      columns: [{ title: "Today", figures: figures() }, {
        title: "Month",
        figures: figures({ cancelled: 2, lost_by_switching_usd: 0.5, plan_requests: 3, plan_tokens: 1500 }),
      }],
    });
    assert.match(rich, /^ +cancelled by client +0 +2$/m);
    assert.match(rich, /^Lost by switching +\$0\.00 +\$0\.50$/m);
    assert.match(rich, /^On a plan +0 +3$/m);
  });

  test("show no share where there was no baseline, and a loss as one", () => {
    const text = page({
      columns: [{ title: "Today", figures: figures({ baseline_usd: 0, saved_usd: -1, saved_share: 0 }) }],
    });
    assert.equal(value(text, "share"), undefined);
    assert.equal(value(text, "Saved"), "-$1.00");
  });
});

describe("budgets", () => {
  const row = (changes: Partial<BudgetStatus>) =>
    page({ budgets: [budget(changes)] }).split("\n").find((line) => /^team/.test(line));
  const cases: readonly (readonly [says: RegExp, changes: Partial<BudgetStatus>])[] = [
    [/^team +\$10\.00 +\$50\.00 +20 % +this month +ok$/, {}],
    [/today +nearly spent$/, { period: "day", state: "warn" }],
    [/refused until 2026-12-01$/, { state: "exceeded" }],
    [/to background until 2026-12-01$/, {
      state: "exceeded",
      then: { kind: "route", name: "background" } as never,
    }],
    [/to qwen3 until/, {
      state: "exceeded",
      then: { kind: "chain", chain: [{ provider: "ollama", model: "qwen3" }] } as never,
    }],
    [/ spent$/, { state: "exceeded", then: { kind: "auto" } as never }],
    [/^team \(.*think.*\)/, { route: "think" }],
  ];
  for (const [says, changes] of cases) test(`${says}`, () => assert.match(row(changes) ?? "", says));
});

describe("what the dollars do not say", () => {
  const said = (changes: Partial<Figures>, by: Report["by"] = {}) =>
    caveats(figures(changes), report(by), { provider: "anthropic", model: "opus" });

  test("is nothing where every price and token is known", () => assert.deepEqual(said({}), []));

  test("is which models have no price, three by name", () => {
    const unpriced = figures({ unpriced_requests: 1 });
    const model = { [NONE]: unpriced, a: unpriced, b: figures(), c: unpriced, d: unpriced, e: unpriced };
    assert.match(
      said({ unpriced_requests: 2 }, { model })[0]!,
      /^2 requests without a known price are .* \(a, c, d and 1 more\)\. Set prices/,
    );
    assert.match(
      said({ unpriced_requests: 1 })[0]!,
      /^1 request without a known price is not in these dollars\. Set/,
    );
  });

  test("is a sentence for each reason", () => {
    const all = said({
      no_baseline_requests: 1,
      estimated_requests: 2,
      estimated_baseline_requests: 3,
      old_baseline_requests: 1,
    });
    assert.equal(all.length, 4);
    assert.match(all[0]!, /^1 request counts as saving nothing: the price of anthropic,opus was unknown\.$/);
    assert.match(all[3]!, /^1 request of an older version has the same tokens/);
  });
});

describe("the parts", () => {
  const plain = styleOf(io().stdout);
  const attempts = { tried: 4, failed: 1, success_share: 0.75, failures: { rate_limited: 1 } };
  const by = {
    model: { größe: figures({ attempts }), b: figures({ unpriced_requests: 10, failures: 2 }), c: figures() },
  };
  const table = (
    columns: number | undefined,
    more: { readonly limit?: number; readonly reliability?: boolean } = {},
  ) => partsTable(report(by), { title: "Month", limit: 10, ...more }, plain, columns);

  test("have all columns in a pipe and on a wide terminal", () => {
    const heads =
      /^Month +Requests +Failed +Fell back +Errors +Cost +Saved +Share +In +Cached +Out +p50 +p95$/m;
    assert.match(table(undefined), heads);
    assert.match(table(140), heads);
    assert.match(table(undefined), /^ {2}größe +10 +0 +0 +25 %/m);
  });

  test("have fewer on a narrow one, and errors where somebody asked how reliable they are", () => {
    assert.match(table(80), /^Month +Requests +Failed +Cost +Saved +Tokens +p50$/m);
    assert.match(table(80, { reliability: true }), /^Month +Requests +Failed +Errors +Cost +Saved +p50$/m);
  });

  test("without a price cost something unknown, not nothing", () => {
    assert.match(table(undefined), /^ {2}b +10 +2 +0 +unknown/m);
  });

  test("beyond the limit are counted", () => {
    assert.match(table(80, { limit: 1 }), /^By model\n {2}größe .*\n {2}and 2 more$/m);
    assert.doesNotMatch(table(80, { limit: 3 }), /more/);
  });
});

test("a group without a part says none, and errors have no column where nothing was tried", () => {
  const options = { title: "Month", limit: 10 };
  const table = partsTable(
    report({ rule: {}, route: { think: figures() } }),
    options,
    styleOf(io().stdout),
    undefined,
  );
  assert.match(table, /^By rule *\n {2}none *\n/m);
  assert.doesNotMatch(table, /Errors/);
});

test("without requests it says why, and what to do", () => {
  const said = (
    changes: Partial<{ path: string; enabled: boolean; ever: boolean }>,
    titles: readonly string[] = ["Today"],
  ) =>
    nothingYet(
      io(),
      { path: "/l.sqlite", enabled: true, ever: false, ...changes },
      titles.map((title) => ({ title, figures: figures() })),
    );
  assert.match(said({ enabled: false }), /^The ledger is disabled/);
  assert.match(said({ ever: true }), /^No requests today\. .* stats --since all shows older ones\.$/m);
  assert.match(said({ ever: true }, ["Today", "Month"]), /^No requests this month\./);
  assert.match(said({}), /^No requests yet\.[^]* setup\n\nThe ledger will be \/l\.sqlite\n$/);
});

test("no line is wider than the terminal, whatever the figures", () => {
  const amount = fc.integer({ min: 0, max: 2_000_000_000 });
  fc.assert(
    fc.property(amount, amount, fc.integer({ min: 60, max: 140 }), (requests, cost_usd, columns) => {
      const one = figures({
        requests,
        cost_usd,
        baseline_usd: cost_usd * 2,
        unpriced_requests: 1,
        old_baseline_requests: 2,
      });
      const text = page({
        columns: [{ title: "Month", figures: one }],
        main: { ...report({ model: { ["m".repeat(50)]: one } }), ...one },
        budgets: [budget({ name: "b".repeat(40), spent: cost_usd, state: "exceeded" })],
        plans: [{ provider: "anthropic", key: "ab", window: "5h", used_share: 1, resets_at: null }],
      }, columns);
      for (const line of text.split("\n")) assert.ok(widthOf(line) <= columns, line);
    }),
  );
});
