/** What reports read from: databases that are open already, and files that another program may be writing. */
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { isCurrent, versionOf } from "./schema.ts";
import { openStore } from "./store.ts";
import { isAboutTheFile, troubleOf, wordsOf } from "./trouble.ts";

/** A database that is open, or the path of one (opened for reading; one that is missing holds nothing). */
export type Source = DatabaseSync | string;

/** A ledger that cannot be read; the message says which and why, for people. */
export class UnreadableLedger extends Error {
  constructor(path: string, why: string) {
    super(`the ledger ${path} cannot be read: ${why}`);
    this.name = "UnreadableLedger";
  }
}

/** Milliseconds to wait for another program. */
const PATIENCE = 2000;

/**
 * Calls `work` with the sources as open databases, and closes those that were opened for it.
 * @throws UnreadableLedger where a path leads to something that cannot be read.
 */
export function reading<T>(
  sources: Source | readonly Source[],
  work: (databases: readonly DatabaseSync[]) => T,
): T {
  const opened: DatabaseSync[] = [];
  let path = "";
  try {
    const databases: DatabaseSync[] = [];
    for (const source of Array.isArray(sources) ? sources as readonly Source[] : [sources as Source]) {
      if (typeof source !== "string") {
        databases.push(source);
        continue;
      }
      path = source;
      const db = openToRead(source);
      if (!db) continue;
      opened.push(db);
      databases.push(db);
    }
    return work(databases);
  } catch (error) {
    if (path === "" || !isAboutTheFile(error)) throw error;
    throw new UnreadableLedger(path, reasonOf(error));
  } finally {
    for (const db of opened) db.close();
  }
}

/** Undefined: there is nothing to read yet. A file of an older version is brought to this one. */
function openToRead(path: string): DatabaseSync | undefined {
  if (!existsSync(path)) return undefined;
  const db = new DatabaseSync(path, { readOnly: true });
  let version = 0;
  try {
    db.exec(`PRAGMA busy_timeout = ${PATIENCE}`);
    if (isCurrent(db)) return db;
    version = versionOf(db);
  } catch (error) {
    db.close();
    throw error;
  }
  db.close();
  return version > 0 ? openStore(path).db : undefined;
}

function reasonOf(error: unknown): string {
  return troubleOf(error) === "damaged"
    ? `it is damaged (${wordsOf(error)}); the proxy sets it aside and starts a new one`
    : wordsOf(error);
}
