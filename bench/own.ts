/**
 * What the proxy's own code costs a request, without sockets: the app is called with a request and a `fetch` that answers at
 * once. What the machine does besides disturbs this least. `deno run -A bench/own.ts [--quick]`, or with Bun; prints JSON.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseConfig } from "../src/config/load.ts";
import { silent } from "../src/log/log.ts";
import { type App, createApp } from "../src/server/app.ts";
import { compose } from "../src/server/compose.ts";
import { WHOLE } from "./answers.ts";
import { agentRequests, SIZES } from "./bodies.ts";
import { BENCH_KEY, benchConfig } from "./config.ts";
import { quantile } from "./figures.ts";

export interface Own {
  readonly size: string;
  readonly accounting: boolean;
  /** Microseconds a request: of the quietest tenth of the rounds. */
  readonly perRequest: number;
}

const ROUNDS = process.argv.includes("--quick") ? 8 : 20;

const folder = mkdtempSync(join(tmpdir(), "terraphim-bench-own-"));
const results: Own[] = [];
try {
  const proxies = [true, false].map((accounting) => ({ accounting, ...proxyInProcess(accounting) }));
  for (const [size, bytes] of SIZES) {
    const count = bytes > 10_000 ? 120 : 1200;
    const times = new Map<boolean, number[]>([[true, []], [false, []]]);
    for (let round = 0; round < ROUNDS; round++) {
      // In turns: the engine compiles all along, and the machine has other things to do now and then.
      for (const { accounting, app } of proxies) {
        times.get(accounting)?.push(await timeOf(app, bytes, count));
      }
    }
    for (const [accounting, each] of times) {
      results.push({ size, accounting, perRequest: quantile(each, 0.1) });
    }
  }
  for (const { close } of proxies) await close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(JSON.stringify(results));
process.exit(0);

function proxyInProcess(accounting: boolean) {
  const ledger = accounting ? join(folder, "ledger.sqlite") : undefined;
  const loaded = parseConfig(benchConfig({ upstream: "http://127.0.0.1:1", ledger }), { env: {} });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const { context, close } = compose({
    source: {
      current: loaded.config,
      state: { loadedAt: 0, ok: true, problems: [], warnings: [], reloads: 0 },
      onSwap: () => () => {},
    },
    log: silent,
    version: "0",
    fetch: answerAtOnce as typeof fetch,
  });
  return { app: createApp(context), close };
}

/** Microseconds a request. */
async function timeOf(app: App, bytes: number, count: number): Promise<number> {
  const inits = agentRequests(bytes).map(({ path, headers, text }) => {
    const body = new TextEncoder().encode(text);
    const sent = { ...headers, authorization: `Bearer ${BENCH_KEY}`, "content-length": String(body.length) };
    return { url: `http://127.0.0.1${path}`, init: { method: "POST", headers: sent, body } };
  });
  const requests = Array.from({ length: count }, (_, i) => inits[i % inits.length]!)
    .map(({ url, init }) => new Request(url, init));
  const started = performance.now();
  for (const [i, request] of requests.entries()) {
    const response = await app.fetch(request, false);
    if (response.status !== 200) throw new Error(await response.text());
    if (i % 100 === 99) await new Promise((resolve) => setImmediate(resolve)); // the ledger writes
  }
  return (performance.now() - started) * 1000 / count;
}

function answerAtOnce(url: string): Promise<Response> {
  const body = WHOLE[url.slice(url.indexOf("/", "http://".length))] ?? "";
  const headers = { "content-type": "application/json", "content-length": String(body.length) };
  return Promise.resolve(new Response(body, { headers }));
}
