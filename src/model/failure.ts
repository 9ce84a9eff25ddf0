/** Failures: what a provider said, and what a client is shown. Types only. */
import type { Json } from "./json.ts";

/** The classes of the failure table; see docs/failover.md. */
export type FailureClass =
  | "rate_limited"
  | "quota_exhausted"
  | "overloaded"
  | "server_error"
  | "unreachable"
  | "timeout"
  | "refused_credentials"
  | "model_unknown"
  | "context_overflow"
  | "unsupported"
  | "bad_request"
  | "content_refused"
  | "cancelled";

/** What a provider's refusal says, read from its body in one dialect. Classification is dispatch's. */
export interface ProviderError {
  /** The provider's words, without secrets, at most 2,000 characters. */
  readonly message: string;
  /** The dialect's `type` or `code` fields, as they came. */
  readonly type?: string;
  readonly code?: string;
  readonly param?: string;
  /** What else the error says of limits, as it came: when they are reset, and what they hold for. */
  readonly details?: Json;
}

/** A failure for a client to see. `status` is the HTTP status to use when nothing was sent yet. */
export interface ClientError {
  readonly status: number;
  readonly class:
    | FailureClass
    | "unauthorized"
    | "not_found"
    | "method_not_allowed"
    | "unsupported_media_type"
    | "too_large";
  readonly message: string;
  readonly code?: string;
  readonly param?: string;
  readonly requestId?: string;
  /** Of a context overflow, as far as it is known. */
  readonly tokens?: OverflowTokens;
  /** When a limit ends. Epoch milliseconds. */
  readonly resetAt?: number;
  /** Fields beside the message, where the client reads any (`resets_at`). */
  readonly fields?: Readonly<Record<string, Json>>;
}

/** How long a prompt was, and how long it may be. */
export interface OverflowTokens {
  readonly asked: number;
  readonly most: number;
}
