import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import process from "node:process";
import { test } from "node:test";
import { setImmediate, setTimeout } from "node:timers";
import { Ledger } from "../../src/ledger/ledger.ts";
import { recentRequests } from "../../src/ledger/recent.ts";
import type { RequestEnd } from "../../src/model/request-end.ts";
import { anAttempt, anEnd, inFolder, NOON } from "./sample.ts";
import { onEachStore } from "./stores.ts";
import { closing } from "../support/disposable.ts";

const DAY = 86_400_000;
const WITHOUT_MODES = process.platform === "win32" && "Windows has no file modes";

function rowsIn(path: string): number {
  using db = closing(new DatabaseSync(path, { readOnly: true }));
  return Number((db.prepare("SELECT count(*) AS n FROM requests").get() as { n: number }).n);
}

onEachStore("every fact of a request is in the ledger, and nothing else", async (open) => {
  const ledger = await open();
  const record = anEnd({
    clientKey: "laptop",
    rules: ["quiet", "thinkers"],
    attempts: [{ ...anAttempt, status: 429, failure: "rate_limited", message: "slow down", ms: 80 }, {
      ...anAttempt,
      provider: "groq",
      model: "llama",
    }],
    fellBack: true,
    provider: "groq",
    model: "llama",
    usage: { input: 7, cacheRead: 5, cacheWrite: 3, cacheWrite1h: 1, output: 11, reasoning: 2, cost: 0.5 },
  });
  ledger.add(record);
  await ledger.flush();
  assert.deepEqual(await ledger.recent({}), [{
    seq: 1,
    id: "req_1",
    time: NOON,
    client: "claude-code",
    client_key: "laptop",
    session: "s1",
    client_dialect: "anthropic-messages",
    operation: "generate",
    stream: true,
    model_asked: "auto",
    kind: "think",
    route: "think",
    why: ["the word “plan” without an implementation word"],
    rules: ["quiet", "thinkers"],
    provider: "groq",
    model: "llama",
    provider_dialect: "openai-chat",
    attempts: record.attempts,
    tokens: { input: 7, cache_read: 5, cache_write: 3, output: 11, reasoning: 2 },
    estimated: false,
    cost_usd: 0.01,
    baseline_usd: 0.04,
    saved_usd: 0.03,
    baseline_basis: null,
    lost_by_switching_usd: 0,
    on_plan: false,
    reported_cost_usd: 0.5,
    baseline_model: "anthropic,claude-opus-4-1",
    status: 200,
    failure: null,
    failed: false,
    cancelled: false,
    fallback: true,
    first_token_ms: 420,
    duration_ms: 2400,
    overhead_us: 180,
  }]);
});

onEachStore("without tokens, price, session or answer a request has nulls there, not zeros", async (open) => {
  const ledger = await open();
  const { usage: _u, session: _s, provider: _p, model: _m, firstTokenMs: _f, ...rest } = anEnd();
  ledger.add({ ...rest, status: 502, failure: "unreachable", costs: { estimated: false } });
  const [request] = await ledger.recent({});
  assert.equal(request?.tokens, null);
  assert.equal(request?.cost_usd, null);
  assert.equal(request?.saved_usd, null);
  assert.equal(request?.session, null);
  assert.equal(request?.provider, null);
  assert.equal(request?.first_token_ms, null);
  assert.equal(request?.failure, "unreachable");
  assert.equal(request?.failed, true);
});

test("adding a request writes nothing yet; the batch is written by a timer soon after", () =>
  inFolder(async (folder) => {
    const path = join(folder, "ledger.sqlite");
    using ledger = closing(new Ledger({ path, batchMs: 20 }));
    ledger.add(anEnd());
    assert.equal(rowsIn(path), 0);
    assert.equal(ledger.state().pending, 1);
    // Timers of the same length end in the order of their starts; the ledger's own does not keep a program alive.
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(rowsIn(path), 1);
    assert.equal(ledger.state().pending, 0);
  }));

test("a full batch is written at once, before the timer", () =>
  inFolder(async (folder) => {
    const path = join(folder, "ledger.sqlite");
    using ledger = closing(new Ledger({ path, batchMs: 3_600_000, batchRows: 4 }));
    for (let i = 0; i < 4; i++) ledger.add(anEnd({ id: `r${i}` }));
    assert.equal(rowsIn(path), 0);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(rowsIn(path), 4);
  }));

onEachStore("reports, recent requests and sums include what is not written yet", async (open) => {
  const ledger = await open({ batchMs: 3_600_000 });
  ledger.add(anEnd());
  assert.equal((await ledger.report({ since: 0 })).requests, 1);
  ledger.add(anEnd());
  assert.equal((await ledger.recent({})).length, 2);
  ledger.add(anEnd());
  assert.equal(await ledger.spent(0), 0.03);
});

test(
  "only the user may read the file and its companions",
  { skip: WITHOUT_MODES },
  () =>
    inFolder((folder) => {
      const path = join(folder, "new", "folder", "ledger.sqlite");
      using ledger = closing(new Ledger({ path }));
      ledger.add(anEnd());
      ledger.flush();
      const mode = (file: string) => statSync(file).mode & 0o777;
      assert.deepEqual([mode(path), mode(`${path}-wal`), mode(`${path}-shm`)], [0o600, 0o600, 0o600]);
      assert.equal(mode(join(folder, "new", "folder")), 0o700);
    }),
);

test("a second run goes on where the first one stopped", () =>
  inFolder((folder) => {
    const path = join(folder, "ledger.sqlite");
    for (const id of ["first", "second"]) {
      using ledger = closing(new Ledger({ path }));
      ledger.add(anEnd({ id }));
    }
    assert.deepEqual(recentRequests(path).map(({ id, seq }) => [seq, id]), [[2, "second"], [1, "first"]]);
  }));

test("rows older than keep_days are forgotten; without keep_days none are", () =>
  inFolder((folder) => {
    const path = join(folder, "ledger.sqlite");
    const keeping = new Ledger({ path, now: () => NOON });
    for (const age of [0, 29, 31, 400]) {
      keeping.add(anEnd({ id: `${age} days`, time: NOON - age * DAY }));
    }
    keeping.close();
    assert.equal(rowsIn(path), 4);
    new Ledger({ path, keepDays: 30, now: () => NOON }).close();
    assert.deepEqual(recentRequests(path).map(({ id }) => id), ["29 days", "0 days"]);
  }));

test("old rows are looked for again while the proxy runs", () =>
  inFolder((folder) => {
    const path = join(folder, "ledger.sqlite");
    let now = NOON;
    const ledger = new Ledger({ path, keepDays: 1, now: () => now });
    ledger.add(anEnd({ id: "old" }));
    ledger.flush();
    now += 2 * DAY;
    ledger.add(anEnd({ id: "new", time: now }));
    ledger.close();
    assert.deepEqual(recentRequests(path).map(({ id }) => id), ["new"]);
  }));

onEachStore(
  "a listener receives every request as it is added, even when another listener fails",
  async (open) => {
    const ledger = await open();
    const heard: RequestEnd[] = [];
    ledger.subscribe(() => {
      throw new Error("a broken page");
    });
    const stop = ledger.subscribe((end) => void heard.push(end));
    const first = anEnd();
    ledger.add(first);
    stop();
    ledger.add(anEnd());
    assert.equal((await ledger.recent({})).length, 2);
    assert.deepEqual(heard, [first]);
  },
);

test("a ledger in memory answers as one in a file, and forgets the oldest beyond its size", () => {
  using ledger = closing(new Ledger({ path: ":memory:", memoryRows: 3 }));
  for (let i = 1; i <= 5; i++) {
    ledger.add(anEnd({ id: `r${i}` }));
    ledger.flush();
  }
  assert.equal(ledger.report({ since: 0 }).requests, 3);
  assert.deepEqual(ledger.recent({}).map(({ id }) => id), ["r5", "r4", "r3"]);
  assert.equal(ledger.state().keeping, "memory");
});

onEachStore("long strings of a client are cut: no row takes more than a few kilobytes", async (open) => {
  const ledger = await open();
  const long = "x".repeat(1_000_000);
  ledger.add(
    anEnd({
      modelAsked: long,
      session: long,
      client: long,
      why: [long, "second"],
      attempts: Array.from({ length: 100 }, () => ({ ...anAttempt, message: long })),
    }),
  );
  const [request] = await ledger.recent({});
  assert.ok(JSON.stringify(request).length < 20_000);
  assert.equal(request?.model_asked.length, 200);
  assert.ok(request!.attempts.length > 0);
});

test("a request after the close is dropped without harm", () =>
  inFolder((folder) => {
    const path = join(folder, "ledger.sqlite");
    const ledger = new Ledger({ path });
    ledger.close();
    ledger.add(anEnd());
    ledger.flush();
    ledger.close();
    assert.equal(rowsIn(path), 0);
  }));
