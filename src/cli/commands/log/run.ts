/** Reads the newest requests from the ledger, and goes on reading where it is asked to follow. */
import { type RecentQuery, recentRequests } from "../../../ledger/recent.ts";
import { type Group, report } from "../../../ledger/report.ts";
import type { LoggedRequest } from "../../../ledger/row.ts";
import { UnreadableLedger } from "../../../ledger/file.ts";
import { nearest } from "../../../text/match.ts";
import { readConfig } from "../../configuration.ts";
import { CliError, EXIT } from "../../failure.ts";
import type { Io } from "../../io.ts";
import { printJson } from "../../json.ts";
import { NAME } from "../../program.ts";
import { momentOf } from "../../moment.ts";
import { ledgerPathOf } from "../../user-data.ts";
import { follow } from "./follow.ts";
import { Lines } from "./lines.ts";

const FILTERS = ["route", "model", "provider", "client", "session"] as const satisfies readonly Group[];

export interface LogOptions extends Readonly<Partial<Record<typeof FILTERS[number], string | undefined>>> {
  readonly follow: boolean;
  readonly number: number;
  readonly since?: string | undefined;
  readonly failed: boolean;
  readonly json: boolean;
  readonly config?: string | undefined;
}

/** @throws CliError where the options make no sense or the ledger cannot be read */
export async function runLog(io: Io, options: LogOptions): Promise<number> {
  const now = Date.now();
  const since = options.since === undefined ? undefined : momentOf(options.since, now);
  const config = readConfig(io, options.config);
  const path = ledgerPathOf(io, config);
  const query: RecentQuery = {
    ...Object.fromEntries(
      FILTERS.flatMap((name) => options[name] === undefined ? [] : [[name, options[name]]]),
    ),
    ...(since === undefined ? {} : { since }),
    ...(options.failed ? { failed: true } : {}),
  };
  try {
    if (options.follow) {
      await follow(io, path, { ...query, limit: options.number }, shower(io, options.json));
      return EXIT.ok;
    }
    const found = recentRequests(path, { ...query, limit: options.number }).reverse();
    if (options.json) printJson(io, { requests: found.map(asJson) });
    else if (found.length > 0) shower(io, false)(found);
    else io.stdout.write(nothing(path, config.ledger.enabled, query));
    return EXIT.ok;
  } catch (error) {
    if (error instanceof UnreadableLedger) throw new CliError(`${error.message}.`);
    throw error;
  }
}

/** Prints requests as they come: lines for eyes, or a JSON object a line. */
function shower(io: Io, json: boolean): (requests: readonly LoggedRequest[]) => void {
  if (json) {
    return (requests) =>
      io.stdout.write(requests.map((request) => `${JSON.stringify(asJson(request))}\n`).join(""));
  }
  const lines = new Lines(io.stdout, Date.now());
  return (requests) => io.stdout.write(lines.of(requests));
}

const asJson = (request: LoggedRequest): unknown => ({
  at: new Date(request.time).toISOString(),
  ...request,
});

/** Why there is nothing to show; for a filter that matches nothing at all, what was probably meant. */
function nothing(path: string, enabled: boolean, query: RecentQuery): string {
  const groups = FILTERS.filter((name) => query[name] !== undefined);
  const { by, requests } = report(path, { since: 0, groups });
  if (requests === 0) {
    return enabled
      ? `No requests yet. ${NAME} setup shows how to point a client at the proxy.\n`
      : "The ledger is switched off: [ledger] enabled = false in the configuration.\n";
  }
  for (const name of groups) {
    const names = Object.keys(by[name] ?? {});
    const given = query[name] ?? "";
    if (names.includes(given)) continue;
    const near = nearest(given, names) ?? names.find((one) => one.includes(given));
    const hint = near === undefined
      ? `There are: ${names.slice(0, 8).join(", ")}.`
      : `Did you mean "${near}"?`;
    return `No request has the ${name} "${given}". ${hint}\n`;
  }
  return "No request is like that.\n";
}
