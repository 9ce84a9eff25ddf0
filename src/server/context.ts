/** What the endpoints work with. Types only. */
import type { Config } from "../config/config.ts";
import type { CatalogOf } from "../config/priced-catalog.ts";
import type { LiveState } from "../config/live/live.ts";
import type { LoadResult } from "../config/load.ts";
import type { DispatchDeps } from "../dispatch/course.ts";
import type { LocalServers } from "../dispatch/local-servers.ts";
import type { DispatchState } from "../dispatch/state.ts";
import type { Budgets } from "../ledger/budget.ts";
import type { RequestLedger } from "../ledger/ledger.ts";
import type { Clock } from "../runtime/clock.ts";
import type { RequestEnd } from "../model/request-end.ts";
import type { Door, KeyRefusal } from "./auth.ts";
import type { Store } from "../store/store.ts";
import type { ClientKeys } from "./client-keys.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Learning } from "./learning/learning.ts";
import type { Limits } from "./limits.ts";
import type { Scripts } from "./script.ts";
import type { SecondOpinions } from "./second-opinions.ts";
import type { Siblings } from "./siblings.ts";

/** Where the configuration comes from: a `LiveConfig`. */
export interface ConfigSource {
  readonly current: Config;
  readonly state: LiveState;
  /** Calls `listener` with every new configuration. Returns what ends it. */
  onSwap(listener: (next: Config, before: Config) => void): () => void;
  /**
   * What the file in use would be with another text; undefined: there is no file.
   * @default the configuration does not come from a file
   */
  tried?(text: string): LoadResult | undefined;
}

/** The running proxy, as health, metrics and the dashboard see it. */
export interface Running {
  readonly source: ConfigSource;
  readonly state: DispatchState;
  readonly clock: Clock;
  readonly door: Door;
  /** Which model servers of this machine run. */
  readonly local: LocalServers;
  /** The keys with names. */
  readonly keys: ClientKeys;
  /** Undefined: nothing is kept (`[ledger] enabled = false`). */
  readonly ledger: () => RequestLedger | undefined;
  /** What replicas share; undefined: this proxy is alone. */
  readonly store: Store | undefined;
  /** Undefined: none are set. */
  readonly budgets: () => Budgets | undefined;
  /** Undefined: `[learning]` is off. */
  readonly learning: () => Learning | undefined;
  readonly version: string;
  /** When the program started, this process or the one that started it. Epoch milliseconds. */
  readonly startedAt: number;
  /** The other workers of this program; undefined: there are none. */
  readonly siblings?: Siblings | undefined;
}

/** What the server works with. */
export interface ServerContext extends Running {
  readonly dispatch: DispatchDeps;
  readonly limits: Limits;
  /** What a small model says where the kind of a turn is in doubt. */
  readonly opinions: SecondOpinions;
  /** The users' own routing functions. */
  readonly scripts: Scripts;
  /** What is known of models, as a configuration prices them. */
  readonly catalogOf: CatalogOf;
  /** Endpoints beyond the proxy's own: metrics, the dashboard. */
  readonly endpoints?: readonly Endpoint[];
  /** Called when the proxy begins to stop. */
  readonly stopping?: () => void;
  /** Logs and keeps a request that was refused for its key, before it was read. */
  readonly keyRefused: (
    refusal: KeyRefusal,
    request: Pick<RequestEnd, "operation" | "client" | "clientDialect">,
  ) => void;
  /** Called for every request that the proxy itself refused. */
  readonly refused?: (status: number) => void;
}
