/** What a report is made of: by route, model, provider, client, … */
import type { Figures, Report } from "../../../ledger/report.ts";
import { count, money, share, tokenCount } from "../../../text/amounts.ts";
import { duration } from "../../../text/figures.ts";
import type { Style } from "../../output/style.ts";
import { type Cell, type Row, table } from "../../output/table.ts";

interface Part {
  readonly title: string;
  readonly value: (figures: Figures, style: Style) => Cell;
  /** Is left out of terminals narrower than {@link WIDE}. */
  readonly wide?: boolean;
  /** Is told there alone. */
  readonly narrow?: boolean;
}

/** Columns of a terminal from which everything is told. */
const WIDE = 120;

const allIn = ({ tokens }: Figures): number => tokens.input + tokens.cache_read + tokens.cache_write;

const PARTS: readonly Part[] = [
  { title: "Requests", value: (f) => count(f.requests) },
  {
    title: "Failed",
    value: (f, { red }) => ({ text: count(f.failures), paint: f.failures > 0 ? red : plain }),
  },
  { title: "Fell back", value: (f) => count(f.fallbacks), wide: true },
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

/**
 * One table of all parts, dearest first within each kind.
 * @param title of the period
 * @param limit parts of one kind at most
 */
export function partsTable(
  { by }: Report,
  title: string,
  limit: number,
  style: Style,
  width: number | undefined,
): string {
  const roomy = width === undefined || width >= WIDE;
  const shown = PARTS.filter(({ wide, narrow }) => roomy ? narrow !== true : wide !== true);
  const rows = Object.entries(by).flatMap(([kind, parts]): Row[] => {
    const entries = Object.entries(parts);
    const more = entries.length - limit;
    const listed = entries.slice(0, limit).map(([name, figures], index): Row => ({
      ...(index === 0 ? { above: `By ${kind}` } : {}),
      cells: [`  ${name}`, ...shown.map(({ value }) => value(figures, style))],
    }));
    const rest = { text: `  and ${count(more)} more`, paint: style.dim };
    return more > 0 ? [...listed, { cells: [rest] }] : listed;
  });
  const columns = [
    { title, shrinks: true },
    ...shown.map((part) => ({ title: part.title, align: "right" as const })),
  ];
  return table(columns, rows, style, width);
}
