/** What the budgets do with one request: nothing, a warning, another route, or a refusal. */
import type { BudgetCheck, Budgets, Spender } from "../ledger/budget.ts";
import type { Redirect } from "../router/plan.ts";
import type { OwnRefusal } from "../dispatch/dispatch.ts";

export class BudgetGate {
  #budgets: Budgets | undefined;
  #spender: Omit<Spender, "route">;
  #check: BudgetCheck = { state: "ok" };

  constructor(budgets: Budgets | undefined, spender: Omit<Spender, "route">) {
    this.#budgets = budgets;
    this.#spender = spender;
  }

  /** The other way for a request whose route was decided. The router calls it once. */
  redirect(route: string): Redirect | undefined {
    if (this.#budgets === undefined) return undefined;
    const check = this.#check = this.#budgets.check({ ...this.#spender, route });
    if (check.state !== "exceeded" || check.then.kind === "refuse") return undefined;
    return { route: `budget:${check.budget.name}`, to: check.then, why: check.message };
  }

  /** The refusal of a spent budget; undefined: the request may go on. */
  refusal(): OwnRefusal | undefined {
    const check = this.#check;
    if (check.state !== "exceeded" || check.then.kind !== "refuse") return undefined;
    const { message, retryAfter: wait, budget: { resetsAt: resetAt } } = check;
    if (check.isUnchecked === true) return unchecked(message, wait);
    return {
      error: {
        status: 429,
        class: "quota_exhausted",
        code: REFUSED,
        message: `terraphim-llm-proxy: ${message}`,
        resetAt,
      },
      failure: REFUSED,
      wait,
    };
  }

  /** Keeps for a request that is let in what it may cost. @param id the request's */
  reserve(id: string, route: string, dollars: () => number): void {
    this.#budgets?.reserve(id, dollars, { ...this.#spender, route });
  }

  /** The headers that warn the client; undefined: there is nothing to warn of. */
  warning(): Readonly<Record<string, string>> | undefined {
    const check = this.#check;
    return check.state === "ok" ? undefined : { "x-budget-warning": check.message };
  }
}

/** The refusal of a budget of which nobody knows what is spent. */
function unchecked(message: string, wait: number): OwnRefusal {
  const code = "store_unreachable";
  return {
    error: { status: 503, class: "overloaded", code, message: `terraphim-llm-proxy: ${message}` },
    failure: code,
    wait,
  };
}

/** What clients, the log and the ledger read. */
const REFUSED = "budget_exceeded";
