/** What replicas share, but the ledger, over one connection. */
import type { ClientKey } from "../config/client-keys.ts";
import type { Budget } from "../config/config.ts";
import type { Budgets, SpentSince } from "../ledger/budget.ts";
import type { Log } from "../log/log.ts";
import { sharedBudgets } from "./budgets.ts";
import type { Connection } from "./connection.ts";
import { changeStoredKeys } from "./keys.ts";
import { SharedLimits } from "./limits.ts";
import { SharedValues } from "./shared.ts";

export interface Replicas {
  readonly values: SharedValues;
  readonly limits: SharedLimits;
  /**
   * Changes the keys with names. @returns what `change` returns; what it throws changes nothing
   * @throws StoreDown; PostgreSQL's own errors
   */
  changeKeys<Made extends { readonly keys: readonly ClientKey[] }>(
    change: (keys: readonly ClientKey[]) => Made,
  ): Promise<Made>;
  /** Budgets that hold over all replicas. */
  budgets(budgets: readonly Budget[], options: BudgetOptions): Budgets;
  /** Sends what waits. The connection stays open. */
  close(): Promise<void>;
}

export interface BudgetOptions {
  /** What the ledger has, where the store does not know a budget yet. */
  readonly spent: SpentSince;
  /** Requests that cannot be checked are refused. */
  readonly refusesUnchecked: () => boolean;
}

/** @param now epoch milliseconds */
export function shareOver(connection: Connection, log: Log, now: () => number): Replicas {
  const values = new SharedValues(connection, { log, now });
  const limits = new SharedLimits(connection, { replica: values.replica, log, now });
  return {
    values,
    limits,
    changeKeys: (change) => changeStoredKeys(connection, change),
    budgets: (budgets, options) => sharedBudgets(budgets, { ...options, limits, now }),
    close: async () => {
      await Promise.all([values.close(), limits.close()]);
    },
  };
}
