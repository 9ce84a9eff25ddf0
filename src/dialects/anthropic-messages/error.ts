/** Errors of the Messages dialect. @see https://platform.claude.com/docs/en/api/errors */
import { formatSse } from "../../bytes/sse.ts";
import type { ClientError, ProviderError } from "../../model/failure.ts";
import type { Json } from "../../model/json.ts";

/** Anthropic's own word for each class: SDKs and agents decide by it (and by the status) whether to try again. */
const TYPES: Readonly<Record<ClientError["class"], string>> = {
  rate_limited: "rate_limit_error",
  quota_exhausted: "rate_limit_error",
  overloaded: "overloaded_error",
  server_error: "api_error",
  unreachable: "api_error",
  timeout: "timeout_error",
  refused_credentials: "permission_error",
  model_unknown: "not_found_error",
  context_overflow: "invalid_request_error",
  bad_request: "invalid_request_error",
  content_refused: "invalid_request_error",
  cancelled: "api_error",
  unauthorized: "authentication_error",
  not_found: "not_found_error",
  method_not_allowed: "invalid_request_error",
  unsupported_media_type: "invalid_request_error",
  too_large: "request_too_large",
  unsupported: "invalid_request_error",
};

/** 402 is Anthropic's status for an account that must be paid up. */
const PAYMENT_REQUIRED = 402;

/** The body of an error answer. */
export function encodeFailure(error: ClientError): Json {
  const type = error.class === "quota_exhausted" && error.status === PAYMENT_REQUIRED
    ? "billing_error"
    : TYPES[error.class];
  const message = error.class === "context_overflow"
    ? overflowMessage(error)
    : error.param === undefined || error.message.includes(error.param)
    ? error.message
    : `${error.param}: ${error.message}`;
  return { type: "error", error: { type, message }, request_id: error.requestId ?? null };
}

/** Anthropic's own words: agents compact when a message begins so, and by so much as the numbers say. */
function overflowMessage({ message, tokens }: ClientError): string {
  const own = "prompt is too long";
  return tokens === undefined
    ? `${own}. ${message}`
    : `${own}: ${tokens.asked} tokens > ${tokens.most} maximum. ${message}`;
}

/** Whether an error body says in Anthropic's own way that the prompt is too long. */
export const saysOverflow = (body: string): boolean => /"prompt is too long/i.test(body);

/** A failure after output began: the error event ends the stream, as Anthropic's own does. */
export function failureEvent(error: ClientError): string {
  return formatSse(JSON.stringify(encodeFailure(error)), "error");
}

/** Types that the dialect knows; those of another dialect's providers are not among them. */
const KNOWN_TYPES: ReadonlySet<string> = new Set([...Object.values(TYPES), "billing_error"]);

/** The same for a failure that a provider's stream reported; its type may be a class of the failure table. */
export function providerErrorEvent(error: ProviderError): string {
  const { type = "", message } = error;
  const known = Object.hasOwn(TYPES, type) ? TYPES[type as ClientError["class"]] : type;
  const body = { type: KNOWN_TYPES.has(known) ? known : "api_error", message };
  return formatSse(JSON.stringify({ type: "error", error: body }), "error");
}
