/** A target's failure, as a value: what kind it is, what to do about it, and what a client gets to know. */
import type { ClientError, FailureClass, OverflowTokens } from "../../model/failure.ts";
import type { DialectName } from "../../model/request-facts.ts";
import type { Target } from "../../model/target.ts";

/**
 * What a failure concerns, and so what cools down. `key+model`: this key for this model only. `family`: this key for the
 * models whose names hold {@link Failure.family}. `request`: nothing but the request that failed.
 */
export type Scope = "provider" | "model" | "key" | "key+model" | "family" | "request";

export interface Failure {
  readonly class: FailureClass;
  readonly provider: string;
  readonly model: string;
  /** What it concerns, as far as the provider said; undefined: what {@link FAILURE_RULES} say of its class. */
  readonly scope?: Scope;
  /** With the scope `family`: what the names of its models hold (`:free`). */
  readonly family?: string;
  /** Of a context overflow, as far as the provider said. */
  readonly tokens?: OverflowTokens;
  /** The target is cooling down for it: asking again at once reaches nobody. */
  readonly cooling?: boolean;
  /** A context overflow that is counted in bytes: a target with the same window may take the request. */
  readonly inBytes?: boolean;
  /** Milliseconds without a sign of the provider before it failed. */
  readonly waited?: number;
  /** The HTTP status that the provider answered; undefined: there was no answer. */
  readonly status?: number;
  /** In words, without secrets. For the client. */
  readonly message: string;
  /** What of the message may be kept: it quotes nothing of the prompt. @default message */
  readonly kept?: string;
  /** The provider's `code` or `type`. */
  readonly code?: string;
  readonly param?: string;
  /** The provider's own reset time. Epoch milliseconds. */
  readonly resetAt?: number;
  /** The provider's `x-should-retry`. */
  readonly shouldRetry?: boolean;
  /** The provider's own answer, for a client of the same dialect to get as it is. */
  readonly raw?: {
    readonly dialect: DialectName;
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly contentType: string;
    readonly headers: Headers;
  };
}

/** How long a class cools down where the provider does not say. Milliseconds. */
interface Timing {
  /** The first time; doubled each time after, up to `most`. */
  readonly first: number;
  readonly most: number;
  /** Failures within a minute before it cools down. */
  readonly after: number;
}

/** What the failure table says of a class. */
interface Rule {
  /** Whether another target may be tried. "larger": one with a larger context window. */
  readonly next: boolean | "larger";
  /** What it concerns where the provider does not say. */
  readonly scope: Scope;
  /** Undefined: it does not cool down. */
  readonly cools?: Timing;
  /** The provider's own reset counts. "capped": up to the longest built-in time. */
  readonly reset?: true | "capped";
  /** The status for the client where the provider gave none. */
  readonly status: number;
  /** Whether the same request can succeed later. */
  readonly retry: boolean;
  /** How useful this one is to the client when several failed: the highest wins. */
  readonly useful: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const SERVER: Timing = { first: 30 * SECOND, most: 5 * MINUTE, after: 3 };

/** The failure table; scripts/failover-doc.ts writes it to docs/failover.md. */
export const FAILURE_RULES: Readonly<Record<FailureClass, Rule>> = {
  rate_limited: {
    next: true,
    scope: "key+model",
    cools: { first: 30 * SECOND, most: 5 * MINUTE, after: 1 },
    reset: true,
    status: 429,
    retry: true,
    useful: 8,
  },
  quota_exhausted: {
    next: true,
    scope: "key",
    cools: { first: HOUR, most: HOUR, after: 1 },
    reset: true,
    status: 429,
    retry: false,
    useful: 7,
  },
  overloaded: {
    next: true,
    scope: "model",
    cools: { first: 10 * SECOND, most: 5 * MINUTE, after: 1 },
    reset: "capped",
    status: 529,
    retry: true,
    useful: 6,
  },
  server_error: { next: true, scope: "model", cools: SERVER, status: 502, retry: true, useful: 4 },
  unreachable: { next: true, scope: "provider", cools: SERVER, status: 502, retry: true, useful: 2 },
  timeout: { next: true, scope: "model", cools: SERVER, status: 504, retry: true, useful: 3 },
  refused_credentials: {
    next: true,
    scope: "key",
    cools: { first: 10 * MINUTE, most: 10 * MINUTE, after: 1 },
    status: 401,
    retry: false,
    useful: 5,
  },
  model_unknown: {
    next: true,
    scope: "key+model",
    cools: { first: HOUR, most: HOUR, after: 1 },
    status: 404,
    retry: false,
    useful: 1,
  },
  context_overflow: { next: "larger", scope: "request", status: 400, retry: false, useful: 9 },
  unsupported: { next: true, scope: "request", status: 400, retry: false, useful: 5 },
  bad_request: { next: false, scope: "request", status: 400, retry: false, useful: 10 },
  content_refused: { next: false, scope: "request", status: 400, retry: false, useful: 10 },
  cancelled: { next: false, scope: "request", status: 499, retry: false, useful: 0 },
};

/** A failure's words for the ledger, the log, traces and everybody but its client. */
export const keptOf = ({ message, kept = message }: Failure): string => kept;
/** What a failure concerns. */
export function scopeOf(failure: Pick<Failure, "class" | "scope">): Scope {
  return failure.scope ?? FAILURE_RULES[failure.class].scope;
}

/** What concerns one key of a provider, and so none of its others. */
const OF_A_KEY: ReadonlySet<Scope> = new Set(["key", "key+model", "family"]);

/**
 * Whether another key of the same provider may take the same request: one key failed, or what its account allows was too
 * little for this request.
 */
export function mayTakeOtherKey(failure: Pick<Failure, "class" | "scope">): boolean {
  const scope = scopeOf(failure);
  return OF_A_KEY.has(scope) || (scope === "request" && OF_A_KEY.has(FAILURE_RULES[failure.class].scope));
}

/**
 * Statuses that never go to a client as they are. 407 and 421 speak of the connection between two neighbours: clients that
 * follow the Fetch standard show no answer at all (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch).
 */
const NOT_FOR_CLIENTS: ReadonlySet<number> = new Set([407, 421]);

/** The status that a client gets for a failure: the provider's own, where it says the same to the client. */
export function statusFor({ class: kind, status }: Pick<Failure, "class" | "status">): number {
  const { status: own } = FAILURE_RULES[kind];
  if (status === undefined || status < 400 || NOT_FOR_CLIENTS.has(status)) return own;
  return status === 413 && kind === "rate_limited" ? own : status;
}

/** One attempt in words: `openrouter,claude-3-opus: 429 rate limited (…)`. */
export function describeFailure(failure: Failure): string {
  const kind = failure.class.replaceAll("_", " ");
  const status = failure.status === undefined ? "" : `${failure.status} `;
  return `${failure.provider},${failure.model}: ${status}${kind}${
    failure.message === "" ? "" : ` (${failure.message})`
  }`;
}

/** The most useful to the client first; `failures` of the same use keep their order. */
export function gravestFirst<F extends Pick<Failure, "class">>(failures: readonly F[]): readonly F[] {
  const useful = (failure: F) => FAILURE_RULES[failure.class].useful;
  return [...failures].sort((a, b) => useful(b) - useful(a));
}

/** Whether time ends a failure of this class: it can say until when. */
export function isCuredByWaiting(kind: FailureClass): boolean {
  return FAILURE_RULES[kind].retry || kind === "quota_exhausted";
}

/** Classes at which a target is down rather than busy: while it is cooling down, the next try reaches nobody. */
const DOWN: ReadonlySet<FailureClass> = new Set(["server_error", "unreachable", "timeout"]);

/** Whether the same request can succeed in a moment. */
export function canSucceedSoon({ class: kind, cooling }: Pick<Failure, "class" | "cooling">): boolean {
  return FAILURE_RULES[kind].retry && !(cooling === true && DOWN.has(kind));
}

/** The first reset time among them; undefined: none has one. Epoch milliseconds. */
export function soonestReset(failures: readonly Failure[]): number | undefined {
  let soonest: number | undefined;
  for (const { resetAt } of failures) {
    if (resetAt !== undefined && (soonest === undefined || resetAt < soonest)) soonest = resetAt;
  }
  return soonest;
}

/** What a client gets in a stream that fails after its output began. */
export function streamErrorOf(
  failure: Failure,
  { provider, model }: Target,
  requestId: string,
): ClientError {
  const { class: kind, message, code } = failure;
  return {
    class: kind,
    status: statusFor(failure),
    message: `${provider},${model}: ${message}`,
    code,
    requestId,
  };
}
