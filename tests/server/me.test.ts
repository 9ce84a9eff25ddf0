import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClientKey } from "../../src/config/client-keys.ts";
import type { Caller } from "../../src/server/auth.ts";
import { me } from "../../src/server/me.ts";
import { anEnd } from "../ledger/sample.ts";
import { good } from "../support/faults.ts";
import { testClock } from "../support/proxy.ts";
import { proxyWith, type WorldSetting } from "../support/world.ts";

const clock = testClock();
const DAY = 86_400_000;

const world = (setting: WorldSetting = {}) =>
  proxyWith({ primary: good("openai-chat", false) }, { dialect: "openai-chat", clock, ...setting });

type World = Awaited<ReturnType<typeof world>>;

async function asked({ context }: World, caller: Caller) {
  const answer = await me(context, context.source.current, caller);
  assert.equal(answer.headers.get("cache-control"), "no-store");
  return await answer.json();
}

const named = (set: Partial<ClientKey> = {}): Caller => ({
  key: "ann",
  role: "client",
  named: { name: "ann", role: "client", created: 0, secrets: [], ...set },
});

/** Adds requests of keys to the ledger, each of a cent that saved three. */
async function spend({ context }: World, ...requests: readonly { key?: string; time?: number }[]) {
  for (const [i, { key, time = clock.now() }] of requests.entries()) {
    context.ledger()?.add(anEnd({ id: `r${i}`, time, ...(key === undefined ? {} : { clientKey: key }) }));
  }
  await context.ledger()?.flush();
}

const cents = (dollars: number) => Math.round(dollars * 100);

test("a key reads its own spending and saving, and nothing of another's", async () => {
  await using proxy = await world();
  await spend(proxy, { key: "ann" }, { key: "ann" }, { key: "bob" }, {});
  const { spent_usd: spent, saved_usd: saved } = await asked(proxy, named());
  assert.deepEqual([cents(spent.today), cents(spent.month), cents(saved.month)], [2, 2, 6]);
});

test("an open proxy says what all requests cost", async () => {
  await using proxy = await world();
  await spend(proxy, { key: "ann" }, { key: "bob" }, {});
  const body = await asked(proxy, { role: "admin" });
  assert.deepEqual([body.key, body.role, cents(body.spent_usd.month)], [null, "admin", 3]);
});

test("yesterday is in the month and not in today", async () => {
  await using proxy = await world();
  await spend(proxy, { key: "ann", time: clock.now() - DAY }, { key: "ann" }, {
    key: "ann",
    time: clock.now() - 40 * DAY,
  });
  const { spent_usd: spent } = await asked(proxy, named());
  assert.deepEqual([cents(spent.today), cents(spent.month)], [1, 2]);
});

test("a key that has sent nothing spent nothing; without a ledger nobody knows", async () => {
  await using proxy = await world();
  const none = await asked(proxy, named());
  assert.deepEqual([none.spent_usd, none.saved_usd], [{ today: 0, month: 0 }, { today: 0, month: 0 }]);
  await using without = await world({ toml: "[ledger]\nenabled = false\n" });
  const unknown = await asked(without, named());
  assert.deepEqual(unknown.spent_usd, { today: null, month: null });
  assert.deepEqual(unknown.saved_usd, { today: null, month: null });
});

test("the limits are the key's own before the proxy's, with what is left", async () => {
  await using proxy = await world({ proxy: "requests_per_minute = 60" });
  const own = await asked(proxy, named({ requestsPerMinute: 5, tokensPerMinute: 1000 }));
  assert.deepEqual(own.requests_per_minute, { limit: 5, left: 5 });
  assert.deepEqual(own.tokens_per_minute, { limit: 1000, left: 1000 });
  const proxys = await asked(proxy, named());
  assert.deepEqual(proxys.requests_per_minute, { limit: 60, left: null });
  assert.deepEqual(proxys.tokens_per_minute, { limit: null, left: null });
});

test("what a key may use, its team and its end are said", async () => {
  await using proxy = await world();
  const body = await asked(proxy, named({ team: "blue", models: ["think"], expires: Date.UTC(2027, 0, 1) }));
  assert.deepEqual([body.team, body.models, body.expires_at], [
    "blue",
    ["think"],
    "2027-01-01T00:00:00.000Z",
  ]);
  const bare = await asked(proxy, named());
  assert.deepEqual([bare.team, bare.models, bare.expires_at], [null, null, null]);
});

test("budgets of the key and of its team are its own, those of others are not", async () => {
  const budget = (name: string, of: string) =>
    `[[budgets]]\nname = "${name}"\nlimit = 0.005\nperiod = "day"\n${of}\n`;
  await using proxy = await world({
    toml: budget("mine", 'key = "ann"') + budget("ours", 'team = "blue"') + budget("theirs", 'team = "red"') +
      budget("everybody's", ""),
  });
  proxy.context.budgets()?.add(
    0.01,
    { route: "think", client: "codex", key: "ann", team: "blue" },
    clock.now(),
  );
  const { budgets } = await asked(proxy, named({ team: "blue" }));
  // deno-lint-ignore no-explicit-any
  assert.deepEqual(budgets.map(({ name, left_usd }: any) => [name, left_usd]), [["mine", 0], ["ours", 0]]);
});
