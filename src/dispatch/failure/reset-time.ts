/**
 * The reset time of a rate limit or quota, from the headers of a provider: each has a form of its own. Sources:
 * RFC 9110 10.2.3 (`retry-after`), docs.anthropic.com/en/api/rate-limits, platform.openai.com/docs/guides/rate-limits,
 * console.groq.com/docs/rate-limits, openrouter.ai/docs/api-reference/limits.
 */

type Reader = (value: string, now: number) => number | undefined;

/** What one header says, first match first. Readers return epoch milliseconds. */
const RETRY_HEADERS: readonly (readonly [name: string, read: Reader])[] = [
  ["retry-after-ms", (value, now) => plus(now, number(value))],
  ["retry-after", (value, now) => plus(now, seconds(value)) ?? date(value)],
];

/** Limits that have their own "remaining": a reset counts only where nothing remains, or the remaining number is missing. */
const RESET_HEADERS: readonly (readonly [reset: string, remaining: string | undefined, read: Reader])[] = [
  ["anthropic-ratelimit-unified-reset", undefined, moment],
  ["anthropic-ratelimit-requests-reset", "anthropic-ratelimit-requests-remaining", moment],
  ["anthropic-ratelimit-tokens-reset", "anthropic-ratelimit-tokens-remaining", moment],
  ["anthropic-ratelimit-input-tokens-reset", "anthropic-ratelimit-input-tokens-remaining", moment],
  ["anthropic-ratelimit-output-tokens-reset", "anthropic-ratelimit-output-tokens-remaining", moment],
  ["x-ratelimit-reset-requests", "x-ratelimit-remaining-requests", moment],
  ["x-ratelimit-reset-tokens", "x-ratelimit-remaining-tokens", moment],
  ["x-ratelimit-reset", "x-ratelimit-remaining", moment],
  ["ratelimit-reset", "ratelimit-remaining", moment],
];

/** A reset further away than this is a mistake in the header, not a plan. 35 days: monthly quotas fit. */
const FURTHEST_MS = 35 * 24 * 3600_000;

/**
 * The reset time in the headers; undefined: they have none. Both this and `now` are epoch milliseconds.
 */
export function resetTime(headers: Headers, now: number): number | undefined {
  for (const [name, read] of RETRY_HEADERS) {
    const value = headers.get(name);
    if (value === null) continue;
    const at = sane(read(value.trim(), now), now);
    if (at !== undefined) return at;
  }
  let latest: number | undefined; // of the limits that are used up, the last one to open decides
  for (const [name, remainingName, read] of RESET_HEADERS) {
    const value = headers.get(name);
    if (value === null) continue;
    const remaining = remainingName === undefined ? null : headers.get(remainingName);
    if (remaining !== null && Number(remaining) > 0) continue;
    const at = sane(read(value.trim(), now), now);
    if (at !== undefined && (latest === undefined || at > latest)) latest = at;
  }
  return latest;
}

/** Seconds, `1m30s`, epoch seconds, epoch milliseconds or a date, distinguished by size and form. */
function moment(value: string, now: number): number | undefined {
  const plain = number(value);
  if (plain !== undefined) {
    if (plain > 1e12) return plain; // epoch milliseconds
    if (plain > 1e9) return plain * 1000; // epoch seconds
    return now + plain * 1000;
  }
  return plus(now, duration(value)) ?? date(value);
}

function seconds(value: string): number | undefined {
  const plain = number(value);
  return plain === undefined ? duration(value) : plain * 1000;
}

function number(value: string): number | undefined {
  return /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Milliseconds of `1m30s`, `7.66s`, `120ms`, `1d2h`. */
function duration(value: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|[dhms]))+$/.test(value)) return undefined;
  let sum = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])/g)) {
    sum += Number(amount) * (UNITS[unit ?? ""] ?? 0);
  }
  return sum;
}

function date(value: string): number | undefined {
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}

function plus(now: number, ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : now + ms;
}

function sane(at: number | undefined, now: number): number | undefined {
  return at === undefined || at > now + FURTHEST_MS ? undefined : Math.max(at, now);
}
