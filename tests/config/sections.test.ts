import assert from "node:assert/strict";
import { test } from "node:test";
import { isLoopback } from "../../src/text/hosts.ts";
import { bad, good, onlyProblem, warnings } from "./support.ts";

test("an empty file gives the documented defaults", () => {
  const { proxy, log, ledger, telemetry, prices, budgets } = good("");
  assert.deepEqual(proxy, {
    host: "127.0.0.1",
    port: 3456,
    apiKeys: [],
    timeouts: { connect: 10000, firstToken: 120000, idle: 120000, total: 600000 },
    maxBodyBytes: 32 * 1024 * 1024,
    maxConcurrent: 4096,
    stopGraceMs: 30000,
    keepAliveMs: 15000,
    corsOrigins: [],
    allowedHosts: [],
  });
  assert.deepEqual(log, { level: "info", json: false });
  assert.deepEqual(ledger, { enabled: true, keepDays: 365 });
  assert.deepEqual(telemetry, { metrics: true, dashboard: true, otlpHeaders: {} });
  assert.deepEqual([prices, budgets], [[], []]);
});

test("off loopback there is no start without a key, wherever the host comes from", () => {
  for (const host of ["0.0.0.0", "::", "192.168.1.2", "proxy.example"]) {
    const problem = onlyProblem(`[proxy]\nhost = "${host}"\n`);
    assert.match(problem.message, /clients must need a key/);
    assert.equal(problem.line, 2);
    assert.equal(bad("", {}, { host }).length, 1);
    assert.equal(bad("", { PROXY_HOST: host }).length, 1);
    assert.equal(good(`[proxy]\nhost = "${host}"\napi_key = "k"\n`).proxy.host, host);
    assert.deepEqual(good(`[proxy]\nhost = "${host}"\napi_keys = ["a", "b", "a"]\n`).proxy.apiKeys, [
      "a",
      "b",
    ]);
  }
  assert.equal(bad('[proxy]\nhost = "0.0.0.0"\napi_key = ""\n').length, 1);
  assert.deepEqual(bad('[proxy]\nhost = "0.0.0.0"\napi_key = "$NONE"\n').map(({ message }) => message), [
    "NONE is not set.",
  ]);
});

test("what loopback is", () => {
  for (const host of ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "LOCALHOST", "a.localhost"]) {
    assert.ok(isLoopback(host), host);
  }
  for (const host of ["0.0.0.0", "::", "127.0.0.1.example", "localhost.example", "128.0.0.1"]) {
    assert.ok(!isLoopback(host), host);
  }
});

test("the command line stands above the environment, and the environment above the file", () => {
  const file = '[proxy]\nhost = "::1"\nport = 1\n[log]\nlevel = "error"\n';
  const env = { PROXY_HOST: "localhost", PROXY_PORT: "2", LOG_LEVEL: "TRACE", LOG_JSON: "true" };
  const fromEnv = good(file, env);
  assert.deepEqual([fromEnv.proxy.host, fromEnv.proxy.port, fromEnv.log], ["localhost", 2, {
    level: "debug",
    json: true,
  }]);
  const given = good(file, env, { host: "127.0.0.1", port: 0, logLevel: "warn", logJson: false });
  assert.deepEqual([given.proxy.host, given.proxy.port, given.log], ["127.0.0.1", 0, {
    level: "warn",
    json: false,
  }]);
  const odd = good(file, { PROXY_PORT: "many", LOG_LEVEL: "loud" });
  assert.deepEqual([odd.proxy.port, odd.log.level], [1, "error"]);
  assert.equal(warnings(odd).length, 2);
});

test("limits, grace and keep-alive are read", () => {
  const { proxy } = good(
    "[proxy]\nmax_body_mb = 0.5\nmax_concurrent = 7\nrequests_per_minute = 9\nstop_grace_ms = 0\nkeep_alive_ms = 0\n",
  );
  assert.deepEqual([
    proxy.maxBodyBytes,
    proxy.maxConcurrent,
    proxy.requestsPerMinute,
    proxy.stopGraceMs,
    proxy.keepAliveMs,
  ], [524288, 7, 9, 0, 0]);
  for (
    const line of [
      "port = 65536",
      "port = 1.5",
      "max_body_mb = 0",
      "timeout_ms = 0",
      "requests_per_minute = -1",
      "max_concurrent = true",
    ]
  ) {
    assert.equal(bad(`[proxy]\n${line}\n`).length, 1, line);
  }
});

test("origins are origins, and never all of them", () => {
  assert.deepEqual(
    good(
      '[proxy]\ncors_origins = ["https://App.example/", "http://localhost:5173"]\nallowed_hosts = ["My.Host"]\n',
    ).proxy.corsOrigins,
    ["https://app.example", "http://localhost:5173"],
  );
  for (const origin of ["*", "app.example", "https://app.example/path"]) {
    assert.equal(bad(`[proxy]\ncors_origins = ["${origin}"]\n`).length, 1, origin);
  }
});

test("the ledger's path starts at the home folder or the file's own", () => {
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

test("prices name a provider and are dollars per million tokens", () => {
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

test("budgets: defaults, routes, rules, and what happens at the limit", () => {
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

test("prices hold at hours of the day in UTC, and from a context size on", () => {
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

test("a ledger in memory stays in memory, whatever the folder", () => {
  assert.equal(good('[ledger]\npath = ":memory:"\n').ledger.path, ":memory:");
});

test("telemetry has an endpoint that is a URL", () => {
  const { telemetry } = good(
    '[telemetry]\nmetrics = false\ndashboard = false\notlp_endpoint = "http://c:4318/"\notlp_headers = { Authorization = "Bearer ${T}" }\n',
    { T: "t" },
  );
  assert.deepEqual(telemetry, {
    metrics: false,
    dashboard: false,
    otlpEndpoint: "http://c:4318",
    otlpHeaders: { Authorization: "Bearer t" },
  });
  assert.match(onlyProblem('[telemetry]\notlp_endpoint = "c:4318"\n').message, /not an http or https URL/);
});

test("a configuration cannot be changed, at any depth", () => {
  const config = good('[router]\nthink = "ollama,a"\n');
  const provider = config.providers.get("groq")!;
  const map = config.providers as Map<string, unknown>;
  const attempts: (() => unknown)[] = [
    () => Object.assign(config.proxy, { port: 1 }),
    () => (config.router.routes.think as unknown[]).push(1),
    () => Object.assign(config.router.routes.think![0]!, { model: "b" }),
    () => Object.assign(provider.headers, { a: "b" }),
    () => (provider.quirks as unknown as unknown[]).push(1),
    () => map.set("x", 1),
    () => map.delete("groq"),
    () => map.clear(),
  ];
  for (const attempt of attempts) assert.throws(attempt, TypeError);
  assert.equal(config.providers.get("groq"), provider);
});
