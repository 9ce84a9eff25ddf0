/**
 * The ledger of a running proxy: is told of every request, keeps it off the request's path, answers for reports.
 *
 * `add` only puts the request in a list. The list is written twice a second, or sooner when it is long, in one
 * transaction; so a killed proxy loses at most what the last half second brought.
 */
import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import { type Log, silent } from "../log/log.ts";
import type { RequestEnd } from "../model/request-end.ts";
import { defaultLedgerPath } from "./file.ts";
import { Keeper, type KeepingState } from "./keeper.ts";
import { type RecentQuery, recentRequests } from "./recent.ts";
import { type Report, report, type ReportQuery, spent, type SpentFilter } from "./report.ts";
import { fromRow, type LoggedRequest, toRow } from "./row.ts";

export interface LedgerOptions {
  /** The file. @default `ledger.sqlite` in the user's data folder. `:memory:` writes nothing to the disk. */
  readonly path?: string;
  /** Rows older than this many days are forgotten. @default 0: none are */
  readonly keepDays?: number;
  /** @default says nothing */
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

/** Nothing here throws because of the file. */
export interface Ledger {
  /** Takes a request that is over. Cheap: nothing is written here. */
  add(end: RequestEnd): void;
  /** Writes what waits now. */
  flush(): void;
  /** What the requests cost and saved, those not written yet included. */
  report(query: ReportQuery): Report;
  /** The newest requests, or those after one. */
  recent(query: RecentQuery): LoggedRequest[];
  /** Dollars spent since a moment (epoch milliseconds), by a route or client where given. */
  spent(since: number, filter?: SpentFilter): number;
  /** Calls `listener` for every request from now on, as it is told of. Returns what ends it. */
  subscribe(listener: (request: LoggedRequest) => void): () => void;
  state(): LedgerState;
  /** Writes what waits and closes the file. What is added afterwards is lost. */
  close(): void;
}

/** Opens the ledger. Never throws: what cannot be kept in the file is kept in memory, and `log` says so once. */
export function openLedger(options: LedgerOptions = {}): Ledger {
  const {
    path = defaultLedgerPath(),
    keepDays = 0,
    log = silent,
    now = Date.now,
    batchMs = 500,
    batchRows = 256,
    memoryRows = 50_000,
    retryMs = 30_000,
  } = options;
  const keeper = new Keeper({ path, keepDays, memoryRows, retryMs, log, now });
  const listeners = new Set<(request: LoggedRequest) => void>();
  let pending: RequestEnd[] = [];
  let timer: NodeJS.Timeout | undefined;
  let soon = false;
  let closed = false;

  /** At most one timer runs, and none keeps the program alive: a stop flushes. */
  function wake(ms: number): void {
    if (timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      flush();
    }, ms);
    timer.unref();
  }

  function flush(): void {
    if (closed) return;
    const ends = pending;
    pending = [];
    keeper.write(ends.map(toRow));
    const retry = keeper.retryIn();
    if (retry !== undefined) wake(Math.max(batchMs, retry));
  }

  function publish(end: RequestEnd): void {
    const request = fromRow(toRow(end));
    for (const listener of listeners) {
      try {
        listener(request);
      } catch (error) {
        log("warn", `a listener of the ledger failed: ${error instanceof Error ? error.message : error}`);
      }
    }
  }

  return {
    add(end) {
      if (closed) return;
      pending.push(end);
      wake(batchMs);
      if (pending.length >= batchRows && !soon) {
        soon = true;
        setImmediate(() => {
          soon = false;
          flush();
        });
      }
      if (listeners.size > 0) publish(end);
    },
    flush,
    report(query) {
      flush();
      return keeper.ask((sources) => report(sources, query));
    },
    recent(query) {
      flush();
      return keeper.ask((sources) => recentRequests(sources, query));
    },
    spent(since, filter) {
      flush();
      return keeper.ask((sources) => spent(sources, since, filter));
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    state: () => ({ ...keeper.state(), pending: pending.length }),
    close() {
      flush();
      closed = true;
      clearTimeout(timer);
      keeper.close();
    },
  };
}
