/**
 * What replicas know together: values by kind and id, of which the latest counts. Each replica has all that it uses in memory,
 * sends what changed in batches, and reads what the others changed when they say so, and once a second anyway.
 */
import { randomUUID } from "node:crypto";
import { clearInterval, clearTimeout, setInterval, setTimeout } from "node:timers";
import { messageOf } from "../files/errors.ts";
import { type Log, silent } from "../log/log.ts";
import { type Connection, isAboutTheStatement, type Query } from "./connection.ts";

/** What is shared. A kind's ids and values are its owner's business. */
export type SharedKind =
  | "key"
  | "cooldown"
  | "headroom"
  | "pin"
  | "session"
  | "turn"
  | "answer"
  | "sign_in"
  | "installation";

/** A value that another replica has changed. */
export interface Change {
  readonly id: string;
  /** Null: it is over. */
  readonly value: unknown;
  /** Epoch milliseconds of the change. */
  readonly time: number;
}

/** A value to send. */
export interface Sent extends Change {
  readonly kind: SharedKind;
  /** Epoch milliseconds from which on nobody needs it. @default never */
  readonly until?: number;
}

export interface SharedOptions {
  /** @default {@link silent} */
  readonly log?: Log;
  /** Epoch milliseconds. @default the system's clock */
  readonly now?: () => number;
  /** Milliseconds that a change waits for others to go with. @default 100 */
  readonly batchMs?: number;
  /** Milliseconds between two looks for changes that nobody announced. @default 1000 */
  readonly lookMs?: number;
}

/** The channel on which replicas say that something changed. */
const CHANNEL = "shared";
/** Changes that wait while the database is away; the oldest go. */
const MOST_WAITING = 20_000;
/** Rows of one statement. */
const BATCH = 500;
/** Milliseconds between two times at which what nobody needs is deleted. */
const SWEEP_MS = 600_000;
const NEVER = Number.MAX_SAFE_INTEGER;

interface Row {
  readonly kind: SharedKind;
  readonly id: string;
  readonly value: unknown;
  readonly time: number;
  readonly seq: number;
}

/** The shared values, as one replica sees them. No method throws because of the database, but those that say so. */
export class SharedValues {
  /** What this replica is called among the others: a random one, for as long as it runs. */
  readonly replica = randomUUID();
  readonly #connection: Connection;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #batchMs: number;
  readonly #takers = new Map<SharedKind, (changes: readonly Change[]) => void>();
  #waiting = new Map<string, Sent>();
  #seq = 0;
  #timer: NodeJS.Timeout | undefined;
  #isSoon = false;
  #sending: Promise<void> | undefined;
  #reading: Promise<void> | undefined;
  #isStale = false;
  readonly #firstRead = Promise.withResolvers<void>();
  /** Whether everything was read at least once. */
  hasRead = false;
  #swept = 0;
  readonly #look: NodeJS.Timeout;
  readonly #ends: readonly (() => void)[];

  constructor(
    connection: Connection,
    { log = silent, now = Date.now, batchMs = 100, lookMs = 1000 }: SharedOptions = {},
  ) {
    this.#connection = connection;
    this.#log = log;
    this.#now = now;
    this.#batchMs = batchMs;
    this.#look = setInterval(() => void this.#lookAgain(), lookMs);
    this.#look.unref();
    this.#ends = [
      connection.listen(CHANNEL, (who) => void (who === this.replica || this.read())),
      connection.onState((state) => {
        if (state !== "up") return;
        this.#seq = 0; // it may be another database, or one that was restored
        void this.read();
        void this.flush();
      }),
    ];
  }

  /** Resolves when everything was read for the first time, which is when the database is there. */
  get firstRead(): Promise<void> {
    return this.#firstRead.promise;
  }

  /** Calls `take` with what others changed, from the first read on. One taker a kind. */
  on(kind: SharedKind, take: (changes: readonly Change[]) => void): void {
    this.#takers.set(kind, take);
  }

  /** Sends a change, soon. @param at once others wait for it; else with the next batch */
  put(sent: Sent, { atOnce = false }: { readonly atOnce?: boolean } = {}): void {
    const place = `${sent.kind}\n${sent.id}`;
    this.#waiting.delete(place);
    this.#waiting.set(place, sent);
    for (const oldest of this.#waiting.keys()) {
      if (this.#waiting.size <= MOST_WAITING) break;
      this.#waiting.delete(oldest);
    }
    this.#wake(atOnce);
  }

  /** Reads what others changed since the last time. Resolves when that was taken, or cannot be had now. */
  read(): Promise<void> {
    if (this.#reading !== undefined) {
      this.#isStale = true; // what is announced during a read may come after what it sees
      return this.#reading;
    }
    const reading = this.#readAll().finally(() => this.#reading = undefined);
    return this.#reading = reading;
  }

  /** Sends what waits now. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return this.#sending ??= this.#sendAll().finally(() => this.#sending = undefined);
  }

  /**
   * The one value that all replicas have: the first that was offered.
   * @throws as `Connection.query` does
   */
  async agree(kind: SharedKind, id: string, offered: unknown): Promise<unknown> {
    const [row] = await this.#connection.query<{ value: unknown }>({
      text: "SELECT agreed($1, $2, $3::jsonb, $4) AS value",
      values: [kind, id, JSON.stringify(offered), this.replica],
    });
    return row?.value;
  }

  /** Sends what waits, and hears nothing more. */
  async close(): Promise<void> {
    clearInterval(this.#look);
    for (const end of this.#ends) end();
    await this.#sending;
    await this.flush();
  }

  #wake(atOnce: boolean): void {
    if (this.#timer !== undefined && (this.#isSoon || !atOnce)) return;
    clearTimeout(this.#timer);
    this.#isSoon = atOnce;
    this.#timer = setTimeout(() => void this.flush(), atOnce ? 0 : this.#batchMs);
    this.#timer.unref();
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.size > 0 && this.#connection.state.state === "up") {
      const batch = [...this.#waiting].slice(0, BATCH);
      for (const [place] of batch) this.#waiting.delete(place);
      try {
        await send(this.#connection.query, batch.map(([, one]) => one), this.replica);
      } catch (error) {
        // To send it twice does no harm: the same value again. What changed in the meantime is newer.
        if (isPassing(error, this.#connection)) {
          this.#waiting = new Map([
            ...batch.filter(([place]) => !this.#waiting.has(place)),
            ...this.#waiting,
          ]);
        } else this.#log("warn", `the store refused ${batch.length} shared values: ${messageOf(error)}`);
        return;
      }
    }
  }

  async #readAll(): Promise<void> {
    do {
      this.#isStale = false;
      if (this.#connection.state.state !== "up") return;
      try {
        await this.#readOnce();
      } catch (error) {
        if (!isPassing(error, this.#connection)) {
          this.#log("warn", `what other replicas changed cannot be read: ${messageOf(error)}`);
        }
        return;
      }
    } while (this.#isStale);
  }

  async #readOnce(): Promise<void> {
    let rows: readonly Row[];
    do {
      rows = await this.#connection.query<Row>({
        text: `SELECT kind, id, value, time, seq FROM shared
          WHERE seq > $1 AND replica <> $2 AND until > $3 ORDER BY seq LIMIT ${BATCH}`,
        values: [this.#seq, this.replica, this.#now()],
      });
      this.#seq = rows.at(-1)?.seq ?? this.#seq;
      this.#take(rows);
    } while (rows.length === BATCH);
    this.hasRead = true;
    this.#firstRead.resolve();
  }

  #take(rows: readonly Row[]): void {
    for (const [kind, take] of this.#takers) {
      const changes = rows.filter((row) => row.kind === kind);
      if (changes.length === 0) continue;
      try {
        take(changes);
      } catch (error) {
        this.#log("warn", `what other replicas changed (${kind}) was not understood: ${messageOf(error)}`);
      }
    }
  }

  /** The net below announcements; also deletes what nobody needs. */
  async #lookAgain(): Promise<void> {
    if (this.#connection.state.state !== "up") return;
    await this.read();
    if (this.#waiting.size > 0) await this.flush();
    const now = this.#now();
    if (now - this.#swept < SWEEP_MS) return;
    this.#swept = now;
    await this.#connection.query({ text: "SELECT forget_shared($1)", values: [now] }).catch(() => {});
  }
}

/** Stores values, those that are older than what is there excepted, and announces them. @throws as `query` does */
export async function send(query: Query, sent: readonly Sent[], replica: string): Promise<void> {
  const rows = sent.map(({ kind, id, value, time, until = NEVER }) => ({ kind, id, value, time, until }));
  await query({ text: "SELECT share($1::jsonb, $2)", values: [JSON.stringify(rows, storable), replica] });
}

/** PostgreSQL keeps neither NUL nor half of a character in JSON. */
const storable = (_: string, value: unknown): unknown =>
  typeof value === "string" ? value.replaceAll("\0", "").toWellFormed() : value;

/** Whether a statement failed because of the connection, so that it may be tried again. */
const isPassing = (error: unknown, { state }: Connection): boolean =>
  state.state === "down" || !isAboutTheStatement(error) ||
  /^(40|55)/.test((error as { readonly code: string }).code); // given up for another transaction, or not available now
