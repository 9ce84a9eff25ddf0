import assert from "node:assert/strict";
import { test } from "node:test";
import type { Budget } from "../../src/config/config.ts";
import { createBudgets } from "../../src/ledger/budget.ts";
import type { SpentFilter } from "../../src/ledger/report.ts";
import { NOON } from "./sample.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (day: number, hour = 0) => new Date(2026, 10, day, hour).getTime();

const daily: Budget = { name: "daily", period: "day", limit: 10, warnAt: 0.8, then: { kind: "refuse" } };
const codex = { route: "think", client: "codex" };

function budgets(list: readonly Budget[], already = 0) {
  const clock = { now: NOON };
  const asked: [number, SpentFilter][] = [];
  const state = createBudgets(list, (since, filter) => {
    asked.push([since, filter]);
    return already;
  }, () => clock.now);
  return { state, clock, asked };
}

test("without budgets everything is allowed", () => {
  const { state } = budgets([]);
  state.add(1000, codex, NOON);
  assert.deepEqual(state.check(codex), { state: "ok" });
  assert.deepEqual(state.list(), []);
});

test("a budget warns from its share on and refuses at its limit, until its period ends", () => {
  const { state } = budgets([daily]);
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
});

test("what was spent before the start is read from the ledger, from the period's beginning", () => {
  const monthly: Budget = { ...daily, name: "monthly", period: "month", limit: 100, client: "codex" };
  const { state, asked } = budgets([daily, monthly], 9);
  assert.deepEqual(asked, [[at(18), {}], [at(1), { client: "codex" }]]);
  assert.deepEqual(state.list().map(({ name, spent, share, state }) => ({ name, spent, share, state })), [
    { name: "daily", spent: 9, share: 0.9, state: "warn" },
    { name: "monthly", spent: 9, share: 0.09, state: "ok" },
  ]);
  assert.deepEqual(state.list().map(({ resetsAt }) => resetsAt), [at(19), new Date(2026, 11, 1).getTime()]);
});

test("at the end of its period a budget starts again", () => {
  const { state, clock } = budgets([daily]);
  state.add(50, codex, NOON);
  assert.equal(state.check(codex).state, "exceeded");
  clock.now = at(19) - 1;
  assert.equal(state.check(codex).state, "exceeded");
  clock.now = at(19);
  assert.equal(state.check(codex).state, "ok");
  assert.equal(state.list()[0]?.spent, 0);
});

test("a request that arrived before midnight and ended after it belongs to the day before", () => {
  const { state, clock } = budgets([daily]);
  clock.now = at(19) + HOUR;
  state.add(50, codex, at(19) - 1);
  assert.equal(state.check(codex).state, "ok");
  state.add(50, codex, at(19));
  assert.equal(state.check(codex).state, "exceeded");
});

test("a budget of a route or client concerns that one alone", () => {
  const { state } = budgets([
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

test("over its limit a budget sends to the cheaper route; requests there are only warned", () => {
  const { state } = budgets([{ ...daily, then: { kind: "route", name: "background" } }], 11);
  const moved = state.check(codex);
  assert.deepEqual(moved.state === "exceeded" && moved.then, { kind: "route", name: "background" });
  const there = state.check({ ...codex, route: "background" });
  assert.equal(there.state, "warn");
});

test("the gravest of several budgets decides: refuse before another route before a warning", () => {
  const warn: Budget = { ...daily, name: "warns", limit: 12 };
  const move: Budget = { ...daily, name: "moves", limit: 5, then: { kind: "route", name: "background" } };
  const refuse: Budget = { ...daily, name: "refuses", limit: 9 };
  const speaks = (...list: Budget[]) => {
    const check = budgets(list, 10).state.check(codex);
    return check.state !== "ok" && check.budget.name;
  };
  assert.equal(speaks(warn), "warns");
  assert.equal(speaks(warn, move), "moves");
  assert.equal(speaks(move, warn), "moves");
  assert.equal(speaks(move, refuse, warn), "refuses");
});

test("an unknown price is counted as nothing, and a limit of nothing is exceeded at once", () => {
  const { state } = budgets([daily]);
  state.add(undefined, codex, NOON);
  assert.equal(state.list()[0]?.spent, 0);
  assert.equal(budgets([{ ...daily, limit: 0 }]).state.check(codex).state, "exceeded");
});

test("a refresh adds what other proxies spent", () => {
  let inLedger = 0;
  const state = createBudgets([daily], () => inLedger, () => NOON + DAY);
  inLedger = 20;
  assert.equal(state.check(codex).state, "ok");
  state.refresh();
  assert.equal(state.check(codex).state, "exceeded");
});

test("a message is fit for a header whatever a budget is called", () => {
  const { state } = budgets([{ ...daily, name: "tägl\nich", client: "codex" }], 0.005 + 9);
  const check = state.check(codex);
  assert.match(
    check.state === "warn" ? check.message : "",
    /^budget "t\?gl\?ich" \(client codex\): [\x20-\x7e]+$/,
  );
});
