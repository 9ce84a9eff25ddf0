/** The server's own refusals, each in the caller's dialect and naming the cause. */
import { clientName } from "../clients/recognise.ts";
import { heardBy } from "../clients/refusals.ts";
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

/** Who is refused: what it speaks, and the client's name where it is known. */
export interface RefusedCaller {
  readonly dialect: Dialect;
  readonly client: string;
}

/** The answer to a refused request. */
export function refuse(
  refusal: Refusal,
  { dialect, client }: RefusedCaller,
  id: string = requestId(),
): Response {
  const { status, message, headers, code } = refusal;
  const { "retry-after": after, ...others } = headers;
  const { error, headers: own } = heardBy(client, {
    error: { status, class: CLASS[status] ?? "bad_request", message, code, requestId: id },
    // A client that tries a refused request again gets the same: only load and limits pass.
    retry: status === 429 || status === 503 || status === 500,
    stream: false,
    ...(after === undefined ? {} : { wait: Number(after) }),
  });
  return Response.json(dialect.failure.encode(error), {
    status: error.status,
    headers: { "x-request-id": id, ...others, ...own },
  });
}

/** The dialect of a caller, by its path and headers; the first one where neither shows it. */
function callersDialect(known: Dialects, path: string, headers: HeaderMap): Dialect {
  return dialectOf(known, path, headers) ?? defaultDialect(known);
}

/** A caller whose body nobody has read, by its path and headers. */
export function callerBy(known: Dialects, path: string, headers: HeaderMap): RefusedCaller {
  return { dialect: callersDialect(known, path, headers), client: clientName(headers, []) };
}

/** A new name for a request, unique and short enough to read out: `req_` and 24 hex digits. */
export function requestId(): string {
  return "req_" + crypto.randomUUID().replaceAll("-", "").slice(0, 24);
}

/** The caller of a request that nothing has read yet; its URL may be no more than a path. */
export function requester(known: Dialects, { url, headers }: Request): RefusedCaller {
  const path = /^(?:\w+:\/\/[^/?#]*)?([^?#]*)/.exec(url)?.[1] ?? "";
  return callerBy(known, path, Object.fromEntries(headers));
}
