/**
 * The ledger's file on the disk: created for the user alone, recognised when it was replaced, set aside when damaged,
 * opened for reading while another program may be writing to it.
 */
import { errorCode, messageOf, reason } from "../files/errors.ts";
import { isStrangersLink } from "../files/write.ts";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
} from "node:fs";
import { basename, dirname } from "node:path";
import { dataFile, dataFolder } from "../runtime/data-folder.ts";
import { DatabaseSync } from "node:sqlite";
import { ForeignFile, isCurrent, isLedgerHeader, versionOf } from "./schema.ts";
import { isAboutTheFile, openStore, type Store, troubleOf } from "./store.ts";

/** SQLite's own files beside the database: https://www.sqlite.org/tempfiles.html */
const COMPANIONS = ["", "-wal", "-shm"] as const;

/** Where the ledger is kept by default. */
export const defaultLedgerPath = (): string => dataFile(dataFolder(), "ledger");

/** The name of the ledger in the data folder: a file of this name is the program's own, however damaged. */
const OWN_NAME = basename(dataFile("", "ledger"));

/** An open file and the identity of what was opened. */
export interface LedgerFile {
  readonly store: Store;
  /** Whether `path` still leads to the file that is open here (it may have been deleted or set aside). */
  inPlace(): boolean;
}

/**
 * Opens the file; creates it and its folder where they are missing (0600 and 0700; SQLite gives its companions the
 * same mode).
 * @throws SQLite's and the file system's own errors; ForeignFile for a link that others may have put there.
 */
export function openFile(path: string): LedgerFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (COMPANIONS.some((suffix) => isStrangersLink(path + suffix))) {
    throw new ForeignFile("it is a symbolic link in a folder that others can write");
  }
  closeSync(openSync(path, "a", 0o600));
  refuseOther(path);
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
 * @throws ForeignFile where it is not a ledger: what a path leads to by mistake stays as it is.
 */
export function setAside(path: string, now: Date): string | undefined {
  if (!isDamaged(path)) return undefined;
  if (!isOurs(path)) throw new ForeignFile(NOT_OURS);
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

const NOT_OURS = "it is not a ledger, and is not touched";

/** @throws ForeignFile for a file that holds something else. SQLite takes a short one for empty and overwrites it. */
function refuseOther(path: string): void {
  if (basename(path) !== OWN_NAME && statSync(path).size > 0 && !isLedgerHeader(headerOf(path), "database")) {
    throw new ForeignFile(NOT_OURS);
  }
}

/** Whether a file that may be damaged is a ledger, by what it begins with, or by its name. */
function isOurs(path: string): boolean {
  return basename(path) === OWN_NAME || isLedgerHeader(headerOf(path), "ledger");
}

/** The first 100 bytes. */
function headerOf(path: string): Uint8Array {
  const header = new Uint8Array(100);
  const file = openSync(path, "r");
  try {
    readSync(file, header, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
  return header;
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
    if (path === "" || !(isAboutTheFile(error) || isOfTheSystem(error))) throw error;
    throw new UnreadableLedger(path, reasonOf(error, path));
  } finally {
    for (const db of opened) db.close();
  }
}

/** Opens a file for reading; undefined: it is missing or empty. A file of an older version is migrated. */
function openToRead(path: string): DatabaseSync | undefined {
  if (!existsSync(path)) return undefined;
  refuseOther(path);
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

function reasonOf(error: unknown, path: string): string {
  if (troubleOf(error) === "damaged" && !isOurs(path)) return NOT_OURS;
  return troubleOf(error) === "damaged"
    ? `it is damaged (${messageOf(error)}); the proxy sets it aside and starts a new one`
    : reason(error);
}

/** Whether the file system refused a path: a folder, or a file of somebody else. */
const isOfTheSystem = (error: unknown): boolean => /^E[A-Z]+$/.test(errorCode(error));
