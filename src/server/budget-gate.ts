/** What the budgets do with one request: nothing, a warning, another route, or a refusal. */
import type { BudgetCheck, Budgets } from "../ledger/budget.ts";
import type { Redirect } from "../router/plan.ts";
import { Refusal } from "./errors.ts";

export class BudgetGate {
  #budgets: Budgets | undefined;
  #client: string;
  #check: BudgetCheck = { state: "ok" };

  constructor(budgets: Budgets | undefined, client: string) {
    this.#budgets = budgets;
    this.#client = client;
  }

  /** The other way for a request whose route was decided. The router calls it once. */
  redirect(route: string): Redirect | undefined {
    if (this.#budgets === undefined) return undefined;
    const check = this.#check = this.#budgets.check({ route, client: this.#client });
    if (check.state !== "exceeded" || check.then.kind === "refuse") return undefined;
    return { route: `budget:${check.budget.name}`, to: check.then, why: check.message };
  }

  /** The headers that warn the client. @throws Refusal (429) where the budget refuses. */
  settle(): Readonly<Record<string, string>> | undefined {
    const check = this.#check;
    if (check.state === "ok") return undefined;
    if (check.state === "exceeded" && check.then.kind === "refuse") {
      throw new Refusal(429, check.message, {
        "retry-after": String(check.retryAfter),
        "x-should-retry": "false",
        "x-budget-warning": check.message.replace(/[^\x20-\x7e]/g, "?"),
      }, "budget_exceeded");
    }
    return { "x-budget-warning": check.message };
  }
}
