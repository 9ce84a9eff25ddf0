/**
 * Keeps rows: in the file while that works, in memory while it does not. No error of the file reaches the caller: it is
 * logged once, the file is tried again later, and the rows kept in memory are then written to it.
 */
import { counted } from "../text/format.ts";
import { messageOf } from "../files/errors.ts";
import type { DatabaseSync } from "node:sqlite";
import type { Log } from "../log/log.ts";
import { type LedgerFile, openFile, setAside, type Source, UnreadableLedger } from "./file.ts";
import type { LedgerRow } from "./schema.ts";
import { isAboutTheFile, openStore, type Store, troubleOf } from "./store.ts";

export interface KeeperOptions {
  /** `:memory:` keeps everything in memory only. */
  readonly path: string;
  /** Rows older than this many days are forgotten; 0: none are. */
  readonly keepDays: number;
  /** Rows kept in memory at most while the file fails; the oldest are dropped. */
  readonly memoryRows: number;
  /** Milliseconds between two tries at a file that fails. */
  readonly retryMs: number;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Where rows are kept now. */
export interface KeepingState {
  /** Of the file; the address of a store. */
  readonly path: string;
  /** `spool`: the store cannot be reached, and rows wait on this machine. */
  readonly keeping: "file" | "memory" | "store" | "spool";
  /** Rows that still have to go to the file or the store. */
  readonly waiting: number;
  /** Rows that memory had no room for, and that are lost. */
  readonly lost: number;
  /** What is wrong with the file, in words. */
  readonly problem?: string;
}

const DAY = 86_400_000;
/** Old rows are looked for this often (milliseconds), and forgotten in steps so that no write takes long. */
const FORGET_EVERY = 3_600_000;
const FORGET_STEP = 2000;
/** Milliseconds at a stop, when nothing else waits: another program's transaction may end first. */
const CLOSING_PATIENCE = 2000;

/** Where the ledger's rows are kept. No method throws because of the file. */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #memoryOnly: boolean;
  #file: LedgerFile | undefined;
  #memory: Store | undefined;
  #problem: string | undefined;
  #lost = 0;
  /** Epoch milliseconds before which a file that failed is not opened again. */
  #retryAt = 0;
  /** Epoch milliseconds before which old rows are not looked for. */
  #forgetAt = 0;

  /** Opens the file, or notes why that failed. */
  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#memoryOnly = options.path === ":memory:";
    this.write([]);
  }

  write(rows: readonly LedgerRow[]): void {
    // A damaged file is replaced at once, and the second try finds the new one.
    if (!this.#toFile(rows) && !(this.#file && this.#toFile(rows))) this.#toMemory(rows);
  }

  /** Asks every place that holds rows: the file, the memory, or both. */
  ask<T>(question: (sources: readonly Source[]) => T): T {
    const open = this.#current()?.store.db;
    const inMemory = this.#memory ? [this.#memory.db] : [];
    if (this.#memoryOnly) return question(inMemory);
    try {
      // A file that cannot be written may still be read.
      return question([open ?? this.#options.path, ...inMemory]);
    } catch (error) {
      if (!(error instanceof UnreadableLedger) && !(open && isAboutTheFile(error))) throw error;
      if (open) this.#failed(error);
      const reopened = this.#file?.store.db;
      return question(reopened ? [reopened, ...inMemory] : inMemory);
    }
  }

  /** Milliseconds until rows in memory should be tried again; undefined: none wait. */
  retryIn(): number | undefined {
    if (!this.#memory || this.#memoryOnly) return undefined;
    return Math.max(0, this.#retryAt - this.#options.now());
  }

  state(): KeepingState {
    return {
      path: this.#options.path,
      keeping: this.#file ? "file" : "memory",
      waiting: this.#waiting(),
      lost: this.#lost,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    };
  }

  /** Writes what waits, once more also to a file that fails, and closes it. */
  close(): void {
    this.#retryAt = 0;
    if (this.#memory && !this.#memoryOnly) {
      attempt(() => this.#current()?.store.patience(CLOSING_PATIENCE));
      if (!this.#toFile([])) {
        const { log, path } = this.#options;
        log("warn", `the ledger ${path} could not be written: ${this.#waiting()} requests are not in it`);
      }
    }
    this.#forgetMemory();
    this.#drop();
  }

  /** The file, opened when it is time to; undefined: it cannot be used now. */
  #current(): LedgerFile | undefined {
    if (this.#memoryOnly) return undefined;
    if (this.#file && !attempt(this.#file.inPlace)) this.#drop();
    if (!this.#file && this.#options.now() >= this.#retryAt) {
      try {
        this.#file = openFile(this.#options.path);
      } catch (error) {
        this.#failed(error);
      }
    }
    return this.#file;
  }

  /** Takes note of an error of the file; afterwards `#file` is a working one or undefined. */
  #failed(error: unknown): void {
    const trouble = troubleOf(error);
    if (trouble === "busy") return;
    this.#drop();
    if (trouble === "damaged") {
      try {
        this.#replaceDamaged();
        return;
      } catch (again) {
        error = again;
      }
    }
    const { log, path, now, retryMs } = this.#options;
    this.#retryAt = now() + retryMs;
    if (this.#problem === undefined) {
      log(
        "warn",
        `the ledger ${path} cannot be written (${messageOf(error)}); counting in memory until it can`,
      );
    }
    this.#problem = messageOf(error);
  }

  #replaceDamaged(): void {
    const { log, path, now } = this.#options;
    const away = setAside(path, new Date(now()));
    if (away) log("warn", `the ledger ${path} was damaged: set aside as ${away}, a new one is started`);
    this.#file = openFile(path);
  }

  /** Writes rows, and before them those in memory. Returns whether they are written. */
  #toFile(rows: readonly LedgerRow[]): boolean {
    const target = this.#current();
    if (!target) return false;
    try {
      const moved = this.#memory ? target.store.take(this.#memory) : 0;
      this.#forgetMemory();
      if (rows.length > 0) this.#spoilt(target.store.insert(rows));
      if (this.#problem !== undefined) {
        const { log, path } = this.#options;
        log("info", `the ledger ${path} is written again; ${moved} requests were kept in memory meanwhile`);
      }
      this.#problem = undefined;
    } catch (error) {
      this.#failed(error);
      return false;
    }
    try {
      this.#forgetOld(target.store);
    } catch (error) {
      this.#failed(error); // The rows are written all the same.
    }
    return true;
  }

  #toMemory(rows: readonly LedgerRow[]): void {
    if (rows.length === 0) return;
    const { log, memoryRows } = this.#options;
    const memory = this.#memory ??= openStore(":memory:");
    this.#spoilt(memory.insert(rows));
    this.#forgetOld(memory);
    const dropped = memory.keepNewest(memoryRows);
    if (dropped > 0 && this.#lost === 0 && !this.#memoryOnly) {
      log("warn", `the ledger keeps ${memoryRows} requests in memory at most; the oldest are lost now`);
    }
    this.#lost += dropped;
  }

  /** Takes note of rows that cannot be stored anywhere. */
  #spoilt(count: number): void {
    if (count === 0) return;
    this.#lost += count;
    this.#options.log(
      "warn",
      `the ledger could not store ${counted(count, "request")}: a value does not fit`,
    );
  }

  #forgetOld(store: Store): void {
    const { keepDays, now } = this.#options;
    if (keepDays <= 0 || now() < this.#forgetAt) return;
    if (store.forgetBefore(now() - keepDays * DAY, FORGET_STEP) < FORGET_STEP) {
      this.#forgetAt = now() + FORGET_EVERY;
    }
  }

  #forgetMemory(): void {
    this.#memory?.close();
    this.#memory = undefined;
  }

  #drop(): void {
    attempt(() => this.#file?.store.close());
    this.#file = undefined;
  }

  #waiting(): number {
    return this.#memory && !this.#memoryOnly ? rowsIn(this.#memory.db) : 0;
  }
}

function rowsIn(db: DatabaseSync): number {
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
