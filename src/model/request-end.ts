/**
 * How a request ended: one value, made once after the last byte, that everything which counts or shows requests
 * receives (ledger, budgets, metrics, traces, log, dashboard). Types only.
 */
import type { FailureClass } from "./failure.ts";
import type { CostParts } from "./price.ts";
import type { DialectName } from "./request-facts.ts";
import type { Target } from "./target.ts";
import type { Usage } from "./usage.ts";

/** One try of a request at one target. */
export interface AttemptRecord {
  readonly provider: string;
  readonly model: string;
  readonly dialect: DialectName;
  /** HTTP status; undefined: no answer came. */
  readonly status?: number;
  /** Undefined: it answered. */
  readonly failure?: FailureClass;
  /** The failure in words, without secrets. */
  readonly message?: string;
  /** Milliseconds from the request's arrival to the start of this attempt. */
  readonly startMs: number;
  /** Milliseconds from its start to its failure or its first output. */
  readonly ms: number;
}

/** What a request cost. Dollars; undefined: not known, which is not the same as nothing. */
export interface Costs {
  readonly cost?: number;
  /** What {@link cost} consists of; undefined: not known, or nothing. */
  readonly parts?: CostParts;
  /** What the request would have cost, had the baseline model served all of its session. */
  readonly baseline?: number;
  /** What {@link baseline} comes from: what is remembered of the session, or an estimate, since the client names none. */
  readonly basis?: "session" | "estimate";
  /** What changes of the model or the key lost: reads from a cache that became writes. Part of {@link cost}. @default 0 */
  readonly lost?: number;
  /** A flat plan paid for it: it has no price, and is in no sum of dollars. */
  readonly onPlan?: boolean;
  /** `baseline` less `cost`; negative where the baseline model is the cheaper one. */
  readonly saved?: number;
  readonly baselineTarget?: Target;
  /** The tokens are an estimate. */
  readonly estimated: boolean;
}

/** One request that is over. No prompts, no answers, no credentials. */
export interface RequestEnd {
  readonly id: string;
  /** Epoch milliseconds of its arrival. */
  readonly time: number;
  readonly client: string;
  /** A label for the key that was used, never the key. */
  readonly clientKey?: string;
  readonly session?: string;
  /** The name under which the session is remembered (`sessionName`); not kept. */
  readonly conversation?: string;
  readonly clientDialect: DialectName;
  readonly operation: "generate" | "count_tokens" | "compact";
  readonly stream: boolean;
  readonly modelAsked: string;
  readonly kind: string;
  readonly route: string;
  /** The names of the user's rules that matched and counted, in order. @default none did */
  readonly rules?: readonly string[] | undefined;
  readonly why: readonly string[];
  /** The target that answered; where none did, the one whose failure the client got. Undefined: none was to blame. */
  readonly provider?: string;
  readonly model?: string;
  readonly providerDialect?: DialectName;
  /** The id of the credential that it answered with; not kept. */
  readonly key?: string;
  /** Tokens of the whole request, as they were estimated before it was sent; not kept. */
  readonly approxTokens?: number;
  /** Tool results follow the user's prompt: it is not the first request of its turn; not kept. */
  readonly continuesTurn?: boolean;
  /** In the order of their starts. */
  readonly attempts: readonly AttemptRecord[];
  /** More than one target was tried. */
  readonly fellBack: boolean;
  readonly usage?: Usage;
  readonly costs: Costs;
  /** HTTP status that the client got. */
  readonly status: number;
  readonly failure?: FailureClass | string;
  /** The client hung up before the end. */
  readonly cancelled: boolean;
  /** Milliseconds from arrival to the first output; undefined: there was none. */
  readonly firstTokenMs?: number;
  /** Milliseconds from arrival to the last byte. */
  readonly durationMs: number;
  /** Microseconds that the proxy itself spent before the first attempt (inspect, classify, route). */
  readonly overheadUs: number;
  /** The client's `traceparent` and `tracestate` headers, for traces; not kept. */
  readonly traceParent?: string;
  readonly traceState?: string;
}
