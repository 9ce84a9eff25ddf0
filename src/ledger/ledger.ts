/**
 * The ledger of a running proxy: takes every request that is over, writes it off the request's path, answers reports.
 *
 * `add` only puts the request in a list. The list is written twice a second, or sooner when it is long, in one
 * transaction; so a killed proxy loses at most the requests of the last half second.
 */
import { messageOf } from "../files/errors.ts";
import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import { type Log, silent } from "../log/log.ts";
import type { RequestEnd } from "../model/request-end.ts";
import { defaultLedgerPath } from "./file.ts";
import { Keeper, type KeepingState } from "./keeper.ts";
import { type OlderRequests, olderRequests, type RecentQuery, recentRequests } from "./recent.ts";
import { type Report, report, type ReportQuery, spent, type SpentFilter } from "./report.ts";
import { type LoggedRequest, toRow } from "./row.ts";

export interface LedgerOptions {
  /** The file; `:memory:` writes nothing to the disk. @default `ledger.sqlite` in the user's data folder */
  readonly path?: string;
  /** Rows older than this many days are forgotten; 0: none are. @default 0 */
  readonly keepDays?: number;
  /** @default {@link silent} */
  readonly log?: Log;
  /** Epoch milliseconds. @default the system's clock */
  readonly now?: () => number;
  /** Milliseconds that a request waits in the list at most. @default 500 */
  readonly batchMs?: number;
  /** Requests that make the list be written at once. @default 256 */
  readonly batchRows?: number;
  /** Requests kept in memory at most while the file cannot be written. @default 50_000 */
  readonly memoryRows?: number;
  /** Milliseconds between two tries at a file that cannot be written. @default 30_000 */
  readonly retryMs?: number;
}

export interface LedgerState extends KeepingState {
  /** Requests in the list, not written yet. */
  readonly pending: number;
}

/** A value, or its promise. */
export type Eventual<T> = T | Promise<T>;

/** What answers questions about requests: a file, or a store. */
export interface LedgerReader {
  report(query: ReportQuery): Eventual<Report>;
  /** The newest requests, or those after one. */
  recent(query: RecentQuery): Eventual<readonly LoggedRequest[]>;
  /** A page of requests, the newest first, and where the next one begins. */
  older(query: RecentQuery): Eventual<OlderRequests>;
  /** Dollars spent since a moment (epoch milliseconds). */
  spent(since: number, filter?: SpentFilter): Eventual<number>;
}

/** The ledger of a running proxy, wherever it is kept. A reader rejects where a store cannot be reached now. */
export interface RequestLedger extends LedgerReader {
  /** Takes a request that is over. Cheap: it waits for nothing. */
  add(end: RequestEnd): void;
  /** Writes what waits now. */
  flush(): Eventual<void>;
  subscribe(listener: (end: RequestEnd) => void): () => void;
  state(): LedgerState;
  /** Writes what waits, and closes what is open. What is added afterwards is lost. */
  close(): Eventual<void>;
}

/** The ledger in a file. No method throws because of the file. */
export class Ledger implements RequestLedger {
  readonly #keeper: Keeper;
  readonly #log: Log;
  readonly #batchMs: number;
  readonly #batchRows: number;
  readonly #listeners = new Set<(end: RequestEnd) => void>();
  /** Made into rows when they are written: an attempt may be recorded just after its request has ended. */
  #pending: RequestEnd[] = [];
  #timer: NodeJS.Timeout | undefined;
  #soon = false;
  #closed = false;

  /** Opens the file. What cannot be kept in it is kept in memory, and `log` says so once. */
  constructor({
    path = defaultLedgerPath(),
    keepDays = 0,
    log = silent,
    now = Date.now,
    batchMs = 500,
    batchRows = 256,
    memoryRows = 50_000,
    retryMs = 30_000,
  }: LedgerOptions = {}) {
    this.#keeper = new Keeper({ path, keepDays, memoryRows, retryMs, log, now });
    this.#log = log;
    this.#batchMs = batchMs;
    this.#batchRows = batchRows;
  }

  /** Takes a request that is over. Cheap: nothing is written here. */
  add(end: RequestEnd): void {
    if (this.#closed) return;
    this.#pending.push(end);
    this.#wake(this.#batchMs);
    if (this.#pending.length >= this.#batchRows && !this.#soon) {
      this.#soon = true;
      setImmediate(() => {
        this.#soon = false;
        this.flush();
      });
    }
    for (const listener of this.#listeners) {
      try {
        listener(end);
      } catch (error) {
        this.#log("warn", `a listener of the ledger failed: ${messageOf(error)}`);
      }
    }
  }

  /** Writes what waits now. */
  flush(): void {
    if (this.#closed) return;
    const ends = this.#pending;
    this.#pending = [];
    this.#keeper.write(ends.map(toRow));
    const retry = this.#keeper.retryIn();
    if (retry !== undefined) this.#wake(Math.max(this.#batchMs, retry));
  }

  /** What the requests cost and saved, those not written yet included. */
  report(query: ReportQuery): Report {
    this.flush();
    return this.#keeper.ask((sources) => report(sources, query));
  }

  /** The newest requests, or those after one. */
  recent(query: RecentQuery): LoggedRequest[] {
    this.flush();
    return this.#keeper.ask((sources) => recentRequests(sources, query));
  }

  /** A page of requests, the newest first, and where the next one begins. */
  older(query: RecentQuery): OlderRequests {
    this.flush();
    return this.#keeper.ask((sources) => olderRequests(sources, query));
  }

  /** Dollars spent since a moment (epoch milliseconds), by a route or client where given. */
  spent(since: number, filter?: SpentFilter): number {
    this.flush();
    return this.#keeper.ask((sources) => spent(sources, since, filter));
  }

  /** Calls `listener` with every request from now on, as it is added. Returns what ends it. */
  subscribe(listener: (end: RequestEnd) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  state(): LedgerState {
    return { ...this.#keeper.state(), pending: this.#pending.length };
  }

  /** Writes what waits and closes the file. What is added afterwards is lost. */
  close(): void {
    this.flush();
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#keeper.close();
  }

  /** At most one timer runs, and none keeps the program alive: a stop flushes. */
  #wake(ms: number): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.flush();
    }, ms);
    this.#timer.unref();
  }
}
