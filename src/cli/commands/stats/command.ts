/** `stats`: cost, savings, tokens and failures. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, multiple, optional, withDefault } from "@optique/core/modifiers";
import { argument, flag, option } from "@optique/core/primitives";
import { choice, string } from "@optique/core/valueparser";
import { type Group, RELIABLE, type Report, USUAL_GROUPS } from "../../../ledger/report.ts";
import { toCsv } from "../../../ledger/report-csv.ts";
import { type Period, startOf } from "../../../ledger/period.ts";
import type { Config } from "../../../config/config.ts";
import { CliError, type Command, EXIT } from "../../command.ts";
import { configOption, jsonOption, momentOf } from "../../options.ts";
import { baselineOf } from "../../../ledger/account.ts";
import { budgetData, type BudgetStatus, createBudgets, spentFilter } from "../../../ledger/budget.ts";
import { dataFile } from "../../../runtime/data-folder.ts";
import { dataFolderOf, readConfig } from "../../configuration.ts";
import { readKeys } from "../../named-keys.ts";
import { type CommandLedger, withLedger } from "../../ledger-reader.ts";
import { type Io, printJson } from "../../io.ts";
import { budgetsOf, type ClientKey, membersOf } from "../../../config/client-keys.ts";
import { localDate, localTime } from "../../../text/format.ts";
import { asText, type Column, nothingYet } from "./page.ts";
import { plansIn } from "./plans.ts";

const PERIODS: readonly Period[] = ["today", "week", "month"];
const GROUPS: readonly Group[] = [
  "route",
  "model",
  "provider",
  "target",
  "client",
  "session",
  "kind",
  "key",
  "team",
  "rule",
];

interface Options {
  readonly period?: Period | undefined;
  readonly since?: string | undefined;
  readonly by: readonly Group[];
  readonly csv: boolean;
  readonly json: boolean;
  readonly config?: string | undefined;
}

const parser = object({
  period: optional(argument(choice(PERIODS, { metavar: "PERIOD" }), {
    description: message`today, week or month (default: all three)`,
  })),
  since: optional(option("-s", "--since", string({ metavar: "WHEN" }), {
    description: message`instead of a period: 24h, 7d, 2w, a date, all, …`,
  })),
  by: multiple(option("-b", "--by", choice(GROUPS, { metavar: "WHAT" }), {
    description:
      message`group by route, model, provider, target, client, session, kind, key, team or rule (may be repeated)`,
  })),
  csv: withDefault(flag("--csv", { description: message`print CSV` }), false),
  json: jsonOption,
  config: configOption,
});

export const command: Command = {
  description:
    message`Shows what requests cost and how much that saved against the baseline model, with tokens, failures and budgets. Works while the proxy runs.`,
  parser: map(parser, (options) => (io) => run(io, options)),
  examples: ["stats", "stats week --by model", "stats --since 2026-11-01 --json", "stats month --csv"],
};

const TITLES: Readonly<Record<Period, string>> = {
  today: "Today",
  week: "This week",
  month: "This month",
};

/** @throws CliError where the options contradict each other or the ledger cannot be read */
async function run(io: Io, options: Options): Promise<number> {
  const { period, since, csv, json } = options;
  if (csv && json) throw new CliError("--csv and --json cannot be combined.", EXIT.unusable);
  if (period !== undefined && since !== undefined) {
    throw new CliError(
      `Use a period or --since, not both: "stats ${period}" or "stats --since ${since}".`,
      EXIT.unusable,
    );
  }
  const now = Date.now();
  const start = since === undefined ? undefined : momentOf(since, now);
  const config = readConfig(io, options.config);
  const keys = await readKeys(io, config);
  await withLedger(io, config, (ledger) => show(io, options, { ledger, config, keys, now, start }));
  return EXIT.ok;
}

/** What `stats` shows figures of. Times are epoch milliseconds. */
interface Shown {
  readonly ledger: CommandLedger;
  readonly config: Config;
  readonly keys: readonly ClientKey[];
  readonly now: number;
  /** Undefined: `--since` was not given. */
  readonly start: number | undefined;
}

/** @throws UnreadableLedger */
async function show(io: Io, { period, by, csv, json }: Options, shown: Shown): Promise<void> {
  const { ledger, config, keys, now, start } = shown;
  const groups: readonly Group[] = [...new Set([...json || by.length === 0 ? USUAL_GROUPS : [], ...by])];
  const teamOf = (name: string) => keys.find((key) => key.name === name)?.team;
  const read = (from: number, parts: readonly Group[]) =>
    ledger.report({ since: from, groups: parts, teamOf });
  const main = await read(start ?? startOf(period ?? "month", now), groups);
  if (csv) return void io.stdout.write(toCsv(main));
  const budgets = await budgetsIn(shown);
  const baseline = baselineOf(config);
  const plans = plansIn(dataFile(dataFolderOf(io), "headroom"), now);
  const alone = start !== undefined || period !== undefined;
  const periods = async (): Promise<Record<Period, Report>> => ({
    today: await read(startOf("today", now), []),
    week: await read(startOf("week", now), []),
    month: main,
  });
  if (json) {
    printJson(io, {
      ...main,
      baseline: baseline === undefined ? null : `${baseline.provider},${baseline.model}`,
      ...(alone ? {} : { periods: withoutParts(await periods()) }),
      budgets: budgets.map(budgetData),
      plans,
    });
    return;
  }
  const columns: Column[] = alone
    ? [{ title: period === undefined ? sinceTitle(start ?? 0) : TITLES[period], figures: main }]
    : Object.entries(await periods()).map(([name, figures]) => ({ title: TITLES[name as Period], figures }));
  if (columns.every(({ figures }) => figures.requests === 0)) {
    const ever = (await read(0, [])).requests > 0;
    io.stdout.write(nothingYet(io, { path: ledger.place, enabled: config.ledger.enabled, ever }, columns));
    return;
  }
  const reliability = by.some((group) => RELIABLE.includes(group));
  io.stdout.write(
    asText(io, { columns, main, baseline, budgets, plans, limit: by.length > 0 ? 50 : 8, reliability }),
  );
}

/** The budgets with what is spent of them. */
async function budgetsIn({ ledger, config, keys, now }: Shown): Promise<readonly BudgetStatus[]> {
  const budgets = createBudgets(
    [...config.budgets, ...budgetsOf(keys)],
    (from, scope) => ledger.spent(from, spentFilter(scope, (team) => membersOf(keys, team))),
    () => now,
  );
  await budgets.refresh();
  return budgets.list();
}

function sinceTitle(start: number): string {
  if (start === 0) return "All time";
  const time = localTime(start);
  return `Since ${localDate(start)}${time === "00:00:00" ? "" : ` ${time.slice(0, 5)}`}`;
}

function withoutParts(periods: Record<Period, Report>): unknown {
  return Object.fromEntries(Object.entries(periods).map(([name, { by: _, ...figures }]) => [name, figures]));
}
