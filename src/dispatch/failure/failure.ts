/** A target's failure, as a value: what kind it is, what to do about it, and what a client gets to know. */
import type { ClientError, FailureClass } from "../../model/failure.ts";
import type { DialectName } from "../../model/request-facts.ts";
import type { Target } from "../../model/target.ts";

/** What cools down after a failure. `key+model`: this key for this model only. */
export type Scope = "provider" | "model" | "key" | "key+model" | "none";

export interface Failure {
  readonly class: FailureClass;
  readonly provider: string;
  readonly model: string;
  /** The HTTP status that the provider answered; undefined: there was no answer. */
  readonly status?: number;
  /** In words, without secrets. */
  readonly message: string;
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

/** What the failure table says of a class. */
interface Rule {
  /** Whether another target may be tried. "larger": one with a larger context window. */
  readonly next: boolean | "larger";
  readonly scope: Scope;
  /** The status for the client where the provider gave none. */
  readonly status: number;
  /** Whether the same request can succeed later. */
  readonly retry: boolean;
  /** How useful this one is to the client when several failed: the highest wins. */
  readonly useful: number;
}

/** The failure table; docs/failover.md shows it. */
export const FAILURE_RULES: Readonly<Record<FailureClass, Rule>> = {
  rate_limited: { next: true, scope: "key+model", status: 429, retry: true, useful: 8 },
  quota_exhausted: { next: true, scope: "key", status: 429, retry: false, useful: 7 },
  overloaded: { next: true, scope: "model", status: 529, retry: true, useful: 6 },
  server_error: { next: true, scope: "provider", status: 502, retry: true, useful: 4 },
  unreachable: { next: true, scope: "provider", status: 502, retry: true, useful: 2 },
  timeout: { next: true, scope: "provider", status: 504, retry: true, useful: 3 },
  refused_credentials: { next: true, scope: "key", status: 401, retry: false, useful: 5 },
  model_unknown: { next: true, scope: "model", status: 404, retry: false, useful: 1 },
  context_overflow: { next: "larger", scope: "none", status: 400, retry: false, useful: 9 },
  bad_request: { next: false, scope: "none", status: 400, retry: false, useful: 10 },
  content_refused: { next: false, scope: "none", status: 400, retry: false, useful: 10 },
  cancelled: { next: false, scope: "none", status: 499, retry: false, useful: 0 },
};

/** One attempt in words: `openrouter,claude-3-opus: 429 rate limited (…)`. */
export function describeFailure(failure: Failure): string {
  const kind = failure.class.replaceAll("_", " ");
  const status = failure.status === undefined ? "" : `${failure.status} `;
  return `${failure.provider},${failure.model}: ${status}${kind}${
    failure.message === "" ? "" : ` (${failure.message})`
  }`;
}

/** The failure that helps the client most. `failures` holds at least one. */
export function mostUseful(failures: readonly Failure[]): Failure {
  return failures.reduce((best, next) =>
    FAILURE_RULES[next.class].useful > FAILURE_RULES[best.class].useful ? next : best
  );
}

/** The first reset time among them; undefined: none has one. Epoch milliseconds. */
export function soonestReset(failures: readonly Failure[]): number | undefined {
  let soonest: number | undefined;
  for (const { resetAt } of failures) {
    if (resetAt !== undefined && (soonest === undefined || resetAt < soonest)) soonest = resetAt;
  }
  return soonest;
}

/** What a client gets when every target has failed. Each attempt is named. `chief`: the {@link mostUseful} one. */
export function clientErrorOf(
  failures: readonly Failure[],
  chief: Failure,
  requestId: string,
): ClientError {
  return {
    status: chief.status !== undefined && chief.status >= 400
      ? chief.status
      : FAILURE_RULES[chief.class].status,
    class: chief.class,
    message: failures.length === 1
      ? describeFailure(chief)
      : `All ${failures.length} targets failed. ${failures.map(describeFailure).join("; ")}`,
    code: chief.code,
    param: chief.param,
    requestId,
  };
}

/** What a client gets in a stream that fails after its output began. */
export function streamErrorOf(
  { class: kind, status, message, code }: Failure,
  { provider, model }: Target,
  requestId: string,
): ClientError {
  return {
    class: kind,
    status: status ?? FAILURE_RULES[kind].status,
    message: `${provider},${model}: ${message}`,
    code,
    requestId,
  };
}
