/** The budgets: how much of each is spent. */
import { type BudgetStatus, scopeOf } from "../../../ledger/budget.ts";
import { localDate, money, share as percent } from "../../../text/format.ts";
import type { Style } from "../../output/style.ts";
import { type Row, table } from "../../output/table.ts";

const PERIODS = { day: "today", month: "this month" } as const;

/** A table with a row for each budget. */
export function budgetsTable(budgets: readonly BudgetStatus[], style: Style, width?: number): string {
  const columns = [
    { title: "Budget", shrinks: true },
    { title: "Spent", align: "right" },
    { title: "Of", align: "right", optional: true },
    { title: "Share", align: "right", optional: true },
    { title: "", optional: true },
    { title: "State", shrinks: true },
  ] as const;
  return table(columns, budgets.map((budget) => rowOf(budget, style)), style, width);
}

function rowOf(budget: BudgetStatus, { green, yellow, red }: Style): Row {
  const { name, period, limit, spent, share, state } = budget;
  const scope = scopeOf(budget);
  const paint = { ok: green, warn: yellow, exceeded: red }[state];
  return {
    cells: [
      scope === "" ? name : `${name} (${scope})`,
      money(spent),
      money(limit),
      percent(share),
      PERIODS[period],
      { text: state === "exceeded" ? consequence(budget) : state === "warn" ? "nearly spent" : "ok", paint },
    ],
  };
}

/** What happens to requests until the period ends. */
function consequence({ then, resetsAt }: BudgetStatus): string {
  const until = `until ${localDate(resetsAt)}`;
  switch (then.kind) {
    case "refuse":
      return `refused ${until}`;
    case "route":
      return `to ${then.name} ${until}`;
    case "chain":
      return `to ${then.chain[0]?.model ?? "another"} ${until}`;
    case "auto":
      return "spent";
  }
}
