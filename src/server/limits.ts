/** The proxy's own limits: requests in flight, requests a minute per client key. */
import type { ProxyConfig } from "../config/config.ts";
import { Refusal } from "./errors.ts";

const MINUTE = 60_000;

/** A bucket that holds a minute's requests and fills evenly. */
interface Bucket {
  tokens: number;
  at: number;
}

export class Limits {
  #buckets = new Map<string, Bucket>();

  /**
   * Lets a request in, or does not. `inFlight`: the requests being answered now; `now` in epoch milliseconds.
   * @throws Refusal (429) with `Retry-After`.
   */
  enter(proxy: ProxyConfig, clientKey: string, inFlight: number, now: number): void {
    if (inFlight >= proxy.maxConcurrent) {
      const message =
        `${inFlight} requests are in flight; this proxy's max_concurrent is ${proxy.maxConcurrent}.`;
      throw new Refusal(429, message, { "retry-after": "1" }, "rate_limit_exceeded");
    }
    if (proxy.requestsPerMinute !== undefined) this.#take(proxy.requestsPerMinute, clientKey, now);
  }

  #take(perMinute: number, clientKey: string, now: number): void {
    const bucket = this.#buckets.get(clientKey) ?? { tokens: perMinute, at: now };
    bucket.tokens = Math.min(perMinute, bucket.tokens + (now - bucket.at) / MINUTE * perMinute);
    bucket.at = now;
    this.#buckets.set(clientKey, bucket);
    if (bucket.tokens < 1) {
      const wait = Math.ceil((1 - bucket.tokens) * MINUTE / perMinute / 1000);
      throw new Refusal(
        429,
        `More than ${perMinute} requests a minute from one key, this proxy's requests_per_minute.`,
        {
          "retry-after": String(Math.max(1, wait)),
        },
        "rate_limit_exceeded",
      );
    }
    bucket.tokens--;
  }
}
