/** The ledger and the budgets of the running proxy, following the configuration. */
import { dataFile } from "../runtime/data-folder.ts";
import type { Config } from "../config/config.ts";
import type { Clock } from "../runtime/clock.ts";
import { membersOf } from "../config/client-keys.ts";
import { type Budgets, createBudgets, spentFilter, type SpentSince } from "../ledger/budget.ts";
import type { RequestEnd } from "../model/request-end.ts";
import { Ledger, type RequestLedger } from "../ledger/ledger.ts";
import type { Log } from "../log/log.ts";
import type { ClientKeys } from "./client-keys.ts";
import type { Store } from "../store/store.ts";
import type { ConfigSource } from "./context.ts";

/** Milliseconds between two looks at what other proxies spent on the same ledger. */
const REFRESH_MS = 60_000;

export interface AccountingOptions {
  readonly log: Log;
  readonly clock: Clock;
  /** Where the ledger is by default; undefined: in memory. */
  readonly folder: string | undefined;
  /** The keys with names, whose budgets count too. */
  readonly keys: ClientKeys;
  /** Where the ledger is instead; undefined: in a file. */
  readonly store: Store | undefined;
}

export class Accounting {
  ledger: RequestLedger | undefined;
  budgets: Budgets | undefined;
  #log: Log;
  #clock: Clock;
  #folder: string | undefined;
  #refreshed = 0;
  #keys: ClientKeys;
  #store: Store | undefined;
  /** Ledgers that were replaced and still write. */
  #closing: Promise<unknown> = Promise.resolve();

  constructor(source: ConfigSource, { log, clock, folder, keys, store }: AccountingOptions) {
    this.#log = log;
    this.#clock = clock;
    this.#folder = folder;
    this.#keys = keys;
    this.#store = store;
    this.ledger = this.#open(source.current);
    this.budgets = this.#budgets(source.current);
    keys.onChange(() => void (this.budgets = this.#budgets(source.current)));
  }

  /** Takes a request that is over. */
  add(end: RequestEnd): void {
    this.ledger?.add(end);
    if (this.budgets === undefined) return;
    const { route, client, clientKey: key } = end;
    const team = this.#keys.named(key)?.team;
    this.budgets.add(end.costs.cost, { route, client, key, team }, end.time, end.id);
    if (end.time - this.#refreshed > REFRESH_MS) {
      this.#refreshed = end.time;
      void this.ledger?.flush();
      void this.budgets.refresh();
    }
  }

  /** Follows a reload. */
  reconfigure(next: Config, before: Config): void {
    if (next.store?.url !== before.store?.url) this.#log("warn", "the new [store] is used after a restart");
    if (JSON.stringify(next.ledger) !== JSON.stringify(before.ledger)) {
      this.#closing = Promise.all([this.#closing, this.ledger?.close()]);
      this.ledger = this.#open(next);
    }
    this.budgets = this.#budgets(next);
  }

  /** Resolves when what waits is written, or cannot be. */
  async close(): Promise<void> {
    const { ledger } = this;
    this.ledger = undefined;
    await Promise.all([this.#closing, ledger?.close()]);
  }

  #open({ ledger: { enabled, path, keepDays } }: Config): RequestLedger | undefined {
    if (!enabled) return undefined;
    const now = () => this.#clock.now();
    if (this.#store !== undefined) {
      const spool = this.#folder === undefined ? undefined : dataFile(this.#folder, "spool");
      return this.#store.ledger({ spool, keepDays, log: this.#log, now });
    }
    const file = path ?? (this.#folder === undefined ? ":memory:" : dataFile(this.#folder, "ledger"));
    return new Ledger({ path: file, keepDays, log: this.#log, now });
  }

  #budgets(config: Config): Budgets | undefined {
    const budgets = [...config.budgets, ...this.#keys.budgets()];
    if (budgets.length === 0) return undefined;
    const members = (team: string) => membersOf(this.#keys.ring.keys, team);
    const spent: SpentSince = (since, scope) => this.ledger?.spent(since, spentFilter(scope, members));
    const refusesUnchecked = () => config.store?.whenDown === "refuse";
    if (this.#store !== undefined) return this.#store.replicas.budgets(budgets, { spent, refusesUnchecked });
    return createBudgets(
      budgets,
      spent,
      () => this.#clock.now(),
      this.budgets,
    );
  }
}
