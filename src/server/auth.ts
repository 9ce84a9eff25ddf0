/** Who may use the proxy: its own keys, compared in constant time. */
import { hash, timingSafeEqual } from "node:crypto";
import type { Config } from "../config/config.ts";
import type { Clock } from "../runtime/clock.ts";
import type { KeyIds } from "../dispatch/keys.ts";
import { canonicalHost } from "../text/hosts.ts";
import { Refusal } from "./errors.ts";

/** The headers that may carry the proxy's key, in the order in which they are read. */
const HEADERS = ["x-proxy-key", "authorization", "x-api-key"] as const;

export interface Caller {
  /** A label for the key that was used: its id, never the key. Undefined: the proxy is open. */
  readonly key?: string;
}

const OPEN: Caller = {};

/** Some clients show a text of their own where a refusal names the header `x-api-key`. */
const HOW_TO_SEND =
  "Send the api_key of [proxy] in its configuration as the client's API key or in the header X-Proxy-Key.";

/** Wrong keys of one address in a minute, after which it must wait. */
const MOST_WRONG = 20;
const MINUTE = 60_000;
/** Addresses whose wrong keys are remembered; the oldest go. */
const MOST_ADDRESSES = 10_000;

/** Where a request came from. */
export interface Origin {
  /** The client's address; undefined: nobody counts its guesses (it came from this machine, over loopback). */
  readonly address?: string | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Gives the address that a connection came from; undefined: nobody knows it. */
export type Address = () => string | undefined;

/** What Hono's contexts have as `env`. */
export interface From {
  /** Only of requests that came in where other machines can reach the proxy. */
  readonly address?: Address | undefined;
}

/** Where the request of a Hono context came from. */
export function originOf(c: { readonly env?: unknown }, clock: Clock): Origin {
  return { address: (c.env as From | undefined)?.address?.(), now: clock.now() };
}

interface Guesser {
  wrong: number;
  /** Epoch milliseconds of the first of them. */
  since: number;
  /** Ids of keys that were right from there: their users go on while somebody else at the address guesses. */
  readonly right: Set<string>;
}

/** Who may use the proxy. Remembers who guesses. */
export class Door {
  readonly #ids: KeyIds;
  readonly #digests = new WeakMap<Config, readonly { readonly digest: Uint8Array; readonly id: string }[]>();
  readonly #guessers = new Map<string, Guesser>();

  constructor(ids: KeyIds) {
    this.#ids = ids;
  }

  /** The id of a key: how it is called where it must not be shown. */
  idOf(key: string): string {
    return this.#ids.of(key);
  }

  /**
   * Checks a caller's key. `header` gives a request header's value.
   * @throws Refusal: 401 when a key is needed and none of those sent is right, 429 while an address that others have sends
   * one wrong key after another.
   */
  admit(config: Config, header: (name: string) => string | undefined, origin?: Origin): Caller {
    const keys = this.#keysOf(config);
    if (keys.length === 0) return OPEN;
    const guesser = origin?.address === undefined ? undefined : this.#guessers.get(network(origin.address));
    let sent = false;
    for (const name of HEADERS) {
      const value = header(name);
      if (value === undefined || value === "") continue;
      sent = true;
      const presented = digest(name === "authorization" ? value.replace(/^Bearer\s+/i, "") : value);
      let found: string | undefined;
      for (const key of keys) if (timingSafeEqual(key.digest, presented)) found = key.id; // all are compared
      if (found === undefined) continue;
      if (guesser !== undefined && !guesser.right.has(found)) refuseGuesser(guesser, origin?.now ?? 0);
      if (origin?.address !== undefined) this.#guesserAt(origin.address, origin.now).right.add(found);
      return { key: found };
    }
    if (sent && origin?.address !== undefined) this.#wrong(origin.address, origin.now);
    throw new Refusal(
      401,
      sent
        ? `terraphim-llm-proxy: the key is not one of this proxy's. ${HOW_TO_SEND}`
        : `terraphim-llm-proxy: this proxy needs a key. ${HOW_TO_SEND}`,
      { "www-authenticate": 'Bearer realm="terraphim-llm-proxy"' },
      "invalid_api_key",
    );
  }

  /** Counts a wrong key. @throws Refusal (429) where it is one too many */
  #wrong(address: string, now: number): void {
    const guesser = this.#guesserAt(address, now);
    refuseGuesser(guesser, now);
    if (now - guesser.since >= MINUTE) [guesser.wrong, guesser.since] = [0, now];
    guesser.wrong++;
  }

  #guesserAt(address: string, now: number): Guesser {
    const place = network(address);
    const known = this.#guessers.get(place) ?? { wrong: 0, since: now, right: new Set() };
    this.#guessers.delete(place);
    this.#guessers.set(place, known);
    for (const oldest of this.#guessers.keys()) {
      if (this.#guessers.size <= MOST_ADDRESSES) break;
      this.#guessers.delete(oldest);
    }
    return known;
  }

  #keysOf(config: Config) {
    let keys = this.#digests.get(config);
    if (keys === undefined) {
      keys = config.proxy.apiKeys.map((key) => ({ digest: digest(key), id: this.#ids.of(key) }));
      this.#digests.set(config, keys);
    }
    return keys;
  }
}

/** @throws Refusal (429) while an address has sent too many wrong keys: a right one could be a guess too */
function refuseGuesser({ wrong, since }: Guesser, now: number): void {
  if (wrong < MOST_WRONG || now - since >= MINUTE) return;
  const wait = Math.max(1, Math.ceil((since + MINUTE - now) / 1000));
  throw new Refusal(
    429,
    `Too many wrong keys came from this address. Try again in ${wait} seconds.`,
    { "retry-after": String(wait) },
    "rate_limit_exceeded",
  );
}

/** An address, and of IPv6 the network that one customer has: https://www.rfc-editor.org/rfc/rfc6177 */
function network(address: string): string {
  const host = canonicalHost(address) ?? address;
  if (!host.includes(":")) return host;
  const [head = "", tail] = host.replace(/%.*$/, "").split("::");
  const groups = head === "" ? [] : head.split(":");
  const rest = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined
    ? []
    : new Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill("0");
  return [...groups, ...zeros, ...rest].slice(0, 4).join(":");
}

function digest(text: string): Uint8Array {
  return hash("sha256", text, "buffer");
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
