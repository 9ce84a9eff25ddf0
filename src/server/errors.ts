/** The server's own refusals, each in the caller's dialect and naming the cause. */
import type { ClientError } from "../model/failure.ts";
import type { Dialect, Dialects } from "../dialects/dialect.ts";
import { defaultDialect, dialectOf } from "../dialects/registry.ts";
import type { HeaderMap } from "../model/request-facts.ts";

/** The class of each refusal, by status. */
const CLASS: Readonly<Record<number, ClientError["class"]>> = {
  400: "bad_request",
  401: "unauthorized",
  403: "refused_credentials",
  404: "not_found",
  405: "method_not_allowed",
  408: "timeout",
  413: "too_large",
  415: "unsupported_media_type",
  426: "unsupported",
  429: "rate_limited",
  500: "server_error",
  503: "overloaded",
};

/** A refusal with its words, before the dialect is known. */
export class Refusal extends Error {
  override name = "Refusal";
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    readonly code?: string,
  ) {
    super(message);
  }
}

/** The answer to a refused request. */
export function refuse(refusal: Refusal, dialect: Dialect, id: string = requestId()): Response {
  const { status, message, headers, code } = refusal;
  const error: ClientError = { status, class: CLASS[status] ?? "bad_request", message, code, requestId: id };
  // A client that tries a refused request again gets the same: only load and limits pass.
  const retry: Readonly<Record<string, string>> = status === 429 || status === 503 || status === 500
    ? {}
    : { "x-should-retry": "false" };
  return Response.json(dialect.failure.encode(error), {
    status,
    headers: { "x-request-id": id, ...retry, ...headers },
  });
}

/** The dialect of a caller, by its path and headers; the first one where neither shows it. */
export function callersDialect(known: Dialects, path: string, headers: HeaderMap): Dialect {
  return dialectOf(known, path, headers) ?? defaultDialect(known);
}

/** A new name for a request, unique and short enough to read out: `req_` and 24 hex digits. */
export function requestId(): string {
  return "req_" + crypto.randomUUID().replaceAll("-", "").slice(0, 24);
}

/** The dialect of a request that nothing has read yet; its URL may be no more than a path. */
export function requestersDialect(known: Dialects, { url, headers }: Request): Dialect {
  const path = /^(?:\w+:\/\/[^/?#]*)?([^?#]*)/.exec(url)?.[1] ?? "";
  return callersDialect(known, path, Object.fromEntries(headers));
}
