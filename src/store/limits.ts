/**
 * Limits that hold over all replicas: budgets, requests and tokens a minute. A replica holds a part of each limit that it uses,
 * and lets requests in against that part, in memory: no request waits for the database. What it used and what it needs goes
 * there some milliseconds later, many limits in one statement.
 *
 * A request is let in while anything of the part is left, so that a replica exceeds a limit by one request at most.
 */
import { clearInterval, clearTimeout, setInterval, setTimeout } from "node:timers";
import { messageOf } from "../files/errors.ts";
import { type Log, silent } from "../log/log.ts";
import { remember } from "../runtime/remember.ts";
import type { Connection } from "./connection.ts";

/** A limit. Amounts are dollars, requests or tokens. */
export interface SharedLimit {
  /** The same for every replica, for one period of it. */
  readonly id: string;
  readonly most: number;
  /** What flows back in a millisecond; 0: nothing, it ends with its period. */
  readonly perMs: number;
  /** Epoch milliseconds from which on nobody needs it. */
  readonly until: number;
  /** What the ledger has of it: at least as much was used. @default nothing is known */
  readonly seed?: () => Promise<number>;
}

/** `spent`: nothing is left; `unchecked`: nobody can say while the database is away. */
export type Verdict = "yes" | "spent" | "unchecked";

interface Account {
  limit: SharedLimit;
  /** What this replica used since it started, and what of it the store has counted. */
  spent: number;
  settled: number;
  /** What requests in flight may use. */
  reserved: number;
  /** What the store said, and when (epoch milliseconds); undefined: nothing yet. */
  known:
    | { readonly used: number; readonly others: number; readonly held: number; readonly at: number }
    | undefined;
  /** The latest amounts, for what a request may use. */
  recent: number[];
  /** Epoch milliseconds. */
  usedAt: number;
  seed: number | undefined;
  /** What the ledger had when it was last asked; it is sent once. */
  least: number | undefined;
}

export interface SharedLimitsOptions {
  readonly replica: string;
  /** @default {@link silent} */
  readonly log?: Log;
  /** Epoch milliseconds. @default the system's clock */
  readonly now?: () => number;
  /** Milliseconds that a change waits for others to go with. @default 20 */
  readonly batchMs?: number;
}

/** Milliseconds between two looks at the limits that are in use. */
const LOOK_MS = 1000;
/** Milliseconds between two looks at what the ledger has. */
const AUDIT_MS = 15_000;
/** A limit that was not used for so long gives back what it holds. Milliseconds. */
const IDLE_MS = 2000;
/** For so long it is looked at. Milliseconds. */
const ACTIVE_MS = 60_000;
/** Others count on what a replica holds for 30 s; it must not be sure for as long. Milliseconds. */
const SURE_MS = 25_000;
/** Milliseconds before a limit that is nearly used up is asked for again. */
const SOON_MS = 5;
/** Amounts that are remembered. */
const RECENT = 20;
/** For so long a minute that was not used is kept: it is whole long before. Milliseconds. */
const KEPT_MS = 3_600_000;
const MOST_ACCOUNTS = 10_000;

interface Row {
  readonly of_limit: string;
  readonly used_now: number | null;
  readonly others_hold: number;
  readonly held_now: number;
}

export class SharedLimits {
  readonly #connection: Connection;
  readonly #options: Required<SharedLimitsOptions>;
  readonly #accounts = new Map<string, Account>();
  readonly #dirty = new Set<string>();
  readonly #reservations = new Map<string, readonly (() => void)[]>();
  /** Limits whose part others asked for. */
  readonly #wanted = new Set<string>();
  #audited = 0;
  #timer: NodeJS.Timeout | undefined;
  #isSoon = false;
  #settling: Promise<void> | undefined;
  readonly #look: NodeJS.Timeout;
  readonly #ends: readonly (() => void)[];

  constructor(
    connection: Connection,
    { replica, log = silent, now = Date.now, batchMs = 20 }: SharedLimitsOptions,
  ) {
    this.#connection = connection;
    this.#options = { replica, log, now, batchMs };
    this.#look = setInterval(() => this.#lookAgain(), LOOK_MS);
    this.#look.unref();
    this.#ends = [
      connection.listen("limits", (payload) => this.#asked(payload)),
      connection.onState((state) => void (state === "up" && this.#lookAgain())),
    ];
  }

  /** Learns what is used of limits before the first request needs it. Resolves when that is known, or cannot be had now. */
  async prepare(limits: readonly SharedLimit[]): Promise<void> {
    for (const limit of limits) {
      this.#account(limit);
      this.#dirty.add(limit.id);
    }
    await this.settle();
    await this.settle(); // those without a row needed their seed first
  }

  /** Whether a request may use more of a limit. */
  verdict(limit: SharedLimit): Verdict {
    const account = this.#account(limit);
    const now = this.#options.now();
    const { known, reserved } = account;
    const isUp = this.#connection.state.state === "up";
    account.usedAt = now;
    const own = account.spent - account.settled;
    if (known === undefined) {
      this.#changed(account, true);
      return isUp && own + reserved < limit.most / 4 ? "yes" : "unchecked";
    }
    const used = usedNow(limit, known, now);
    const isSure = now - known.at < SURE_MS;
    const covered = (isSure ? known.held : 0) - own - reserved;
    if (covered < largest(account)) this.#changed(account, true);
    if (covered > 0) return "yes";
    if (used + own >= limit.most) return "spent";
    if (!isUp) return "unchecked";
    // Far from the limit, a burst need not wait for a larger part.
    const free = limit.most - used - known.others - known.held;
    return -covered < free / 4 ? "yes" : "spent";
  }

  /**
   * Keeps something for a request in flight: the most of what others used lately, `amount` where none has. Returns what gives
   * it back.
   */
  reserve(limit: SharedLimit, amount = 0): () => void {
    const account = this.#account(limit);
    const kept = account.recent.length > 0 ? largest(account) : amount;
    account.reserved += kept;
    this.#changed(account);
    let isKept = true;
    return () => {
      if (isKept) account.reserved = Math.max(0, account.reserved - kept);
      isKept = false;
      this.#changed(account);
    };
  }

  /** Keeps something of several limits for a request, until {@link release}. */
  reserveFor(request: string, limits: readonly SharedLimit[], amount: number): void {
    if (limits.length === 0) return;
    this.#reservations.set(request, limits.map((limit) => this.reserve(limit, amount)));
  }

  /** A request is over. */
  release(request: string): void {
    for (const giveBack of this.#reservations.get(request) ?? []) giveBack();
    this.#reservations.delete(request);
  }

  /** Counts what was used. */
  use(limit: SharedLimit, amount: number): void {
    if (amount === 0) return;
    const account = this.#account(limit);
    account.spent += amount;
    account.usedAt = this.#options.now();
    account.recent = [...account.recent, amount].slice(-RECENT);
    this.#changed(account);
  }

  /** What is used of a limit, by all replicas, as far as it is known. */
  used(limit: SharedLimit): number {
    const account = this.#account(limit);
    const { known, spent, settled } = account;
    return (known === undefined ? account.seed ?? 0 : usedNow(limit, known, this.#options.now())) + spent -
      settled;
  }

  /** Sends what changed now. */
  settle(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return this.#settling ??= this.#settleAll().finally(() => {
      this.#settling = undefined;
      if (this.#dirty.size > 0 && this.#connection.state.state === "up") this.#wake(false);
    });
  }

  /** Sends what was used, and asks what others used. Resolves when that is known, or cannot be had now. */
  async refresh(): Promise<void> {
    await this.#settling; // it may have begun before the latest use
    for (const id of this.#accounts.keys()) this.#dirty.add(id);
    await this.settle();
  }

  /** Sends what was used, and gives back what is held. */
  async close(): Promise<void> {
    clearInterval(this.#look);
    for (const end of this.#ends) end();
    await this.#settling;
    for (const id of this.#accounts.keys()) {
      this.#dirty.add(id);
      this.#wanted.add(id);
    }
    await this.settle();
    clearTimeout(this.#timer);
  }

  #account(limit: SharedLimit): Account {
    const known = this.#accounts.get(limit.id);
    if (known !== undefined) {
      known.limit = limit;
      return known;
    }
    const seed = limit.seed === undefined ? 0 : undefined;
    const account: Account = {
      limit,
      spent: 0,
      settled: 0,
      reserved: 0,
      known: undefined,
      recent: [],
      usedAt: this.#options.now(),
      seed,
      least: undefined,
    };
    remember(this.#accounts, limit.id, account, MOST_ACCOUNTS);
    return account;
  }

  #changed({ limit: { id } }: Account, soon = false): void {
    this.#dirty.add(id);
    this.#wake(soon);
  }

  #wake(soon: boolean): void {
    if (this.#timer !== undefined && (this.#isSoon || !soon)) return;
    clearTimeout(this.#timer);
    this.#isSoon = soon;
    this.#timer = setTimeout(() => void this.settle(), soon ? SOON_MS : this.#options.batchMs);
    this.#timer.unref();
  }

  /** Another replica needs what this one holds. */
  #asked(payload: string): void {
    const space = payload.indexOf(" ");
    const id = payload.slice(space + 1);
    if (payload.slice(0, space) === this.#options.replica || !this.#accounts.has(id)) return;
    this.#wanted.add(id);
    this.#dirty.add(id);
    this.#wake(true);
  }

  #lookAgain(): void {
    const now = this.#options.now();
    for (const [id, { limit, usedAt }] of this.#accounts) {
      if (limit.until <= now) this.#accounts.delete(id);
      else if (limit.perMs === 0 || now - usedAt < ACTIVE_MS) this.#dirty.add(id);
    }
    if (now - this.#audited >= AUDIT_MS) {
      this.#audited = now;
      void this.#audit();
    }
    if (this.#dirty.size > 0) void this.settle();
  }

  /** Asks the ledger for what was used: a replica that was killed may not have said all. */
  async #audit(): Promise<void> {
    for (const account of [...this.#accounts.values()]) {
      const { seed } = account.limit;
      if (seed === undefined || account.known === undefined) continue;
      try {
        account.least = await seed();
        this.#changed(account);
      } catch {
        return; // the store cannot be reached
      }
    }
  }

  async #settleAll(): Promise<void> {
    const { replica, log, now } = this.#options;
    if (this.#connection.state.state !== "up") return;
    const accounts = [...this.#dirty].flatMap((id) => this.#accounts.get(id) ?? []);
    const wanted = new Set(this.#wanted);
    this.#dirty.clear();
    this.#wanted.clear();
    if (accounts.length === 0) return;
    const sent = accounts.map((account) => sentOf(account, wanted.has(account.limit.id), now()));
    try {
      const rows = await this.#connection.query<Row>({
        text: "SELECT * FROM settle_limits($1::jsonb, $2)",
        values: [JSON.stringify(sent), replica],
      });
      const answers = new Map(rows.map((row) => [row.of_limit, row]));
      for (const [at, account] of accounts.entries()) {
        await this.#settled(account, sent[at]!.spent, answers.get(account.limit.id));
      }
    } catch (error) {
      for (const { limit } of accounts) this.#dirty.add(limit.id);
      if (this.#connection.state.state === "up") log("warn", `limits cannot be settled: ${messageOf(error)}`);
    }
  }

  async #settled(account: Account, spent: number, row: Row | undefined): Promise<void> {
    if (row === undefined) return;
    if (row.used_now === null) {
      account.seed = await account.limit.seed?.() ?? 0;
      this.#dirty.add(account.limit.id);
      return;
    }
    account.settled = spent;
    account.least = undefined;
    account.known = {
      used: row.used_now,
      others: row.others_hold,
      held: row.held_now,
      at: this.#options.now(),
    };
  }
}

/** A limit as the store takes it. `isWanted`: others need what this replica holds. */
function sentOf(account: Account, isWanted: boolean, now: number) {
  const { limit, spent, settled, reserved, seed, least, usedAt } = account;
  const isIdle = now - usedAt > IDLE_MS;
  return {
    id: limit.id,
    most: limit.most,
    per_ms: limit.perMs,
    ...(seed === undefined ? {} : { seed }),
    ...(least === undefined ? {} : { least }),
    spent,
    settled,
    need: reserved + (isIdle || isWanted ? 0 : largest(account)),
    more: !isIdle && !isWanted,
    until: limit.perMs > 0 ? now + KEPT_MS : limit.until,
  };
}

function usedNow(
  { perMs }: SharedLimit,
  { used, at }: { readonly used: number; readonly at: number },
  now: number,
) {
  return Math.max(0, used - Math.max(0, now - at) * perMs);
}

/** What a request may use: the most of late. */
const largest = ({ recent }: Account): number => Math.max(0, ...recent);
