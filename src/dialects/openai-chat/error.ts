/** Failures for a Chat client after its stream has begun. */
import { formatSse } from "../../bytes/sse.ts";
import type { ClientError, ProviderError } from "../../model/failure.ts";
import { encodeFailure, KINDS } from "../shared/openai.ts";

/** A failure after output began: the official SDK throws at an event with `error`, others stop at `[DONE]`. */
export function failureEvent(error: ClientError): string {
  return formatSse(JSON.stringify(encodeFailure(error))) + formatSse("[DONE]");
}

/** The same for a failure that a stream reported; its `type` may be one of the classes, or a provider's own word. */
export function providerErrorEvent(error: ProviderError): string {
  const kind = error.type !== undefined && Object.hasOwn(KINDS, error.type)
    ? KINDS[error.type as ClientError["class"]]
    : { type: error.type ?? "server_error", code: null };
  const body = {
    message: error.message,
    type: kind.type,
    param: error.param ?? null,
    code: error.code ?? kind.code,
  };
  return formatSse(JSON.stringify({ error: body })) + formatSse("[DONE]");
}
