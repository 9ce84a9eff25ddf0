import assert from "node:assert/strict";
import { test } from "node:test";
import { ROUTES, stateOf } from "../../../src/server/dashboard/state.ts";
import { good } from "../../support/faults.ts";
import { testClock } from "../../support/proxy.ts";
import { proxyWith, type WorldSetting } from "../../support/world.ts";

const CHAT = "openai-chat";

const world = (setting: WorldSetting = {}) =>
  proxyWith({ primary: { answer: good(CHAT, false), key: ["secret-a", "secret-b"] } }, {
    dialect: CHAT,
    ...setting,
  });

type World = Awaited<ReturnType<typeof world>>;

const state = ({ context }: World) => stateOf(context, context.source.current);

/** The ids of the keys of the provider, in the order of its list. */
const idsOf = ({ context }: World) =>
  context.state.keys.keysOf(context.source.current.providers.get("primary")!, 0).map(({ id }) => id);

test("a cooldown names its key by the place in the list, and one of all keys names none", async () => {
  const clock = testClock();
  await using proxy = await world({ clock });
  const [first, second] = idsOf(proxy);
  const now = clock.now();
  proxy.state.cooldowns.pause({ provider: "primary", key: second! }, now, now + 60_000);
  proxy.state.cooldowns.pause({ provider: "primary", model: "m" }, now, now + 60_000);
  const [shown] = state(proxy).providers;
  assert.deepEqual(shown!.cooldowns.map(({ account, model }) => [account, model]), [[2, null], [null, "m"]]);
  assert.deepEqual(shown!.accounts, [first, second]);
  assert.ok(!("seconds_left" in shown!.cooldowns[0]!), "nothing changes with every second");
});

test("credentials that clients bring come after the provider's own", async () => {
  const clock = testClock();
  await using proxy = await world({ clock });
  const window = { window: "5h", used: 0.5, ofPlan: true };
  const saw = (key: string) => proxy.state.headrooms.saw({ provider: "primary", key }, [window], clock.now());
  const [first] = idsOf(proxy);
  saw(first!);
  saw("of a client");
  saw("another client");
  const accounts = state(proxy).providers[0]!.plans.map(({ account, left }) => [account, left]);
  assert.deepEqual(accounts.sort(), [[1, 0.5], [3, 0.5], [4, 0.5]]);
});

test("rate limits are not a plan", async () => {
  const clock = testClock();
  await using proxy = await world({ clock });
  proxy.state.headrooms.saw({ provider: "primary", key: idsOf(proxy)[0]! }, [
    { window: "requests", used: 0.5, ofPlan: false },
  ], clock.now());
  assert.deepEqual(state(proxy).providers[0]!.plans, []);
});

test("one key needs no number on the page", async () => {
  await using proxy = await proxyWith({ primary: good(CHAT, false) }, { dialect: CHAT });
  const { context } = proxy;
  assert.deepEqual(stateOf(context, context.source.current).providers[0]!.accounts, []);
});

test("the chains are those of the file, with its fallback, and what has none is listed as unset", async () => {
  await using proxy = await world({ router: 'default = "primary,m"\nfallback = "primary,n"' });
  const { config } = state(proxy);
  assert.deepEqual(config.routes, { default: ["primary,m"], fallback: ["primary,n"] });
  assert.deepEqual([...config.unset, "default", "fallback"].sort(), [...ROUTES].sort());
  proxy.reload({}, { router: 'think = "primary,m"' });
  const after = state(proxy).config;
  assert.ok(after.unset.includes("fallback") && after.unset.includes("default"));
  assert.ok(!after.unset.includes("think"));
});

test("a configuration says where it comes from, and since when it is broken, while it is", async () => {
  await using proxy = await world();
  const { context } = proxy;
  const from = (set: Partial<typeof context.source.state>) => {
    const { current } = context.source;
    const source = { ...context.source, current, state: { ...context.source.state, ...set } };
    const { path, origin, broken_at: brokenAt } = stateOf({ ...context, source }, current).config;
    return [path, origin, brokenAt];
  };
  const brokenAt = Date.UTC(2026, 0, 1);
  assert.deepEqual(from({}), [null, null, null]);
  assert.deepEqual(from({ path: "/p.toml", ok: false, brokenAt }), [
    "/p.toml",
    null,
    "2026-01-01T00:00:00.000Z",
  ]);
  assert.deepEqual(from({ origin: "keys", ok: true, brokenAt }), [null, "keys", null]);
});

test("savings are measured against the model that is set, or the first that thinks", async () => {
  await using proxy = await world({ router: 'default = "primary,m"\nthink = "primary,opus | primary,m"' });
  assert.equal(state(proxy).config.baseline, "primary,opus");
});

test("what is switched off is said to be", async () => {
  await using off = await world({ toml: "[ledger]\nenabled = false\n" });
  assert.deepEqual([state(off).ledger, state(off).learning], [null, false]);
  await using on = await world({ toml: "[learning]\nenabled = true\n" });
  const { ledger, learning } = state(on);
  assert.deepEqual([ledger?.path, ledger?.problem, ledger?.lost, learning], [":memory:", null, 0, true]);
});

test("no key of a provider is in the state", async () => {
  await using proxy = await world();
  await proxy.hear(CHAT);
  assert.doesNotMatch(JSON.stringify(state(proxy)), /secret-/);
});
