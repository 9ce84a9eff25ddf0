/**
 * When a provider says that it serves again: the one place that reads a reset, from headers, from the body and from
 * the words. Sources: RFC 9110 10.2.3 (`retry-after`), docs.anthropic.com/en/api/rate-limits,
 * platform.openai.com/docs/guides/rate-limits, console.groq.com/docs/rate-limits, inference-docs.cerebras.ai,
 * openrouter.ai/docs/api-reference/limits, the `x-codex-*` headers of Codex, draft-ietf-httpapi-ratelimit-headers.
 */
import { isRecord } from "../../json/shape.ts";
import type { Json } from "../../model/json.ts";
import { LAST_MOMENT } from "../../text/zoned-time.ts";
import { date, duration, momentsInWords } from "./reset-words.ts";

/** A reset further away than this is a mistake, not a plan. Five weeks: monthly quotas fit. Milliseconds. */
const FURTHEST_MS = 35 * 86_400_000;

/** What a refusal holds, as far as it can say when it ends. */
export interface Refusal {
  readonly headers: Headers;
  /** The parsed body, or the error object that a stream reported. */
  readonly body?: Json;
  readonly message?: string;
  /**
   * Whether the headers that count requests and tokens are believed. They are on every answer, so they say something
   * about this refusal only where it is about a limit; `retry-after` always is about the refusal.
   */
  readonly limited: boolean;
  /** The zone of dates that name none (`+08:00`). @default "Z" */
  readonly offset?: string | undefined;
}

/**
 * The moment (epoch milliseconds) from which the provider says that it serves again; undefined where it does not say,
 * or says something that makes no sense: a moment in the past, or one that is more than five weeks away.
 * @param now epoch milliseconds
 */
export function resetTime(refusal: Refusal, now: number): number | undefined {
  const there = timeThere(refusal.headers, now);
  const at = resetThere(refusal, there);
  return at === undefined ? undefined : at - there + now;
}

/** Clocks that differ by less are the same; by more than the other, one of them is not a clock. Milliseconds. */
const SAME_CLOCK = 5000;
const NO_CLOCK = 86_400_000;

/**
 * The provider's own time, where this machine's clock is another one (virtual machines lose hours while they sleep):
 * a moment that it names is a moment of its clock.
 */
function timeThere(headers: Headers, now: number): number {
  const there = Date.parse(headers.get("date") ?? "");
  const apart = Math.abs(there - now);
  return apart > SAME_CLOCK && apart < NO_CLOCK ? there : now;
}

/** Google, of a model that an account has no share of: `limit: 0, model: gemini-3-pro`. */
const NOTHING = /\blimit: 0\b(?!\.\d)/;

function resetThere(
  { headers, body, message = "", limited, offset = "Z" }: Refusal,
  now: number,
): number | undefined {
  const said = fromRetryHeaders(headers, now) ?? (limited ? fromUsedUpLimits(headers, now) : undefined);
  // The delay beside a daily quota, in a field and in words, is that of the minute's limit. No delay opens a limit of nothing.
  const meant = !NOTHING.test(message) && !/PerDay/.test(quotaIds(body));
  return said ?? (meant ? fromBody(body, now, offset) ?? fromWords(message, now, offset) : undefined);
}

type Reader = (value: string, now: number, offset?: string) => number | undefined;

/** Headers about the refusal itself, the most exact one first. */
const RETRY_HEADERS: readonly (readonly [name: string, read: Reader])[] = [
  ["retry-after-ms", (value, now) => plus(now, number(value))],
  ["retry-after", moment],
  ["x-retry-after", moment],
  ["x-ratelimit-retry-after", moment],
];

function fromRetryHeaders(headers: Headers, now: number): number | undefined {
  for (const [name, read] of RETRY_HEADERS) {
    const value = headers.get(name);
    if (value === null) continue;
    const at = sane(read(value.trim(), now), now);
    if (at !== undefined) return at;
  }
  return undefined;
}

/** Names of headers that say when a limit is reset: `x-ratelimit-reset-tokens-minute`, `anthropic-ratelimit-tokens-reset`. */
const RESET_NAME = /rate-?limit.*-reset/;

/** Of the limits that are used up, the last one to open decides. */
function fromUsedUpLimits(headers: Headers, now: number): number | undefined {
  let latest: number | undefined;
  const take = (at: number | undefined) => {
    const good = sane(at, now);
    if (good !== undefined && (latest === undefined || good > latest)) latest = good;
  };
  headers.forEach((value, name) => {
    if (RESET_NAME.test(name) && isUsedUp(headers, name)) take(moment(value.trim(), now));
    const codex = /^(x-codex-.*)-reset-(after-seconds|at)$/.exec(name);
    if (codex !== null && Number(headers.get(`${codex[1]}-used-percent`)) >= 100) {
      take(moment(value.trim(), now));
    }
    if (name === "ratelimit") {
      for (const [, left, seconds] of value.matchAll(/\br=(\d+)[^,]*?\bt=(\d+)/g)) {
        if (left === "0") take(now + Number(seconds) * 1000);
      }
    }
  });
  return latest;
}

/** Whether the limit that a reset header belongs to is the one that was hit, as far as the headers beside it say. */
function isUsedUp(headers: Headers, name: string): boolean {
  // A subscription has windows with a status each; the one without a window sums them up.
  const unified = /^(.*-unified)(-.+)?-reset$/.exec(name);
  if (unified !== null) {
    const own = headers.get(`${unified[1]}${unified[2] ?? ""}-status`);
    const status = own ?? headers.get(`${unified[1]}-status`);
    if (status !== null) return status === "rejected" && (own !== null || unified[2] === undefined);
    return unified[2] === undefined;
  }
  const left = headers.get(name.replace("reset", "remaining"));
  return left === null || !(Number(left) > 0);
}

/** Fields of a body that hold a moment, a number of seconds, and a number of milliseconds. */
const FIELDS: readonly (readonly [name: RegExp, read: Reader])[] = [
  [
    /^(resets?_?at|reset_?time(stamp)?|quotaResetTime(Stamp)?|next_?(flush|reset)_?time|x-ratelimit-reset)$/i,
    moment,
  ],
  [/^(retry_?after_?ms|reset_?(after|in)_?ms)$/i, (value, now) => plus(now, number(value))],
  [/^(resets?_(in|after)(_seconds)?|retry_?(after|delay)(_?seconds)?|retry-after)$/i, moment],
];

/** Objects and lists of a body that are looked into: errors are small, and a hostile one is not walked to its end. */
const MOST_NODES = 200;

function fromBody(body: Json | undefined, now: number, offset: string): number | undefined {
  const open: unknown[] = [body];
  for (let seen = 0; open.length > 0 && seen < MOST_NODES; seen++) {
    const node = open.shift();
    if (Array.isArray(node)) open.push(...node.slice(0, MOST_NODES));
    if (!isRecord(node)) continue;
    for (const [name, value] of Object.entries(node)) {
      if (typeof value === "object") open.push(value);
      if (typeof value !== "string" && typeof value !== "number") continue;
      const read = FIELDS.find(([known]) => known.test(name))?.[1];
      const at = sane(read?.(String(value).trim(), now, offset), now);
      if (at !== undefined) return at;
    }
  }
  return undefined;
}

/** The ids of the quotas that Google's errors name as violated. */
function quotaIds(body: Json | undefined): string {
  const error = Array.isArray(body) ? body[0]?.error : body?.error ?? body;
  return JSON.stringify(isRecord(error) ? error.details ?? "" : "") ?? "";
}

function fromWords(message: string, now: number, offset: string): number | undefined {
  for (const at of momentsInWords(message, now, offset)) {
    const good = sane(at, now);
    if (good !== undefined) return good;
  }
  return undefined;
}

/** Seconds, `1m30s`, epoch seconds, epoch milliseconds or a date: distinguished by size and form. One without a date is none. */
export function moment(value: string, now: number, offset = "Z"): number | undefined {
  const at = stated(value, now, offset);
  return at !== undefined && at <= LAST_MOMENT ? at : undefined;
}

function stated(value: string, now: number, offset: string): number | undefined {
  const plain = number(value);
  if (plain !== undefined) {
    if (plain > 1e11) return plain; // epoch milliseconds
    if (plain > 1e9) return plain * 1000; // epoch seconds
    return now + plain * 1000;
  }
  return plus(now, duration(value)) ?? date(value, offset);
}

function number(value: string): number | undefined {
  return /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

function plus(now: number, ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : now + ms;
}

function sane(at: number | undefined, now: number): number | undefined {
  return at === undefined || at <= now || at > now + FURTHEST_MS ? undefined : at;
}
