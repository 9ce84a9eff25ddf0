/** `store migrate`: copies a ledger's file into the store that replicas share. */
import { existsSync } from "node:fs";
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional } from "@optique/core/modifiers";
import { argument, command as named } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { Scrubber } from "../../../text/secrets.ts";
import { counted, money } from "../../../text/format.ts";
import { messageOf } from "../../../files/errors.ts";
import { UnreadableLedger } from "../../../ledger/file.ts";
import { report } from "../../../ledger/report.ts";
import { CliError, type Command, EXIT, PROGRAM } from "../../command.ts";
import { ledgerPathOf, readConfig, shortPath } from "../../configuration.ts";
import { type Io, printJson } from "../../io.ts";
import { configOption, jsonOption } from "../../options.ts";

interface Options {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly config?: string | undefined;
  readonly json: boolean;
}

const parser = named(
  "migrate",
  object({
    from: optional(argument(string({ metavar: "FROM" }), {
      description: message`the ledger's SQLite file (default: the configured one)`,
    })),
    to: optional(argument(string({ metavar: "TO" }), {
      description: message`a postgres:// URL (default: the one of [store])`,
    })),
    config: configOption,
    json: jsonOption,
  }),
  {
    description: message`Copies a SQLite ledger into PostgreSQL. What is there already is not copied again.`,
  },
);

export const command: Command = {
  description:
    message`Copies a SQLite ledger into the PostgreSQL database of [store], and says what it did. The file stays as it is; the command may be repeated.`,
  parser: map(parser, (options) => (io) => run(io, options)),
  examples: ["store migrate", "store migrate ~/llm-ledger.sqlite"],
};

/** @throws CliError where the file or the database cannot be used */
async function run(io: Io, options: Options): Promise<number> {
  const config = readConfig(io, options.config);
  const path = options.from ?? ledgerPathOf(io, config);
  const url = options.to ?? config.store?.url;
  if (url === undefined) {
    throw new CliError(
      `Name the database: ${PROGRAM} store migrate ${path} postgres://…, or set url in [store].`,
      EXIT.unusable,
    );
  }
  if (!/^postgres(?:ql)?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new CliError(
      "TO is not the URL of a PostgreSQL database: postgres://user@host/database.",
      EXIT.unusable,
    );
  }
  if (!existsSync(path)) throw new CliError(`There is no ledger at ${path}.`);
  const { password } = new URL(url);
  const scrubber = new Scrubber(password === "" ? [] : [password]);
  try {
    return await migrated(io, path, url, options.json);
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (error instanceof UnreadableLedger) throw new CliError(`${error.message}.`);
    throw new CliError(`The ledger could not be copied: ${scrubber.conceal(messageOf(error))}.`);
  }
}

async function migrated(io: Io, path: string, url: string, json: boolean): Promise<number> {
  const { connectTo } = await import("../../../store/connection.ts");
  const { copyLedger } = await import("../../../store/copy.ts");
  const { readReport } = await import("../../../store/ledger.ts");
  const connection = connectTo(url);
  await connection.tried;
  const { state, problem, address } = connection.state;
  try {
    if (state === "down") throw new CliError(`The store ${address} cannot be reached: ${problem}.`);
    const before = await readReport(connection.query, { since: 0, groups: [] });
    const progress = (rows: number) => {
      if (io.stderr.isTTY) io.stderr.write(`\r${rows} requests`);
    };
    const { read, stored } = await copyLedger(path, connection, progress);
    if (io.stderr.isTTY) io.stderr.write("\r");
    const file = report(path, { since: 0, groups: [] });
    const after = await readReport(connection.query, { since: 0, groups: [] });
    if (json) {
      printJson(io, {
        from: path,
        to: address,
        read,
        stored,
        there_already: read - stored,
        cost_usd: file.cost_usd,
        store: { requests: after.requests, requests_before: before.requests, cost_usd: after.cost_usd },
      });
      return EXIT.ok;
    }
    const already = read > stored ? `; ${read - stored} were there already` : "";
    io.stdout.write(
      `${counted(stored, "request")} of ${shortPath(io, path)} copied to ${address}${already}.\n` +
        `The file has ${money(file.cost_usd)} in ${counted(read, "request")}, the store now ${
          money(after.cost_usd)
        } in ${counted(after.requests, "request")}.\n`,
    );
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}
