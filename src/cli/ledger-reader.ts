/** The ledger that commands read, while the proxy runs or not: its file, or its store. */
import type { Config } from "../config/config.ts";
import { UnreadableLedger } from "../ledger/file.ts";
import { lastSeq, type RecentQuery, recentRequests } from "../ledger/recent.ts";
import { type Report, report, type ReportQuery, spent, type SpentFilter } from "../ledger/report.ts";
import type { LoggedRequest } from "../ledger/row.ts";
import { scrubberOf } from "../config/secrets.ts";
import { messageOf } from "../files/errors.ts";
import { CliError } from "./command.ts";
import { ledgerPathOf } from "./configuration.ts";
import type { Io } from "./io.ts";

/** A ledger to be read. Each method throws {@link UnreadableLedger} where it cannot be. */
export interface CommandLedger {
  /** The path of the file, or the store's address. */
  readonly place: string;
  report(query: ReportQuery): Promise<Report>;
  recent(query: RecentQuery): Promise<readonly LoggedRequest[]>;
  spent(since: number, filter?: SpentFilter): Promise<number>;
  /** The `seq` of the newest request; 0: there is none. */
  newest(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Runs `work` with the ledger of a configuration, and closes it.
 * @throws CliError where the ledger cannot be read; what `work` throws
 */
export async function withLedger<T>(
  io: Pick<Io, "env">,
  config: Config,
  work: (ledger: CommandLedger) => Promise<T>,
): Promise<T> {
  try {
    return await usingLedger(io, config, work);
  } catch (error) {
    if (error instanceof UnreadableLedger) throw new CliError(`${error.message}.`);
    throw error;
  }
}

/** The same for a command that goes on without the ledger. @throws UnreadableLedger; what `work` throws */
export async function usingLedger<T>(
  io: Pick<Io, "env">,
  config: Config,
  work: (ledger: CommandLedger) => Promise<T>,
): Promise<T> {
  const { store } = config;
  const ledger = store === undefined ? fileOf(ledgerPathOf(io, config)) : await storeOf(config, store);
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

function fileOf(path: string): CommandLedger {
  const now = async <T>(work: () => T): Promise<T> => await work();
  return {
    place: path,
    report: (query) => now(() => report(path, query)),
    recent: (query) => now(() => recentRequests(path, query)),
    spent: (since, filter) => now(() => spent(path, since, filter)),
    newest: () => now(() => lastSeq(path)),
    close: () => Promise.resolve(),
  };
}

async function storeOf(config: Config, store: NonNullable<Config["store"]>): Promise<CommandLedger> {
  const { addressOf } = await import("../store/connection.ts");
  const { readStore } = await import("../store/store.ts");
  const place = addressOf(store.url);
  const asked = async <T>(work: () => T | Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new UnreadableLedger(place, scrubberOf(config).conceal(messageOf(error)));
    }
  };
  const reader = await asked(() => readStore(store));
  return {
    place,
    report: (query) => asked(() => reader.report(query)),
    recent: (query) => asked(() => reader.recent(query)),
    spent: (since, filter) => asked(() => reader.spent(since, filter)),
    newest: () => asked(() => reader.newest()),
    close: () => reader.close(),
  };
}
