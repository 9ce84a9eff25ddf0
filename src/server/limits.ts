/** The proxy's own limits: requests and their bodies in flight, requests a minute per client key. */
import type { ProxyConfig } from "../config/config.ts";
import type { ClientKey } from "../config/client-keys.ts";
import { count } from "../text/format.ts";
import type { SharedLimit, SharedLimits } from "../store/limits.ts";
import { KeyRefusal } from "./auth.ts";
import { Refusal } from "./errors.ts";

const MINUTE = 60_000;

/** A bucket that holds a minute's requests and fills evenly. */
interface Bucket {
  tokens: number;
  at: number;
}

/** A request's place among those in flight, taken before its body is read. */
export interface Place {
  /**
   * Makes room for more of the body.
   * @throws Refusal (429) where the bodies in flight are too many bytes together.
   */
  take(bytes: number): void;
  /** The request is read: from now on dispatch counts it. */
  read(): void;
  /** The request is over: its body is gone. */
  leave(): void;
}

/** Who asks for a place. */
export interface Arriving {
  /** A label for the client's key; "" where the proxy has none. */
  readonly key: string;
  /** Requests that dispatch answers now. */
  readonly inFlight: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whether `requests_per_minute` counts it. */
  readonly counts: boolean;
  /** The key, where it has a name and so limits of its own. */
  readonly named?: ClientKey | undefined;
}

/** What is left of a key's minute; undefined: it has no such limit. */
export interface MinuteLeft {
  readonly requests?: number;
  readonly tokens?: number;
}

export class Limits {
  #buckets = new Map<string, Bucket>();
  /** What keys with names may use in tokens; below zero where a request used more than there was. */
  #tokens = new Map<string, Bucket>();
  /** Requests whose bodies are being read. */
  #reading = 0;
  /** Bytes of all bodies in flight. */
  #bytes = 0;
  readonly #most: number;
  readonly #shared: MinuteSharing | undefined;

  /**
   * @param most requests at once that the system has descriptors for. @default as many as are configured
   * @param shared what counts the minutes of keys over all replicas. @default this proxy is alone
   */
  constructor(most = Infinity, shared?: MinuteSharing) {
    this.#most = most;
    this.#shared = shared;
  }

  /**
   * Lets a request in, or does not.
   * @throws Refusal (429) with `Retry-After`.
   */
  enter(proxy: ProxyConfig, { key, inFlight, now, counts, named }: Arriving): Place {
    const all = inFlight + this.#reading;
    const most = Math.min(proxy.maxConcurrent, this.#most);
    if (all >= most) {
      const whose = most < proxy.maxConcurrent
        ? `the system's limit of open files allows ${count(most)}`
        : `this proxy's max_concurrent is ${most}`;
      throw tooMany(`${count(all)} requests are in flight; ${whose}.`);
    }
    if (counts) this.#takeTokens(named, now);
    const perMinute = named?.requestsPerMinute ?? proxy.requestsPerMinute;
    if (counts && perMinute !== undefined) this.#take(perMinute, key, now, named);
    const tokens = counts ? tokensOf(named) : undefined;
    return this.#place(proxy.maxBodiesBytes, tokens && this.#shared?.limits.reserve(tokens));
  }

  /** @param over called when the request is over */
  #place(most: number, over: () => void = () => {}): Place {
    let [held, reading, left] = [0, true, false];
    this.#reading++;
    const read = () => {
      if (reading) this.#reading--;
      reading = false;
    };
    return {
      take: (bytes) => {
        if (left) throw new Refusal(400, "The request is over.");
        if (this.#bytes + bytes > most) {
          const mib = Math.floor(most / 1024 / 1024);
          throw tooMany(`The bodies of the requests in flight have ${mib} MiB, this proxy's max_bodies_mb.`);
        }
        this.#bytes += bytes;
        held += bytes;
      },
      read,
      leave: () => {
        read();
        this.#bytes -= held;
        held = 0;
        if (!left) over();
        left = true;
      },
    };
  }

  /** Takes the tokens that a request used off its key's minute. */
  used(named: ClientKey, tokens: number, now: number): void {
    const { name, tokensPerMinute } = named;
    if (tokensPerMinute === undefined) return;
    const shared = tokensOf(named);
    if (shared !== undefined) this.#shared?.limits.use(shared, tokens);
    filled(this.#tokens, name, tokensPerMinute, now).tokens -= tokens;
  }

  /** What a key with a name may still use now. */
  left(named: ClientKey, now: number): MinuteLeft {
    const { name, requestsPerMinute, tokensPerMinute } = named;
    const whole = (buckets: Map<string, Bucket>, most: number, limit: SharedLimit) => {
      const shared = this.#shared?.limits;
      const left = shared === undefined ? filled(buckets, name, most, now).tokens : most - shared.used(limit);
      return Math.max(0, Math.floor(left));
    };
    return {
      ...(requestsPerMinute === undefined ? {} : {
        requests: whole(this.#buckets, requestsPerMinute, minuteOf("requests", name, requestsPerMinute)),
      }),
      ...(tokensPerMinute === undefined
        ? {}
        : { tokens: whole(this.#tokens, tokensPerMinute, minuteOf("tokens", name, tokensPerMinute)) }),
    };
  }

  /**
   * What the replicas together say of a minute: what is left of it; undefined: this proxy is alone, or nobody can say and its
   * own count holds.
   * @throws Refusal (503) where nobody can say, and then nothing is allowed
   */
  #together(limit: SharedLimit): number | undefined {
    if (this.#shared === undefined) return undefined;
    const { limits, refusesUnchecked } = this.#shared;
    const verdict = limits.verdict(limit);
    if (verdict === "yes") return Math.max(1, limit.most - limits.used(limit));
    if (verdict === "spent") return Math.min(0, limit.most - limits.used(limit));
    if (!refusesUnchecked()) return undefined;
    throw new Refusal(
      503,
      "The limits of this key cannot be checked: the store cannot be reached.",
      { "retry-after": "5" },
      "store_unreachable",
    );
  }

  /** A request is let in while anything is left: how much it uses is known at its end. @throws KeyRefusal (429) */
  #takeTokens(named: ClientKey | undefined, now: number): void {
    if (named?.tokensPerMinute === undefined) return;
    const { name, tokensPerMinute } = named;
    const own = filled(this.#tokens, name, tokensPerMinute, now).tokens;
    const tokens = this.#together(minuteOf("tokens", name, tokensPerMinute)) ?? own;
    if (tokens > 0) return;
    throw new KeyRefusal(name, {
      status: 429,
      message: `more than ${count(tokensPerMinute)} tokens a minute with the key "${name}".`,
      code: "rate_limit_exceeded",
      wait: Math.max(1, Math.ceil(-tokens * MINUTE / tokensPerMinute / 1000)),
    });
  }

  #take(perMinute: number, clientKey: string, now: number, named: ClientKey | undefined): void {
    const bucket = filled(this.#buckets, clientKey, perMinute, now);
    const limit = minuteOf("requests", clientKey, perMinute);
    const left = this.#together(limit) ?? bucket.tokens;
    if (left < 1) {
      const wait = Math.ceil((1 - left) * MINUTE / perMinute / 1000);
      if (named?.requestsPerMinute !== undefined) {
        throw new KeyRefusal(named.name, {
          status: 429,
          message: `more than ${count(perMinute)} requests a minute with the key "${named.name}".`,
          code: "rate_limit_exceeded",
          wait: Math.max(1, wait),
        });
      }
      throw tooMany(
        `More than ${perMinute} requests a minute from one key, this proxy's requests_per_minute.`,
        Math.max(1, wait),
      );
    }
    bucket.tokens--;
    this.#shared?.limits.use(limit, 1);
  }
}

/** What counts the minutes of keys over all replicas. */
export interface MinuteSharing {
  readonly limits: SharedLimits;
  /** Requests that cannot be checked are refused. */
  readonly refusesUnchecked: () => boolean;
}

/** A minute of a key, as replicas count it. `key`: its name or label. */
function minuteOf(what: "requests" | "tokens", key: string, most: number): SharedLimit {
  return { id: JSON.stringify([what, key]), most, perMs: most / MINUTE, until: Number.MAX_SAFE_INTEGER };
}

/** The tokens that a key may use in a minute; undefined: as many as it wants. */
const tokensOf = (named: ClientKey | undefined): SharedLimit | undefined =>
  named?.tokensPerMinute === undefined ? undefined : minuteOf("tokens", named.name, named.tokensPerMinute);

/** A key's bucket, filled up to now. A limit that was raised counts from now on. */
function filled(buckets: Map<string, Bucket>, key: string, perMinute: number, now: number): Bucket {
  const bucket = buckets.get(key) ?? { tokens: perMinute, at: now };
  bucket.tokens = Math.min(perMinute, bucket.tokens + (now - bucket.at) / MINUTE * perMinute);
  bucket.at = now;
  buckets.set(key, bucket);
  return bucket;
}

/** @param wait seconds */
function tooMany(message: string, wait = 1): Refusal {
  return new Refusal(429, message, { "retry-after": String(wait) }, "rate_limit_exceeded");
}
