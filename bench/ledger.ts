/**
 * What the ledger costs: microseconds for each request added, milliseconds for a report on 100,000 of them.
 * `deno run -A bench/ledger.ts` or `bun bench/ledger.ts`; the file is made in a temporary folder and removed.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { RequestEnd } from "../src/model/request-end.ts";
import { Ledger } from "../src/ledger/ledger.ts";
import { recentRequests } from "../src/ledger/recent.ts";
import { report } from "../src/ledger/report.ts";

const ROWS = Number(process.argv[2] ?? 100_000);
const DAY = 86_400_000;
const ROUTES = ["think", "plan_implementation", "build", "background", "default"];
const MODELS = ["claude-opus-4-1", "claude-haiku-4-5", "llama-3.1-8b-instant", "qwen3-coder"];
const CLIENTS = ["claude-code", "codex", "openclaw", "openai-sdk"];

const folder = mkdtempSync(join(tmpdir(), "ledger-bench-"));
try {
  const path = join(folder, "ledger.sqlite");
  const start = Date.now() - 30 * DAY;
  const ledger = new Ledger({ path, batchMs: 3_600_000 });
  let adding = 0;
  let writing = 0;
  for (let i = 0; i < ROWS;) {
    const batch = Array.from(
      { length: Math.min(256, ROWS - i) },
      () => request(i, start + (i++) * 30 * DAY / ROWS),
    );
    const before = performance.now();
    for (const one of batch) {
      ledger.add(one);
    }
    const added = performance.now();
    ledger.flush();
    adding += added - before;
    writing += performance.now() - added;
  }
  ledger.close();

  say("add", adding * 1000 / ROWS, "µs a request, on the request's path");
  say("write", writing * 1000 / ROWS, "µs a request, in batches of 256 off the path");
  say("file", statSync(path).size / ROWS, "bytes a request");
  say("report", fastest(() => report(path, { since: 0 })), `ms, opening included, ${ROWS} requests`);
  say("by day", fastest(() => report(path, { since: 0, series: "day" })), "ms, with a series of 30 days");
  say("by session", fastest(() => report(path, { since: 0, groups: ["session"] })), "ms, by session");
  say(
    "last day",
    fastest(() => report(path, { since: start + 29 * DAY, series: "hour" })),
    "ms, with 24 hours",
  );
  say("log", fastest(() => recentRequests(path, { limit: 50 })), "ms for the newest 50");
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function request(i: number, time: number): RequestEnd {
  const model = MODELS[i % MODELS.length]!;
  const route = ROUTES[i % ROUTES.length]!;
  return {
    id: `req_${i.toString(36).padStart(12, "0")}`,
    time,
    client: CLIENTS[(i >> 3) % CLIENTS.length]!,
    session: `session-${i >> 5}`,
    clientDialect: "anthropic-messages",
    operation: "generate",
    stream: true,
    modelAsked: "claude-opus-4-1",
    kind: route,
    route,
    why: [
      "no rule or mapping",
      `the words “plan”, “implementation” -> ${route}`,
      `${route} leads to ${model}`,
    ],
    provider: `provider-${i % MODELS.length}`,
    model,
    providerDialect: "openai-chat",
    attempts: [{
      provider: `provider-${i % MODELS.length}`,
      model,
      dialect: "openai-chat",
      status: 200,
      startMs: 1,
      ms: 400 + i % 900,
    }],
    fellBack: false,
    costs: { cost: 0.0012, baseline: 0.03, saved: 0.0288, estimated: false },
    usage: {
      input: 900 + i % 4000,
      cacheRead: i % 20_000,
      cacheWrite: i % 300,
      output: i % 1500,
      reasoning: i % 90,
    },
    status: 200,
    cancelled: false,
    firstTokenMs: 200 + i * 7919 % 3000,
    durationMs: 2000 + i % 9000,
    overheadUs: 150 + i % 100,
  };
}

/** Milliseconds of the fastest of five. */
function fastest(work: () => unknown): number {
  let best = Infinity;
  for (let i = 0; i < 5; i++) {
    const before = performance.now();
    work();
    best = Math.min(best, performance.now() - before);
  }
  return best;
}

function say(name: string, value: number, unit: string): void {
  console.log(`${name.padEnd(12)}${value.toFixed(2).padStart(10)} ${unit}`);
}
