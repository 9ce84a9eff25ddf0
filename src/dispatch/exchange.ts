/** One request on its way, and what dispatch works with. Types only. */
import type { Classification } from "../classifier/classification.ts";
import type { Config } from "../config/config.ts";
import type { PricedCatalog } from "../config/priced-catalog.ts";
import type { Dialect, Dialects } from "../dialects/dialect.ts";
import type { HeaderMap, RequestFacts } from "../model/request-facts.ts";
import type { Json } from "../model/json.ts";
import type { RequestEnd } from "../model/request-end.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../log/log.ts";
import type { RoutePlan } from "../router/plan.ts";
import type { DispatchState } from "./state.ts";

/** A client's request, read, classified and routed. */
export interface Exchange {
  readonly id: string;
  readonly dialect: Dialect;
  /** The body as it came. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly body: Json;
  readonly headers: HeaderMap;
  /** The query (`?beta=true`), which goes on with the bytes; "" where there is none. */
  readonly query: string;
  readonly facts: RequestFacts;
  readonly classification: Classification;
  readonly plan: RoutePlan;
  readonly config: Config;
  /** What is known of models, at the prices of {@link config}. */
  readonly catalog: PricedCatalog;
  /** Aborts when the client hangs up. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds of its arrival. */
  readonly time: number;
  /** `Clock.mono` at its arrival. */
  readonly started: number;
  /** A label for the proxy key that the client used. */
  readonly clientKey?: string;
  /** Microseconds, for `Server-Timing` and the ledger. */
  readonly classifyUs: number;
  readonly routeUs: number;
  /** A name for the turn that it belongs to; see `RoutePlan.turn`. */
  readonly turn?: string;
  /** Headers that every answer to this request gets besides the usual ones (a budget's warning). */
  readonly extraHeaders?: Readonly<Record<string, string>>;
}

/** What dispatch is given by the server. */
export interface DispatchDeps {
  readonly state: DispatchState;
  readonly dialects: Dialects;
  readonly clock: Clock;
  readonly log: Log;
  readonly fetch: typeof fetch;
  /** Called once for each request, after its last byte. */
  readonly onEnd: (end: RequestEnd) => void;
}
