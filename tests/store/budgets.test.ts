import assert from "node:assert/strict";
import { test } from "node:test";
import type { Budget } from "../../src/config/config.ts";
import { sharedBudgets } from "../../src/store/budgets.ts";
import { connectTo } from "../../src/store/connection.ts";
import { SharedLimits } from "../../src/store/limits.ts";
import { NOON } from "../ledger/sample.ts";
import { freshDatabase, withoutPostgres } from "../support/postgres.ts";

const skip = { skip: withoutPostgres };
const DAY = 86_400_000;

const budget = (more: Partial<Budget> = {}): Budget => ({
  name: "all",
  period: "day",
  limit: 10,
  warnAt: 0.8,
  then: { kind: "refuse" },
  ...more,
});
const SPENDER = { route: "think", client: "codex" };

/** The budgets of a replica that starts at noon. */
async function replica(
  url: string,
  budgets: readonly Budget[],
  { spent = 0, refuses = false }: { readonly spent?: number; readonly refuses?: boolean } = {},
) {
  const clock = { now: NOON };
  const connection = connectTo(url, { firstPauseMs: 20, longestPauseMs: 50 });
  await connection.tried;
  const now = () => clock.now;
  const limits = new SharedLimits(connection, { replica: crypto.randomUUID(), now });
  const shared = sharedBudgets(budgets, { limits, now, spent: () => spent, refusesUnchecked: () => refuses });
  await shared.refresh();
  await shared.refresh();
  return {
    clock,
    budgets: shared,
    [Symbol.asyncDispose]: async () => {
      await limits.close();
      await connection.close();
    },
  };
}

test("what one replica spends is spent for the other, beside what the ledger has", skip, async () => {
  const url = await freshDatabase();
  await using one = await replica(url, [budget()], { spent: 3 });
  await using other = await replica(url, [budget()], { spent: 3 });
  one.budgets.add(6, SPENDER, NOON);
  await one.budgets.refresh();
  await other.budgets.refresh();
  const [status] = other.budgets.list();
  assert.deepEqual([status?.spent, status?.state], [9, "warn"]);
  assert.equal(other.budgets.check(SPENDER).state, "warn");
  other.budgets.add(1, SPENDER, NOON);
  await other.budgets.refresh();
  const check = other.budgets.check(SPENDER);
  assert.equal(check.state, "exceeded");
  assert.ok(check.state === "exceeded" && check.retryAfter > 0 && check.then.kind === "refuse");
});

test("a budget counts the requests that it concerns alone", skip, async () => {
  const url = await freshDatabase();
  const of = [budget({ name: "think", route: "think" }), budget({ name: "alice", key: "alice" })];
  await using one = await replica(url, of);
  const { budgets } = one;
  budgets.add(4, SPENDER, NOON);
  budgets.add(2, { ...SPENDER, route: "build", key: "alice" }, NOON);
  budgets.add(undefined, SPENDER, NOON);
  await budgets.refresh();
  assert.deepEqual(budgets.list().map(({ name, spent }) => [name, spent]), [["think", 4], ["alice", 2]]);
});

test(
  "a period that is over begins again from nothing, and late requests do not count in it",
  skip,
  async () => {
    await using one = await replica(await freshDatabase(), [budget()]);
    const { budgets, clock } = one;
    budgets.add(9, SPENDER, NOON);
    clock.now = NOON + DAY;
    assert.equal(budgets.list()[0]?.spent, 0);
    budgets.add(5, SPENDER, NOON);
    budgets.add(1, SPENDER, NOON + DAY);
    await budgets.refresh();
    const [status] = budgets.list();
    assert.equal(status?.spent, 1);
    assert.ok(status!.since > NOON && status!.resetsAt > NOON + DAY);
  },
);

test(
  "what requests in flight may cost is kept for them, and free again when they are over",
  skip,
  async () => {
    await using one = await replica(await freshDatabase(), [budget({ limit: 1 })]);
    const { budgets } = one;
    const states = () => budgets.check(SPENDER).state;
    assert.equal(states(), "ok");
    for (let i = 0; i < 4; i++) budgets.reserve(`r${i}`, () => 0.5, SPENDER);
    await budgets.refresh();
    assert.equal(states(), "exceeded");
    for (let i = 0; i < 4; i++) budgets.add(0, SPENDER, NOON, `r${i}`);
    await budgets.refresh();
    await budgets.refresh();
    assert.equal(states(), "ok");
  },
);

test("while nobody can say what is spent, the configuration says who is let in", async () => {
  const url = "postgres://me@127.0.0.1:1/llm";
  await using allowing = await replica(url, [budget()]);
  assert.equal(allowing.budgets.check(SPENDER).state, "ok");
  await using refusing = await replica(url, [budget()], { refuses: true });
  const check = refusing.budgets.check(SPENDER);
  assert.ok(check.state === "exceeded" && check.isUnchecked);
  assert.match(check.message, /^the budget "all" cannot be checked: the store cannot be reached$/);
});
