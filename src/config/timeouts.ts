/** The four timeouts, from keys that may be missing. */
import type { Timeouts } from "./config.ts";

/** Milliseconds. */
export const DEFAULT_TIMEOUTS: Timeouts = {
  connect: 10_000,
  firstToken: 120_000,
  idle: 120_000,
  total: 600_000,
};

interface TimeoutKeys {
  readonly timeout_ms?: number | undefined;
  readonly connect_timeout_ms?: number | undefined;
  readonly first_token_timeout_ms?: number | undefined;
  readonly idle_timeout_ms?: number | undefined;
}

/** The given ones over the others; none is longer than the whole request may take. */
export function timeoutsOf(keys: TimeoutKeys, others: Timeouts): Timeouts {
  const total = keys.timeout_ms ?? others.total;
  const within = (value: number) => Math.min(value, total);
  return {
    connect: within(keys.connect_timeout_ms ?? others.connect),
    firstToken: within(keys.first_token_timeout_ms ?? others.firstToken),
    idle: within(keys.idle_timeout_ms ?? others.idle),
    total,
  };
}
