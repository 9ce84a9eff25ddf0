/**
 * Errors of the Responses dialect. Their bodies have the form of the Chat dialect's
 * (https://platform.openai.com/docs/guides/error-codes); in a stream a failure is a `response.failed`.
 */
import { own } from "../../json/shape.ts";
import { formatSse } from "../../bytes/sse.ts";
import type { ClientError, ProviderError } from "../../model/failure.ts";
import type { Json } from "../../model/json.ts";
import { errorIn } from "../shared/error.ts";

/**
 * The code of a failure after output began. Codex sends a request again at `rate_limit_exceeded`, `server_error` and
 * unknown codes, and gives up at `server_is_overloaded`, `insufficient_quota`, `invalid_prompt` and
 * `context_length_exceeded`. Behind this proxy sending it again helps whenever another provider may answer, so what is
 * one provider's trouble is sent as one of the first.
 */
const CODES: Readonly<Record<ClientError["class"], string>> = {
  rate_limited: "rate_limit_exceeded",
  quota_exhausted: "rate_limit_exceeded",
  overloaded: "server_error",
  server_error: "server_error",
  unreachable: "server_error",
  timeout: "server_error",
  refused_credentials: "server_error",
  model_unknown: "server_error",
  cancelled: "server_error",
  context_overflow: "context_length_exceeded",
  bad_request: "invalid_prompt",
  content_refused: "invalid_prompt",
  unauthorized: "invalid_prompt",
  not_found: "invalid_prompt",
  method_not_allowed: "invalid_prompt",
  unsupported_media_type: "invalid_prompt",
  too_large: "invalid_prompt",
  unsupported: "invalid_prompt",
};

/** Codes of one provider's trouble at which Codex ends its turn; see {@link CODES}. */
const ENDS_TURN: ReadonlySet<string> = new Set([
  "server_is_overloaded",
  "slow_down",
  "insufficient_quota",
  "usage_not_included",
]);

/** Whether Codex would end its turn at this failure, though another provider may work. */
export function endsTurn({ code = "" }: ProviderError): boolean {
  return ENDS_TURN.has(code);
}

/** Codes that mean the same in every stream of this dialect. */
const KNOWN: ReadonlySet<string> = new Set([
  "rate_limit_exceeded",
  "server_is_overloaded",
  "slow_down",
  "server_error",
  "context_length_exceeded",
  "insufficient_quota",
  "usage_not_included",
  "invalid_prompt",
]);

/** Other providers' words. */
const TRANSLATED: Readonly<Record<string, string>> = {
  rate_limit_error: "rate_limit_exceeded",
  overloaded_error: "server_error",
  invalid_request_error: "invalid_prompt",
};

/** `code` and `message` of a failed response, from the proxy's own class or a provider's words. */
export function responseError(error: ProviderError): { code: string; message: string } {
  const { type = "", code = "", message } = error;
  const known = Object.hasOwn(CODES, type) ? CODES[type as ClientError["class"]] : undefined;
  const translated = known ?? own(TRANSLATED, type);
  return { code: KNOWN.has(code) && known === undefined ? code : translated ?? "server_error", message };
}

/** HTTP statuses of the codes that streams and whole answers report failures with. */
const STATUSES: Readonly<Record<string, number>> = {
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  server_is_overloaded: 503,
  slow_down: 503,
  server_error: 500,
  context_length_exceeded: 400,
  invalid_prompt: 400,
};

export function statusOfCode(code: string | undefined): number | undefined {
  return own(STATUSES, code);
}

/**
 * The error of a `response.failed` (also without a response), of an `error` event in either of its forms, or of a whole response that failed;
 * undefined where there is none.
 */
export function streamError(event: Json): ProviderError | undefined {
  const response = event?.response ?? (event?.object === "response" ? event : undefined);
  if (response !== undefined) {
    if (response?.error) return errorIn({ error: response.error });
    if (response?.status !== "failed" && response?.status !== "cancelled") return undefined;
    return { message: `the response ended with status "${response.status}"`, type: "server_error" };
  }
  if (event?.type !== "error" && event?.type !== "response.failed") return undefined;
  const { type: _type, sequence_number: _number, ...flat } = event;
  return errorIn(event.error ? { error: event.error } : { error: flat }) ??
    { message: "the provider reported an error", type: "server_error" };
}

/** Above any number that a stream reaches: who writes the event does not know the stream's count. */
const LAST_NUMBER = 2 ** 31 - 1;

/** Ends a stream that passed through. */
export function failureEvent(error: ClientError): string {
  const response = {
    id: `resp_${error.requestId ?? "failed"}`,
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    status: "failed",
    error: responseError({
      message: error.message,
      type: error.class,
      ...(error.code === undefined ? {} : { code: error.code }),
    }),
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model: "",
    output: [],
    parallel_tool_calls: true,
    temperature: null,
    tool_choice: "auto",
    tools: [],
    top_p: null,
    usage: null,
  };
  const data = { type: "response.failed", sequence_number: LAST_NUMBER, response };
  return formatSse(JSON.stringify(data), data.type);
}
