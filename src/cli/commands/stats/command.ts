/** `stats`: what the requests cost, what they saved, and where they went. */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, multiple, optional, withDefault } from "@optique/core/modifiers";
import { argument, flag, option } from "@optique/core/primitives";
import { choice, string } from "@optique/core/valueparser";
import type { Group } from "../../../ledger/report.ts";
import type { Period } from "../../../ledger/period.ts";
import type { Command } from "../../command.ts";
import { configOption, jsonOption } from "../../options.ts";

const PERIODS: readonly Period[] = ["today", "week", "month"];
const GROUPS: readonly Group[] = ["route", "model", "provider", "client", "session", "kind"];

const parser = object({
  period: optional(argument(choice(PERIODS, { metavar: "PERIOD" }), {
    description: message`today, week or month; all three if not said`,
  })),
  since: optional(option("-s", "--since", string({ metavar: "WHEN" }), {
    description: message`24h, 7d, 2w, a date, all, …, instead of a period`,
  })),
  by: multiple(option("-b", "--by", choice(GROUPS, { metavar: "WHAT" }), {
    description: message`route, model, provider, client, session or kind; may be repeated`,
  })),
  csv: withDefault(flag("--csv", { description: message`print a table for spreadsheets` }), false),
  json: jsonOption,
  config: configOption,
});

export const command: Command = {
  description:
    message`Shows what the requests cost and what they saved against the baseline model, with tokens, failures and budgets. Works while the proxy runs.`,
  parser: map(parser, (options) => async (io) => {
    const { runStats } = await import("./run.ts");
    return runStats(io, options);
  }),
  examples: ["stats", "stats week --by model", "stats --since 2026-11-01 --json", "stats month --csv"],
};
