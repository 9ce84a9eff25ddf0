/**
 * What the requests since a moment came to: in all, by route, model, provider, client, … and over time. Sums are exact,
 * so the parts of a report always make up its total.
 */
import type { DatabaseSync } from "node:sqlite";
import { type Slot, slots } from "./period.ts";
import { reading, type Source } from "./file.ts";
import { type Attempts, type Figures, numbersIn, type SummedRow, type Sums, Tally } from "./figures.ts";
import { namesIn, NANO_PER_DOLLAR } from "./row.ts";

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

/** The part that a row of sums is, with the labels beside them. */
export function partOf({ first_tokens: list, ...sums }: SummedRow): Part {
  return { sums: { ...sums, firstTokens: numbersIn(list) }, names: sums as Part["names"] };
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
  return ({ from, to }) => statement.all(from, to).map((row) => partOf(row as unknown as SummedRow));
}

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
