/** Who may use the proxy: its own keys, compared in constant time. */
import { hash, timingSafeEqual } from "node:crypto";
import type { Config } from "../config/config.ts";
import { keyId } from "../dispatch/candidates.ts";
import { Refusal } from "./errors.ts";

/** The headers that may carry the proxy's key, in the order in which they are read. */
const HEADERS = ["x-proxy-key", "authorization", "x-api-key"] as const;

export interface Caller {
  /** A label for the key that was used: its id, never the key. Undefined: the proxy is open. */
  readonly key?: string;
}

const OPEN: Caller = {};
const digests = new WeakMap<Config, readonly { readonly digest: Uint8Array; readonly id: string }[]>();

function digest(text: string): Uint8Array {
  return hash("sha256", text, "buffer");
}

function keysOf(config: Config) {
  let keys = digests.get(config);
  if (keys === undefined) {
    keys = config.proxy.apiKeys.map((key) => ({ digest: digest(key), id: keyId(key) }));
    digests.set(config, keys);
  }
  return keys;
}

/** Some clients show a text of their own where a refusal names the header `x-api-key`. */
const HOW_TO_SEND =
  "Send the api_key of [proxy] in its configuration as the client's API key or in the header X-Proxy-Key.";

/**
 * Checks a caller's key. `header` gives a request header's value.
 * @throws Refusal (401) when a key is needed and none of those sent is right.
 */
export function authenticate(config: Config, header: (name: string) => string | undefined): Caller {
  const keys = keysOf(config);
  if (keys.length === 0) return OPEN;
  let sent = false;
  for (const name of HEADERS) {
    const value = header(name);
    if (value === undefined || value === "") continue;
    sent = true;
    const presented = digest(name === "authorization" ? value.replace(/^Bearer\s+/i, "") : value);
    let found: string | undefined;
    for (const key of keys) if (timingSafeEqual(key.digest, presented)) found = key.id; // all are compared
    if (found !== undefined) return { key: found };
  }
  throw new Refusal(
    401,
    sent
      ? `terraphim-llm-proxy: the key is not one of this proxy's. ${HOW_TO_SEND}`
      : `terraphim-llm-proxy: this proxy needs a key. ${HOW_TO_SEND}`,
    { "www-authenticate": 'Bearer realm="terraphim-llm-proxy"' },
    "invalid_api_key",
  );
}

/** From so many characters on, a key is found inside of a longer value too. */
const LONG_KEY = 8;

/**
 * Whether a header or a parameter holds a key of the proxy, wherever in the request: then it goes nowhere. Only for callers
 * that have shown a key: it does not take the same time for every value.
 */
export function holdsKey({ proxy: { apiKeys } }: Config, value: string): boolean {
  return apiKeys.some((key) =>
    key.length < LONG_KEY ? value.replace(/^\w+\s+/, "").trim() === key : value.includes(key)
  );
}

/** `/k/KEY/v1/…` is `/v1/…` with the key in a header: for clients that can set nothing but a base URL. */
export function keyFromPath(request: Request): Request {
  const [, base, key, rest] = /^(\w+:\/\/[^/?#]*)\/+k\/+([^/?#]*)(.*)$/s.exec(request.url) ?? [];
  if (base === undefined || key === undefined || rest === undefined) return request;
  const inner = new Request(`${base}${rest.startsWith("/") ? "" : "/"}${rest}`, request);
  inner.headers.set("x-proxy-key", decoded(key));
  return inner;
}

/** A key as it was before it was put in a URL; what does not fit into a header stays as it came, and is not a valid key. */
function decoded(text: string): string {
  try {
    const plain = decodeURIComponent(text);
    return /^[\x20-\x7e]*$/.test(plain) ? plain : text;
  } catch {
    return text;
  }
}
