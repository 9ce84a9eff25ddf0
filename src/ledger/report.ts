/**
 * What the requests since a moment came to: in all, by route, model, provider, client, … and over time. Sums are exact,
 * so the parts of a report always make up its total.
 */
import { visible } from "../text/visible.ts";
import type { DatabaseSync } from "node:sqlite";
import { type Slot, slots } from "./period.ts";
import { reading, type Source } from "./file.ts";
import { namesIn, NANO_PER_DOLLAR, type Tokens } from "./row.ts";

/** What a report can be divided by. */
export type Group =
  | "route"
  | "model"
  | "provider"
  | "target"
  | "client"
  | "kind"
  | "session"
  | "key"
  | "team"
  | "rule";

/** The divisions of a report by default. */
export const USUAL_GROUPS = ["route", "model", "provider", "client"] as const satisfies readonly Group[];

/** The part for requests without a value: those that no target answered have no model, for example. */
export const NONE = "none";

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

export interface ReportQuery {
  /** Epoch milliseconds; 0: everything. */
  readonly since: number;
  /** Epoch milliseconds, not included. @default everything up to now */
  readonly until?: number;
  /** @default {@link USUAL_GROUPS} */
  readonly groups?: readonly Group[];
  /** The team of a key, for the group `team`. @default no key has one */
  readonly teamOf?: (key: string) => string | undefined;
  /** Adds a series of local hours or days. Hours of more than 60 days become days. */
  readonly series?: "hour" | "day";
}

export interface SeriesEntry extends Figures {
  /** ISO 8601. */
  readonly start: string;
}

/** Requests to count tokens are not in a report: no model answers them. */
export interface Report extends Figures {
  /** ISO 8601. */
  readonly since: string;
  readonly until?: string;
  /** Dearest first. */
  readonly by: Readonly<Record<string, Readonly<Record<string, Figures>>>>;
  /** Without gaps, oldest first. */
  readonly series?: readonly SeriesEntry[];
}

const SUMS = `count(*) AS requests, total(failed) AS failures, total(fallback) AS fallbacks,
  total(cancelled) AS cancelled, total(input) AS input, total(cache_read) AS cache_read,
  total(cache_write) AS cache_write, total(output) AS output, total(reasoning) AS reasoning,
  total(cost) AS cost, total(iif(cost IS NULL, 0, coalesce(baseline, cost))) AS baseline,
  total(cost IS NULL) AS unpriced, total(cost IS NOT NULL AND baseline IS NULL) AS no_baseline,
  total(estimated) AS estimated, total(lost) AS lost, total(basis = 2) AS estimated_baseline,
  total(basis = 0 AND baseline > 0) AS old_baseline, total(on_plan) AS plan,
  total(iif(on_plan, coalesce(input + cache_read + cache_write + output, 0), 0)) AS plan_tokens, group_concat(first_token_ms) AS first_tokens`;

/** Later than any request. Epoch milliseconds. */
export const FOREVER = Number.MAX_SAFE_INTEGER;
const MOST_HOURS = 60 * 24;

/**
 * The report of one or more sources together.
 * @throws UnreadableLedger where a path leads to something that cannot be read.
 */
export function report(sources: Source | readonly Source[], query: ReportQuery): Report {
  const { since, until = FOREVER, groups = USUAL_GROUPS, series } = query;
  const whole = { from: since, to: until };
  return reading(sources, (databases) => {
    const ask = (sql: string, slots: readonly Slot[]) => {
      const questions = databases.map((db) => questionOf(db, sql));
      return slots.map((slot) => questions.flatMap((question) => question(slot)));
    };
    const slots = slotsOf(query, series && spanIn(databases, since, until));
    const parts = ask(BY_LABEL, slots);
    return reportOf(query, {
      overTime: slots.map((slot, i) => ({ slot, parts: parts[i]! })),
      sessions: groups.includes("session") ? ask(BY_SESSION, [whole]).flat() : [],
      rules: groups.includes("rule") ? ask(BY_RULES, [whole]).flat() : [],
      tries: needsTries(groups)
        ? databases.flatMap((db) =>
          [CLEAN, TROUBLED].flatMap((sql) => db.prepare(sql).all(since, until) as unknown as Tries[])
        )
        : [],
    });
  });
}

/** What a report is made of, as a ledger's tables have it. */
export interface Facts {
  /** The parts of each label in each of the {@link slotsOf} the query. */
  readonly overTime: readonly { readonly slot: Slot; readonly parts: readonly Part[] }[];
  /** Of the whole time; only where the group is asked for. */
  readonly sessions: readonly Part[];
  readonly rules: readonly Part[];
  /** Only where a group {@link needsTries}. */
  readonly tries: readonly Tries[];
}

/** Whether a report by these groups has {@link Attempts}. */
export const needsTries = (groups: readonly Group[]): boolean =>
  RELIABLE.some((group) => groups.includes(group));

/** Makes a report of what a ledger's tables have. Pure. */
export function reportOf(query: ReportQuery, { overTime, sessions, rules, tries }: Facts): Report {
  const { since, until, groups = USUAL_GROUPS, series, teamOf } = query;
  const total = new Tally();
  const parts = new Map(groups.map((group) => [group, new Map<string, Tally>()]));
  const addTo = (group: Group, { names, sums }: Part) => {
    const name = (group === "target" ? targetOf(names) : names[group]) || NONE;
    const tallies = parts.get(group)!;
    let tally = tallies.get(name);
    if (!tally) tallies.set(name, tally = new Tally());
    tally.add(sums);
  };
  const labelGroups = groups.filter((group) => group !== "session" && group !== "rule");
  const slots = overTime.map(({ slot, parts: found }) => {
    const tally = new Tally();
    for (const part of found) {
      tally.add(part.sums);
      total.add(part.sums);
      const { key } = part.names;
      const names = { ...part.names, team: key ? teamOf?.(key) ?? null : null };
      for (const group of labelGroups) addTo(group, { ...part, names });
    }
    return { slot, tally };
  });
  for (const part of sessions) addTo("session", part);
  for (const { names, sums } of rules) {
    for (const rule of namesIn(names.rule)) addTo("rule", { names: { ...names, rule }, sums });
  }
  return {
    since: new Date(since).toISOString(),
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
    ...total.figures(),
    by: Object.fromEntries(
      [...parts].map(([group, names]) => [group, dearestFirst(names, attemptsBy(group, tries))]),
    ),
    ...(series === undefined ? {} : {
      series: slots.map(({ slot, tally }) => ({
        start: new Date(slot.from).toISOString(),
        ...tally.figures(),
      })),
    }),
  };
}

/** Which requests count towards a sum. */
export interface SpentFilter {
  readonly route?: string;
  readonly client?: string;
  /** Keys, by name or id: one of them. */
  readonly keys?: readonly string[];
}

/** Dollars spent since a moment (epoch milliseconds), as far as prices are known. */
export function spent(sources: Source | readonly Source[], since: number, filter: SpentFilter = {}): number {
  const { route = null, client = null } = filter;
  const keys = filter.keys === undefined ? null : JSON.stringify(filter.keys);
  const sql = `SELECT total(r.cost) AS cost FROM labels l CROSS JOIN requests r INDEXED BY requests_figures
    WHERE r.label = l.label AND r.time >= ? AND (? IS NULL OR route = ?) AND (? IS NULL OR client = ?)
    AND (? IS NULL OR client_key IN (SELECT value FROM json_each(?)))`;
  return reading(sources, (databases) =>
    databases.reduce((sum, db) => {
      const row = db.prepare(sql).get(since, route, route, client, client, keys, keys) as { cost: number };
      return sum + row.cost;
    }, 0)) / NANO_PER_DOLLAR;
}

/** The sums of some requests, and what they are called. */
export interface Part {
  readonly sums: Sums;
  /** The part's name in each group that it belongs to. */
  readonly names: Partial<Readonly<Record<Group, string | null>>>;
}

/** `provider,model`; "" where there is none. */
const targetOf = ({ provider, model }: Part["names"]): string =>
  provider && model ? `${provider},${model}` : "";

/** Groups whose parts have {@link Attempts}. */
export const RELIABLE: readonly Group[] = ["provider", "model", "target"];

/** Failures that say nothing about who was asked: the request was at fault, or nobody waited for the answer. */
const NOT_ITS_FAULT: ReadonlySet<string> = new Set([
  "bad_request",
  "content_refused",
  "context_overflow",
  "unsupported",
  "cancelled",
]);

/** Requests that their first target answered: the index alone has them. */
const CLEAN = `SELECT l.provider, l.model, NULL AS failure, count(*) AS tries
  FROM labels l CROSS JOIN requests r INDEXED BY requests_figures
  WHERE l.operation = 'generate' AND l.provider <> '' AND r.label = l.label AND r.time >= ? AND r.time < ?
    AND r.failed = 0 AND r.fallback = 0 GROUP BY l.provider, l.model`;

/** A try, whatever else a cell may hold. */
const TRY = "iif(a.type = 'object', a.value, '{}')";

/** Every try of the other requests. */
const TROUBLED =
  `SELECT json_extract(${TRY}, '$.provider') AS provider, json_extract(${TRY}, '$.model') AS model,
    json_extract(${TRY}, '$.failure') AS failure, count(*) AS tries
  FROM labels l CROSS JOIN requests r INDEXED BY requests_figures, json_each(iif(json_valid(r.attempts), r.attempts, '[]')) a
  WHERE l.operation = 'generate' AND r.label = l.label AND r.time >= ? AND r.time < ?
    AND (r.failed = 1 OR r.fallback = 1) AND a.type = 'object' GROUP BY 1, 2, 3`;

/** How often a target was tried with one outcome. */
export interface Tries {
  readonly provider: string | null;
  readonly model: string | null;
  readonly failure: string | null;
  readonly tries: number;
}

/** The tries at each part of a group; undefined: the group's parts have none. */
function attemptsBy(group: Group, all: readonly Tries[]): ReadonlyMap<string, Attempts> | undefined {
  if (!RELIABLE.includes(group)) return undefined;
  const names = new Map<string, Tries[]>();
  for (const one of all) {
    const name = group === "target" ? targetOf(one) : one[group as "provider" | "model"];
    if (name) names.set(name, [...names.get(name) ?? [], one]);
  }
  return new Map([...names].map(([name, tries]) => [name, attemptsOf(tries)]));
}

function attemptsOf(all: readonly Tries[]): Attempts {
  const failures = new Map<string, number>();
  let tried = 0;
  for (const { failure, tries } of all) {
    tried += tries;
    if (failure !== null && !NOT_ITS_FAULT.has(failure)) {
      failures.set(failure, (failures.get(failure) ?? 0) + tries);
    }
  }
  const failed = [...failures.values()].reduce((sum, tries) => sum + tries, 0);
  return {
    tried,
    failed,
    success_share: tried === 0 ? null : (tried - failed) / tried,
    failures: Object.fromEntries([...failures].sort(([, a], [, b]) => b - a)),
  };
}

type Question = (slot: Slot) => Part[];

/** By label, which holds every name except the session. Reads the index only, which is in this order already. */
const BY_LABEL = `SELECT ${SUMS}, l.route, l.model, l.provider, l.client, l.kind, l.client_key AS key
  FROM labels l CROSS JOIN requests r INDEXED BY requests_figures
  WHERE l.operation = 'generate' AND r.label = l.label AND r.time >= ? AND r.time < ? GROUP BY l.label`;

/**
 * By session, in a query of its own: together with the label nearly every request would be a group. Scans the table;
 * through the index its rows would be fetched one by one.
 */
const BY_SESSION = `SELECT ${SUMS}, session FROM requests NOT INDEXED
  WHERE time >= ? AND time < ? AND label IN (SELECT label FROM labels WHERE operation = 'generate')
  GROUP BY session`;

/** By the rules that matched. A request counts for each of them, so the parts do not add up to the total. */
const BY_RULES = `SELECT ${SUMS}, rules AS rule FROM requests NOT INDEXED
  WHERE rules IS NOT NULL AND time >= ? AND time < ? AND label IN (SELECT label FROM labels WHERE operation = 'generate')
  GROUP BY rules`;

/** Prepares a query of one database, to be run for each slot. */
function questionOf(db: DatabaseSync, sql: string): Question {
  const statement = db.prepare(sql);
  return ({ from, to }) =>
    statement.all(from, to).map((row) => {
      const { first_tokens: list, ...sums } = row as unknown as SummedRow;
      return { sums: { ...sums, firstTokens: numbersIn(list) }, names: row as unknown as Part["names"] };
    });
}

/** A row of sums; the milliseconds to each first output as a list with commas, in any order. */
type SummedRow = Omit<Sums, "firstTokens"> & { readonly first_tokens: string | null };

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

/** One index look-up for each label. */
const FIRST_AND_LAST = `SELECT
    min((SELECT min(time) FROM requests r WHERE r.label = l.label AND time >= ? AND time < ?)) AS first,
    max((SELECT max(time) FROM requests r WHERE r.label = l.label AND time >= ? AND time < ?)) AS last
  FROM labels l WHERE operation = 'generate'`;

/** When the first and the last request of some time arrived. Epoch milliseconds. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

function spanIn(databases: readonly DatabaseSync[], since: number, until: number): Span | undefined {
  let first = Infinity;
  let last = -Infinity;
  for (const db of databases) {
    const row = db.prepare(FIRST_AND_LAST).get(since, until, since, until) as Record<string, number | null>;
    if (row.first == null || row.last == null) continue;
    first = Math.min(first, row.first);
    last = Math.max(last, row.last);
  }
  return last < first ? undefined : { first, last };
}

/** The slots to ask for: those of the series, else one that holds everything. */
export function slotsOf({ since, until = FOREVER, series }: ReportQuery, span: Span | undefined): Slot[] {
  if (series === undefined) return [{ from: since, to: until }];
  if (span === undefined) return [];
  const { first, last } = span;
  // A report of everything begins with the first request, not in 1970.
  const from = since === 0 ? first : since;
  const unit = series === "hour" && last - from > MOST_HOURS * 3_600_000 ? "day" : series;
  return slots(unit, from, last + 1);
}

function dearestFirst(
  parts: ReadonlyMap<string, Tally>,
  attempts: ReadonlyMap<string, Attempts> | undefined,
): Record<string, Figures> {
  // What was tried and never answered has a part too.
  const names = new Map(parts);
  for (const name of attempts?.keys() ?? []) if (!names.has(name)) names.set(name, new Tally());
  const entries = [...names].map(([name, tally]) => {
    const tries = attempts?.get(name);
    return [name, { ...tally.figures(), ...(tries === undefined ? {} : { attempts: tries }) }] as const;
  });
  entries.sort(([, a], [, b]) => b.cost_usd - a.cost_usd || b.requests - a.requests);
  return Object.fromEntries(entries);
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
class Tally {
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

const CSV_COLUMNS: readonly (readonly [name: string, value: (figures: Figures) => number | null])[] = [
  ["requests", (f) => f.requests],
  ["failures", (f) => f.failures],
  ["fallbacks", (f) => f.fallbacks],
  ["cancelled", (f) => f.cancelled],
  ["input_tokens", (f) => f.tokens.input],
  ["cache_read_tokens", (f) => f.tokens.cache_read],
  ["cache_write_tokens", (f) => f.tokens.cache_write],
  ["output_tokens", (f) => f.tokens.output],
  ["reasoning_tokens", (f) => f.tokens.reasoning],
  ["cost_usd", (f) => f.cost_usd],
  ["baseline_usd", (f) => f.baseline_usd],
  ["saved_usd", (f) => f.saved_usd],
  ["saved_share", (f) => f.saved_share],
  ["unpriced_requests", (f) => f.unpriced_requests],
  ["no_baseline_requests", (f) => f.no_baseline_requests],
  ["estimated_requests", (f) => f.estimated_requests],
  ["cache_hit_share", (f) => f.cache_hit_share],
  ["first_token_p50_ms", (f) => f.first_token_ms.p50],
  ["first_token_p95_ms", (f) => f.first_token_ms.p95],
  ["lost_by_switching_usd", (f) => f.lost_by_switching_usd],
  ["estimated_baseline_requests", (f) => f.estimated_baseline_requests],
  ["old_baseline_requests", (f) => f.old_baseline_requests],
  ["plan_requests", (f) => f.plan_requests],
  ["plan_tokens", (f) => f.plan_tokens],
  ["attempts", (f) => f.attempts?.tried ?? null],
  ["attempts_failed", (f) => f.attempts?.failed ?? null],
];

/**
 * CSV as in RFC 4180, with a header line: `by` is `total`, a group's name, or `time` for the series.
 * https://www.rfc-editor.org/rfc/rfc4180
 */
export function toCsv(report: Report): string {
  const lines = [["by", "name", ...CSV_COLUMNS.map(([name]) => name)]];
  const add = (by: string, name: string, figures: Figures) =>
    lines.push([cell(by), cell(name), ...CSV_COLUMNS.map(([, value]) => String(value(figures) ?? ""))]);
  add("total", "", report);
  for (const [group, parts] of Object.entries(report.by)) {
    for (const [name, figures] of Object.entries(parts)) add(group, name, figures);
  }
  for (const entry of report.series ?? []) add("time", entry.start, entry);
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

/** Clients choose some names: one that a spreadsheet would take for a formula gets an apostrophe before it. */
function cell(text: string): string {
  const safe = (/^[=+\-@\t\r]/.test(text) ? "'" : "") + visible(text);
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
