/** The proxy's own limits: requests and their bodies in flight, requests a minute per client key. */
import type { ProxyConfig } from "../config/config.ts";
import type { ClientKey } from "../config/client-keys.ts";
import { count } from "../text/format.ts";
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
  /** Counted by `requests_per_minute`. */
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

  /** @param most requests at once that the system has descriptors for. @default as many as are configured */
  constructor(most = Infinity) {
    this.#most = most;
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
    return this.#place(proxy.maxBodiesBytes);
  }

  #place(most: number): Place {
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
        left = true;
      },
    };
  }

  /** Takes the tokens that a request used off its key's minute. */
  used({ name, tokensPerMinute }: ClientKey, tokens: number, now: number): void {
    if (tokensPerMinute === undefined) return;
    filled(this.#tokens, name, tokensPerMinute, now).tokens -= tokens;
  }

  /** What a key with a name may still use now. */
  left({ name, requestsPerMinute, tokensPerMinute }: ClientKey, now: number): MinuteLeft {
    const whole = (buckets: Map<string, Bucket>, most: number) =>
      Math.max(0, Math.floor(filled(buckets, name, most, now).tokens));
    return {
      ...(requestsPerMinute === undefined ? {} : { requests: whole(this.#buckets, requestsPerMinute) }),
      ...(tokensPerMinute === undefined ? {} : { tokens: whole(this.#tokens, tokensPerMinute) }),
    };
  }

  /** A request is let in while anything is left: how much it uses is known at its end. @throws KeyRefusal (429) */
  #takeTokens(named: ClientKey | undefined, now: number): void {
    if (named?.tokensPerMinute === undefined) return;
    const { name, tokensPerMinute } = named;
    const { tokens } = filled(this.#tokens, name, tokensPerMinute, now);
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
    if (bucket.tokens < 1) {
      const wait = Math.ceil((1 - bucket.tokens) * MINUTE / perMinute / 1000);
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
  }
}

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
