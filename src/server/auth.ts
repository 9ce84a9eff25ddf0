/** Who may use the proxy: its own keys, compared in constant time. */
import { hash, timingSafeEqual } from "node:crypto";
import { type ClientKey, holdsNamedKey, invalidity, type Role } from "../config/client-keys.ts";
import type { Config } from "../config/config.ts";
import type { Clock } from "../runtime/clock.ts";
import type { KeyIds } from "../dispatch/keys.ts";
import { localMinute } from "../text/format.ts";
import { canonicalHost } from "../text/hosts.ts";
import type { ClientKeys } from "./client-keys.ts";
import { Refusal } from "./errors.ts";
import { remember } from "../runtime/remember.ts";

/** The headers that may carry the proxy's key, in the order in which they are read. */
const HEADERS = ["x-proxy-key", "authorization", "x-api-key"] as const;

export interface Caller {
  /** A label for the key that was used: its name or its id, never the key. Undefined: the proxy is open. */
  readonly key?: string;
  readonly role: Role;
  /** The key, where it has a name. */
  readonly named?: ClientKey;
}

/** Everybody, where the proxy has no key. */
export const OPEN: Caller = { role: "admin" };

/** What an endpoint needs: to send requests, to look at everything, to change something, or a key of whatever role. */
export type Need = "ask" | "view" | "change" | "any";

/** The roles that may do what an endpoint needs. */
const MAY: Readonly<Record<Need, readonly Role[]>> = {
  ask: ["client", "admin"],
  view: ["viewer", "admin"],
  change: ["admin"],
  any: ["client", "viewer", "admin"],
};

/** A refusal of a request with a key that has a name: it is logged and kept under this name. */
export class KeyRefusal extends Refusal {
  override name = "KeyRefusal";
  constructor(
    readonly key: string,
    refusal: {
      readonly status: number;
      readonly message: string;
      readonly code: string;
      readonly wait?: number;
    },
  ) {
    const { status, message, code, wait } = refusal;
    super(
      status,
      `terraphim-llm-proxy: ${message}`,
      wait === undefined ? {} : { "retry-after": String(wait) },
      code,
    );
  }
}

/** Some clients show a text of their own where a refusal names the header `x-api-key`. */
const HOW_TO_SEND =
  "Send one of its keys, api_key of [proxy] or one that keys add made, as the client's API key or in the header X-Proxy-Key.";

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

/** A key of the configuration. */
interface ConfiguredKey {
  readonly digest: Uint8Array;
  readonly caller: Caller & { readonly key: string };
}

/** Who may use the proxy, and what for. Remembers who guesses. */
export class Door {
  readonly #ids: KeyIds;
  readonly #named: ClientKeys | undefined;
  #configured = new WeakMap<Config, readonly ConfiguredKey[]>();
  /** Of the ids in it. */
  #generation = 0;
  readonly #guessers = new Map<string, Guesser>();

  /** @param named the keys with names. @default there are none */
  constructor(ids: KeyIds, named?: ClientKeys) {
    this.#ids = ids;
    this.#named = named;
  }

  /** Whether requests need a key. */
  isLocked(config: Config): boolean {
    return this.#keysOf(config).length > 0 || this.#named?.areThere === true;
  }

  /** Whether the key of a label is still one of the proxy's, and may do something. `now`: epoch milliseconds. */
  stillMay(config: Config, label: string, need: Need, now: number): boolean {
    const configured = this.#keysOf(config).find(({ caller }) => caller.key === label);
    if (configured !== undefined) return MAY[need].includes(configured.caller.role);
    const named = this.#named?.named(label);
    return named !== undefined && invalidity(named, now) === undefined && MAY[need].includes(named.role);
  }

  /**
   * Checks a caller's key. `header` gives a request header's value.
   * @throws Refusal: 401 when a key is needed and none of those sent is right, 429 while an address that others have sends
   * one wrong key after another.
   */
  admit(config: Config, header: (name: string) => string | undefined, origin?: Origin): Caller {
    if (!this.isLocked(config)) return OPEN;
    const keys = this.#keysOf(config);
    const guesser = origin?.address === undefined ? undefined : this.#guessers.get(network(origin.address));
    let sent = false;
    for (const name of HEADERS) {
      const value = header(name);
      if (value === undefined || value === "") continue;
      sent = true;
      const plain = name === "authorization" ? value.replace(/^Bearer\s+/i, "") : value;
      const presented = digest(plain);
      let found: ConfiguredKey["caller"] | undefined;
      for (const { digest, caller } of keys) if (timingSafeEqual(digest, presented)) found = caller; // all are compared
      found ??= this.#withName(plain, origin?.now ?? Date.now());
      if (found === undefined) continue;
      if (guesser !== undefined && !guesser.right.has(found.key)) refuseGuesser(guesser, origin?.now ?? 0);
      if (origin?.address !== undefined) this.#guesserAt(origin.address, origin.now).right.add(found.key);
      return found;
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

  /** The caller with a key that has a name. @throws KeyRefusal (401) where it is not valid any more */
  #withName(value: string, now: number): ConfiguredKey["caller"] | undefined {
    const found = this.#named?.ring.find(value);
    if (found === undefined) return undefined;
    const { key, until } = found;
    const why = invalidity(key, now, until);
    if (why === undefined) return { key: key.name, role: key.role, named: key };
    const words = {
      revoked: "was revoked",
      rotated: "was replaced by a new one",
      expired: `expired at ${localMinute(key.expires ?? now)}`,
    }[why];
    const message = `the key "${key.name}" ${words}. Ask whoever runs this proxy for another.`;
    throw new KeyRefusal(key.name, { status: 401, message, code: `key_${why}` });
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
    remember(this.#guessers, place, known, MOST_ADDRESSES);
    return known;
  }

  /** Without an admin key, every key of the configuration opens everything. */
  #keysOf(config: Config): readonly ConfiguredKey[] {
    if (this.#generation !== this.#ids.generation) {
      this.#generation = this.#ids.generation;
      this.#configured = new WeakMap();
    }
    let keys = this.#configured.get(config);
    if (keys === undefined) {
      const { apiKeys, adminKey } = config.proxy;
      const configured = (key: string, role: Role) => ({
        digest: digest(key),
        caller: { key: this.#ids.of(key), role },
      });
      keys = [
        ...apiKeys.map((key) => configured(key, adminKey === undefined ? "admin" : "client")),
        ...(adminKey === undefined ? [] : [configured(adminKey, "admin")]),
      ];
      this.#configured.set(config, keys);
    }
    return keys;
  }
}

/** Lets a caller do something, or not. @throws Refusal (403) */
export function allow({ role, named }: Caller, need: Need): void {
  if (MAY[need].includes(role)) return;
  const whose = named === undefined ? "This key" : `The key "${named.name}"`;
  const words = need === "ask"
    ? `${whose} has the role viewer: it sends no requests.`
    : role === "viewer"
    ? `${whose} has the role viewer: it changes nothing. Use the admin_key of [proxy].`
    : `${whose} is a client's: it opens nothing of the administrator's. Use the admin_key of [proxy].`;
  const refusal = { status: 403, message: words.replace(/^T/, "t"), code: "not_allowed_for_key" };
  if (named !== undefined) throw new KeyRefusal(named.name, refusal);
  throw new Refusal(403, `terraphim-llm-proxy: ${refusal.message}`, {}, refusal.code);
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
export function holdsKey({ proxy: { apiKeys, adminKey } }: Config, value: string): boolean {
  if (holdsNamedKey(value) || adminKey !== undefined && isIn(value, adminKey)) return true;
  for (const key of apiKeys) if (isIn(value, key)) return true;
  return false;
}

function isIn(value: string, key: string): boolean {
  if (value.length < key.length) return false;
  return key.length < LONG_KEY ? value.replace(/^\w+\s+/, "").trim() === key : value.includes(key);
}

/** `/llm/v1/…` is `/v1/…` where the proxy has the base path `/llm`. */
export function withoutBase(request: Request, basePath: string): Request {
  if (basePath === "") return request;
  const [, origin = "", path = ""] = /^(\w+:\/\/[^/?#]*)(.*)$/s.exec(request.url) ?? [];
  const rest = path.slice(basePath.length);
  if (!path.startsWith(basePath) || !/^(?:[/?]|$)/.test(rest)) return request;
  return new Request(`${origin}${rest.startsWith("/") ? "" : "/"}${rest}`, request);
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
