/**
 * The ledger's file on the disk: created for the user alone, recognised when it was replaced, set aside when damaged,
 * opened for reading while another program may be writing to it.
 */
import { messageOf } from "../files/errors.ts";
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { dataFile, dataFolder } from "../runtime/data-folder.ts";
import { DatabaseSync } from "node:sqlite";
import { isCurrent, versionOf } from "./schema.ts";
import { isAboutTheFile, openStore, type Store, troubleOf } from "./store.ts";

/** SQLite's own files beside the database: https://www.sqlite.org/tempfiles.html */
const COMPANIONS = ["", "-wal", "-shm"] as const;

/** Where the ledger is kept by default. */
export const defaultLedgerPath = (): string => dataFile(dataFolder(), "ledger");

/** An open file and the identity of what was opened. */
export interface LedgerFile {
  readonly store: Store;
  /** Whether `path` still leads to the file that is open here (it may have been deleted or set aside). */
  inPlace(): boolean;
}

/**
 * Opens the file; creates it and its folder where they are missing (0600 and 0700; SQLite gives its companions the
 * same mode).
 * @throws SQLite's and the file system's own errors.
 */
export function openFile(path: string): LedgerFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, "a", 0o600));
  const store = openStore(path);
  // One that was there before may be open to others; not before it is known to be ours.
  for (const suffix of COMPANIONS) restrict(path + suffix);
  const identity = identityOf(path);
  return { store, inPlace: () => identityOf(path) === identity };
}

/**
 * Moves a damaged file and its companions out of the way, to `PATH.corrupt-DATE`, unless it turns out to be sound
 * (another proxy on the same file may have set it aside already).
 * @returns Where it went; undefined: nothing was moved.
 */
export function setAside(path: string, now: Date): string | undefined {
  if (!isDamaged(path)) return undefined;
  const base = `${path}.corrupt-${now.toISOString().slice(0, 19).replaceAll(":", "")}`;
  let away = base;
  for (let n = 2; existsSync(away); n++) away = `${base}-${n}`;
  for (const suffix of COMPANIONS) {
    if (existsSync(path + suffix)) renameSync(path + suffix, away + suffix);
  }
  return away;
}

function restrict(path: string): void {
  try {
    chmodSync(path, 0o600);
  } catch {
    // Not there, not the owner, or a file system without modes: writing may work all the same.
  }
}

function isDamaged(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    const store = openStore(path);
    try {
      return Object.values(store.db.prepare("PRAGMA quick_check(1)").get() ?? {})[0] !== "ok";
    } finally {
      store.close();
    }
  } catch (error) {
    return troubleOf(error) === "damaged";
  }
}

function identityOf(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}

/** What reports read from: an open database, or the path of one (a missing file has no rows). */
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

/** Opens a file for reading; undefined: it is missing or empty. A file of an older version is migrated. */
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
    ? `it is damaged (${messageOf(error)}); the proxy sets it aside and starts a new one`
    : messageOf(error);
}
