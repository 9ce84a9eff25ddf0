import assert from "node:assert/strict";
import { test } from "node:test";
import type { Running } from "../../../src/server/context.ts";
import { stateFamilies } from "../../../src/server/metrics/gauges.ts";
import { good } from "../../support/faults.ts";
import { testClock } from "../../support/proxy.ts";
import { proxyWith, type WorldSetting } from "../../support/world.ts";

const world = (setting: WorldSetting = {}) =>
  proxyWith({ primary: good("openai-chat", false) }, { dialect: "openai-chat", ...setting });

const valuesOf = (running: Running, name: string) =>
  stateFamilies(running).find((family) => family.name === name)?.values;

/** The same, in the order of the providers' names. */
const byProvider = (running: Running, name: string) =>
  valuesOf(running, name)?.toSorted((a, b) => a.labels.provider! < b.labels.provider! ? -1 : 1);

const plain = (value: number) => [{ value, labels: {} }];

test("cooldowns are counted by provider and class, and the longest time left is shown", async () => {
  const clock = testClock();
  await using proxy = await world({ clock });
  const { cooldowns } = proxy.state;
  const now = clock.now();
  cooldowns.pause({ provider: "primary", model: "a" }, now, now + 10_000);
  cooldowns.pause({ provider: "primary", model: "b" }, now, now + 60_000);
  cooldowns.pause({ provider: "groq" }, now, now + 5000);
  clock.advance(1000);
  assert.deepEqual(byProvider(proxy.context, "terraphim_cooldowns"), [
    { value: 1, labels: { provider: "groq", class: "paused" } },
    { value: 2, labels: { provider: "primary", class: "paused" } },
  ]);
  assert.deepEqual(byProvider(proxy.context, "terraphim_cooldown_remaining_seconds"), [
    { value: 4, labels: { provider: "groq" } },
    { value: 59, labels: { provider: "primary" } },
  ]);
});

test("what is left of a plan is a share of 1, for each credential and window", async () => {
  const clock = testClock();
  await using proxy = await world({ clock });
  proxy.state.headrooms.saw({ provider: "primary", key: "k" }, [
    { window: "5h", used: 0.75, ofPlan: true },
    { window: "requests", used: 1, ofPlan: false },
  ], clock.now());
  assert.deepEqual(valuesOf(proxy.context, "terraphim_headroom_ratio"), [
    { value: 0.25, labels: { provider: "primary", key: "k", window: "5h" } },
    { value: 0, labels: { provider: "primary", key: "k", window: "requests" } },
  ]);
});

test("budgets show their limit and what is spent; without any there is no series", async () => {
  await using proxy = await world({ toml: '[[budgets]]\nname = "all"\nlimit = 10\nperiod = "day"\n' });
  assert.deepEqual(valuesOf(proxy.context, "terraphim_budget_limit_dollars"), [
    { value: 10, labels: { budget: "all" } },
  ]);
  assert.deepEqual(valuesOf(proxy.context, "terraphim_budget_spent_dollars"), [
    { value: 0, labels: { budget: "all" } },
  ]);
  proxy.reload({}, { toml: "" });
  assert.deepEqual(valuesOf(proxy.context, "terraphim_budget_limit_dollars"), []);
});

test("a request being answered is in flight, and is not when it is over", async () => {
  const gate = Promise.withResolvers<void>();
  await using proxy = await proxyWith({
    primary: async (arrived, response) => {
      await gate.promise;
      await good("openai-chat", false)(arrived, response);
    },
  }, { dialect: "openai-chat" });
  const asked = proxy.ask("openai-chat");
  await proxy.primary.arrives(1);
  assert.deepEqual(valuesOf(proxy.context, "terraphim_requests_in_flight"), plain(1));
  gate.resolve();
  await (await asked).text();
  await proxy.ended(1);
  assert.deepEqual(valuesOf(proxy.context, "terraphim_requests_in_flight"), plain(0));
});

test("a file with mistakes shows, and a proxy alone or without a ledger has no series of theirs", async () => {
  await using proxy = await world({ toml: "[ledger]\nenabled = false\n" });
  const { context } = proxy;
  assert.deepEqual(valuesOf(context, "terraphim_config_ok"), plain(1));
  const source = {
    ...context.source,
    current: context.source.current,
    state: { ...context.source.state, ok: false },
  };
  assert.deepEqual(valuesOf({ ...context, source }, "terraphim_config_ok"), plain(0));
  for (const name of ["terraphim_store_up", "terraphim_ledger_waiting_rows", "terraphim_ledger_lost_rows"]) {
    assert.deepEqual(valuesOf(context, name), [], name);
  }
});
