/** The figures of some periods side by side, then what they are made of. */
import type { Target } from "../../../model/target.ts";
import type { BudgetStatus } from "../../../ledger/budget.ts";
import type { Figures, Report } from "../../../ledger/report.ts";
import { count, money, share, tokenCount } from "../../../text/amounts.ts";
import { duration } from "../../../text/figures.ts";
import type { Io } from "../../io.ts";
import { NAME } from "../../program.ts";
import { type Style, styleOf } from "../../output/style.ts";
import { type Cell, table } from "../../output/table.ts";
import { wrap } from "../../../text/width.ts";
import { budgetsTable } from "./budgets.ts";
import { caveats } from "./caveats.ts";
import { partsTable } from "./parts.ts";

export interface Column {
  readonly title: string;
  readonly figures: Figures;
}

export interface Told {
  readonly columns: readonly Column[];
  /** The report whose parts are told. */
  readonly main: Report;
  readonly baseline: Target | undefined;
  readonly budgets: readonly BudgetStatus[];
  /** Parts of one kind at most; the rest are counted. */
  readonly limit: number;
}

interface Line {
  readonly title: string;
  readonly value: (figures: Figures, style: Style) => Cell;
  /** Is told where it is not 0 in some period. */
  readonly onlyIf?: (figures: Figures) => number;
}

const ms = (value: number | null): string => value === null ? "" : duration(value);
const alarming = (amount: number, { red }: Style): Cell =>
  amount === 0 ? "0" : { text: count(amount), paint: red };

const linesFor = (baseline: string): readonly Line[] => [
  { title: "Requests", value: (f) => count(f.requests) },
  { title: "  failed", value: (f, style) => alarming(f.failures, style) },
  { title: "  went to another target", value: (f) => count(f.fallbacks) },
  { title: "  given up by the client", value: (f) => count(f.cancelled), onlyIf: (f) => f.cancelled },
  { title: "Cost", value: (f, { bold }) => ({ text: money(f.cost_usd), paint: bold }) },
  { title: `  all on ${baseline}`, value: (f) => money(f.baseline_usd) },
  { title: "Saved", value: saved },
  { title: "  of what it had cost", value: (f) => f.baseline_usd > 0 ? share(f.saved_share) : "" },
  {
    title: "Tokens in",
    value: (f) => tokenCount(f.tokens.input + f.tokens.cache_read + f.tokens.cache_write),
  },
  { title: "  read from a cache", value: (f) => share(f.cache_hit_share) },
  { title: "Tokens out", value: (f) => tokenCount(f.tokens.output) },
  {
    title: "  spent on reasoning",
    value: (f) => tokenCount(f.tokens.reasoning),
    onlyIf: (f) => f.tokens.reasoning,
  },
  { title: "First token, half within", value: (f) => ms(f.first_token_ms.p50) },
  { title: "  95 of 100 within", value: (f) => ms(f.first_token_ms.p95) },
];

function saved({ saved_usd: amount }: Figures, { bold, green, red }: Style): Cell {
  return { text: money(amount), paint: (text) => bold(amount < 0 ? red(text) : green(text)) };
}

/** The whole page, each line ended. */
export function asText(io: Io, { columns, main, baseline, budgets, limit }: Told): string {
  const style = styleOf(io.stdout);
  const width = io.stdout.columns;
  const lines = linesFor(baseline?.model ?? "the baseline model")
    .filter(({ onlyIf }) => onlyIf === undefined || columns.some(({ figures }) => onlyIf(figures) !== 0));
  const heads = [
    { title: "", shrinks: true },
    ...columns.map(({ title }) => ({ title, align: "right" as const })),
  ];
  const rows = lines.map(({ title, value }) => ({
    cells: [title, ...columns.map(({ figures }) => value(figures, style))],
  }));
  return [
    table(heads, rows, style, width),
    ...main.requests === 0 ? [] : [partsTable(main, columns.at(-1)?.title ?? "", limit, style, width)],
    ...budgets.length === 0 ? [] : [budgetsTable(budgets, style, width)],
    ...caveats(columns.at(-1)?.figures ?? main, main, baseline).map((text) =>
      wrap(text, width).map((line) => `${style.yellow(line)}\n`).join("")
    ),
  ].join("\n");
}

/** What is said where there is nothing to tell. */
export function nothingYet(
  io: Io,
  { path, enabled, ever }: { path: string; enabled: boolean; ever: boolean },
  columns: readonly Column[],
): string {
  const { bold, dim } = styleOf(io.stdout);
  if (!enabled) {
    return `The ledger is switched off: [ledger] enabled = false in the configuration.\n`;
  }
  if (ever) {
    const when = columns.length > 1 ? "this month" : columns[0]?.title.toLowerCase() ?? "";
    return `No requests ${when}. ${bold(`${NAME} stats --since all`)} tells of the older ones.\n`;
  }
  return `No requests yet. Point a client at the proxy, and what it costs and saves stands here:\n\n` +
    `  ${bold(`${NAME} setup`)}\n\n${dim(`The ledger will be ${path}`)}\n`;
}
