import assert from "node:assert/strict";
import type { Budget } from "../../src/config/config.ts";
import { createBudgets } from "../../src/ledger/budget.ts";
import type { SpentFilter } from "../../src/ledger/report.ts";
import { anEnd, NOON } from "./sample.ts";
import { onEachStore, type OpenLedger } from "./stores.ts";

const HOUR = 3_600_000;
const at = (day: number, hour = 0) => new Date(2026, 10, day, hour).getTime();

const daily: Budget = { name: "daily", period: "day", limit: 10, warnAt: 0.8, then: { kind: "refuse" } };
const codex = { route: "think", client: "codex" };

/** Budgets over a ledger in which codex spent so many dollars already, with their sums read. */
async function budgets(open: OpenLedger, list: readonly Budget[], already = 0) {
  const clock = { now: NOON };
  const asked: [number, SpentFilter][] = [];
  const ledger = await open();
  if (already > 0) ledger.add(anEnd({ ...codex, costs: { cost: already, estimated: false } }));
  const state = createBudgets(list, (since, filter) => {
    asked.push([since, filter]);
    return ledger.spent(since, filter);
  }, () => clock.now);
  const first = asked.slice();
  await state.refresh();
  return { state, clock, asked: first };
}

onEachStore("without budgets everything is allowed", async (open) => {
  const { state } = await budgets(open, []);
  state.add(1000, codex, NOON);
  assert.deepEqual(state.check(codex), { state: "ok" });
  assert.deepEqual(state.list(), []);
});

onEachStore(
  "a budget warns from its share on and refuses at its limit, until its period ends",
  async (open) => {
    const { state } = await budgets(open, [daily]);
    assert.equal(state.check(codex).state, "ok");
    state.add(7.99, codex, NOON);
    assert.equal(state.check(codex).state, "ok");
    state.add(0.01, codex, NOON);
    const warned = state.check(codex);
    assert.equal(warned.state, "warn");
    assert.equal(
      warned.state === "warn" && warned.message,
      `budget "daily": $8.00 of $10.00 spent today (80 %); resets at 2026-11-19 00:00`,
    );
    state.add(2, codex, NOON);
    const refused = state.check(codex);
    assert.equal(refused.state, "exceeded");
    assert.ok(refused.state === "exceeded");
    assert.deepEqual(refused.then, { kind: "refuse" });
    assert.equal(refused.retryAfter, 12 * 3600);
    assert.match(refused.message, /\$10\.00 of \$10\.00/);
  },
);

onEachStore(
  "what was spent before the start is read from the ledger, from the period's beginning",
  async (open) => {
    const monthly: Budget = { ...daily, name: "monthly", period: "month", limit: 100, client: "codex" };
    const { state, asked } = await budgets(open, [daily, monthly], 9);
    assert.deepEqual(asked, [[at(18), {}], [at(1), { client: "codex" }]]);
    assert.deepEqual(state.list().map(({ name, spent, share, state }) => ({ name, spent, share, state })), [
      { name: "daily", spent: 9, share: 0.9, state: "warn" },
      { name: "monthly", spent: 9, share: 0.09, state: "ok" },
    ]);
    assert.deepEqual(state.list().map(({ resetsAt }) => resetsAt), [at(19), new Date(2026, 11, 1).getTime()]);
  },
);

onEachStore("at the end of its period a budget starts again", async (open) => {
  const { state, clock } = await budgets(open, [daily]);
  state.add(50, codex, NOON);
  assert.equal(state.check(codex).state, "exceeded");
  clock.now = at(19) - 1;
  assert.equal(state.check(codex).state, "exceeded");
  clock.now = at(19);
  assert.equal(state.check(codex).state, "ok");
  assert.equal(state.list()[0]?.spent, 0);
});

onEachStore(
  "a request that arrived before midnight and ended after it belongs to the day before",
  async (open) => {
    const { state, clock } = await budgets(open, [daily]);
    clock.now = at(19) + HOUR;
    state.add(50, codex, at(19) - 1);
    assert.equal(state.check(codex).state, "ok");
    state.add(50, codex, at(19));
    assert.equal(state.check(codex).state, "exceeded");
  },
);

onEachStore("a budget of a route or client concerns that one alone", async (open) => {
  const { state } = await budgets(open, [
    { ...daily, name: "thinking", route: "think", limit: 1 },
    { ...daily, name: "codex", client: "codex", limit: 1 },
    { ...daily, name: "both", route: "build", client: "openclaw", limit: 1 },
  ]);
  state.add(2, { route: "think", client: "openclaw" }, NOON);
  assert.deepEqual(state.list().map(({ spent }) => spent), [2, 0, 0]);
  assert.equal(state.check({ route: "think", client: "curl" }).state, "exceeded");
  assert.equal(state.check({ route: "build", client: "codex" }).state, "ok");
  state.add(2, { route: "build", client: "openclaw" }, NOON);
  assert.equal(state.check({ route: "build", client: "openclaw" }).state, "exceeded");
  assert.equal(state.check({ route: "build", client: "codex" }).state, "ok");
  state.add(2, { route: "background", client: "codex" }, NOON);
  const check = state.check({ route: "background", client: "codex" });
  assert.equal(check.state === "exceeded" && check.budget.name, "codex");
});

onEachStore(
  "over its limit a budget sends to the cheaper route; requests there are only warned",
  async (open) => {
    const { state } = await budgets(open, [{ ...daily, then: { kind: "route", name: "background" } }], 11);
    const moved = state.check(codex);
    assert.deepEqual(moved.state === "exceeded" && moved.then, { kind: "route", name: "background" });
    const there = state.check({ ...codex, route: "background" });
    assert.equal(there.state, "warn");
  },
);

onEachStore(
  "the gravest of several budgets decides: refuse before another route before a warning",
  async (open) => {
    const warn: Budget = { ...daily, name: "warns", limit: 12 };
    const move: Budget = { ...daily, name: "moves", limit: 5, then: { kind: "route", name: "background" } };
    const refuse: Budget = { ...daily, name: "refuses", limit: 9 };
    const speaks = async (...list: Budget[]) => {
      const check = (await budgets(open, list, 10)).state.check(codex);
      return check.state !== "ok" && check.budget.name;
    };
    assert.equal(await speaks(warn), "warns");
    assert.equal(await speaks(warn, move), "moves");
    assert.equal(await speaks(move, warn), "moves");
    assert.equal(await speaks(move, refuse, warn), "refuses");
  },
);

onEachStore(
  "an unknown price is counted as nothing, and a limit of nothing is exceeded at once",
  async (open) => {
    const { state } = await budgets(open, [daily]);
    state.add(undefined, codex, NOON);
    assert.equal(state.list()[0]?.spent, 0);
    assert.equal((await budgets(open, [{ ...daily, limit: 0 }])).state.check(codex).state, "exceeded");
  },
);

onEachStore("a refresh adds what other proxies spent", async (open) => {
  const ledger = await open();
  const state = createBudgets([daily], (since) => ledger.spent(since), () => NOON);
  await state.refresh();
  ledger.add(anEnd({ costs: { cost: 20, estimated: false } }));
  assert.equal(state.check(codex).state, "ok");
  await state.refresh();
  assert.equal(state.check(codex).state, "exceeded");
});

onEachStore(
  "what is added while a sum is read counts too, and a reload keeps what is known",
  async (open) => {
    const ledger = await open();
    ledger.add(anEnd({ costs: { cost: 4, estimated: false } }));
    const spent = (since: number) => ledger.spent(since);
    const state = createBudgets([daily], spent, () => NOON);
    const read = state.refresh();
    state.add(5, codex, NOON);
    await read;
    assert.equal(state.list()[0]?.spent, 9);
    const never = createBudgets([daily], () => new Promise<number>(() => {}), () => NOON, state);
    assert.equal(never.list()[0]?.spent, 9);
  },
);

onEachStore("a message is fit for a header whatever a budget is called", async (open) => {
  const { state } = await budgets(open, [{ ...daily, name: "tägl\nich", client: "codex" }], 0.005 + 9);
  const check = state.check(codex);
  assert.match(
    check.state === "warn" ? check.message : "",
    /^budget "t\?gl\?ich" \(client codex\): [\x20-\x7e]+$/,
  );
});
