/**
 * Budgets: how much of each is spent, and what that means for a request. The decision is pure; the state is one sum for
 * each budget, read from the ledger at the start and added to in memory. A request without a known price adds nothing.
 */
import type { Budget } from "../config/config.ts";
import { localMinute, money, share as percent } from "../text/format.ts";
import type { Eventual } from "./ledger.ts";
import { endOf, startOf } from "./period.ts";
import type { SpentFilter } from "./report.ts";
import { targetText } from "../text/target-settings.ts";

/** What budgets look at in a request. */
export interface Spender {
  readonly route: string;
  readonly client: string;
  /** The key's name or id, and its team. @default none */
  readonly key?: string | undefined;
  readonly team?: string | undefined;
}

/** Which requests a budget counts: all that are given must be theirs. */
export type BudgetScope = Pick<Budget, "route" | "client" | "key" | "team">;

/** The state of one budget. Dollars; times are epoch milliseconds. */
export interface BudgetStatus {
  readonly name: string;
  readonly period: "day" | "month";
  readonly route?: string;
  readonly client?: string;
  readonly key?: string;
  readonly team?: string;
  readonly limit: number;
  readonly spent: number;
  /** Of the limit; over 1 where it is exceeded. */
  readonly share: number;
  readonly state: "ok" | "warn" | "exceeded";
  readonly since: number;
  readonly resetsAt: number;
  readonly then: Budget["then"];
}

/** What the budgets say about a request. */
export type BudgetCheck =
  | { readonly state: "ok" }
  /** The request goes on; `message` is for the log and the `X-Budget-Warning` header. */
  | { readonly state: "warn"; readonly budget: BudgetStatus; readonly message: string }
  | {
    readonly state: "exceeded";
    readonly budget: BudgetStatus;
    readonly message: string;
    /** Where the request goes instead, or that it is refused. */
    readonly then: Budget["then"];
    /** Seconds until the period ends: the `Retry-After` of a refusal. */
    readonly retryAfter: number;
    /** Nobody can say what is spent, since the store cannot be reached. @default false */
    readonly isUnchecked?: boolean;
  };

export interface Budgets {
  /** The gravest of what the budgets say: refuse, send elsewhere, warn, nothing. */
  check(spender: Spender): BudgetCheck;
  /**
   * Keeps dollars for a request that is let in, until it is over, where replicas share budgets.
   * @param id the request's
   */
  reserve(id: string, dollars: () => number, spender: Spender): void;
  /** Counts a request that is over: dollars (undefined: unknown), the time of its arrival, and its id. */
  add(cost: number | undefined, spender: Spender, time: number, id?: string): void;
  /**
   * Reads the sums from the ledger again: other proxies on the same ledger spend from the same budgets. Resolves when all
   * are read; what cannot be read stays as it is.
   */
  refresh(): Promise<void>;
  list(): BudgetStatus[];
}

/** A budget in one of its periods. */
interface Account {
  readonly budget: Budget;
  readonly since: number;
  readonly resetsAt: number;
  spent: number;
  /** Sums that are being read, each with the dollars that were added since it was asked for: it does not hold them. */
  readonly reading: Set<{ added: number }>;
}

/**
 * Dollars spent since a moment (epoch milliseconds) by the requests that a budget counts: those that were added before
 * this was called. Undefined: nothing keeps requests.
 */
export type SpentSince = (since: number, scope: BudgetScope) => Eventual<number | undefined>;

/**
 * The filter of the ledger for a budget's requests.
 * @param membersOf the keys of a team
 */
export function spentFilter(
  { key, team, ...rest }: BudgetScope,
  membersOf: (team: string) => readonly string[],
): SpentFilter {
  if (key === undefined && team === undefined) return rest;
  const members = team === undefined ? undefined : membersOf(team);
  const keys = key === undefined
    ? members
    : [key].filter((one) => members === undefined || members.includes(one));
  return { ...rest, keys: keys ?? [] };
}

/**
 * Budgets that start from what `spent` says: the ledger's own, or a reading of its file. Until a sum is read, a budget goes
 * on from where `before`, the budgets before a reload, had it.
 */
export function createBudgets(
  budgets: readonly Budget[],
  spent: SpentSince,
  now: () => number = Date.now,
  before?: Pick<Budgets, "list">,
): Budgets {
  const known = before?.list() ?? [];
  const accounts = budgets.map((budget) => opened(budget, now(), spent, known));

  /** A budget whose period is over begins the next one. */
  const current = (): Account[] => {
    const time = now();
    accounts.forEach((account, i) => {
      if (time >= account.resetsAt) accounts[i] = opened(account.budget, time, spent, []);
    });
    return accounts;
  };

  return {
    check(spender) {
      if (accounts.length === 0) return OK;
      const time = now();
      let gravest: BudgetCheck = OK;
      for (const account of current()) {
        if (!concerns(account.budget, spender)) continue;
        const check = judge(statusOf(account), spender, time);
        if (gravity(check) > gravity(gravest)) gravest = check;
      }
      return gravest;
    },
    reserve() {},
    add(cost, spender, time) {
      if (cost === undefined || accounts.length === 0) return;
      for (const account of current()) {
        if (time < account.since || !concerns(account.budget, spender)) continue;
        account.spent += cost;
        for (const one of account.reading) one.added += cost;
      }
    },
    async refresh() {
      await Promise.all(current().map((account) => read(account, spent)));
    },
    list: () => current().map(statusOf),
  };
}

export const OK: BudgetCheck = { state: "ok" };

function opened(
  budget: Budget,
  now: number,
  spent: SpentSince,
  known: readonly BudgetStatus[],
): Account {
  const since = startOf(budget.period === "day" ? "today" : "month", now);
  const same = known.find((one) =>
    one.name === budget.name && one.since === since && SCOPE.every((part) => one[part] === budget[part])
  );
  const account: Account = {
    budget,
    since,
    resetsAt: endOf(budget.period, since),
    spent: same?.spent ?? 0,
    reading: new Set(),
  };
  void read(account, spent);
  return account;
}

/** Reads an account's sum: at once from a file, later from a store. */
function read(account: Account, spent: SpentSince): Promise<void> | undefined {
  const sum = spent(account.since, filterOf(account.budget));
  const one = { added: 0 };
  // A sum that is not known, or cannot be read, stays as it is.
  const take = (dollars: number | undefined) => {
    if (dollars !== undefined) account.spent = dollars + one.added;
  };
  if (!(sum instanceof Promise)) {
    take(sum);
    return undefined;
  }
  account.reading.add(one);
  return sum.then(take, () => {}).finally(() => void account.reading.delete(one));
}

const SCOPE = ["route", "client", "key", "team"] as const;

export function filterOf(budget: Budget): BudgetScope {
  return Object.fromEntries(SCOPE.flatMap((one) => budget[one] === undefined ? [] : [[one, budget[one]]]));
}

export function concerns(budget: Budget, spender: Spender): boolean {
  return SCOPE.every((one) => budget[one] === undefined || budget[one] === spender[one]);
}

export function statusOf({ budget, since, resetsAt, spent }: Omit<Account, "reading">): BudgetStatus {
  const share = budget.limit > 0 ? spent / budget.limit : 1;
  return {
    name: budget.name,
    period: budget.period,
    ...filterOf(budget),
    limit: budget.limit,
    spent,
    share,
    state: share >= 1 ? "exceeded" : share >= budget.warnAt ? "warn" : "ok",
    since,
    resetsAt,
    then: budget.then,
  };
}

/** A budget's state for programs, the same in `stats --json` and on the dashboard. Dollars; times are ISO 8601. */
export interface BudgetData {
  readonly name: string;
  readonly period: "day" | "month";
  /** Null: of all routes. */
  readonly route: string | null;
  /** Null: of all clients. */
  readonly client: string | null;
  /** Null: of all keys, of all teams. */
  readonly key: string | null;
  readonly team: string | null;
  readonly limit_usd: number;
  readonly spent_usd: number;
  /** Of the limit; over 1 where it is exceeded. */
  readonly share: number;
  readonly state: "ok" | "warn" | "exceeded";
  readonly since: string;
  readonly resets_at: string;
  /** Where requests go at the limit: `refuse`, `auto`, a route, or a chain (`provider,model | provider,model`). */
  readonly then: string;
}

export function budgetData(status: BudgetStatus): BudgetData {
  const { name, period, route, client, key, team, limit, spent, share, state, since, resetsAt, then } =
    status;
  return {
    name,
    period,
    route: route ?? null,
    client: client ?? null,
    key: key ?? null,
    team: team ?? null,
    limit_usd: limit,
    spent_usd: spent,
    share,
    state,
    since: new Date(since).toISOString(),
    resets_at: new Date(resetsAt).toISOString(),
    then: then.kind === "route"
      ? then.name
      : then.kind === "chain"
      ? then.chain.map(targetText).join(" | ")
      : then.kind,
  };
}

/** What a budget counts: `route think, client codex`; "" for all requests. */
export function scopeOf(scope: BudgetScope): string {
  return SCOPE.flatMap((one) => scope[one] === undefined ? [] : [`${one} ${scope[one]}`]).join(", ");
}

/** What one budget means for a request. Pure. */
export function judge(status: BudgetStatus, { route }: Spender, now: number): BudgetCheck {
  if (status.state === "ok") return OK;
  const message = messageOf(status);
  // A request that goes to the cheaper route already cannot be sent there again.
  const isThere = status.then.kind === "route" && status.then.name === route;
  if (status.state === "warn" || isThere) return { state: "warn", budget: status, message };
  return {
    state: "exceeded",
    budget: status,
    message,
    then: status.then,
    retryAfter: Math.max(1, Math.ceil((status.resetsAt - now) / 1000)),
  };
}

export function gravity(check: BudgetCheck): number {
  if (check.state === "exceeded") return check.then.kind === "refuse" ? 3 : 2;
  return check.state === "warn" ? 1 : 0;
}

const PERIODS = { day: "today", month: "this month" } as const;

/** One line for people, fit for a header. */
function messageOf(status: BudgetStatus): string {
  const { name, period, limit, spent, share, resetsAt } = status;
  const scope = scopeOf(status);
  const line =
    `budget "${name}"${scope && ` (${scope})`}: ${money(spent)} of ${money(limit)} spent ${PERIODS[period]}` +
    ` (${percent(share)}); resets at ${localMinute(resetsAt)}`;
  // Header values are visible ASCII: https://www.rfc-editor.org/rfc/rfc9110#section-5.5
  return line.replace(/[^\x20-\x7e]/g, "?");
}
