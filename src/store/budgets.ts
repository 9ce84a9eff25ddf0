/** Budgets that hold over all replicas. What is spent is known in memory; what requests in flight may cost is kept for them. */
import type { Budget } from "../config/config.ts";
import {
  type BudgetCheck,
  type Budgets,
  concerns,
  filterOf,
  gravity,
  judge,
  OK,
  type Spender,
  type SpentSince,
  statusOf,
} from "../ledger/budget.ts";
import { endOf, startOf } from "../ledger/period.ts";
import type { SharedLimit, SharedLimits } from "./limits.ts";

export interface SharedBudgetsOptions {
  readonly limits: SharedLimits;
  /** What the ledger has, where the store does not know a budget yet. */
  readonly spent: SpentSince;
  /** Requests that cannot be checked are refused. */
  readonly refusesUnchecked: () => boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

interface Account {
  readonly budget: Budget;
  readonly since: number;
  readonly resetsAt: number;
  readonly limit: SharedLimit;
}

/** For so long after its end a period's sum may still be asked for. Milliseconds. */
const AFTER_MS = 86_400_000;

/** The budgets of a configuration and its keys. */
export function sharedBudgets(budgets: readonly Budget[], options: SharedBudgetsOptions): Budgets {
  const { limits, now } = options;
  const accounts = budgets.map((budget) => opened(budget, options));
  void limits.prepare(accounts.map(({ limit }) => limit));
  const current = (): Account[] => {
    const time = now();
    accounts.forEach((account, i) => {
      if (time >= account.resetsAt) accounts[i] = opened(account.budget, options);
    });
    return accounts;
  };
  const status = (account: Account) => statusOf({ ...account, spent: limits.used(account.limit) });

  return {
    check(spender) {
      let gravest: BudgetCheck = OK;
      for (const account of current()) {
        if (!concerns(account.budget, spender)) continue;
        const check = checked(account, spender, options);
        if (gravity(check) > gravity(gravest)) gravest = check;
      }
      return gravest;
    },
    reserve(id, dollars, spender) {
      const concerned = current().filter(({ budget }) => concerns(budget, spender));
      if (concerned.length > 0) limits.reserveFor(id, concerned.map(({ limit }) => limit), dollars());
    },
    add(cost, spender, time, id) {
      if (id !== undefined) limits.release(id);
      if (cost === undefined) return;
      for (const account of current()) {
        if (time >= account.since && concerns(account.budget, spender)) limits.use(account.limit, cost);
      }
    },
    refresh: () => limits.refresh(),
    list: () => current().map(status),
  };
}

function opened(budget: Budget, { now, spent }: SharedBudgetsOptions): Account {
  const since = startOf(budget.period === "day" ? "today" : "month", now());
  const resetsAt = endOf(budget.period, since);
  const scope = filterOf(budget);
  const limit: SharedLimit = {
    id: JSON.stringify(["budget", budget.name, budget.period, since, scope]),
    most: budget.limit,
    perMs: 0,
    until: resetsAt + AFTER_MS,
    seed: async () => await spent(since, scope) ?? 0,
  };
  return { budget, since, resetsAt, limit };
}

/** What a budget means for a request: it is spent where nothing is left of it that no other request may use. */
function checked(
  account: Account,
  spender: Spender,
  { limits, refusesUnchecked, now }: SharedBudgetsOptions,
): BudgetCheck {
  const status = statusOf({ ...account, spent: limits.used(account.limit) });
  const verdict = limits.verdict(account.limit);
  if (verdict === "yes") {
    return judge(status.state === "exceeded" ? { ...status, state: "warn" } : status, spender, now());
  }
  if (verdict === "spent") return judge({ ...status, state: "exceeded" }, spender, now());
  if (!refusesUnchecked()) return judge(status, spender, now());
  const message = `the budget "${status.name}" cannot be checked: the store cannot be reached`;
  return {
    state: "exceeded",
    budget: status,
    message,
    then: { kind: "refuse" },
    retryAfter: 5,
    isUnchecked: true,
  };
}
