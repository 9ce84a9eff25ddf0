/** What the ledger is told of a request once it is over. Types only. */
import type { DialectName } from "../model/request-facts.ts";
import type { FailureClass } from "../model/failure.ts";
import type { Usage } from "../model/usage.ts";

/** One try at one target. */
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
  /** Milliseconds from the call to its end or its first output. */
  readonly ms: number;
}

/** One request, told once, after its last byte. No prompts, no answers, no credentials. */
export interface RequestRecord {
  readonly id: string;
  /** Epoch milliseconds of its arrival. */
  readonly time: number;
  readonly client: string;
  /** A label for the key that was used, never the key. */
  readonly clientKey?: string;
  readonly session?: string;
  readonly clientDialect: DialectName;
  readonly operation: "generate" | "count_tokens";
  readonly stream: boolean;
  readonly modelAsked: string;
  readonly kind: string;
  readonly route: string;
  readonly why: readonly string[];
  /** The target that answered; undefined: none did. */
  readonly provider?: string;
  readonly model?: string;
  readonly providerDialect?: DialectName;
  readonly attempts: readonly AttemptRecord[];
  readonly usage?: Usage;
  /** HTTP status that the client got. */
  readonly status: number;
  readonly failure?: FailureClass | string;
  /** The client hung up before the end. */
  readonly cancelled: boolean;
  /** Milliseconds from arrival to the first output; undefined: there was none. */
  readonly firstTokenMs?: number;
  readonly durationMs: number;
  /** Microseconds that the proxy itself spent before the first call (inspect, classify, route). */
  readonly overheadUs: number;
  /** The client's `traceparent` and `tracestate` headers, for traces; not kept. */
  readonly traceParent?: string;
  readonly traceState?: string;
}
