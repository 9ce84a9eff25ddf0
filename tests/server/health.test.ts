import assert from "node:assert/strict";
import { test } from "node:test";
import { allWorkers, type DetailedHealth, type ProviderHealth } from "../../src/server/health.ts";

const provider = (name: string, more: Partial<ProviderHealth> = {}): ProviderHealth => ({
  name,
  base_url: "http://127.0.0.1:1",
  dialects: [],
  keys: 1,
  problem: null,
  running: null,
  in_flight: 0,
  waiting: 0,
  last_failure: null,
  cooldowns: [],
  headroom: [],
  ...more,
});

const worker = (more: Partial<DetailedHealth> = {}): DetailedHealth => ({
  status: "ok",
  version: "1.0.0",
  uptime_seconds: 5,
  config: { path: null, ok: true, loaded_at: null, reloads: 0 },
  store: { state: "up", since: null, waiting_rows: 0 },
  in_flight: 0,
  routes: {},
  providers: [],
  pins: [],
  ...more,
});

test("requests in flight and waiting rows of all workers are added up", () => {
  const all = allWorkers(
    worker({ in_flight: 2, providers: [provider("a", { in_flight: 2, waiting: 1 }), provider("b")] }),
    [worker({
      in_flight: 3,
      providers: [provider("a", { in_flight: 3, waiting: 4 })],
      store: { state: "up", since: null, waiting_rows: 7 },
    })],
  );
  assert.equal(all.workers, 2);
  assert.equal(all.in_flight, 5);
  assert.deepEqual(all.providers.map(({ in_flight, waiting }) => [in_flight, waiting]), [[5, 5], [0, 0]]);
  assert.deepEqual(all.store, { state: "up", since: null, waiting_rows: 7 });
});

test("a store that one worker cannot reach makes the whole degraded", () => {
  const since = "2026-11-27T00:00:00.000Z";
  const all = allWorkers(worker(), [
    worker({ status: "degraded", store: { state: "down", since, waiting_rows: 3 } }),
  ]);
  assert.equal(all.status, "degraded");
  assert.deepEqual(all.store, { state: "down", since, waiting_rows: 3 });
});

test("the latest failure of a provider is shown, whichever worker saw it", () => {
  const failed = (at: string) =>
    worker({ providers: [provider("a", { last_failure: { at, message: at } })] });
  const [early, late] = ["2026-11-27T10:00:00.000Z", "2026-11-27T11:00:00.000Z"] as const;
  for (const [one, other] of [[early, late], [late, early]] as const) {
    assert.equal(allWorkers(failed(one), [failed(other)]).providers[0]?.last_failure?.at, late);
  }
});
