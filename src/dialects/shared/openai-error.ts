/** Error bodies as both dialects of OpenAI have them (https://platform.openai.com/docs/guides/error-codes). */
import type { ClientError } from "../../model/failure.ts";
import type { Json } from "../../model/json.ts";

/** OpenAI's own words for each class: `type` and, where the client's SDK or agent reads it, `code`. */
export const KINDS: Readonly<
  Record<ClientError["class"], { readonly type: string; readonly code: string | null }>
> = {
  rate_limited: { type: "rate_limit_error", code: "rate_limit_exceeded" },
  quota_exhausted: { type: "insufficient_quota", code: "insufficient_quota" },
  overloaded: { type: "server_error", code: "server_is_overloaded" },
  server_error: { type: "server_error", code: "server_error" },
  unreachable: { type: "server_error", code: "provider_unreachable" },
  timeout: { type: "server_error", code: "timeout" },
  refused_credentials: { type: "authentication_error", code: "provider_credentials_refused" },
  model_unknown: { type: "invalid_request_error", code: "model_not_found" },
  context_overflow: { type: "invalid_request_error", code: "context_length_exceeded" },
  bad_request: { type: "invalid_request_error", code: null },
  content_refused: { type: "invalid_request_error", code: "content_policy_violation" },
  cancelled: { type: "server_error", code: "cancelled" },
  unauthorized: { type: "authentication_error", code: "invalid_api_key" },
  not_found: { type: "invalid_request_error", code: "not_found" },
  method_not_allowed: { type: "invalid_request_error", code: "method_not_allowed" },
  unsupported_media_type: { type: "invalid_request_error", code: "unsupported_media_type" },
  too_large: { type: "invalid_request_error", code: "request_too_large" },
  unsupported: { type: "invalid_request_error", code: "unsupported_parameter" },
};

/** The body of an error answer. */
export function encodeFailure(error: ClientError): Json {
  const kind = KINDS[error.class];
  const body = {
    message: error.message,
    type: kind.type,
    param: error.param ?? null,
    code: error.code ?? kind.code,
  };
  return error.requestId === undefined ? { error: body } : { error: body, request_id: error.requestId };
}
