import assert from "node:assert/strict";
import { test } from "node:test";
import { bad, good, onlyProblem, warnings } from "../support.ts";

test("the ledger's path is relative to the home folder or the file's folder", () => {
  assert.equal(
    good('[ledger]\npath = "~/x/ledger.db"\n', { HOME: "/home/me" }).ledger.path,
    "/home/me/x/ledger.db",
  );
  assert.equal(
    good('[ledger]\npath = "/var/l.db"\nkeep_days = 7\nenabled = false\n').ledger.path,
    "/var/l.db",
  );
  assert.deepEqual(good('[ledger]\nbaseline = "openrouter,a/b"\n').ledger.baseline, {
    provider: "openrouter",
    model: "a/b",
  });
  assert.deepEqual(warnings(good('[ledger]\nbaseline = "openrouter,a/b"\n')), []);
});

test("a ledger in memory has no folder", () => {
  assert.equal(good('[ledger]\npath = ":memory:"\n').ledger.path, ":memory:");
});

test("prices need a known provider, and are dollars per million tokens", () => {
  const { prices } = good(
    '[[prices]]\nprovider = "Ollama"\nmodel = "m"\ninput = 1\noutput = 2.5\ncache_read = 0\n',
  );
  assert.deepEqual(prices, [{ provider: "ollama", model: "m", input: 1, output: 2.5, cacheRead: 0 }]);
  assert.equal(bad('[[prices]]\nprovider = "olama"\nmodel = "m"\ninput = -1\noutput = 2\n').length, 2);
  assert.deepEqual(bad('[[prices]]\nprovider = "ollama"\nmodel = "m"\n').map(({ key }) => key), [
    "prices[0].input",
    "prices[0].output",
  ]);
});

test("prices may hold at some hours in UTC, or from a context size on", () => {
  const price = '[[prices]]\nprovider = "ollama"\nmodel = "m"\ninput = 1\noutput = 2\n';
  const of = (lines: string) => {
    const [{ hours, fromTokens } = assert.fail()] = good(price + lines).prices;
    return [hours, fromTokens];
  };
  assert.deepEqual(of(""), [undefined, undefined]);
  assert.deepEqual(of('hours = "16:30-00:30"\n'), [[990, 30], undefined]);
  assert.deepEqual(of('hours = "9-17"\nfrom_tokens = 200_000\n'), [[540, 1020], 200_000]);
  assert.deepEqual(of("hours = [18, 24]\n"), [[1080, 1440], undefined]);
  for (
    const lines of [
      'hours = "16:30"',
      'hours = "16:30-25:00"',
      'hours = "8-8"',
      "hours = 8",
      'hours = ["8:00"]',
      "from_tokens = 0",
      'from_tokens = "200k"',
      "from_tokens = 1.5",
      "form_tokens = 200_000",
    ]
  ) {
    const problem = onlyProblem(`${price}${lines}\n`);
    assert.equal(problem.line, 6, lines);
  }
  assert.match(onlyProblem(`${price}hours = "late"\n`).message, /the string "late".*two times of day/);
});

test("budgets have defaults, a route or rule, and an action at the limit", () => {
  const { budgets } = good(
    '[[router.rules]]\nname = "rust"\nwhen = { any = ["x"] }\nroute = "think"\n' +
      "[[budgets]]\nlimit = 5\n" +
      '[[budgets]]\nname = "b"\nperiod = "day"\nlimit = 0.5\nwarn_at = 0.5\nroute = "rust"\nclient = "codex"\nthen = "background"\n' +
      '[[budgets]]\nlimit = 1\nroute = "Think"\nthen = "ollama,a | ollama,b"\n',
  );
  assert.deepEqual(budgets, [
    { name: "budget 1", period: "month", limit: 5, warnAt: 0.8, then: { kind: "refuse" } },
    {
      name: "b",
      period: "day",
      limit: 0.5,
      warnAt: 0.5,
      route: "rule:rust",
      client: "codex",
      then: { kind: "route", name: "background" },
    },
    {
      name: "budget 3",
      period: "month",
      limit: 1,
      warnAt: 0.8,
      route: "think",
      then: {
        kind: "chain",
        chain: [{ provider: "ollama", model: "a" }, { provider: "ollama", model: "b" }],
      },
    },
  ]);
  for (
    const lines of [
      "limit = 0",
      'limit = 1\nthen = "auto"',
      'limit = 1\nroute = "thnk"',
      'limit = 1\nperiod = "week"',
      "period = 'day'",
      "limit = 1\nwarn_at = 80",
    ]
  ) {
    assert.equal(bad(`[[budgets]]\n${lines}\n`).length, 1, lines);
  }
});
