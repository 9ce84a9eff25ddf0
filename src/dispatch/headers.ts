/** Which headers travel, and how a text becomes a header. Tables, from RFC 9110 7.6.1 and what providers and clients of today read. */
import type { Provider } from "../config/config.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { HeaderMap } from "../model/request-facts.ts";
import type { Key } from "./candidates.ts";

/** Client headers that never reach a provider: hop by hop, credentials, what the call sets itself, a browser's. */
const NOT_TO_PROVIDERS: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
  "host",
  "content-length",
  "content-encoding",
  "content-type",
  "accept",
  "accept-encoding",
  "authorization",
  "x-api-key",
  "x-proxy-key",
  "cookie",
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
  "origin",
  "referer",
  "if-none-match",
  "if-modified-since",
  "range",
]);

export interface RequestHeadersOptions {
  /** The client's headers. */
  readonly client: HeaderMap;
  readonly provider: Provider;
  readonly key: Key;
  /** What the provider speaks. */
  readonly dialect: Dialect;
  /** The client speaks it too. */
  readonly same: boolean;
  readonly stream: boolean;
}

/** The headers that a provider gets. A client's own travel only to a provider of its dialect: they make no sense elsewhere. */
export function requestHeaders(
  { client, provider, key, dialect, same, stream }: RequestHeadersOptions,
): Record<string, string> {
  const headers: Record<string, string> = {};
  if (same) {
    const hop = namedBy(client.connection);
    for (const name in client) {
      if (NOT_TO_PROVIDERS.has(name) || name.startsWith("sec-") || hop.includes(name)) continue;
      headers[name] = client[name] ?? "";
    }
  } else if (client["user-agent"] !== undefined) headers["user-agent"] = client["user-agent"];
  headers["content-type"] = "application/json";
  headers["accept"] = stream ? "text/event-stream" : "application/json";
  headers["accept-encoding"] = "identity"; // what comes back goes on byte for byte, and at once
  for (const name in dialect.headers) headers[name] ??= dialect.headers[name] ?? "";
  credential(headers, client, provider, key);
  for (const name in provider.headers) headers[name.toLowerCase()] = provider.headers[name] ?? "";
  return headers;
}

/** The headers that a `Connection` header names: they are for this connection only. */
function namedBy(connection: string | undefined): readonly string[] {
  if (connection === undefined || connection === "keep-alive" || connection === "close") return NONE;
  return connection.toLowerCase().split(",").map((name) => name.trim());
}

const NONE: readonly string[] = [];

function credential(headers: Record<string, string>, client: HeaderMap, provider: Provider, key: Key): void {
  if (provider.passthrough) {
    if (client["authorization"] !== undefined) headers["authorization"] = client["authorization"];
    if (client["x-api-key"] !== undefined) headers["x-api-key"] = client["x-api-key"];
    return;
  }
  if (key.secret === undefined || provider.auth === "none") return;
  if (provider.auth !== "x-api-key") headers["authorization"] = `Bearer ${key.secret}`;
  if (provider.auth !== "bearer") headers["x-api-key"] = key.secret;
}

/** Provider headers that a client gets: rate limits and ids that its SDK reads. Nothing else reaches it. */
const TO_CLIENTS: ReadonlySet<string> = new Set([
  "retry-after",
  "retry-after-ms",
  "x-should-retry",
  "request-id",
  "openai-version",
  "openai-processing-ms",
  "openai-model",
]);
const TO_CLIENTS_PREFIXES = ["anthropic-ratelimit-", "x-ratelimit-", "x-codex-"] as const;

/** Copies what a client may see of the answering provider's headers. */
export function answerHeaders(from: Headers, to: Headers): void {
  // Deno takes ten times as long to iterate over headers.
  from.forEach((value, name) => {
    if (TO_CLIENTS.has(name) || TO_CLIENTS_PREFIXES.some((prefix) => name.startsWith(prefix))) {
      to.set(name, value);
    }
  });
}

/** Signs of our own texts that ASCII has a likeness of. */
const LIKENESS: Readonly<Record<string, string>> = {
  "→": "->",
  "…": "...",
  "–": "-",
  "—": "-",
  "‘": "'",
  "’": "'",
  "“": '"',
  "”": '"',
};
const MOST = 1000;

/**
 * A text as a header's value: visible ASCII on one line (https://www.rfc-editor.org/rfc/rfc9110#section-5.5). At most
 * 1,000 characters; what ASCII has no likeness of is percent-encoded UTF-8.
 */
export function headerText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length > MOST ? text.slice(0, MOST) : text;
  return text.replace(/[\r\n\t]+/g, " ").replace(/[^\x20-\x7e]/gu, (sign) => LIKENESS[sign] ?? encoded(sign))
    .slice(0, MOST);
}

function encoded(sign: string): string {
  try {
    return encodeURIComponent(sign);
  } catch {
    return "?"; // half of a surrogate pair
  }
}
