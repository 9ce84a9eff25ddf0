/** The figures of some requests: what they are, and how a database's sums become them. Pure. */
import { NANO_PER_DOLLAR, type Tokens } from "./row.ts";

/** Totals of some requests: the fields of a whole report and of each of its parts. */
export interface Figures {
  readonly requests: number;
  /** Answered with an error. A request that the client gave up counts as cancelled, not as failed. */
  readonly failures: number;
  /** Requests for which more than one target was tried. */
  readonly fallbacks: number;
  readonly cancelled: number;
  /** `input` is fresh input only; `reasoning` is part of `output`. */
  readonly tokens: Tokens;
  /** Dollars, of the requests whose price is known. */
  readonly cost_usd: number;
  /** Dollars that the same requests would have cost, had the baseline model served everything; where unknown, what they did cost. */
  readonly baseline_usd: number;
  /** `baseline_usd` less `cost_usd`. */
  readonly saved_usd: number;
  /** Part of `baseline_usd`; 0 where that is 0. */
  readonly saved_share: number;
  /** What changes of model or key cost: a part of `cost_usd`. */
  readonly lost_by_switching_usd: number;
  /** Requests whose baseline is an estimate, since the client named no session. */
  readonly estimated_baseline_requests: number;
  /** Requests from before the baseline had a cache: theirs is the same tokens at the baseline model's price. */
  readonly old_baseline_requests: number;
  /** Requests that a flat plan paid for, and their tokens: in none of the dollars. */
  readonly plan_requests: number;
  readonly plan_tokens: number;
  /** Requests whose price or tokens are unknown: in none of the dollars. */
  readonly unpriced_requests: number;
  /** Requests with a known price and no known baseline: they count as having saved nothing. */
  readonly no_baseline_requests: number;
  /** Requests whose tokens are an estimate, since the provider reported none. */
  readonly estimated_requests: number;
  /** Input tokens read from a cache, as a part of all input tokens; null where there were none. */
  readonly cache_hit_share: number | null;
  /** Milliseconds to the first output; null where there was none. */
  readonly first_token_ms: { readonly p50: number | null; readonly p95: number | null };
  /** Of a provider, a model or a target: how reliable it was. Every try counts, also where a fallback then answered. */
  readonly attempts?: Attempts;
}

/** The tries at a provider, a model or a target. */
export interface Attempts {
  readonly tried: number;
  /** Tries that it failed; a request that was at fault itself is not among them. */
  readonly failed: number;
  /** The part of the tries that it did not fail; null where there were none. */
  readonly success_share: number | null;
  /** Failed tries by class (`rate_limited`, `unreachable`, …), the most frequent first. */
  readonly failures: Readonly<Record<string, number>>;
}

/** Sums of some requests, as a query returns them; money in billionths of a dollar. */
export interface Sums {
  readonly requests: number;
  readonly failures: number;
  readonly fallbacks: number;
  readonly cancelled: number;
  readonly input: number;
  readonly cache_read: number;
  readonly cache_write: number;
  readonly output: number;
  readonly reasoning: number;
  readonly cost: number;
  readonly baseline: number;
  readonly unpriced: number;
  readonly no_baseline: number;
  readonly estimated: number;
  readonly lost: number;
  readonly estimated_baseline: number;
  readonly old_baseline: number;
  readonly plan: number;
  readonly plan_tokens: number;
  /** Milliseconds to the first output of each request that had one, in whole numbers, smallest first. */
  readonly firstTokens: Float64Array;
}

const ADDED = [
  "requests",
  "failures",
  "fallbacks",
  "cancelled",
  "input",
  "cache_read",
  "cache_write",
  "output",
  "reasoning",
  "cost",
  "baseline",
  "unpriced",
  "no_baseline",
  "estimated",
  "lost",
  "estimated_baseline",
  "old_baseline",
  "plan",
  "plan_tokens",
] as const;

/** Adds sums up. */
export class Tally {
  readonly #sums = Object.fromEntries(ADDED.map((name) => [name, 0])) as Record<
    typeof ADDED[number],
    number
  >;
  readonly #firstTokens: Float64Array[] = [];

  add(sums: Sums): void {
    for (const name of ADDED) this.#sums[name] += sums[name];
    if (sums.firstTokens.length > 0) this.#firstTokens.push(sums.firstTokens);
  }

  figures(): Figures {
    const { requests, failures, fallbacks, cancelled, cost, baseline, ...rest } = this.#sums;
    const { input, cache_read, cache_write, output, reasoning } = rest;
    const allInput = input + cache_read + cache_write;
    const firstTokens = this.#firstTokens;
    return {
      requests,
      failures,
      fallbacks,
      cancelled,
      tokens: { input, cache_read, cache_write, output, reasoning },
      cost_usd: cost / NANO_PER_DOLLAR,
      baseline_usd: baseline / NANO_PER_DOLLAR,
      saved_usd: (baseline - cost) / NANO_PER_DOLLAR,
      saved_share: baseline > 0 ? (baseline - cost) / baseline : 0,
      lost_by_switching_usd: rest.lost / NANO_PER_DOLLAR,
      estimated_baseline_requests: rest.estimated_baseline,
      old_baseline_requests: rest.old_baseline,
      plan_requests: rest.plan,
      plan_tokens: rest.plan_tokens,
      unpriced_requests: rest.unpriced,
      no_baseline_requests: rest.no_baseline,
      estimated_requests: rest.estimated,
      cache_hit_share: allInput > 0 ? cache_read / allInput : null,
      first_token_ms: { p50: percentile(firstTokens, 0.5), p95: percentile(firstTokens, 0.95) },
    };
  }
}

/**
 * The nearest-rank percentile of whole numbers in several sorted lists: a value that occurs in one of
 * them; null where there are none. It halves the range of values instead of sorting the lists into one: a report needs
 * the percentiles of the same numbers in many combinations.
 */
export function percentile(lists: readonly Float64Array[], share: number): number | null {
  const filled = lists.filter((list) => list.length > 0);
  const count = filled.reduce((sum, list) => sum + list.length, 0);
  if (count === 0) return null;
  const rank = Math.max(1, Math.ceil(share * count));
  let low = Math.min(...filled.map((list) => list[0]!));
  let high = Math.max(...filled.map((list) => list.at(-1)!));
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (filled.reduce((sum, list) => sum + upTo(list, middle), 0) >= rank) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How many of a sorted list's numbers are at most `value`. */
function upTo(list: Float64Array, value: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A row of sums; the milliseconds to each first output as a list with commas, in any order. */
export type SummedRow = Omit<Sums, "firstTokens"> & { readonly first_tokens: string | null };

/** The numbers of a list with commas, smallest first. */
export function numbersIn(list: string | null): Float64Array {
  if (list === null) return new Float64Array();
  const numbers = new Float64Array(Math.ceil(list.length / 2));
  let count = 0;
  let number = 0;
  // By hand: a year has millions of them, and splitting the text would take five times as long.
  for (let i = 0; i <= list.length; i++) {
    const digit = i === list.length ? COMMA : list.charCodeAt(i) - ZERO;
    if (digit >= 0 && digit <= 9) number = number * 10 + digit;
    else {
      numbers[count++] = number;
      number = 0;
    }
  }
  return numbers.slice(0, count).sort();
}

const ZERO = 48;
const COMMA = -4;
