/**
 * Keeps rows: in the file while that works, in memory while it does not. Nothing that happens to the file reaches the
 * caller as an error; it is said once, tried again later, and what was kept in memory then goes to the file.
 */
import type { DatabaseSync } from "node:sqlite";
import type { Log } from "../log/log.ts";
import { type LedgerFile, openFile, setAside, type Source, UnreadableLedger } from "./file.ts";
import type { Row } from "./row.ts";
import { isAboutTheFile, openStore, type Store, troubleOf, wordsOf } from "./store.ts";

export interface KeeperOptions {
  /** `:memory:` keeps everything in memory only. */
  readonly path: string;
  /** Rows older than this are forgotten; 0: none are. */
  readonly keepDays: number;
  /** Rows kept in memory at most while the file fails; the oldest give way. */
  readonly memoryRows: number;
  /** Milliseconds between two tries at a file that fails. */
  readonly retryMs: number;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Where rows stand now. */
export interface KeepingState {
  readonly path: string;
  readonly keeping: "file" | "memory";
  /** Rows in memory that still have to go to the file. */
  readonly waiting: number;
  /** Rows that memory had no room for, and that are lost. */
  readonly lost: number;
  /** What is wrong with the file, in words. */
  readonly problem?: string;
}

export interface Keeper {
  write(rows: readonly Row[]): void;
  /** Asks every place that holds rows: the file, the memory, or both. */
  ask<T>(question: (sources: readonly Source[]) => T): T;
  /** Milliseconds until rows in memory should be tried again; undefined: none wait. */
  retryIn(): number | undefined;
  state(): KeepingState;
  close(): void;
}

const DAY = 86_400_000;
/** Old rows are looked for this often, and forgotten in steps so that no write takes long. */
const FORGET_EVERY = 3_600_000;
const FORGET_STEP = 2000;
/** At a stop nothing else waits: another program's transaction may end first. */
const CLOSING_PATIENCE = 2000;

/** Opens the keeping; never throws. */
export function openKeeper({ path, keepDays, memoryRows, retryMs, log, now }: KeeperOptions): Keeper {
  const memoryOnly = path === ":memory:";
  let file: LedgerFile | undefined;
  let memory: Store | undefined;
  let problem: string | undefined;
  let retryAt = 0;
  let forgetAt = 0;
  let lost = 0;

  /** The file, opened when it is time to; undefined: it cannot be used now. */
  function current(): LedgerFile | undefined {
    if (memoryOnly) return undefined;
    if (file && !attempt(file.inPlace)) drop();
    if (!file && now() >= retryAt) {
      try {
        file = openFile(path);
      } catch (error) {
        fail(error);
      }
    }
    return file;
  }

  /** Takes note of an error; afterwards `file` is a working one or undefined. */
  function fail(error: unknown): void {
    const trouble = troubleOf(error);
    if (trouble === "busy") return;
    drop();
    try {
      if (trouble === "damaged") {
        const away = setAside(path, new Date(now()));
        if (away) log("warn", `the ledger ${path} was damaged: set aside as ${away}, a new one is started`);
        file = openFile(path);
        return;
      }
    } catch (again) {
      error = again;
    }
    retryAt = now() + retryMs;
    if (problem === undefined) {
      log(
        "warn",
        `the ledger ${path} cannot be written (${wordsOf(error)}); counting in memory until it can`,
      );
    }
    problem = wordsOf(error);
  }

  function toFile(rows: readonly Row[]): boolean {
    const target = current();
    if (!target) return false;
    try {
      const moved = memory ? target.store.take(memory) : 0;
      forgetMemory();
      if (rows.length > 0) target.store.insert(rows);
      if (problem !== undefined) {
        log("info", `the ledger ${path} is written again; ${moved} requests were kept in memory meanwhile`);
      }
      problem = undefined;
    } catch (error) {
      fail(error);
      return false;
    }
    try {
      forgetOld(target.store);
    } catch (error) {
      fail(error); // The rows are written all the same.
    }
    return true;
  }

  function forgetOld(store: Store): void {
    if (keepDays <= 0 || now() < forgetAt) return;
    if (store.forgetBefore(now() - keepDays * DAY, FORGET_STEP) < FORGET_STEP) {
      forgetAt = now() + FORGET_EVERY;
    }
  }

  function toMemory(rows: readonly Row[]): void {
    if (rows.length === 0) return;
    memory ??= openStore(":memory:");
    memory.insert(rows);
    forgetOld(memory);
    const dropped = memory.keepNewest(memoryRows);
    if (dropped > 0 && lost === 0 && !memoryOnly) {
      log("warn", `the ledger keeps ${memoryRows} requests in memory at most; the oldest are lost now`);
    }
    lost += dropped;
  }

  function forgetMemory(): void {
    memory?.close();
    memory = undefined;
  }

  function drop(): void {
    if (file) attempt(() => file!.store.close());
    file = undefined;
  }

  const waiting = () => memory && !memoryOnly ? count(memory.db) : 0;

  const keeper: Keeper = {
    write(rows) {
      // A damaged file is replaced at once, and the second try finds the new one.
      if (!toFile(rows) && !(file && toFile(rows))) toMemory(rows);
    },
    ask(question) {
      const open = current()?.store.db;
      const inMemory = memory ? [memory.db] : [];
      if (memoryOnly) return question(inMemory);
      try {
        // A file that cannot be written may still be read.
        return question([open ?? path, ...inMemory]);
      } catch (error) {
        if (!(error instanceof UnreadableLedger) && !(open && isAboutTheFile(error))) throw error;
        if (open) fail(error);
        const now = file?.store.db;
        return question(now ? [now, ...inMemory] : inMemory);
      }
    },
    retryIn: () => memory && !memoryOnly ? Math.max(0, retryAt - now()) : undefined,
    state: () => ({
      path,
      keeping: file ? "file" : "memory",
      waiting: waiting(),
      lost,
      ...(problem === undefined ? {} : { problem }),
    }),
    close() {
      retryAt = 0;
      if (memory && !memoryOnly) {
        attempt(() => current()?.store.patience(CLOSING_PATIENCE));
        if (!toFile([])) {
          log("warn", `the ledger ${path} could not be written: ${waiting()} requests are not in it`);
        }
      }
      forgetMemory();
      drop();
    },
  };
  keeper.write([]);
  return keeper;
}

function count(db: DatabaseSync): number {
  return Number((db.prepare("SELECT count(*) AS n FROM requests").get() as { n: number }).n);
}

/** What `work` returns; undefined where it throws. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
