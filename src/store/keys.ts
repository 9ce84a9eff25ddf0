/** The keys with names that replicas share: salted hashes, changed by one program after the other. */
import { randomUUID } from "node:crypto";
import { type ClientKey, clientKeyIn } from "../config/client-keys.ts";
import type { StoreConfig } from "../config/config.ts";
import { connected, type Connection, type Query } from "./connection.ts";
import { send } from "./shared.ts";

/** The number under which programs that change keys wait for each other. */
const LOCK = 0x746c707c;

interface Stored {
  readonly value: unknown;
  readonly time: number;
}

/** The keys, in the order in which they were made. @throws as `Connection.query` does */
export async function readStoredKeys(query: Query): Promise<readonly ClientKey[]> {
  return (await stored(query)).map(({ key }) => key);
}

async function stored(query: Query): Promise<readonly { readonly key: ClientKey; readonly time: number }[]> {
  const rows = await query<Stored>({
    text: "SELECT value, time FROM shared WHERE kind = 'key' AND value IS NOT NULL",
  });
  return rows.flatMap(({ value, time }) => {
    const key = clientKeyIn(value);
    return key === undefined ? [] : [{ key, time }];
  }).sort((a, b) => a.key.created - b.key.created);
}

/**
 * Changes the keys, all or nothing. Running replicas hear of it at once.
 * @param change gets the keys and returns the new ones; what it throws changes nothing
 * @throws as `Connection.transaction` does
 */
export async function changeStoredKeys<Made extends { readonly keys: readonly ClientKey[] }>(
  connection: Pick<Connection, "transaction">,
  change: (keys: readonly ClientKey[]) => Made,
): Promise<Made> {
  return await connection.transaction(async (query) => {
    await query({ text: `SELECT pg_advisory_xact_lock(${LOCK})` });
    const before = await stored(query);
    const made = change(before.map(({ key }) => key));
    const known = new Map(before.map(({ key, time }) => [key.name, { text: JSON.stringify(key), time }]));
    const sent = made.keys.filter((key) => known.get(key.name)?.text !== JSON.stringify(key)).map((key) => ({
      kind: "key" as const,
      id: key.name,
      value: key,
      // Later than what is there, whatever this machine's clock says.
      time: Math.max(Date.now(), (known.get(key.name)?.time ?? 0) + 1),
    }));
    if (sent.length > 0) await send(query, sent, randomUUID());
    return made;
  });
}

/** The keys of a store, for a command. */
export interface StoredKeys {
  /** @throws as `Connection.query` does */
  readKeys(): Promise<readonly ClientKey[]>;
  /** @throws as `Connection.transaction` does, and what `change` throws: nothing has changed then */
  changeKeys<Made extends { readonly keys: readonly ClientKey[] }>(
    change: (keys: readonly ClientKey[]) => Made,
  ): Promise<Made>;
  close(): Promise<void>;
}

/** Connects to a store for its keys. @throws StoreDown */
export async function openKeys({ url }: StoreConfig): Promise<StoredKeys> {
  const connection = await connected(url);
  return {
    readKeys: () => readStoredKeys(connection.query),
    changeKeys: (change) => changeStoredKeys(connection, change),
    close: () => connection.close(),
  };
}
