/** `stats`: cost, savings, tokens and failures. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, multiple, optional, withDefault } from "@optique/core/modifiers";
import { argument, flag, option } from "@optique/core/primitives";
import { choice, string } from "@optique/core/valueparser";
import {
  type Group,
  RELIABLE,
  type Report,
  report,
  spent,
  toCsv,
  USUAL_GROUPS,
} from "../../../ledger/report.ts";
import { type Period, startOf } from "../../../ledger/period.ts";
import { CliError, type Command, EXIT } from "../../command.ts";
import { configOption, jsonOption, momentOf } from "../../options.ts";
import { UnreadableLedger } from "../../../ledger/file.ts";
import { baselineOf } from "../../../ledger/account.ts";
import { budgetData, createBudgets, spentFilter } from "../../../ledger/budget.ts";
import { dataFile } from "../../../runtime/data-folder.ts";
import { dataFolderOf, ledgerPathOf, readConfig } from "../../configuration.ts";
import { type Io, printJson } from "../../io.ts";
import { budgetsOf, type ClientKey, membersOf, readClientKeys } from "../../../config/client-keys.ts";
import { messageOf } from "../../../files/errors.ts";
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
  parser: map(parser, (options) => (io) => Promise.resolve(run(io, options))),
  examples: ["stats", "stats week --by model", "stats --since 2026-11-01 --json", "stats month --csv"],
};

const TITLES: Readonly<Record<Period, string>> = {
  today: "Today",
  week: "This week",
  month: "This month",
};

/** @throws CliError where the options contradict each other or the ledger cannot be read */
function run(io: Io, options: Options): number {
  const { period, since, by, csv, json } = options;
  if (csv && json) throw new CliError("--csv and --json cannot be combined.", EXIT.unusable);
  if (period !== undefined && since !== undefined) {
    throw new CliError(
      `Use a period or --since, not both: "stats ${period}" or "stats --since ${since}".`,
      EXIT.unusable,
    );
  }
  const now = Date.now();
  const asked = since === undefined ? undefined : { start: momentOf(since, now) };
  const config = readConfig(io, options.config);
  const path = ledgerPathOf(io, config);
  const groups: readonly Group[] = [...new Set([...json || by.length === 0 ? USUAL_GROUPS : [], ...by])];
  const keys = keysIn(dataFile(dataFolderOf(io), "keys"));
  const teamOf = (name: string) => keys.find((key) => key.name === name)?.team;
  try {
    const read = (start: number, parts: readonly Group[]) =>
      report(path, { since: start, groups: parts, teamOf });
    const main = read(asked?.start ?? startOf(period ?? "month", now), groups);
    if (csv) {
      io.stdout.write(toCsv(main));
      return EXIT.ok;
    }
    const budgets = createBudgets(
      [...config.budgets, ...budgetsOf(keys)],
      (from, scope) => spent(path, from, spentFilter(scope, (team) => membersOf(keys, team))),
      () => now,
    ).list();
    const baseline = baselineOf(config);
    const plans = plansIn(dataFile(dataFolderOf(io), "headroom"), now);
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
        budgets: budgets.map(budgetData),
        plans,
      });
      return EXIT.ok;
    }
    const columns: Column[] = alone
      ? [{ title: period === undefined ? sinceTitle(asked?.start ?? 0) : TITLES[period], figures: main }]
      : Object.entries(periods()).map(([name, figures]) => ({ title: TITLES[name as Period], figures }));
    io.stdout.write(
      columns.every(({ figures }) => figures.requests === 0)
        ? nothingYet(io, { path, enabled: config.ledger.enabled, ever: read(0, []).requests > 0 }, columns)
        : asText(io, {
          columns,
          main,
          baseline,
          budgets,
          plans,
          limit: by.length > 0 ? 50 : 8,
          reliability: by.some((group) => RELIABLE.includes(group)),
        }),
    );
    return EXIT.ok;
  } catch (error) {
    if (error instanceof UnreadableLedger) throw new CliError(`${error.message}.`);
    throw error;
  }
}

/** The keys with names. @throws CliError where their file cannot be used */
function keysIn(path: string): readonly ClientKey[] {
  try {
    return readClientKeys(path);
  } catch (error) {
    throw new CliError(messageOf(error));
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
