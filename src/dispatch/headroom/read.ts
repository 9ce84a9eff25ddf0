/**
 * What is left of a plan or a rate limit, as the headers of an answer say it. Pure. Sources:
 * https://docs.anthropic.com/en/api/rate-limits#response-headers, the `anthropic-ratelimit-unified-*` headers of Claude's
 * plans, the `x-codex-*` headers of ChatGPT's, https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers,
 * https://console.groq.com/docs/rate-limits, https://openrouter.ai/docs/api-reference/limits.
 */
import { moment } from "../failure/reset-time.ts";

/** One limit of a credential. */
export interface Headroom {
  /** `5h`, `7d`, `7d_opus`, `requests`, `tokens`, `requests-day`, `credits`. */
  readonly window: string;
  /** The share that is used, 0 to 1. */
  readonly used: number;
  /** Epoch milliseconds; undefined: not said. */
  readonly resetAt?: number;
  /** A part of a plan, or of money that was paid; else a limit of how fast requests may come. */
  readonly ofPlan: boolean;
}

/** The first letters of every header that is read. */
const PREFIXES = ["anthropic-ratelimit-", "x-codex-", "x-ratelimit-"] as const;

/** Whether a header may say what is left. */
export function isHeadroomHeader(name: string): boolean {
  return PREFIXES.some((prefix) => name.startsWith(prefix));
}

/**
 * The limits that some headers speak of; what makes no sense is dropped.
 * @param headers those of {@link isHeadroomHeader}, by name in lower case
 * @param now epoch milliseconds
 */
export function readHeadroom(headers: ReadonlyMap<string, string>, now: number): readonly Headroom[] {
  const found: Headroom[] = [];
  for (const [name, value] of headers) {
    const read = unified(name, value, headers, now) ?? codex(name, value, headers, now) ??
      counted(name, value, headers, now);
    if (read !== undefined) found.push(read);
  }
  return found;
}

type Headers = ReadonlyMap<string, string>;

/** Claude's plans: a share from 0 to 1, and a reset in epoch seconds, for each window. */
function unified(name: string, value: string, headers: Headers, now: number): Headroom | undefined {
  const window = /^anthropic-ratelimit-unified-(.+)-utilization$/.exec(name)?.[1];
  if (window === undefined || window === "overage") return undefined;
  return headroom(window, share(value), headers.get(`anthropic-ratelimit-unified-${window}-reset`), {
    now,
    ofPlan: true,
  });
}

/** ChatGPT's plans: percent, and the length of the window in minutes. */
function codex(name: string, value: string, headers: Headers, now: number): Headroom | undefined {
  const which = /^x-codex-(primary|secondary)-used-percent$/.exec(name)?.[1];
  if (which === undefined) return undefined;
  const minutes = Number(headers.get(`x-codex-${which}-window-minutes`));
  const reset = headers.get(`x-codex-${which}-reset-at`) ??
    headers.get(`x-codex-${which}-reset-after-seconds`);
  return headroom(minutes > 0 ? inWords(minutes) : which, share(value, 100), reset, {
    now,
    ofPlan: true,
  });
}

/** `300` minutes are `5h`, `10080` are `7d`. */
function inWords(minutes: number): string {
  if (minutes % 1440 === 0) return `${minutes / 1440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

/** A limit slower than this is a plan of a kind: so many requests a day. Milliseconds. */
const SLOW_MS = 3_600_000;

/** What remains of a number: `x-ratelimit-remaining-tokens`, `anthropic-ratelimit-requests-remaining`. */
function counted(name: string, value: string, headers: Headers, now: number): Headroom | undefined {
  const openAi = /^x-ratelimit-remaining(-.+)?$/.exec(name);
  const anthropic = /^anthropic-ratelimit-((?:input-|output-)?tokens|requests)-remaining$/.exec(name);
  if (openAi === null && anthropic === null) return undefined;
  const suffix = openAi?.[1] ?? "";
  const window = anthropic?.[1] ?? (suffix.slice(1) || "requests");
  const of = (what: string) =>
    headers.get(
      anthropic === null ? `x-ratelimit-${what}${suffix}` : `anthropic-ratelimit-${window}-${what}`,
    );
  const limit = Number(of("limit"));
  if (!(limit > 0)) return undefined;
  const made = headroom(window, used(value, limit), of("reset"), { now, ofPlan: false });
  return made?.resetAt !== undefined && made.resetAt - now >= SLOW_MS ? { ...made, ofPlan: true } : made;
}

function headroom(
  window: string,
  part: number | undefined,
  reset: string | undefined,
  { now, ofPlan }: { readonly now: number; readonly ofPlan: boolean },
): Headroom | undefined {
  if (part === undefined || window.length > LONGEST_NAME) return undefined;
  const at = reset === undefined ? undefined : moment(reset.trim(), now);
  return { window, used: part, ofPlan, ...(at === undefined || at <= now ? {} : { resetAt: at }) };
}

/** Characters. */
const LONGEST_NAME = 40;

/** A number as a share of what is the whole; undefined: it is not a number. */
function share(value: string, whole = 1): number | undefined {
  const part = value.trim() === "" ? NaN : Number(value) / whole;
  return Number.isFinite(part) ? Math.min(Math.max(part, 0), 1) : undefined;
}

/** The share that is used where a header says what remains. */
function used(remaining: string, limit: number): number | undefined {
  const left = share(remaining, limit);
  return left === undefined ? undefined : 1 - left;
}

/**
 * What is left of plans, for a header: `5h=58%;reset=2026-11-26T21:00:00Z, 7d=91%`. Undefined: no plan is known.
 * @example headroomText([{ window: "5h", used: 0.42, ofPlan: true }]) // "5h=58%"
 */
export function headroomText(all: readonly Headroom[]): string | undefined {
  const plans = all.filter(({ ofPlan }) => ofPlan);
  if (plans.length === 0) return undefined;
  return plans.map(({ window, used, resetAt }) => {
    const reset = resetAt === undefined ? "" : `;reset=${new Date(resetAt).toISOString().slice(0, 19)}Z`;
    return `${window}=${Math.round((1 - used) * 100)}%${reset}`;
  }).join(", ");
}
