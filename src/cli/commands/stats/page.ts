/** The figures of some periods side by side, then what they are made of. */
import type { Target } from "../../../model/target.ts";
import { type BudgetStatus, scopeOf } from "../../../ledger/budget.ts";
import type { Figures } from "../../../ledger/figures.ts";
import { NONE, type Report } from "../../../ledger/report.ts";
import { count, counted, duration, localDate, money, share, tokenCount } from "../../../text/format.ts";
import type { Io } from "../../io.ts";
import { PROGRAM } from "../../command.ts";
import { type Style, styleOf } from "../../output/style.ts";
import { type Cell, type Row, table } from "../../output/table.ts";
import { wrap } from "../../../text/width.ts";
import { plansText, type PlanUse } from "./plans.ts";

export interface Column {
  readonly title: string;
  readonly figures: Figures;
}

export interface Page {
  readonly columns: readonly Column[];
  /** The report whose parts are shown. */
  readonly main: Report;
  readonly baseline: Target | undefined;
  readonly budgets: readonly BudgetStatus[];
  readonly plans: readonly PlanUse[];
  /** Parts of one kind at most; the rest are counted. */
  readonly limit: number;
  /** The user asked how reliable providers, models or targets are. */
  readonly reliability: boolean;
}

interface Line {
  readonly title: string;
  readonly value: (figures: Figures, style: Style) => Cell;
  /** The line is shown when this is not 0 in some period. */
  readonly onlyIf?: (figures: Figures) => number;
}

const ms = (value: number | null): string => value === null ? "" : duration(value);
const alarming = (amount: number, { red }: Style): Cell =>
  amount === 0 ? "0" : { text: count(amount), paint: red };

const linesFor = (baseline: string): readonly Line[] => [
  { title: "Requests", value: (f) => count(f.requests) },
  { title: "  failed", value: (f, style) => alarming(f.failures, style) },
  { title: "  fell back", value: (f) => count(f.fallbacks) },
  { title: "  cancelled by client", value: (f) => count(f.cancelled), onlyIf: (f) => f.cancelled },
  { title: "Cost", value: (f, { bold }) => ({ text: money(f.cost_usd), paint: bold }) },
  { title: `  on ${baseline} alone`, value: (f) => money(f.baseline_usd) },
  { title: "Saved", value: saved },
  { title: "  share", value: (f) => f.baseline_usd > 0 ? share(f.saved_share) : "" },
  {
    title: "Lost by switching",
    value: (f) => money(f.lost_by_switching_usd),
    onlyIf: (f) => f.lost_by_switching_usd,
  },
  { title: "On a plan", value: (f) => count(f.plan_requests), onlyIf: (f) => f.plan_requests },
  { title: "  tokens", value: (f) => tokenCount(f.plan_tokens), onlyIf: (f) => f.plan_requests },
  {
    title: "Tokens in",
    value: (f) => tokenCount(f.tokens.input + f.tokens.cache_read + f.tokens.cache_write),
  },
  { title: "  from cache", value: (f) => share(f.cache_hit_share) },
  { title: "Tokens out", value: (f) => tokenCount(f.tokens.output) },
  {
    title: "  for reasoning",
    value: (f) => tokenCount(f.tokens.reasoning),
    onlyIf: (f) => f.tokens.reasoning,
  },
  { title: "First token, p50", value: (f) => ms(f.first_token_ms.p50) },
  { title: "First token, p95", value: (f) => ms(f.first_token_ms.p95) },
];

function saved({ saved_usd: amount }: Figures, { bold, green, red }: Style): Cell {
  return { text: money(amount), paint: (text) => bold(amount < 0 ? red(text) : green(text)) };
}

/** The whole page. */
export function asText(
  io: Io,
  { columns, main, baseline, budgets, plans, limit, reliability }: Page,
): string {
  const style = styleOf(io.stdout);
  const width = io.stdout.columns;
  const planned = plansText(plans);
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
    ...main.requests === 0
      ? []
      : [partsTable(main, { title: columns.at(-1)?.title ?? "", limit, reliability }, style, width)],
    ...budgets.length === 0 ? [] : [budgetsTable(budgets, style, width)],
    ...planned === undefined ? [] : [wrap(planned, width).map((line) => `${line}\n`).join("")],
    ...caveats(columns.at(-1)?.figures ?? main, main, baseline).map((text) =>
      wrap(text, width).map((line) => `${style.yellow(line)}\n`).join("")
    ),
  ].join("\n");
}

/** What is shown without any request. */
export function nothingYet(
  io: Io,
  { path, enabled, ever }: { path: string; enabled: boolean; ever: boolean },
  columns: readonly Column[],
): string {
  const { columns: width } = io.stdout;
  const lines = (text: string) => wrap(text, width).map((line) => `${line}\n`).join("");
  if (!enabled) return lines("The ledger is disabled: [ledger] enabled = false in the configuration.");
  if (ever) {
    const when = columns.length > 1 ? "this month" : columns[0]?.title.toLowerCase() ?? "";
    return lines(`No requests ${when}. ${PROGRAM} stats --since all shows older ones.`);
  }
  const { bold, dim } = styleOf(io.stdout);
  return lines("No requests yet. Point a client to the proxy; costs and savings appear here:") +
    `\n  ${bold(`${PROGRAM} setup`)}\n\n${dim(lines(`The ledger will be ${path}`))}`;
}

/** A sentence for each that applies. `main`: the report that names the models. */
export function caveats(figures: Figures, main: Report, baseline: Target | undefined): string[] {
  const { unpriced_requests: unpriced, no_baseline_requests: bare, estimated_requests: guessed } = figures;
  const { old_baseline_requests: old, estimated_baseline_requests: supposed } = figures;
  const said: string[] = [];
  if (unpriced > 0) {
    said.push(
      `${counted(unpriced, "request")} without a known price ${are(unpriced)} not in these dollars${
        named(main)
      }. Set prices in [[prices]], or run ${PROGRAM} models update.`,
    );
  }
  if (bare > 0) {
    const model = baseline === undefined ? "the baseline model" : `${baseline.provider},${baseline.model}`;
    said.push(
      `${counted(bare, "request")} ${bare === 1 ? "counts" : "count"} as saving nothing: ` +
        `the price of ${model} was unknown.`,
    );
  }
  if (guessed > 0) {
    said.push(
      `The tokens of ${counted(guessed, "request")} are estimated: the provider reported none.`,
    );
  }
  if (supposed > 0) {
    said.push(
      `What ${
        counted(supposed, "request")
      } saved is an estimate: the client named no session, so what the baseline ` +
        "model would have had in its cache is not known.",
    );
  }
  if (old > 0) {
    said.push(
      `${counted(old, "request")} of an older version ${
        old === 1 ? "has" : "have"
      } the same tokens at the baseline's ` +
        "price as the baseline, without a cache: that claims too much.",
    );
  }
  return said;
}

const are = (amount: number): string => amount === 1 ? "is" : "are";

/** The models without a price. */
function named({ by }: Report): string {
  const models = Object.entries(by.model ?? {})
    .filter(([name, { unpriced_requests: unpriced }]) => unpriced > 0 && name !== NONE)
    .map(([name]) => name);
  if (models.length === 0) return "";
  return ` (${models.slice(0, 3).join(", ")}${models.length > 3 ? ` and ${models.length - 3} more` : ""})`;
}

interface Part {
  readonly title: string;
  readonly value: (figures: Figures, style: Style) => Cell;
  /** Only on terminals of at least {@link WIDE} columns. */
  readonly wide?: boolean;
  /** Only on narrower ones. */
  readonly narrow?: boolean;
  /** On narrow terminals too, in place of those that are {@link narrow}, where the user asked for a group that has it. */
  readonly reliability?: boolean;
}

/** From this many columns on, all parts are shown. */
const WIDE = 120;

const allIn = ({ tokens }: Figures): number => tokens.input + tokens.cache_read + tokens.cache_write;

const PARTS: readonly Part[] = [
  { title: "Requests", value: (f) => count(f.requests) },
  {
    title: "Failed",
    value: (f, { red }) => ({ text: count(f.failures), paint: f.failures > 0 ? red : plain }),
  },
  { title: "Fell back", value: (f) => count(f.fallbacks), wide: true },
  { title: "Errors", value: errors, wide: true, reliability: true },
  { title: "Cost", value: (f) => f.unpriced_requests === f.requests ? "unknown" : money(f.cost_usd) },
  { title: "Saved", value: (f) => f.unpriced_requests === f.requests ? "" : money(f.saved_usd) },
  { title: "Share", value: (f) => f.baseline_usd > 0 ? share(f.saved_share) : "", wide: true },
  { title: "Tokens", value: (f) => tokenCount(allIn(f) + f.tokens.output), narrow: true },
  { title: "In", value: (f) => tokenCount(allIn(f)), wide: true },
  { title: "Cached", value: (f) => share(f.cache_hit_share), wide: true },
  { title: "Out", value: (f) => tokenCount(f.tokens.output), wide: true },
  { title: "p50", value: (f) => f.first_token_ms.p50 === null ? "" : duration(f.first_token_ms.p50) },
  {
    title: "p95",
    value: (f) => f.first_token_ms.p95 === null ? "" : duration(f.first_token_ms.p95),
    wide: true,
  },
];

const plain = (text: string): string => text;

/** Failed tries as a part of all tries at a provider, model or target, also where a fallback then answered. */
function errors({ attempts }: Figures, { red }: Style): Cell {
  if (attempts === undefined || attempts.tried === 0) return "";
  const { failed, tried } = attempts;
  return failed === 0 ? share(0) : { text: share(failed / tried), paint: red };
}

export interface PartsOptions {
  /** Of the period. */
  readonly title: string;
  /** Parts of one kind at most. */
  readonly limit: number;
  /** The user asked how reliable providers, models or targets are. @default false */
  readonly reliability?: boolean;
}

/** One table of all parts, most expensive first within each group. */
export function partsTable(
  { by }: Report,
  { title, limit, reliability = false }: PartsOptions,
  style: Style,
  width: number | undefined,
): string {
  const roomy = width === undefined || width >= WIDE;
  const isTried = Object.values(by).some((parts) =>
    Object.values(parts).some(({ attempts }) => attempts !== undefined)
  );
  const shown = PARTS.filter((part) =>
    part.reliability === true && !isTried
      ? false
      : roomy
      ? part.narrow !== true
      : reliability && (part.narrow === true || part.reliability === true)
      ? part.reliability === true
      : part.wide !== true
  );
  const rows = Object.entries(by).flatMap(([kind, parts]): Row[] => {
    const entries = Object.entries(parts);
    const more = entries.length - limit;
    const listed = entries.slice(0, limit).map(([name, figures], index): Row => ({
      ...(index === 0 ? { above: `By ${kind}` } : {}),
      cells: [`  ${name}`, ...shown.map(({ value }) => value(figures, style))],
    }));
    if (entries.length === 0) return [{ above: `By ${kind}`, cells: [{ text: "  none", paint: style.dim }] }];
    const rest = { text: `  and ${count(more)} more`, paint: style.dim };
    return more > 0 ? [...listed, { cells: [rest] }] : listed;
  });
  const columns = [
    { title, shrinks: true },
    ...shown.map((part) => ({ title: part.title, align: "right" as const, optional: part.title !== "Cost" })),
  ];
  return table(columns, rows, style, width);
}

const PERIODS = { day: "today", month: "this month" } as const;

/** A table with a row for each budget. */
function budgetsTable(budgets: readonly BudgetStatus[], style: Style, width?: number): string {
  const columns = [
    { title: "Budget", shrinks: true },
    { title: "Spent", align: "right" },
    { title: "Of", align: "right", optional: true },
    { title: "Share", align: "right", optional: true },
    { title: "", optional: true },
    { title: "State", shrinks: true },
  ] as const;
  return table(columns, budgets.map((budget) => budgetRow(budget, style)), style, width);
}

function budgetRow(budget: BudgetStatus, { green, yellow, red }: Style): Row {
  const { name, period, limit, spent, share: part, state } = budget;
  const scope = scopeOf(budget);
  const paint = { ok: green, warn: yellow, exceeded: red }[state];
  return {
    cells: [
      scope === "" ? name : `${name} (${scope})`,
      money(spent),
      money(limit),
      share(part),
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
