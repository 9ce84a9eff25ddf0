/** Reads the ledger and tells what it comes to. */
import { UnreadableLedger } from "../../../ledger/file.ts";
import { type Period, startOf } from "../../../ledger/period.ts";
import { baselineOf } from "../../../ledger/account.ts";
import { createBudgets } from "../../../ledger/budget.ts";
import { type Group, type Report, report, spent, toCsv, USUAL_GROUPS } from "../../../ledger/report.ts";
import { readConfig } from "../../configuration.ts";
import { CliError, EXIT } from "../../failure.ts";
import type { Io } from "../../io.ts";
import { printJson } from "../../json.ts";
import { localDate, localTime } from "../../../text/amounts.ts";
import { momentOf } from "../../moment.ts";
import { ledgerPathOf } from "../../user-data.ts";
import { budgetJson } from "./budgets.ts";
import { asText, type Column, nothingYet } from "./page.ts";

export interface StatsOptions {
  readonly period?: Period | undefined;
  readonly since?: string | undefined;
  readonly by: readonly Group[];
  readonly csv: boolean;
  readonly json: boolean;
  readonly config?: string | undefined;
}

const TITLES: Readonly<Record<Period, string>> = {
  today: "Today",
  week: "This week",
  month: "This month",
};

/** @throws CliError where the options contradict each other or the ledger cannot be read */
export function runStats(io: Io, options: StatsOptions): number {
  const { period, since, by, csv, json } = options;
  if (csv && json) throw new CliError("--csv and --json exclude each other.", EXIT.unusable);
  if (period !== undefined && since !== undefined) {
    throw new CliError(
      `Give a period or --since, not both: "stats ${period}", or "stats --since ${since}".`,
      2,
    );
  }
  const now = Date.now();
  const asked = since === undefined ? undefined : { start: momentOf(since, now) };
  const config = readConfig(io, options.config);
  const path = ledgerPathOf(io, config);
  const groups: readonly Group[] = [...new Set([...json || by.length === 0 ? USUAL_GROUPS : [], ...by])];
  try {
    const read = (start: number, parts: readonly Group[]) => report(path, { since: start, groups: parts });
    const main = read(asked?.start ?? startOf(period ?? "month", now), groups);
    if (csv) {
      io.stdout.write(toCsv(main));
      return EXIT.ok;
    }
    const budgets = createBudgets(
      config.budgets,
      ({ route, client }, from) =>
        spent(path, from, {
          ...(route === undefined ? {} : { route }),
          ...(client === undefined ? {} : { client }),
        }),
      () => now,
    ).list();
    const baseline = baselineOf(config);
    const alone = asked !== undefined || period !== undefined;
    const periods = (): Record<Period, Report> => ({
      today: read(startOf("today", now), []),
      week: read(startOf("week", now), []),
      month: main,
    });
    if (json) {
      printJson(io, {
        ...main,
        baseline: baseline === undefined ? null : `${baseline.provider},${baseline.model}`,
        ...(alone ? {} : { periods: withoutParts(periods()) }),
        budgets: budgets.map(budgetJson),
      });
      return EXIT.ok;
    }
    const columns: Column[] = alone
      ? [{ title: period === undefined ? sinceTitle(asked?.start ?? 0) : TITLES[period], figures: main }]
      : Object.entries(periods()).map(([name, figures]) => ({ title: TITLES[name as Period], figures }));
    io.stdout.write(
      columns.every(({ figures }) => figures.requests === 0)
        ? nothingYet(io, { path, enabled: config.ledger.enabled, ever: read(0, []).requests > 0 }, columns)
        : asText(io, { columns, main, baseline, budgets, limit: by.length > 0 ? 50 : 8 }),
    );
    return EXIT.ok;
  } catch (error) {
    if (error instanceof UnreadableLedger) throw new CliError(`${error.message}.`);
    throw error;
  }
}

function sinceTitle(start: number): string {
  if (start === 0) return "All time";
  const time = localTime(start);
  return `Since ${localDate(start)}${time === "00:00:00" ? "" : ` ${time.slice(0, 5)}`}`;
}

function withoutParts(periods: Record<Period, Report>): unknown {
  return Object.fromEntries(Object.entries(periods).map(([name, { by: _, ...figures }]) => [name, figures]));
}
