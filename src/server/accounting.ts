/** The ledger and the budgets of the running proxy, following the configuration. */
import { dataFile } from "../runtime/data-folder.ts";
import type { Config } from "../config/config.ts";
import type { Clock } from "../runtime/clock.ts";
import { type Budgets, createBudgets } from "../ledger/budget.ts";
import type { RequestEnd } from "../model/request-end.ts";
import { Ledger } from "../ledger/ledger.ts";
import type { Log } from "../log/log.ts";
import type { ConfigSource } from "./context.ts";

/** Milliseconds between two looks at what other proxies spent on the same ledger. */
const REFRESH_MS = 60_000;

export class Accounting {
  ledger: Ledger | undefined;
  budgets: Budgets | undefined;
  #log: Log;
  #clock: Clock;
  #folder: string | undefined;
  #refreshed = 0;

  constructor(source: ConfigSource, log: Log, clock: Clock, folder: string | undefined) {
    this.#log = log;
    this.#clock = clock;
    this.#folder = folder;
    this.ledger = this.#open(source.current);
    this.budgets = this.#budgets(source.current);
  }

  /** Takes a request that is over. */
  add(end: RequestEnd): void {
    this.ledger?.add(end);
    if (this.budgets === undefined) return;
    this.budgets.add(end.costs.cost, { route: end.route, client: end.client }, end.time);
    if (end.time - this.#refreshed > REFRESH_MS) {
      this.#refreshed = end.time;
      this.ledger?.flush();
      this.budgets.refresh();
    }
  }

  /** Follows a reload. */
  reconfigure(next: Config, before: Config): void {
    if (JSON.stringify(next.ledger) !== JSON.stringify(before.ledger)) {
      this.ledger?.close();
      this.ledger = this.#open(next);
    }
    this.budgets = this.#budgets(next);
  }

  close(): void {
    this.ledger?.close();
    this.ledger = undefined;
  }

  #open({ ledger: { enabled, path, keepDays } }: Config): Ledger | undefined {
    if (!enabled) return undefined;
    const file = path ?? (this.#folder === undefined ? ":memory:" : dataFile(this.#folder, "ledger"));
    return new Ledger({ path: file, keepDays, log: this.#log, now: () => this.#clock.now() });
  }

  #budgets({ budgets }: Config): Budgets | undefined {
    if (budgets.length === 0) return undefined;
    return createBudgets(
      budgets,
      (since, filter) => this.ledger?.spent(since, filter) ?? 0,
      () => this.#clock.now(),
    );
  }
}
