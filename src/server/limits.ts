/** The proxy's own limits: requests and their bodies in flight, requests a minute per client key. */
import type { ProxyConfig } from "../config/config.ts";
import { count } from "../text/format.ts";
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
}

export class Limits {
  #buckets = new Map<string, Bucket>();
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
  enter(proxy: ProxyConfig, { key, inFlight, now, counts }: Arriving): Place {
    const all = inFlight + this.#reading;
    const most = Math.min(proxy.maxConcurrent, this.#most);
    if (all >= most) {
      const whose = most < proxy.maxConcurrent
        ? `the system's limit of open files allows ${count(most)}`
        : `this proxy's max_concurrent is ${most}`;
      throw tooMany(`${count(all)} requests are in flight; ${whose}.`);
    }
    if (counts && proxy.requestsPerMinute !== undefined) this.#take(proxy.requestsPerMinute, key, now);
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

  #take(perMinute: number, clientKey: string, now: number): void {
    const bucket = this.#buckets.get(clientKey) ?? { tokens: perMinute, at: now };
    bucket.tokens = Math.min(perMinute, bucket.tokens + (now - bucket.at) / MINUTE * perMinute);
    bucket.at = now;
    this.#buckets.set(clientKey, bucket);
    if (bucket.tokens < 1) {
      const wait = Math.ceil((1 - bucket.tokens) * MINUTE / perMinute / 1000);
      throw tooMany(
        `More than ${perMinute} requests a minute from one key, this proxy's requests_per_minute.`,
        Math.max(1, wait),
      );
    }
    bucket.tokens--;
  }
}

/** @param wait seconds */
function tooMany(message: string, wait = 1): Refusal {
  return new Refusal(429, message, { "retry-after": String(wait) }, "rate_limit_exceeded");
}
