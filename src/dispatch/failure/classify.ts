/** The class in the failure table of what a provider answered. Pure. */
import type { FailureClass, ProviderError } from "../../model/failure.ts";
import type { Json } from "../../model/json.ts";
import { FAILURE_PATTERNS, type FailurePattern, QUOTA_RESET_MS } from "./patterns.ts";

/**
 * The class of a provider's refusal. `status` is undefined for an error inside a 200 answer. `resetInMs`: how far
 * away the provider says its reset is.
 */
export function classifyFailure(
  status: number | undefined,
  error: ProviderError,
  resetInMs: number | undefined,
): FailureClass {
  const codes = [error.code, error.type].filter((code): code is string => code !== undefined && code !== "");
  // Chat providers put the HTTP status of an error inside a stream into its `code`.
  const known = status ?? statusIn(codes);
  const found = FAILURE_PATTERNS.find((pattern) => fits(pattern, known, codes, error.message))?.class ??
    byStatus(known);
  if (found === "rate_limited" && resetInMs !== undefined && resetInMs > QUOTA_RESET_MS) {
    return "quota_exhausted";
  }
  return found;
}

function statusIn(codes: readonly string[]): number | undefined {
  for (const code of codes) if (/^[45]\d\d$/.test(code)) return Number(code);
  return undefined;
}

function fits(
  pattern: FailurePattern,
  status: number | undefined,
  codes: readonly string[],
  message: string,
): boolean {
  if (pattern.status !== undefined && (status === undefined || !pattern.status.includes(status))) {
    return false;
  }
  if (pattern.code !== undefined && !codes.some((code) => pattern.code?.test(code))) return false;
  // A bad request's code is general: it decides only where the status does not say otherwise.
  if (pattern.class === "bad_request" && status !== undefined && (status < 400 || status >= 500)) {
    return false;
  }
  return pattern.message === undefined || pattern.message.test(message);
}

function byStatus(status: number | undefined): FailureClass {
  if (status === undefined || status < 400 || status >= 500) return "server_error";
  return "bad_request";
}

/** Gemini's `retryDelay: "37s"` and Codex's `resets_in_seconds` / `resets_at`, in the body. Epoch milliseconds. */
export function resetInBody(body: Json | string, now: number): number | undefined {
  const error = Array.isArray(body) ? body[0]?.error : body?.error;
  if (typeof error !== "object" || error === null) return undefined;
  if (typeof error.resets_at === "number") return error.resets_at * 1000;
  if (typeof error.resets_in_seconds === "number") return now + error.resets_in_seconds * 1000;
  const details: unknown[] = Array.isArray(error.details) ? error.details : [];
  for (const detail of details) {
    const delay = (detail as { retryDelay?: unknown } | null)?.retryDelay;
    if (typeof delay === "string" && /^\d+(\.\d+)?s$/.test(delay)) return now + parseFloat(delay) * 1000;
  }
  const reset = error.metadata?.headers?.["X-RateLimit-Reset"]; // OpenRouter
  return reset !== undefined && Number(reset) > 1e12 ? Number(reset) : undefined;
}
