/** The places where a ledger can be: tests of what it says run on each, and must say the same. */
import { test } from "node:test";
import { Ledger, type LedgerOptions, type RequestLedger } from "../../src/ledger/ledger.ts";
import { type Connection, connectTo } from "../../src/store/connection.ts";
import { StoreLedger, type StoreLedgerOptions } from "../../src/store/ledger.ts";
import { freshDatabase, withoutPostgres } from "../support/postgres.ts";

/** Opens an empty ledger; the one before is closed. */
export type OpenLedger = (
  options?: Pick<LedgerOptions & StoreLedgerOptions, "batchMs" | "batchRows" | "now" | "log">,
) => Promise<RequestLedger>;

let connection: Promise<Connection> | undefined;

/** A connection to one database for all tests of a file. */
async function connected(): Promise<Connection> {
  const made = connectTo(await freshDatabase());
  await made.tried;
  return made;
}

async function openInPostgres(options: Parameters<OpenLedger>[0]): Promise<RequestLedger> {
  const store = await (connection ??= connected());
  await store.query({ text: "TRUNCATE requests, hours, labels RESTART IDENTITY" });
  await store.query({ text: "ALTER SEQUENCE requests_seq RESTART" });
  return new StoreLedger({ connection: store, ...options });
}

const STORES: readonly { readonly name: string; readonly skip: string | false; readonly open: OpenLedger }[] =
  [
    {
      name: "SQLite",
      skip: false,
      open: (options) => Promise.resolve(new Ledger({ path: ":memory:", ...options })),
    },
    { name: "PostgreSQL", skip: withoutPostgres, open: openInPostgres },
  ];

/** A test that runs once for each store. */
export function onEachStore(
  name: string,
  body: (open: OpenLedger, store: string) => void | Promise<void>,
): void {
  for (const store of STORES) {
    test(`${name} (${store.name})`, { skip: store.skip }, async () => {
      let last: RequestLedger | undefined;
      await body(async (options) => {
        await last?.close();
        return last = await store.open(options);
      }, store.name);
      await last?.close();
    });
  }
}
