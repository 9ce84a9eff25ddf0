import assert from "node:assert/strict";
import { test } from "node:test";
import { type LoadOptions, parseConfig } from "../../../src/config/load.ts";
import { bad, good, onlyProblem } from "../support.ts";

test("an empty file gives the documented defaults", () => {
  const { proxy, log, ledger, telemetry, prices, budgets } = good("");
  assert.deepEqual(proxy, {
    host: "127.0.0.1",
    port: 3456,
    workers: 1,
    apiKeys: [],
    timeouts: { connect: 10000, firstToken: 120000, idle: 120000, total: 600000 },
    maxBodyBytes: 32 * 1024 * 1024,
    maxConcurrent: 4096,
    maxBodiesBytes: 1024 * 1024 * 1024,
    stopGraceMs: 30000,
    keepAliveMs: 15000,
    corsOrigins: [],
    allowedHosts: [],
    basePath: "",
    drainMs: 0,
    trustedProxies: [],
  });
  assert.deepEqual(log, { level: "info", json: false });
  assert.deepEqual(ledger, { enabled: true, keepDays: 365 });
  assert.deepEqual(telemetry, { metrics: true, dashboard: true, dashboardActions: true, otlpHeaders: {} });
  assert.deepEqual([prices, budgets], [[], []]);
});

const KEYS = ["first-key-0123456789", "second-key-9876543210"];

test("a host that other machines can reach needs a key, wherever it is set", () => {
  for (const host of ["0.0.0.0", "::", "192.168.1.2", "proxy.example"]) {
    const problem = onlyProblem(`[proxy]\nhost = "${host}"\n`);
    assert.match(problem.message, /clients must need a key/);
    assert.equal(problem.line, 2);
    assert.equal(bad("", {}, { host }).length, 1);
    assert.equal(bad("", { PROXY_HOST: host }).length, 1);
    assert.equal(good(`[proxy]\nhost = "${host}"\napi_key = "${KEYS[0]}"\n`).proxy.host, host);
    assert.deepEqual(
      good(`[proxy]\nhost = "${host}"\napi_keys = ["${KEYS[0]}", "${KEYS[1]}", "${KEYS[0]}"]\n`).proxy
        .apiKeys,
      KEYS,
    );
  }
  assert.equal(bad('[proxy]\nhost = "0.0.0.0"\napi_key = ""\n').length, 1);
  assert.deepEqual(bad('[proxy]\nhost = "0.0.0.0"\napi_key = "$NONE"\n').map(({ message }) => message), [
    "NONE is not set.",
  ]);
});

test("limits, stop grace and keep-alive are read and have ranges", () => {
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

test('cors_origins are origins, and "*" is refused', () => {
  assert.deepEqual(
    good(
      '[proxy]\ncors_origins = ["https://App.example/", "http://localhost:5173"]\nallowed_hosts = ["My.Host"]\n',
    ).proxy.corsOrigins,
    ["https://app.example", "http://localhost:5173"],
  );
  for (
    const origin of [
      "*",
      "app.example",
      "https://app.example/path",
      "https://*.example.com",
      "app://*",
      "null",
    ]
  ) {
    assert.equal(bad(`[proxy]\ncors_origins = ["${origin}"]\n`).length, 1, origin);
  }
});

test("cors_origins may name the schemes of desktop shells and extensions", () => {
  const origins = [
    "app://obsidian.md",
    "tauri://localhost",
    "chrome-extension://abcdefghijklmnop",
    "moz-extension://0f1e",
    "capacitor://localhost",
    "vscode-webview://1a2b",
    "file://",
    "null",
  ];
  const { corsOrigins } = good(
    `[proxy]\napi_key = "k"\ncors_origins = ${JSON.stringify(origins)}\n`,
  ).proxy;
  assert.deepEqual(corsOrigins, origins);
});

test("the telemetry endpoint is a URL", () => {
  const { telemetry } = good(
    '[telemetry]\nmetrics = false\ndashboard = false\notlp_endpoint = "http://c:4318/"\notlp_headers = { Authorization = "Bearer ${T}" }\n',
    { T: "t" },
  );
  assert.deepEqual(telemetry, {
    metrics: false,
    dashboard: false,
    dashboardActions: true,
    otlpEndpoint: "http://c:4318",
    otlpHeaders: { Authorization: "Bearer t" },
  });
  assert.match(onlyProblem('[telemetry]\notlp_endpoint = "c:4318"\n').message, /not an http or https URL/);
});

const STORE = '[store]\nurl = "postgres://u:p@127.0.0.1/llm"\n';

/** The workers of a configuration on a machine, or the problems with them. */
function workersOn(machine: LoadOptions["machine"], workers: string, rest = STORE) {
  const result = parseConfig(`[proxy]\nworkers = ${workers}\n${rest}`, {
    env: {},
    name: "test.toml",
    machine,
  });
  return result.ok
    ? result.config.proxy.workers
    : result.problems.map(({ message, expected, line }) => `${line}: ${message} ${expected}`);
}

test("workers are as many as the file says, or one for each core", () => {
  const machine = { platform: "linux", cores: 6 };
  assert.deepEqual(["1", "2", '"auto"'].map((workers) => workersOn(machine, workers)), [1, 2, 6]);
  for (const wrong of ["0", "65", "1.5", '"many"', "true"]) {
    assert.match(onlyProblem(`[proxy]\nworkers = ${wrong}\n`).message, /from 1 to 64, or "auto"/);
  }
});

test("several workers need a store, and the problem says why and what to do", () => {
  for (const workers of ["2", '"auto"']) {
    const [problem, ...more] = workersOn({ platform: "linux", cores: 1 }, workers, "") as string[];
    assert.match(
      problem ?? "",
      /^2: several workers need a store, .*budgets.* the url of a \[store\], or workers = 1$/,
    );
    assert.deepEqual(more, []);
  }
});

test("several workers are for Linux; elsewhere auto is one", () => {
  for (
    const [platform, name] of [["darwin", "macOS"], ["win32", "Windows"], ["freebsd", "freebsd"]] as const
  ) {
    const machine = { platform, cores: 6 };
    assert.equal(workersOn(machine, '"auto"', ""), 1);
    assert.match(
      String(workersOn(machine, "2")),
      new RegExp(`^2: only Linux shares .* this is ${name}\\. 1, or`),
    );
  }
});
