/**
 * The connection to the store. It is made in the background, again and again while the database is away, with growing
 * pauses; nothing waits for it. While it is down every statement fails at once.
 */
import { clearInterval, clearTimeout, setInterval, setTimeout } from "node:timers";
import { messageOf } from "../files/errors.ts";
import { type Log, silent } from "../log/log.ts";
import { driverFor, type PgClient, type PgPool, type Statement } from "./driver.ts";
import { migrate } from "./migrations/migrate.ts";

/** Runs a statement: one `$1` for each value. @returns the rows */
export type Query = <Row>(statement: Statement) => Promise<readonly Row[]>;

/** A database that several replicas share. */
export interface Connection {
  readonly state: ConnectionState;
  /**
   * Runs one statement. It changes everything or nothing, and an error after it was sent says neither: what must not
   * happen twice has to be safe to repeat.
   * @throws StoreDown at once while there is no connection; PostgreSQL's own errors
   */
  readonly query: Query;
  /** Runs statements that take effect together. @throws as `query` does, and what `work` throws: nothing has changed then */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  /**
   * Hears what replicas send on a channel (a plain name), this one included. What was sent while the connection was down is
   * not heard: read again at `up`. @returns what ends it
   */
  listen(channel: string, heard: (payload: string) => void): () => void;
  /** Sends a text of at most 8000 bytes to every replica that listens. @throws as `query` does */
  notify(channel: string, payload: string): Promise<void>;
  /** Calls `listener` at each change from now on. Returns what ends it. */
  onState(listener: (state: "up" | "down") => void): () => void;
  /** Resolves when the first try to connect has ended, whichever way. */
  readonly tried: Promise<void>;
  close(): Promise<void>;
}

export interface ConnectionState {
  readonly state: "up" | "down";
  /** Epoch milliseconds of the last change; of the start before the first. */
  readonly since: number;
  /** Why it is down, in words. */
  readonly problem?: string;
  /** The address, without user and password. */
  readonly address: string;
}

/** There is no connection now. */
export class StoreDown extends Error {
  constructor(problem = "not connected yet") {
    super(`the store cannot be reached: ${problem}`);
    this.name = "StoreDown";
  }
}

export interface ConnectionOptions {
  /** @default {@link silent} */
  readonly log?: Log;
  /** Epoch milliseconds. @default the system's clock */
  readonly now?: () => number;
  /** Milliseconds before the second try to connect; each further one waits twice as long. @default 250 */
  readonly firstPauseMs?: number;
  /** The longest pause, milliseconds. @default 5000 */
  readonly longestPauseMs?: number;
  /** Milliseconds between two looks whether the database still answers. @default 5000 */
  readonly lookMs?: number;
  /** Milliseconds in which a look must be answered. @default 3000 */
  readonly patienceMs?: number;
}

/** Opens the connection to `url` (`postgres://…`). It never throws because of the database. */
export function connectTo(url: string, options: ConnectionOptions = {}): Connection {
  return new Link(url, options);
}

/** Opens the connection for a command. @throws StoreDown where the first try fails */
export async function connected(url: string): Promise<Connection> {
  const connection = connectTo(url);
  await connection.tried;
  const { state, problem } = connection.state;
  if (state === "up") return connection;
  await connection.close();
  throw new StoreDown(problem);
}

class Link implements Connection {
  readonly #url: string;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #pauses: Readonly<Record<"first" | "longest" | "look" | "patience", number>>;
  /** The open connections of the pool. */
  readonly #clients = new Set<PgClient>();
  readonly #channels = new Map<string, Set<(payload: string) => void>>();
  readonly #watchers = new Set<(state: "up" | "down") => void>();
  readonly #address: string;
  #listener: PgClient | undefined;
  #pool: PgPool | undefined;
  #up = false;
  #since: number;
  #problem: string | undefined;
  #reported = false;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  #look: NodeJS.Timeout | undefined;
  #closed = false;
  readonly tried: Promise<void>;

  constructor(url: string, options: ConnectionOptions) {
    const { log = silent, now = Date.now } = options;
    const { firstPauseMs = 250, longestPauseMs = 5000, lookMs = 5000, patienceMs = 3000 } = options;
    this.#url = url;
    this.#log = log;
    this.#now = now;
    this.#pauses = { first: firstPauseMs, longest: longestPauseMs, look: lookMs, patience: patienceMs };
    this.#since = now();
    this.#address = addressOf(url);
    this.tried = this.#connect();
  }

  get state(): ConnectionState {
    return {
      state: this.#up ? "up" : "down",
      since: this.#since,
      address: this.#address,
      ...(this.#up || this.#problem === undefined ? {} : { problem: this.#problem }),
    };
  }

  readonly query: Query = async <Row>(statement: Statement): Promise<readonly Row[]> => {
    const pool = this.#pooled();
    try {
      return (await pool.query(statement)).rows as Row[];
    } catch (error) {
      this.#failed(error, pool);
      throw error;
    }
  };

  async transaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const pool = this.#pooled();
    let client: Awaited<ReturnType<PgPool["connect"]>>;
    try {
      client = await pool.connect();
    } catch (error) {
      this.#failed(error, pool);
      throw error;
    }
    try {
      await client.query("BEGIN");
      const result = await work(async <Row>(statement: Statement) =>
        (await client.query(statement)).rows as Row[]
      );
      await client.query("COMMIT");
      client.release();
      return result;
    } catch (error) {
      // A connection that is closed rolls back: whatever is wrong with it, nothing stays half done.
      client.release(true);
      this.#failed(error, pool);
      throw error;
    }
  }

  listen(channel: string, heard: (payload: string) => void): () => void {
    const known = this.#channels.get(channel);
    if (known === undefined) {
      this.#channels.set(channel, new Set([heard]));
      const listener = this.#listener;
      if (this.#up) listener?.query(`LISTEN "${channel}"`).catch((error) => this.#lost(listener, error));
    } else known.add(heard);
    return () => void this.#channels.get(channel)?.delete(heard);
  }

  async notify(channel: string, payload: string): Promise<void> {
    await this.query({ text: "SELECT pg_notify($1, $2)", values: [channel, payload] });
  }

  onState(listener: (state: "up" | "down") => void): () => void {
    this.#watchers.add(listener);
    return () => void this.#watchers.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const { pool, listener } = this.#drop();
    this.#up = false;
    // A database that does not answer does not say goodbye either.
    const hurry = setTimeout(() => [listener, ...this.#clients].forEach(hangUp), this.#pauses.patience);
    await Promise.all([pool, listener].map((one) => one?.end().catch(() => {})));
    clearTimeout(hurry);
  }

  #pooled(): PgPool {
    if (!this.#up || this.#pool === undefined) throw new StoreDown(this.#problem);
    return this.#pool;
  }

  async #connect(): Promise<void> {
    if (this.#closed) return;
    let listener: PgClient | undefined;
    try {
      const driver = await driverFor(this.#url);
      const fresh = listener = driver.client();
      fresh.on("error", (error) => this.#lost(fresh, error));
      fresh.on("end", () => this.#lost(fresh, new Error("the connection was closed")));
      fresh.on("notification", ({ channel, payload = "" }) => this.#heard(channel, payload));
      await fresh.connect();
      await migrate(fresh);
      for (const channel of this.#channels.keys()) await fresh.query(`LISTEN "${channel}"`);
      if (this.#closed) return await fresh.end();
      const pool = this.#pool = driver.pool();
      pool.on("connect", (client) => void this.#clients.add(client));
      pool.on("remove", (client) => void this.#clients.delete(client));
      pool.on("error", () => {}); // An idle connection was closed: the next statement opens another one.
      this.#listener = fresh;
      this.#isUp();
    } catch (error) {
      hangUp(listener);
      this.#isDown(error);
    }
  }

  #isUp(): void {
    this.#up = true;
    this.#since = this.#now();
    this.#failures = 0;
    if (this.#reported) this.#log("info", `the store ${this.#address} can be reached again`);
    this.#reported = false;
    this.#look = setInterval(() => void this.#lookAtIt(), this.#pauses.look);
    this.#look.unref();
    this.#tell("up");
  }

  /**
   * A connection that is cut off without a word is found by asking. Twice: a program that was busy itself reads the first
   * answer too late.
   */
  async #lookAtIt(): Promise<void> {
    const listener = this.#listener;
    const look = { text: "SELECT 1", query_timeout: this.#pauses.patience };
    try {
      await listener?.query(look);
    } catch {
      await listener?.query(look).catch((error) => this.#lost(listener, error));
    }
  }

  /** A statement failed: because of the statement, or because the connection is gone, which a look shows. */
  #failed(error: unknown, pool: PgPool): void {
    if (pool === this.#pool && !isAboutTheStatement(error)) void this.#lookAtIt();
  }

  #lost(listener: PgClient | undefined, error: unknown): void {
    if (this.#closed || listener === undefined || listener !== this.#listener) return;
    this.#isDown(error);
  }

  #isDown(error: unknown): void {
    if (this.#closed) return;
    const was = this.#up;
    const { pool, listener } = this.#drop();
    // What is in flight fails now, not when its patience ends.
    for (const client of [listener, ...this.#clients]) hangUp(client);
    this.#clients.clear();
    pool?.end().catch(() => {});
    this.#up = false;
    this.#problem = reasonOf(error);
    if (was) this.#since = this.#now();
    if (!this.#reported) {
      this.#reported = true;
      this.#log("warn", `the store ${this.#address} cannot be reached (${this.#problem}); trying again`);
    }
    const { first, longest } = this.#pauses;
    const pause = Math.min(longest, first * 2 ** Math.min(this.#failures++, 20));
    // Replicas that lost it together do not come back together.
    this.#retry = setTimeout(() => void this.#connect(), pause * (0.75 + Math.random() / 2));
    this.#retry.unref();
    if (was) this.#tell("down");
  }

  #drop(): { readonly pool: PgPool | undefined; readonly listener: PgClient | undefined } {
    const dropped = { pool: this.#pool, listener: this.#listener };
    this.#pool = this.#listener = undefined;
    clearInterval(this.#look);
    return dropped;
  }

  #heard(channel: string, payload: string): void {
    for (const heard of this.#channels.get(channel) ?? []) this.#safely(() => heard(payload));
  }

  #tell(state: "up" | "down"): void {
    for (const watcher of this.#watchers) this.#safely(() => watcher(state));
  }

  #safely(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#log("warn", `a listener of the store failed: ${messageOf(error)}`);
    }
  }
}

/** Ends a connection that may not answer. */
function hangUp(client: PgClient | undefined): void {
  try {
    client?.connection.stream.destroy();
  } catch { /* it never began */ }
}

/** PostgreSQL's codes of five characters, but those that say that the server or the connection ends. */
export function isAboutTheStatement(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && !/^(08|57P)/.test(code);
}

/** Several addresses fail in one error without words of its own. */
function reasonOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return messageOf(first) || "no answer";
}

/** The host, port and database of a URL: without user and password. */
export function addressOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host || "localhost"}${pathname}`;
}
