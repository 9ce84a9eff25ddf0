/**
 * The ledger in a store. Requests go to a spool at once, and from there to the database twice a second, or sooner when there
 * are many: nothing waits for the database, and nothing is lost while it is away.
 */
import { clearInterval, clearTimeout, setImmediate, setInterval, setTimeout } from "node:timers";
import { messageOf } from "../files/errors.ts";
import type { LedgerState, RequestLedger } from "../ledger/ledger.ts";
import type { OlderRequests, RecentQuery } from "../ledger/recent.ts";
import type { Slot } from "../ledger/period.ts";
import {
  type Facts,
  FOREVER,
  needsTries,
  type Part,
  partOf,
  type Report,
  reportOf,
  type ReportQuery,
  slotsOf,
  type SpentFilter,
  type Tries,
  USUAL_GROUPS,
} from "../ledger/report.ts";
import { fromRow, type LoggedRequest, NANO_PER_DOLLAR, type StoredRow } from "../ledger/row.ts";
import type { SummedRow } from "../ledger/figures.ts";
import { type Log, silent } from "../log/log.ts";
import type { RequestEnd } from "../model/request-end.ts";
import type { Connection, Query } from "./connection.ts";
import { isAboutTheStatement } from "./connection.ts";
import type { Statement } from "./driver.ts";
import { type Segment, Spool } from "./spool.ts";
import * as statements from "./statements.ts";

export interface StoreLedgerOptions {
  readonly connection: Connection;
  /** The folder of the spool; undefined: memory alone. */
  readonly spool?: string | undefined;
  /** Months that ended before so many days are dropped; 0: none are. @default 0 */
  readonly keepDays?: number;
  /** @default {@link silent} */
  readonly log?: Log;
  /** Epoch milliseconds. @default the system's clock */
  readonly now?: () => number;
  /** Milliseconds that a request waits at most while the store can be reached. @default 500 */
  readonly batchMs?: number;
  /** Requests that are stored at once without waiting. @default 256 */
  readonly batchRows?: number;
  /** Bytes of the spool at most. @default 256 MiB */
  readonly spoolBytes?: number;
  /** Requests in memory at most where there is no spool. @default 50_000 */
  readonly memoryRows?: number;
}

const DAY = 86_400_000;
/** Rows of one statement. */
const MOST_ROWS = 500;
/** Months are made and dropped this often. Milliseconds. */
const TIDY_MS = 3_600_000;
/** The next month's table is made this long before the month begins. */
const AHEAD = 3 * DAY;
/** Rows that one search looks at: it goes on where it stopped when it is asked again. */
const MOST_LOOKED_AT = 20_000;

/** The ledger in a store. `add` never throws because of the store; what reads it rejects while it cannot be reached. */
export class StoreLedger implements RequestLedger {
  /** Resolves when what an earlier run left is stored, and the months are made and dropped; at once where the store is away. */
  readonly begun: Promise<void>;
  readonly #options: Required<Pick<StoreLedgerOptions, "keepDays" | "log" | "now" | "batchMs" | "batchRows">>;
  readonly #connection: Connection;
  readonly #spool: Spool;
  readonly #listeners = new Set<(end: RequestEnd) => void>();
  readonly #unwatch: () => void;
  readonly #tidying: NodeJS.Timeout;
  #ended: RequestEnd[] = [];
  #timer: NodeJS.Timeout | undefined;
  #storing: Promise<void> | undefined;
  #reported = false;
  /** Why the database does not take requests although it can be reached: a full disk, a replica that only reads, … */
  #problem: string | undefined;
  #closed = false;

  constructor(options: StoreLedgerOptions) {
    const { connection, spool: folder, keepDays = 0, log = silent, now = Date.now } = options;
    const { batchMs = 500, batchRows = 256, spoolBytes = 256 * 1024 * 1024, memoryRows = 50_000 } = options;
    this.#options = { keepDays, log, now, batchMs, batchRows };
    this.#connection = connection;
    this.#spool = new Spool({ folder, mostBytes: spoolBytes, mostRows: memoryRows, log });
    this.#unwatch = connection.onState((state) => state === "up" ? void this.#isBack() : this.#isAway());
    this.#tidying = setInterval(() => void this.#tidy(), TIDY_MS);
    this.#tidying.unref();
    this.begun = connection.state.state === "up" ? this.#isBack() : Promise.resolve();
  }

  add(end: RequestEnd): void {
    if (this.#closed) return;
    this.#ended.push(end);
    // After the answer's last byte, and before anything else can end this program in between.
    if (this.#ended.length === 1) setImmediate(() => this.#keep());
    for (const listener of this.#listeners) {
      try {
        listener(end);
      } catch (error) {
        this.#options.log("warn", `a listener of the ledger failed: ${messageOf(error)}`);
      }
    }
  }

  /** Stores what waits now. Resolves when it is stored, or when that failed. */
  async flush(): Promise<void> {
    this.#keep();
    await this.#storing; // It may have begun before the last requests came.
    await (this.#storing ??= this.#store().finally(() => void (this.#storing = undefined)));
  }

  async report(query: ReportQuery): Promise<Report> {
    await this.flush();
    return readReport(this.#connection.query, query);
  }

  async recent(query: RecentQuery): Promise<readonly LoggedRequest[]> {
    await this.flush();
    return readRecent(this.#connection.query, query);
  }

  async older(query: RecentQuery): Promise<OlderRequests> {
    await this.flush();
    return readOlder(this.#connection.query, query);
  }

  async spent(since: number, filter?: SpentFilter): Promise<number> {
    await this.flush();
    return readSpent(this.#connection.query, since, filter);
  }

  subscribe(listener: (end: RequestEnd) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  state(): LedgerState {
    const { state, address, problem = this.#problem } = this.#connection.state;
    return {
      path: address,
      keeping: state === "up" && problem === undefined ? "store" : "spool",
      waiting: this.#spool.waiting,
      lost: this.#spool.lost,
      pending: this.#ended.length,
      ...(problem === undefined ? {} : { problem }),
    };
  }

  /** Stores what waits; what cannot be stored stays in the spool for the next start. */
  async close(): Promise<void> {
    if (this.#closed) return;
    await this.flush();
    this.#closed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#tidying);
    this.#unwatch();
    this.#spool.close();
    const { waiting } = this.#spool;
    if (waiting > 0) {
      this.#options.log("warn", `${waiting} requests wait in the spool until the store can be reached`);
    }
  }

  /** Puts what has ended into the spool. */
  #keep(): void {
    const ended = this.#ended;
    this.#ended = [];
    for (const end of ended) this.#spool.add(end);
    if (ended.length === 0 || this.#connection.state.state === "down") return;
    if (this.#spool.waiting >= this.#options.batchRows) void this.flush();
    else this.#wake();
  }

  /** At most one timer runs, and none keeps the program alive: a stop stores what waits. */
  #wake(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.flush();
    }, this.#options.batchMs);
    this.#timer.unref();
  }

  /** Stores what waited when this was called. */
  async #store(): Promise<void> {
    for (let left = this.#spool.length; left > 0; left--) {
      const segment = this.#spool.next();
      if (segment === undefined || this.#connection.state.state === "down") return;
      if (!await this.#storeSegment(segment)) return;
      this.#spool.done(segment);
    }
  }

  /** @returns false: the store cannot be reached, and the segment waits */
  async #storeSegment(segment: Segment): Promise<boolean> {
    const lines = this.#spool.linesOf(segment);
    for (let at = 0; at < lines.length; at += MOST_ROWS) {
      const some = lines.slice(at, at + MOST_ROWS);
      const stored = await this.#send(some);
      if (stored === "later") return false;
      if (stored === "no") {
        for (const line of some) {
          const alone = await this.#send([line]);
          if (alone === "later") return false;
          if (alone === "no") this.#spool.lose(1, "the store does not take a value");
        }
      }
    }
    return true;
  }

  async #send(lines: readonly string[]): Promise<"yes" | "no" | "later"> {
    try {
      await this.#connection.query(statements.addRequests(lines));
      if (this.#problem !== undefined) this.#options.log("info", "the store takes requests again");
      this.#problem = undefined;
      return "yes";
    } catch (error) {
      if (isAboutARow(error)) return "no";
      if (isAboutTheStatement(error)) this.#refused(messageOf(error));
      this.#wake();
      return "later";
    }
  }

  /** Logs once that the database can be reached and takes no requests. */
  #refused(why: string): void {
    if (this.#problem === undefined) {
      this.#options.log(
        "warn",
        `the store takes no requests (${why}); they are kept in the spool until it does`,
      );
    }
    this.#problem = why;
  }

  #isAway(): void {
    this.#reported = true;
    this.#options.log("warn", "requests are kept in the spool until the store can be reached");
  }

  async #isBack(): Promise<void> {
    const { waiting } = this.#spool;
    await this.#tidy();
    await this.flush();
    if (this.#reported && this.#connection.state.state === "up") {
      this.#reported = false;
      this.#options.log("info", `${waiting} requests that waited in the spool are stored`);
    }
  }

  /** Makes the tables that will be needed, and drops the months that are over for too long. */
  async #tidy(): Promise<void> {
    const { keepDays, now, log } = this.#options;
    try {
      await this.#connection.query(statements.makeMonth(now()));
      await this.#connection.query(statements.makeMonth(now() + AHEAD));
      if (keepDays > 0) await this.#connection.query(statements.forgetMonths(now() - keepDays * DAY));
    } catch (error) {
      log("debug", `the ledger's months could not be tidied: ${messageOf(error)}`);
    }
  }
}

/** Whether a value of a row is to blame: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const isAboutARow = (error: unknown): boolean =>
  isAboutTheStatement(error) && /^(?:22|23502|23514)/.test((error as { readonly code: string }).code);

/** `clean`: requests that their first target answered. */
type LabelRow = SummedRow & { readonly slot: number; readonly clean: number };

/** The report of a store. @throws StoreDown; PostgreSQL's own errors */
export async function readReport(query: Query, asked: ReportQuery): Promise<Report> {
  const { since, until = FOREVER, groups = USUAL_GROUPS, series } = asked;
  const whole = { from: since, to: until };
  const [ends] = series === undefined
    ? []
    : await query<{ first: number | null; last: number | null }>(statements.span(whole));
  const span = ends?.first == null || ends.last == null ? undefined : { first: ends.first, last: ends.last };
  const none = Promise.resolve([]);
  const parts = async (one: Statement) => (await query<SummedRow>(one)).map(partOf);
  const [{ overTime, clean }, sessions, rules, troubled] = await Promise.all([
    readSlots(query, slotsOf(asked, span)),
    groups.includes("session") ? parts(statements.sumsBy("session", whole)) : none,
    groups.includes("rule") ? parts(statements.sumsBy("rules", whole)) : none,
    needsTries(groups) ? query<Tries>(statements.troubledTries(whole)) : none,
  ]);
  return reportOf(asked, { overTime, sessions, rules, tries: [...clean, ...troubled] });
}

/** So many slots are asked for one by one, which PostgreSQL adds up without sorting. */
const MOST_STATEMENTS = 62;

/** The sums of slots, of many at once where hours add up to them; and the tries that their first target answered. */
async function readSlots(
  query: Query,
  slots: readonly Slot[],
): Promise<Pick<Facts, "overTime"> & { readonly clean: readonly Tries[] }> {
  if (slots.length === 0) return { overTime: [], clean: [] };
  const isMany = slots.length > MOST_STATEMENTS && statements.areOfHours(slots);
  const together = isMany ? [slots] : slots.map((slot) => [slot]);
  const found = await Promise.all(together.map(async (some) => {
    const rows = await query<LabelRow>(statements.sumsByLabel(some));
    const overTime = some.map((slot) => ({ slot, parts: [] as Part[] }));
    for (const row of rows) overTime[row.slot - 1]!.parts.push(partOf(row));
    return { overTime, clean: rows.flatMap(cleanTries) };
  }));
  return { overTime: found.flatMap((one) => one.overTime), clean: found.flatMap((one) => one.clean) };
}

function cleanTries({ clean: tries, ...row }: LabelRow): Tries[] {
  const { provider, model } = row as Part["names"];
  return tries === 0 || !provider ? [] : [{ provider, model: model ?? null, failure: null, tries }];
}

/** The requests of a store that a query selects. @throws as {@link readReport} does */
export async function readRecent(query: Query, asked: RecentQuery): Promise<readonly LoggedRequest[]> {
  return (await query<StoredRow>(statements.recent(asked))).map(fromRow);
}

/** A page of a store's requests, the newest first. It looks at a bounded number of rows, as a file's does. */
export async function readOlder(query: Query, asked: RecentQuery): Promise<OlderRequests> {
  const { limit = 50, before } = asked;
  const [row] = await query<{ oldest: number | null; newest: number | null }>(statements.ends);
  const oldest = row?.oldest ?? 0;
  const top = before ?? (row?.newest ?? 0) + 1;
  const from = Math.max(oldest, top - MOST_LOOKED_AT);
  const rows = await readRecent(query, { ...asked, from });
  if (rows.length === limit) return { rows, next: Math.min(top, ...rows.flatMap(({ seq }) => seq ?? [])) };
  return { rows, next: from > oldest ? from : null };
}

/** The `seq` of a store's newest request; 0: there is none. @throws as {@link readReport} does */
export async function readNewest(query: Query): Promise<number> {
  const [row] = await query<{ newest: number | null }>(statements.ends);
  return row?.newest ?? 0;
}

/** Dollars spent since a moment. @throws as {@link readReport} does */
export async function readSpent(query: Query, since: number, filter?: SpentFilter): Promise<number> {
  const [row] = await query<{ cost: number }>(statements.spentSince(since, filter));
  return (row?.cost ?? 0) / NANO_PER_DOLLAR;
}
