/** A report as a table for spreadsheets. */
import { visible } from "../text/visible.ts";
import type { Figures } from "./figures.ts";
import type { Report } from "./report.ts";

const CSV_COLUMNS: readonly (readonly [name: string, value: (figures: Figures) => number | null])[] = [
  ["requests", (f) => f.requests],
  ["failures", (f) => f.failures],
  ["fallbacks", (f) => f.fallbacks],
  ["cancelled", (f) => f.cancelled],
  ["input_tokens", (f) => f.tokens.input],
  ["cache_read_tokens", (f) => f.tokens.cache_read],
  ["cache_write_tokens", (f) => f.tokens.cache_write],
  ["output_tokens", (f) => f.tokens.output],
  ["reasoning_tokens", (f) => f.tokens.reasoning],
  ["cost_usd", (f) => f.cost_usd],
  ["baseline_usd", (f) => f.baseline_usd],
  ["saved_usd", (f) => f.saved_usd],
  ["saved_share", (f) => f.saved_share],
  ["unpriced_requests", (f) => f.unpriced_requests],
  ["no_baseline_requests", (f) => f.no_baseline_requests],
  ["estimated_requests", (f) => f.estimated_requests],
  ["cache_hit_share", (f) => f.cache_hit_share],
  ["first_token_p50_ms", (f) => f.first_token_ms.p50],
  ["first_token_p95_ms", (f) => f.first_token_ms.p95],
  ["lost_by_switching_usd", (f) => f.lost_by_switching_usd],
  ["estimated_baseline_requests", (f) => f.estimated_baseline_requests],
  ["old_baseline_requests", (f) => f.old_baseline_requests],
  ["plan_requests", (f) => f.plan_requests],
  ["plan_tokens", (f) => f.plan_tokens],
  ["attempts", (f) => f.attempts?.tried ?? null],
  ["attempts_failed", (f) => f.attempts?.failed ?? null],
];

/**
 * CSV as in RFC 4180, with a header line: `by` is `total`, a group's name, or `time` for the series.
 * https://www.rfc-editor.org/rfc/rfc4180
 */
export function toCsv(report: Report): string {
  const lines = [["by", "name", ...CSV_COLUMNS.map(([name]) => name)]];
  const add = (by: string, name: string, figures: Figures) =>
    lines.push([cell(by), cell(name), ...CSV_COLUMNS.map(([, value]) => String(value(figures) ?? ""))]);
  add("total", "", report);
  for (const [group, parts] of Object.entries(report.by)) {
    for (const [name, figures] of Object.entries(parts)) add(group, name, figures);
  }
  for (const entry of report.series ?? []) add("time", entry.start, entry);
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

/** Clients choose some names: one that a spreadsheet would take for a formula gets an apostrophe before it. */
function cell(text: string): string {
  const safe = (/^[=+\-@\t\r]/.test(text) ? "'" : "") + visible(text);
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
