import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  allWorkers,
  cooldownHealth,
  type DetailedHealth,
  detailedHealth,
  headroomHealth,
  health,
  type ProviderHealth,
} from "../../src/server/health.ts";
import type { Running } from "../../src/server/context.ts";
import { good } from "../support/faults.ts";
import { type Answer, json } from "../support/provider.ts";
import { testClock } from "../support/proxy.ts";
import { proxyWith } from "../support/world.ts";
import { until } from "../support/waiting.ts";

const CHAT = "openai-chat";

/** A running proxy whose files have two mistakes. */
const broken = (running: Running, brokenAt: number): Running => ({
  ...running,
  source: {
    ...running.source,
    get current() {
      return running.source.current;
    },
    state: { ...running.source.state, ok: false, problems: ["line 1: x", "line 2: y"], brokenAt },
  },
});

describe("a cooldown", () => {
  const cooldown = { provider: "p", class: "rate_limited", message: "slow down", since: 0 } as const;

  test("has its whole seconds left, rounded up: at 0 it is over", () => {
    const left = (until: number) => cooldownHealth({ ...cooldown, until }, 1000).seconds_left;
    assert.deepEqual([1000, 1001, 2000, 61_000].map(left), [0, 1, 1, 60]);
  });

  test("of a whole provider names no model, of a family the part of their names", () => {
    const modelOf = (place: { model?: string; family?: string }) =>
      cooldownHealth({ ...cooldown, ...place, until: 2000 }, 1000).model;
    assert.equal(modelOf({}), null);
    assert.equal(modelOf({ model: "opus" }), "opus");
    assert.equal(modelOf({ family: ":free" }), "*:free*");
  });

  test("of one key names it by its label", () => {
    const shown = (key?: string) =>
      cooldownHealth({ ...cooldown, ...(key && { key }), until: 2000 }, 1000).key;
    assert.deepEqual([shown("a1b2"), shown()], ["a1b2", null]);
  });
});

test("what is left of a credential is shown as a share, parts of plans first", () => {
  const shown = headroomHealth({
    provider: "p",
    key: "k",
    seen: 0,
    windows: [
      { window: "requests", used: 1, ofPlan: false },
      { window: "5h", used: 0.12345, ofPlan: true, resetAt: Date.UTC(2026, 0, 1) },
    ],
  });
  assert.deepEqual(shown, [
    { key: "k", window: "5h", left: 0.877, of_plan: true, resets_at: "2026-01-01T00:00:00.000Z" },
    { key: "k", window: "requests", left: 0, of_plan: false, resets_at: null },
  ]);
});

describe("the health that needs no key", () => {
  test("says how long the proxy runs, and nothing of the file", async () => {
    const clock = testClock();
    await using world = await proxyWith({ primary: good(CHAT, false) }, { clock });
    clock.advance(90_400);
    assert.deepEqual(health(world.context), {
      status: "ok",
      version: "0.0.0-test",
      uptime_seconds: 90,
      config: { ok: true, loaded_at: "1970-01-01T00:00:00.000Z", reloads: 0 },
    });
  });

  test("is degraded while the file has mistakes: it says how many and since when, never which", async () => {
    await using world = await proxyWith({ primary: good(CHAT, false) });
    const shown = health(broken(world.context, Date.UTC(2026, 0, 1)));
    assert.equal(shown.status, "degraded");
    assert.equal(shown.config.mistakes, 2);
    assert.equal(shown.config.broken_at, "2026-01-01T00:00:00.000Z");
    assert.doesNotMatch(JSON.stringify(shown), /line 1/);
  });
});

describe("the detailed health", () => {
  test("shows the mistakes, the chains and each provider with the number of its keys", async () => {
    await using world = await proxyWith({
      primary: { answer: good(CHAT, false), key: ["secret-a", "secret-b"] },
      local: { answer: good(CHAT, false), key: [] },
    }, { dialect: CHAT, router: 'default = "primary,m | local,n"' });
    const shown = detailedHealth(broken(world.context, 0), world.context.source.current);
    assert.deepEqual(shown.config.problems, ["line 1: x", "line 2: y"]);
    assert.deepEqual(shown.routes, { default: ["primary,m", "local,n"] });
    assert.deepEqual(shown.providers.map(({ name, keys }) => [name, keys]), [["primary", 2], ["local", 0]]);
    assert.doesNotMatch(JSON.stringify(shown), /secret-/);
  });

  test("lists a built-in provider only where a route uses it", async () => {
    await using world = await proxyWith({ primary: good(CHAT, false) }, {
      router: 'default = "primary,m"\nfallback = "groq,llama"',
    });
    const { providers } = detailedHealth(world.context, world.context.source.current);
    assert.deepEqual(providers.map(({ name }) => name).sort(), ["groq", "primary"]);
    const groq = providers.find(({ name }) => name === "groq");
    assert.match(groq?.problem ?? "", /GROQ_API_KEY/);
  });

  test("gives each provider its own failure and cooldowns", async () => {
    const clock = testClock();
    const refused = json({ error: { code: "insufficient_quota", message: "no money" } }, 429);
    await using world = await proxyWith({ primary: refused, backup: good(CHAT, false) }, {
      dialect: CHAT,
      clock,
    });
    await world.hear(CHAT);
    const [primary, backup] = detailedHealth(world.context, world.context.source.current).providers;
    assert.equal(primary!.last_failure?.at, new Date(clock.now()).toISOString());
    assert.match(primary!.last_failure?.message ?? "", /no money/);
    assert.equal(primary!.cooldowns.length, 1);
    assert.ok(primary!.cooldowns[0]!.seconds_left > 0);
    assert.deepEqual([backup!.last_failure, backup!.cooldowns], [null, []]);
  });

  test("says where the configuration comes from", async () => {
    await using world = await proxyWith({ primary: good(CHAT, false) });
    const { context } = world;
    const from = (state: Partial<Running["source"]["state"]>) => {
      const { current } = context.source;
      const source = { ...context.source, current, state: { ...context.source.state, ...state } };
      const { path, origin } = detailedHealth({ ...context, source }, current).config;
      return [path, origin];
    };
    assert.deepEqual(from({ path: "/etc/proxy.toml" }), ["/etc/proxy.toml", undefined]);
    assert.deepEqual(from({ origin: "the keys of Claude Code" }), [null, "the keys of Claude Code"]);
  });

  test("counts a request at the provider that answers it, and what waits for a place there", async () => {
    const gate = Promise.withResolvers<void>();
    const held: Answer = async (arrived, response) => {
      await gate.promise;
      await good(CHAT, false)(arrived, response);
    };
    await using world = await proxyWith({
      primary: { answer: held, toml: "max_concurrent = 1\nmax_queue = 5" },
      backup: good(CHAT, false),
    }, { dialect: CHAT });
    const counts = () =>
      detailedHealth(world.context, world.context.source.current).providers
        .map(({ in_flight: inFlight, waiting }) => [inFlight, waiting]);
    const asked = [world.ask(CHAT), world.ask(CHAT)];
    await until(() => world.primary.arrived.length > 0 && counts()[0]![1]! > 0);
    assert.deepEqual(counts().map(([, waiting]) => waiting), [1, 0]);
    assert.ok(counts()[0]![0]! >= 1);
    assert.equal(counts()[1]![0], 0);
    gate.resolve();
    for (const answer of asked) await (await answer).text();
    await world.ended(2);
    assert.deepEqual(counts(), [[0, 0], [0, 0]]);
  });

  test("gives each provider what is left of its own credentials", async () => {
    const clock = testClock();
    await using world = await proxyWith({ primary: good(CHAT, false), backup: good(CHAT, false) }, { clock });
    const window = { window: "5h", used: 0.5, ofPlan: true };
    world.state.headrooms.saw({ provider: "backup", key: "k" }, [window], clock.now());
    const { providers } = detailedHealth(world.context, world.context.source.current);
    assert.deepEqual(providers.map(({ headroom }) => headroom.map(({ key, left }) => [key, left])), [
      [],
      [["k", 0.5]],
    ]);
  });

  test("shows the latest pins, a hundred at most", async () => {
    await using world = await proxyWith({ primary: good(CHAT, false) });
    for (let i = 0; i < 120; i++) {
      world.state.pins.set({ session: `s${i}`, to: "think", by: "command", since: i });
    }
    const { pins } = detailedHealth(world.context, world.context.source.current);
    assert.equal(pins.length, 100);
    assert.deepEqual(pins[0], {
      session: "s119",
      route: "think",
      by: "command",
      since: "1970-01-01T00:00:00.119Z",
    });
  });
});

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

test("a configuration with mistakes at one worker is that of all, and makes the whole degraded", () => {
  const config = { path: null, ok: false, loaded_at: null, reloads: 1, mistakes: 1 };
  assert.equal(allWorkers(worker(), [worker()]).status, "ok");
  const all = allWorkers(worker(), [worker({ status: "degraded", config })]);
  assert.deepEqual([all.status, all.config.ok], ["degraded", false]);
});
