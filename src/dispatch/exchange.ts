/** One request that waits for its answer. Types only. */
import type { Classification } from "../classifier/classification.ts";
import type { Config } from "../config/config.ts";
import type { PricedCatalog } from "../config/priced-catalog.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { HeaderMap, RequestFacts } from "../model/request-facts.ts";
import type { Json } from "../model/json.ts";
import type { RoutePlan } from "../router/plan.ts";

/** A client's request, read, classified and routed. */
export interface Exchange {
  readonly id: string;
  readonly dialect: Dialect;
  /** The body as it came. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly body: Json;
  /** In lower case, without those that hold a key of the proxy. */
  readonly headers: HeaderMap;
  /** The query (`?beta=true`); "" where there is none. What the dialect knows of it goes on with the bytes. */
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
  /** Called once the request is over and its body is not needed any more. */
  readonly over?: () => void;
  /** What the ledger calls its kind. @default the kind that was classified */
  readonly kind?: string;
  /** The name under which its session is remembered; undefined: the client names none. */
  readonly conversation?: string;
  /** A label for the proxy key that the client used. */
  readonly clientKey?: string;
  /** Microseconds, for `Server-Timing` and the ledger. */
  readonly classifyUs: number;
  readonly routeUs: number;
  /** More headers for every answer to this request (a budget's warning). */
  readonly extraHeaders?: Readonly<Record<string, string>>;
}
