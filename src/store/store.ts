/** The store of a proxy: its connection and its ledger. Loaded when `[store]` is set, and only then. */
import type { StoreConfig } from "../config/config.ts";
import type { LedgerReader, RequestLedger } from "../ledger/ledger.ts";
import { type Log, silent } from "../log/log.ts";
import { connected, type Connection, type ConnectionOptions, connectTo } from "./connection.ts";
import { readNewest, readOlder, readRecent, readReport, readSpent, StoreLedger } from "./ledger.ts";
import { type Replicas, shareOver } from "./replicas.ts";

/** What replicas share. */
export interface Store {
  readonly connection: Connection;
  readonly replicas: Replicas;
  /** Opens the ledger. `spool`: the folder in which requests wait while the store is away; undefined: memory. */
  ledger(options: LedgerOptions): RequestLedger;
  close(): Promise<void>;
}

export interface LedgerOptions {
  readonly spool: string | undefined;
  readonly keepDays: number;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Opens a store. It resolves when the first try to connect has ended, whichever way: nothing fails because of the database. */
export async function openStore({ url }: StoreConfig, options: ConnectionOptions): Promise<Store> {
  const connection = connectTo(url, options);
  await connection.tried;
  const replicas = shareOver(connection, options.log ?? silent, options.now ?? Date.now);
  return {
    connection,
    replicas,
    ledger: (of) => new StoreLedger({ connection, ...of }),
    close: async () => {
      await replicas.close();
      await connection.close();
    },
  };
}

/** A store's ledger, to be read by a command. */
export interface StoreReader extends LedgerReader {
  /** The `seq` of the newest request; 0: there is none. */
  newest(): Promise<number>;
  close(): Promise<void>;
}

/** Connects to a store to read its ledger. @throws StoreDown */
export async function readStore({ url }: StoreConfig): Promise<StoreReader> {
  const connection = await connected(url);
  const { query } = connection;
  return {
    report: (asked) => readReport(query, asked),
    recent: (asked) => readRecent(query, asked),
    older: (asked) => readOlder(query, asked),
    spent: (since, filter) => readSpent(query, since, filter),
    newest: () => readNewest(query),
    close: () => connection.close(),
  };
}
