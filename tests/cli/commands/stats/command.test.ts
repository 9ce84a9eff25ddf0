import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Ledger } from "../../../../src/ledger/ledger.ts";
import { anAttempt, anEnd } from "../../../ledger/sample.ts";
import { type Asked, KEYS, ledgerIn, withLedger } from "../../ledgers.ts";
import { inFolder, run } from "../../terminal.ts";
import { closing } from "../../../support/disposable.ts";

const HAIKU = { provider: "openrouter", model: "anthropic/claude-3.5-haiku", route: "plan_implementation" };
const LLAMA = { provider: "groq", model: "llama-3.1-8b-instant", route: "background", client: "codex" };
const usage = { input: 1000, cacheRead: 200, cacheWrite: 50, output: 300, reasoning: 40 };

/** Four requests: one failed, one fell back, one from another session. */
const FOUR: readonly Asked[] = [
  { cost: 0.45, baseline: 0.45, firstTokenMs: 400 },
  { ...HAIKU, cost: 0.005, baseline: 0.45, firstTokenMs: 500, session: "s2" },
  {
    ...LLAMA,
    cost: 0.001,
    baseline: 0.1,
    firstTokenMs: 900,
    fellBack: true,
    attempts: [{ ...anAttempt, failure: "overloaded", status: 529 }, {
      ...anAttempt,
      provider: "groq",
      model: "x",
    }],
  },
  { ...HAIKU, cost: 0, baseline: 0, status: 500, failure: "server_error" },
];

const stats = (cwd: string, args: readonly string[] = [], columns?: number) =>
  run(["stats", "--config", "config.toml", ...args], {
    cwd,
    env: KEYS,
    ...(columns === undefined ? {} : { columns }),
  });

const withFour = (work: (cwd: string) => Promise<void>, more = "") =>
  inFolder({ "config.toml": withLedger(more) }, async (cwd) => {
    ledgerIn(cwd, FOUR);
    await work(cwd);
  });

/** The cells of the line that begins with a title. */
const cells = (out: string, title: string) =>
  out.split("\n").find((line) => line.trimStart().startsWith(title))?.trim().split(/ {2,}/);

describe("stats --json", () => {
  test("has the promised shape and the ledger's own numbers", () =>
    withFour(async (cwd) => {
      const { code, out, json } = await stats(cwd, ["--json"]);
      assert.equal(code, 0);
      const report = json();
      const { since, by, ...figures } = report;
      const month = new Date();
      assert.equal(since, new Date(month.getFullYear(), month.getMonth(), 1).toISOString());
      assert.equal(figures.requests, 4);
      assert.equal(figures.failures, 1);
      assert.equal(figures.fallbacks, 1);
      assert.deepEqual(figures.tokens, {
        input: 4000,
        cache_read: 800,
        cache_write: 200,
        output: 1200,
        reasoning: 160,
      });
      assert.equal(figures.cost_usd, 0.456);
      assert.equal(figures.baseline_usd, 1);
      assert.equal(figures.saved_usd, 0.544);
      assert.equal(figures.saved_share, 0.544);
      assert.equal(figures.unpriced_requests, 0);
      assert.deepEqual(Object.keys(by), ["route", "model", "provider", "client"]);
      assert.equal(by.route.think.cost_usd, 0.45);
      assert.equal(by.provider.groq.fallbacks, 1);
      assert.equal(by.client.codex.requests, 1);
      assert.equal(by.model[HAIKU.model].failures, 1);
      const fields = Object.keys(by.route.think);
      for (const field of fields) assert.ok(field in report, field);
      assert.equal(figures.baseline, "openrouter,anthropic/claude-3-opus");
      assert.equal(figures.periods.today.requests, 4);
      assert.ok(!out.includes("secret"));
    }));

  test("divides by more where more is asked for, and keeps the promised parts", () =>
    withFour(async (cwd) => {
      const { json } = await stats(cwd, ["week", "--by", "session", "--by", "kind", "--json"]);
      const { by, periods } = json();
      assert.deepEqual(Object.keys(by), ["route", "model", "provider", "client", "session", "kind"]);
      assert.equal(by.session.s2.requests, 1);
      assert.equal(by.session.s1.requests, 3);
      assert.equal(periods, undefined);
    }));

  test("takes a moment to begin at", () =>
    inFolder({ "config.toml": withLedger() }, async (cwd) => {
      const day = 86_400_000;
      ledgerIn(cwd, [{}, { time: Date.now() - 3 * day }, { time: Date.now() - 400 * day }]);
      assert.equal((await stats(cwd, ["--since", "24h", "--json"])).json().requests, 1);
      assert.equal((await stats(cwd, ["--since", "7d", "--json"])).json().requests, 2);
      assert.equal((await stats(cwd, ["--since", "all", "--json"])).json().requests, 3);
    }));

  test("has the budgets with their state", () =>
    withFour(
      async (cwd) => {
        const { budgets } = (await stats(cwd, ["--json"])).json();
        assert.deepEqual(
          budgets.map(({ name, spent_usd, limit_usd, state, then }: Record<string, unknown>) => [
            name,
            spent_usd,
            limit_usd,
            state,
            then,
          ]),
          [["daily", 0.456, 0.5, "warn", "background"], ["codex", 0.001, 0.0005, "exceeded", "refuse"]],
        );
      },
      `[[budgets]]
name = "daily"
period = "day"
limit = 0.5
then = "background"
[[budgets]]
name = "codex"
period = "month"
limit = 0.0005
client = "codex"
then = "refuse"
`,
    ));
});

describe("stats for people", () => {
  test("shows today, this week and this month side by side, then the parts, within 80 columns", () =>
    withFour(async (cwd) => {
      const { code, out } = await stats(cwd, [], 80);
      assert.equal(code, 0);
      for (const line of out.split("\n")) assert.ok(line.length <= 80, line);
      assert.match(out, /^ +Today +This week +This month$/m);
      assert.deepEqual(cells(out, "Requests"), ["Requests", "4", "4", "4"]);
      assert.deepEqual(cells(out, "failed"), ["failed", "1", "1", "1"]);
      assert.deepEqual(cells(out, "Cost"), ["Cost", "$0.46", "$0.46", "$0.46"]);
      assert.deepEqual(cells(out, "on anthropic"), [
        "on anthropic/claude-3-opus alone",
        "$1.00",
        "$1.00",
        "$1.00",
      ]);
      assert.deepEqual(cells(out, "Saved"), ["Saved", "$0.54", "$0.54", "$0.54"]);
      assert.deepEqual(cells(out, "share"), ["share", "54 %", "54 %", "54 %"]);
      assert.deepEqual(cells(out, "from cache"), ["from cache", "16 %", "16 %", "16 %"]);
      assert.deepEqual(cells(out, "First token, p50"), ["First token, p50", "420 ms", "420 ms", "420 ms"]);
      assert.deepEqual(cells(out, "First token, p95"), ["First token, p95", "900 ms", "900 ms", "900 ms"]);
      assert.deepEqual(cells(out, "anthropic/claude-3.5-haiku")?.slice(0, 5), [
        "anthropic/claude-3.5-haiku",
        "2",
        "1",
        "$0.0050",
        "$0.45",
      ]);
      for (const kind of ["route", "model", "provider", "client"]) {
        assert.match(out, new RegExp(`^By ${kind}$`, "m"));
      }
    }));

  test("one period is shown by itself", () =>
    withFour(async (cwd) => {
      const { out } = await stats(cwd, ["today", "--by", "client"]);
      assert.match(out, /^ +Today$/m);
      assert.doesNotMatch(out, /This month|By route/);
      assert.match(out, /^By client$/m);
    }));

  test("the session of the product's own example saved 76 %", () =>
    inFolder({ "config.toml": withLedger() }, async (cwd) => {
      ledgerIn(cwd, [
        { cost: 0.45, baseline: 0.45 },
        { cost: 0.005, baseline: 0.45 },
        { cost: 0.008, baseline: 0.6 },
        { cost: 0.003, baseline: 0.3 },
        { cost: 0.001, baseline: 0.2 },
      ]);
      const { out } = await stats(cwd, ["today"]);
      assert.deepEqual(cells(out, "Cost"), ["Cost", "$0.47"]);
      assert.deepEqual(cells(out, "on anthropic"), ["on anthropic/claude-3-opus alone", "$2.00"]);
      assert.deepEqual(cells(out, "share"), ["share", "76 %"]);
    }));

  test("says which requests are in no sum, and which tokens are guessed", () =>
    inFolder({ "config.toml": withLedger() }, async (cwd) => {
      ledgerIn(cwd, [{}, { unpriced: true, model: "mystery" }, { usage: { ...usage, estimated: true } }]);
      const { out } = await stats(cwd);
      assert.match(out, /^1 request without a known price is not in these dollars \(mystery\)\./m);
      assert.match(out, /^The tokens of 1 request are estimated: the provider reported none\./m);
      assert.match(out, /^ {2}mystery +1 +0 +0 +0 % +unknown/m);
      assert.deepEqual((await stats(cwd, ["--json"])).json().unpriced_requests, 1);
    }));

  test("shows the budgets with what they do", () =>
    withFour(async (cwd) => {
      const { out } = await stats(cwd, [], 80);
      assert.match(out, /^tiny +\$0\.46 +\$0\.10 +456 % +this month +to background until \d{4}-\d\d-01$/m);
    }, `[[budgets]]\nname = "tiny"\nperiod = "month"\nlimit = 0.1\nthen = "background"\n`));

  test("has a friendly line for an empty, an older and a disabled ledger", () =>
    inFolder(
      {
        "config.toml": withLedger(),
        "off.toml": withLedger("enabled = false"),
      },
      async (cwd) => {
        const fresh = await stats(cwd);
        assert.equal(fresh.code, 0);
        assert.match(fresh.out, /^No requests yet\./);
        assert.equal((await stats(cwd, ["--json"])).json().requests, 0);
        ledgerIn(cwd, [{ time: Date.now() - 400 * 86_400_000 }]);
        assert.match((await stats(cwd)).out, /^No requests this month\. .*stats --since all/);
        const off = await run(["stats", "--config", "off.toml", "today"], { cwd, env: KEYS });
        assert.match(off.out, /^The ledger is disabled/);
      },
    ));
});

test("stats --csv is a table with a line for all and one for each part", () =>
  withFour(async (cwd) => {
    const { out } = await stats(cwd, ["--csv"]);
    const rows = out.trimEnd().split("\r\n").map((line) => line.split(","));
    assert.deepEqual(rows[0]?.slice(0, 3), ["by", "name", "requests"]);
    assert.deepEqual(rows[1]?.slice(0, 3), ["total", "", "4"]);
    assert.ok(rows.some(([by, name, requests]) => by === "client" && name === "codex" && requests === "1"));
  }));

test("stats reads a ledger that a proxy is writing to", () =>
  inFolder({ "config.toml": withLedger() }, async (cwd) => {
    using ledger = closing(new Ledger({ path: join(cwd, "ledger.sqlite") }));
    ledger.add(anEnd({ time: Date.now() }));
    ledger.flush();
    assert.equal((await stats(cwd, ["--json"])).json().requests, 1);
    ledger.add(anEnd({ time: Date.now() }));
    ledger.flush();
    assert.equal((await stats(cwd, ["--json"])).json().requests, 2);
  }));

test("without a path in the configuration the ledger is the one in the data folder", () =>
  inFolder({ "config.toml": withLedger().replace(/\[ledger\][^]*/, "") }, async (cwd) => {
    ledgerIn(cwd, [{}], "terraphim-llm-proxy/ledger.sqlite");
    const { json } = await run(["stats", "--json", "-c", "config.toml"], {
      cwd,
      env: { ...KEYS, XDG_DATA_HOME: cwd },
    });
    assert.equal(json().requests, 1);
  }));

describe("stats that cannot be shown", () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      "a time that cannot be read",
      ["--since", "tomorow"],
      /--since must be a time in the past, not "tomorow": today/,
    ],
    ["two beginnings", ["week", "--since", "2d"], /Use a period or --since, not both/],
    ["another period", ["year"], /today[^]*week[^]*month/],
  ];
  for (const [name, args, says] of cases) {
    test(`${name}: ends with 2 and says what would be right`, () =>
      withFour(async (cwd) => {
        const { code, out, err } = await stats(cwd, args);
        assert.equal(code, 2);
        assert.equal(out, "");
        assert.match(err, says);
      }));
  }

  test("a file that is not a ledger ends with 1 and names the file", () =>
    inFolder({ "config.toml": withLedger() }, async (cwd) => {
      writeFileSync(join(cwd, "ledger.sqlite"), "this is no database, and long enough to be taken for one");
      const { code, err } = await stats(cwd);
      assert.equal(code, 1);
      assert.match(err, /the ledger .*ledger\.sqlite cannot be read: it is damaged/);
    }));
});

describe("stats and what is beside the savings", () => {
  test("says what is used of a plan, as answers said it last", () =>
    inFolder({ "config.toml": withLedger() }, async (cwd) => {
      ledgerIn(cwd, [{ cost: 0, baseline: 0, extra: { onPlan: true }, usage }]);
      const folder = join(cwd, "data", "terraphim-llm-proxy");
      mkdirSync(folder, { recursive: true });
      const windows = [{ window: "5h", used: 0.42, ofPlan: true, resetAt: Date.now() + 60_000 }];
      const seen = [{ provider: "anthropic", key: "k1", windows, seen: Date.now() }];
      writeFileSync(join(folder, "headroom.json"), JSON.stringify(seen));
      const env = { ...KEYS, XDG_DATA_HOME: join(cwd, "data") };
      const { out } = await run(["stats", "--config", "config.toml"], { cwd, env });
      assert.match(out, /Used of plans: anthropic \(key k1\) 42 % of 5h\./);
      const { json } = await run(["stats", "--json", "--config", "config.toml"], { cwd, env });
      assert.equal(json().plans[0].used_share, 0.42);
    }));

  test("shows what switching lost, what a plan paid for, and what is an estimate", () =>
    inFolder({ "config.toml": withLedger() }, async (cwd) => {
      ledgerIn(cwd, [{ cost: 0.45, baseline: 0.6, extra: { basis: "session", lost: 0.02 } }, {
        cost: 0.01,
        baseline: 0.05,
        extra: { basis: "estimate" },
      }, { cost: 0, baseline: 0, extra: { onPlan: true }, usage }]);
      const { out } = await stats(cwd, ["--since", "all"]);
      assert.deepEqual(cells(out, "Lost by switching"), ["Lost by switching", "$0.02"]);
      assert.deepEqual(cells(out, "On a plan"), ["On a plan", "1"]);
      assert.deepEqual(cells(out, "tokens"), ["tokens", "1.6k"]);
      assert.match(
        out.replace(/\s+/g, " "),
        /What 1 request saved is an estimate: the client named no session/,
      );
    }));
});
