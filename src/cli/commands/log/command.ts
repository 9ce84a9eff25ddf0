/** `log`: the latest requests, where each went and why. */
import { object } from "@optique/core/constructs";
import { message, text } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import { flag, option } from "@optique/core/primitives";
import { integer, string } from "@optique/core/valueparser";
import { type Command, EXIT, PROGRAM } from "../../command.ts";
import { configOption, jsonOption, momentOf } from "../../options.ts";
import type { RecentQuery } from "../../../ledger/recent.ts";
import type { Group } from "../../../ledger/report.ts";
import type { LoggedRequest } from "../../../ledger/row.ts";
import { UnreadableLedger } from "../../../ledger/file.ts";
import { nearest } from "../../../text/match.ts";
import { readConfig } from "../../configuration.ts";
import { type CommandLedger, withLedger } from "../../ledger-reader.ts";
import { type Io, printJson, untilSignal } from "../../io.ts";
import { wrap } from "../../../text/width.ts";
import { Lines } from "./lines.ts";

const FILTERS = ["route", "model", "provider", "client", "session"] as const satisfies readonly Group[];

interface Options extends Readonly<Partial<Record<typeof FILTERS[number], string | undefined>>> {
  readonly follow: boolean;
  readonly number: number;
  readonly since?: string | undefined;
  readonly failed: boolean;
  readonly json: boolean;
  readonly config?: string | undefined;
}

const only = (name: `--${string}`, metavar: "ROUTE" | "MODEL" | "PROVIDER" | "CLIENT" | "SESSION") =>
  optional(
    option(name, string({ metavar }), {
      description: message`only requests with this ${text(metavar.toLowerCase())}`,
    }),
  );

const parser = object({
  follow: withDefault(
    flag("-f", "--follow", { description: message`keep showing new requests until Ctrl-C` }),
    false,
  ),
  number: withDefault(
    option("-n", "--number", integer({ min: 0, max: 100_000, metavar: "N" }), {
      description: message`show at most N requests (default: 20)`,
    }),
    20,
  ),
  since: optional(option("-s", "--since", string({ metavar: "WHEN" }), {
    description: message`only requests since then: today, 24h, 7d, a date, …`,
  })),
  failed: withDefault(flag("--failed", { description: message`only failed requests` }), false),
  route: only("--route", "ROUTE"),
  model: only("--model", "MODEL"),
  provider: only("--provider", "PROVIDER"),
  client: only("--client", "CLIENT"),
  session: only("--session", "SESSION"),
  json: jsonOption,
  config: configOption,
});

export const command: Command = {
  description: message`Shows the latest requests, newest last: where each went, and why.`,
  parser: map(parser, (options) => (io) => run(io, options)),
  examples: ["log --follow", "log --failed --since today --json"],
};

/** @throws CliError where the options make no sense or the ledger cannot be read */
async function run(io: Io, options: Options): Promise<number> {
  const now = Date.now();
  const since = options.since === undefined ? undefined : momentOf(options.since, now);
  const config = readConfig(io, options.config);
  const query: RecentQuery = {
    ...Object.fromEntries(
      FILTERS.flatMap((name) => options[name] === undefined ? [] : [[name, options[name]]]),
    ),
    ...(since === undefined ? {} : { since }),
    ...(options.failed ? { failed: true } : {}),
  };
  await withLedger(io, config, async (ledger) => {
    if (options.follow) {
      await follow(io, ledger, { ...query, limit: options.number }, shower(io, options.json));
      return;
    }
    const found = (await ledger.recent({ ...query, limit: options.number })).toReversed();
    if (options.json) printJson(io, { requests: found.map(asJson) });
    else if (found.length > 0) shower(io, false)(found);
    else {
      const lines = wrap(await nothing(ledger, config.ledger.enabled, query), io.stdout.columns);
      io.stdout.write(`${lines.join("\n")}\n`);
    }
  });
  return EXIT.ok;
}

/** Prints requests as they come: as lines for people, or as one JSON object a line. */
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

/** Why there is nothing to show; for a filter that never matched, what was probably meant. */
async function nothing(ledger: CommandLedger, enabled: boolean, query: RecentQuery): Promise<string> {
  const groups = FILTERS.filter((name) => query[name] !== undefined);
  const { by, requests } = await ledger.report({ since: 0, groups });
  if (requests === 0) {
    return enabled
      ? `No requests yet. ${PROGRAM} setup shows how to point a client to the proxy.`
      : "The ledger is disabled: [ledger] enabled = false in the configuration.";
  }
  for (const name of groups) {
    const names = Object.keys(by[name] ?? {});
    const given = query[name] ?? "";
    if (names.includes(given)) continue;
    const near = nearest(given, names) ?? names.find((one) => one.includes(given));
    const hint = near === undefined ? `Known: ${names.slice(0, 8).join(", ")}.` : `Did you mean "${near}"?`;
    return `No requests with ${name} "${given}". ${hint}`;
  }
  return "No matching requests.";
}

/** A running proxy writes twice a second. Milliseconds. */
const EVERY_MS = 500;
/** Rows read at once. */
const MOST = 1000;

/**
 * Shows the newest requests of a query, oldest first, then each that comes. Resolves at SIGINT or SIGTERM.
 * @param query `limit`: how many of those that are there already
 */
async function follow(
  io: Io,
  ledger: Pick<CommandLedger, "recent" | "newest">,
  { limit = 20, ...query }: RecentQuery,
  show: (requests: readonly LoggedRequest[]) => void,
): Promise<void> {
  let seen = await ledger.newest();
  if (limit > 0) {
    const found = (await ledger.recent({ ...query, limit })).toReversed();
    if (found.length > 0) show(found);
    seen = Math.max(seen, found.at(-1)?.seq ?? 0);
  }
  let reported = "";
  await untilSignal(io, EVERY_MS, async () => {
    try {
      const found = await ledger.recent({ ...query, after: seen, limit: MOST });
      if (found.length > 0) show(found);
      // A ledger whose last row is older than one that was seen is another file: all of it is new.
      seen = found.at(-1)?.seq ?? (await ledger.newest() < seen ? 0 : seen);
      reported = "";
    } catch (error) {
      if (!(error instanceof UnreadableLedger)) throw error;
      // The proxy may replace it in a moment.
      if (reported !== error.message) io.stderr.write(`${error.message}\n`);
      reported = error.message;
    }
  });
}
