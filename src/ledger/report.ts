/** What the requests since a moment came to: in all, by route, model, provider, client, … and over time. */
import type { DatabaseSync } from "node:sqlite";
import { type Figures, type Sums, Tally } from "./figures.ts";
import { type Slot, slots } from "./period.ts";
import { NANO_PER_DOLLAR } from "./row.ts";
import { reading, type Source } from "./source.ts";

/** What a report can be divided by. */
export type Group = "route" | "model" | "provider" | "client" | "kind" | "session";

/** The divisions of a report where none are asked for. */
export const USUAL_GROUPS = ["route", "model", "provider", "client"] as const satisfies readonly Group[];

/** The name of what has none: requests that no target answered have no model, say. */
export const NONE = "none";

export interface ReportQuery {
  /** Epoch milliseconds; 0: everything. */
  readonly since: number;
  /** Epoch milliseconds, not included. @default everything up to now */
  readonly until?: number;
  /** @default {@link USUAL_GROUPS} */
  readonly groups?: readonly Group[];
  /** Adds a series of local hours or days. Hours of more than 60 days become days. */
  readonly series?: "hour" | "day";
}

export interface SeriesEntry extends Figures {
  /** ISO 8601. */
  readonly start: string;
}

/** Token counts are left out of a report: they are questions about a request, not requests to a model. */
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
  total(estimated) AS estimated, group_concat(first_token_ms) AS first_tokens`;

/** A moment that never comes. Epoch milliseconds. */
const FOREVER = Number.MAX_SAFE_INTEGER;
const MOST_HOURS = 60 * 24;

/**
 * The report of one or more sources together.
 * @throws UnreadableLedger where a path leads to something that cannot be read.
 */
export function report(sources: Source | readonly Source[], query: ReportQuery): Report {
  const { since, until, groups = USUAL_GROUPS, series } = query;
  return reading(sources, (databases) => {
    const total = new Tally();
    const parts = new Map(groups.map((group) => [group, new Map<string, Tally>()]));
    const addTo = (group: Group, { names, sums }: Part) => {
      const name = names[group] || NONE;
      const tallies = parts.get(group)!;
      let tally = tallies.get(name);
      if (!tally) tallies.set(name, tally = new Tally());
      tally.add(sums);
    };
    const labelGroups = groups.filter((group) => group !== "session");
    const byLabel = databases.map((db) => questionOf(db, BY_LABEL));
    const overTime = slotsOf(databases, query).map((slot) => {
      const tally = new Tally();
      for (const part of byLabel.flatMap((question) => question(slot))) {
        tally.add(part.sums);
        total.add(part.sums);
        for (const group of labelGroups) addTo(group, part);
      }
      return { slot, tally };
    });
    if (groups.includes("session")) {
      const whole = { from: since, to: until ?? FOREVER };
      const bySession = databases.map((db) => questionOf(db, BY_SESSION));
      for (const part of bySession.flatMap((question) => question(whole))) addTo("session", part);
    }
    return {
      since: new Date(since).toISOString(),
      ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
      ...total.figures(),
      by: Object.fromEntries([...parts].map(([group, names]) => [group, dearestFirst(names)])),
      ...(series === undefined ? {} : {
        series: overTime.map(({ slot, tally }) => ({
          start: new Date(slot.from).toISOString(),
          ...tally.figures(),
        })),
      }),
    };
  });
}

/** Which requests count towards a sum. */
export interface SpentFilter {
  readonly route?: string;
  readonly client?: string;
}

/** Dollars spent since a moment (epoch milliseconds), as far as prices are known. */
export function spent(sources: Source | readonly Source[], since: number, filter: SpentFilter = {}): number {
  const { route = null, client = null } = filter;
  const sql = `SELECT total(r.cost) AS cost FROM labels l CROSS JOIN requests r INDEXED BY requests_figures
    WHERE r.label = l.label AND r.time >= ? AND (? IS NULL OR route = ?) AND (? IS NULL OR client = ?)`;
  return reading(sources, (databases) =>
    databases.reduce((sum, db) => {
      const row = db.prepare(sql).get(since, route, route, client, client) as { cost: number };
      return sum + row.cost;
    }, 0)) / NANO_PER_DOLLAR;
}

interface Part {
  readonly sums: Sums;
  /** The part's name in each group that it belongs to. */
  readonly names: Partial<Readonly<Record<Group, string | null>>>;
}

type Question = (slot: Slot) => Part[];

/** By label, which says all names but the session at once, and from the index alone: it is in this order already. */
const BY_LABEL = `SELECT ${SUMS}, l.route, l.model, l.provider, l.client, l.kind
  FROM labels l CROSS JOIN requests r INDEXED BY requests_figures
  WHERE l.operation = 'generate' AND r.label = l.label AND r.time >= ? AND r.time < ? GROUP BY l.label`;

/**
 * By session, asked apart: with the label it would make a group of nearly every request. Reads the rows as they stand;
 * by the index they would be fetched one by one.
 */
const BY_SESSION = `SELECT ${SUMS}, session FROM requests NOT INDEXED
  WHERE time >= ? AND time < ? AND label IN (SELECT label FROM labels WHERE operation = 'generate')
  GROUP BY session`;

/** Asks one database for one slot. */
function questionOf(db: DatabaseSync, sql: string): Question {
  const statement = db.prepare(sql);
  return ({ from, to }) =>
    statement.all(from, to).map((row) => {
      const { first_tokens: list, ...sums } = row as unknown as Sums & { first_tokens: string | null };
      const firstTokens = Float64Array.from(list === null ? [] : list.split(",").map(Number)).sort();
      return { sums: { ...sums, firstTokens }, names: row as unknown as Part["names"] };
    });
}

/** One look into the index for each label. */
const FIRST_AND_LAST = `SELECT
    min((SELECT min(time) FROM requests r WHERE r.label = l.label AND time >= ? AND time < ?)) AS first,
    max((SELECT max(time) FROM requests r WHERE r.label = l.label AND time >= ? AND time < ?)) AS last
  FROM labels l WHERE operation = 'generate'`;

/** The slots to ask for: those of the series, else one that holds everything. */
function slotsOf(databases: readonly DatabaseSync[], query: ReportQuery): Slot[] {
  const { since, until = FOREVER, series } = query;
  if (series === undefined) return [{ from: since, to: until }];
  let first = Infinity;
  let last = -Infinity;
  for (const db of databases) {
    const row = db.prepare(FIRST_AND_LAST).get(since, until, since, until) as Record<string, number | null>;
    if (row.first == null || row.last == null) continue;
    first = Math.min(first, row.first);
    last = Math.max(last, row.last);
  }
  if (last < first) return [];
  // "Everything" begins with the first request, not in 1970.
  const from = since === 0 ? first : since;
  const unit = series === "hour" && last - from > MOST_HOURS * 3_600_000 ? "day" : series;
  return slots(unit, from, last + 1);
}

function dearestFirst(parts: ReadonlyMap<string, Tally>): Record<string, Figures> {
  const entries = [...parts].map(([name, tally]) => [name, tally.figures()] as const);
  entries.sort(([, a], [, b]) => b.cost_usd - a.cost_usd || b.requests - a.requests);
  return Object.fromEntries(entries);
}
