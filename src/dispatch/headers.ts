/**
 * The one door to providers and back: which headers and which query of a request leave, with whose credential, and which
 * headers of an answer come back. All are lists of what may pass (RFC 9110 7.6.1; what clients and providers read).
 */
import { builtinProvider } from "../catalog/providers.ts";
import { OWN_HEADERS } from "../clients/agents.ts";
import type { Provider } from "../config/config.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { HeaderMap } from "../model/request-facts.ts";
import { eachHeader } from "../runtime/header-record.ts";
import type { Scrubber } from "../text/secrets.ts";
import type { Key } from "./keys.ts";

/** Client headers that every provider of the client's dialect gets; a name that ends in "-" means all that begin with it. */
const TO_PROVIDERS: readonly string[] = [
  "user-agent",
  "x-stainless-",
  "x-title",
  "http-referer", // names the app to OpenRouter; a browser's is `referer`
  "idempotency-key",
  "traceparent",
  "tracestate",
  "session_id",
  "session-id",
  "conversation_id",
  "conversation-id",
  "x-session-",
  "x-parent-session-id",
  ...OWN_HEADERS,
];

/**
 * How many proxies of this kind a request has passed. It goes to configured addresses only: one of them may be a proxy
 * again, and lead back here.
 */
const HOPS = "x-proxy-hops";

/** Whether a provider's address is the user's own setting, and not the one that is built in. */
function isElsewhere({ name, origin, baseUrl }: Provider): boolean {
  return origin !== "builtin" && baseUrl !== builtinProvider(name)?.root;
}

/** The hops of a request that came in: 0 from a client. */
export function hopsOf(client: HeaderMap): number {
  const hops = Number(client[HOPS] ?? 0);
  return Number.isInteger(hops) && hops > 0 ? hops : 0;
}

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
    const { open, account } = allowed(dialect);
    const own = provider.passthrough && key.own !== undefined;
    for (const name in client) {
      if (!open.test(name) && !(own && account.has(name)) || hop.includes(name)) continue;
      headers[name] = client[name] ?? "";
    }
  } else if (client["user-agent"] !== undefined) headers["user-agent"] = client["user-agent"];
  headers["content-type"] = "application/json";
  headers["accept"] = stream ? "text/event-stream" : "application/json";
  headers["accept-encoding"] = "identity"; // what comes back goes on byte for byte, and at once
  for (const name in dialect.headers) headers[name] ??= dialect.headers[name] ?? "";
  if (isElsewhere(provider)) headers[HOPS] = String(hopsOf(client) + 1);
  credential(headers, provider, key);
  for (const name in provider.headers) headers[name.toLowerCase()] = provider.headers[name] ?? "";
  return headers;
}

/**
 * A provider's URL with what its dialect knows of a client's query. A parameter that the URL has already stays as it is.
 * @param query with its question mark; "" where there is none
 */
export function withQuery(url: string, query: string, { sentOn }: Dialect): string {
  const names = sentOn?.query;
  if (query === "" || names === undefined) return url;
  const sent = new URLSearchParams(query);
  if (!names.some((name) => sent.has(name))) return url;
  const whole = new URL(url);
  for (const name of names) {
    const value = sent.get(name);
    if (value !== null && !whole.searchParams.has(name)) whole.searchParams.set(name, value);
  }
  return whole.href;
}

interface Allowed {
  readonly open: RegExp;
  readonly account: ReadonlySet<string>;
}

const allowedFor = new WeakMap<Dialect, Allowed>();

/** The client headers that providers of a dialect get. */
function allowed(dialect: Dialect): Allowed {
  let known = allowedFor.get(dialect);
  if (known === undefined) {
    const { headers = [], account = [] } = dialect.sentOn ?? {};
    const names = [...TO_PROVIDERS, ...headers].map((name) => name.endsWith("-") ? `${name}.*` : name);
    known = { open: new RegExp(`^(?:${names.join("|")})$`), account: new Set(account) };
    allowedFor.set(dialect, known);
  }
  return known;
}

/** The headers that a `Connection` header names: they are for this connection only. */
function namedBy(connection: string | undefined): readonly string[] {
  if (connection === undefined || connection === "keep-alive" || connection === "close") return NONE;
  return connection.toLowerCase().split(",").map((name) => name.trim());
}

const NONE: readonly string[] = [];

function credential(headers: Record<string, string>, provider: Provider, key: Key): void {
  if (provider.passthrough) {
    for (const name in key.own) headers[name] = key.own[name] ?? "";
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

/** Longer values, and what goes beyond the sum, a client does not get. Characters. */
const LONGEST_VALUE = 256;
const LONGEST_SUM = 4096;

const telling = new WeakMap<Headers, readonly (readonly [name: string, value: string])[]>();

/**
 * The headers of a provider's answer that may go to the client, limits and plans among them. They are read once: asking the
 * engine for each header costs more than all that is done with them.
 */
export function tellingHeaders(from: Headers): readonly (readonly [name: string, value: string])[] {
  let known = telling.get(from);
  if (known === undefined) {
    const found: [string, string][] = [];
    eachHeader(from, (value, name) => {
      if (TO_CLIENTS.has(name) || TO_CLIENTS_PREFIXES.some((prefix) => name.startsWith(prefix))) {
        found.push([name, value]);
      }
    });
    telling.set(from, known = found);
  }
  return known;
}

/** Copies what a client may see of the answering provider's headers; one in which a secret is found is dropped. */
export function answerHeaders(from: Headers, to: Record<string, string>, scrubber: Scrubber): void {
  let sum = 0;
  for (const [name, value] of tellingHeaders(from)) {
    if (value.length > LONGEST_VALUE || scrubber.finds(value) || scrubber.finds(name)) continue;
    sum += name.length + value.length;
    if (sum <= LONGEST_SUM) to[name] = value;
  }
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

/** The text of a header that {@link headerText} wrote. */
export function textOfHeader(value: string): string {
  return value.replace(/(%[0-9A-F]{2})+/g, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}
