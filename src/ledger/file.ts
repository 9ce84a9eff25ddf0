/** The ledger's file on the disk: made for the user alone, recognised when it was replaced, set aside when damaged. */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { dataFolder } from "../runtime/data-folder.ts";
import { openStore, type Store } from "./store.ts";
import { troubleOf } from "./trouble.ts";

/** SQLite's own files beside the database: https://www.sqlite.org/tempfiles.html */
const COMPANIONS = ["", "-wal", "-shm"] as const;

/** Where the ledger is kept when the configuration does not say. */
export const defaultLedgerPath = (): string => join(dataFolder(), "ledger.sqlite");

/** An open file and the identity of what was opened. */
export interface LedgerFile {
  readonly store: Store;
  /** Whether `path` still leads to the file that is open here (it may have been deleted or set aside). */
  inPlace(): boolean;
}

/**
 * Opens the file, making it and its folder where they are missing (0600 and 0700; SQLite gives its companions the
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
