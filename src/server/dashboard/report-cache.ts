/**
 * The report of a period for the dashboard, and the savings of everything to date. A report of 100,000 requests takes
 * up to 150 ms in which the proxy does nothing else; so one is kept until requests have ended, and then still for fifty
 * times as long as it took: reports take at most a fiftieth of the time.
 */
import type { Clock } from "../../runtime/clock.ts";
import type { LedgerReader } from "../../ledger/ledger.ts";
import { endOf, type Period, slots, startOf } from "../../ledger/period.ts";
import type { Figures } from "../../ledger/figures.ts";
import { type Report, type SeriesEntry, USUAL_GROUPS } from "../../ledger/report.ts";

/** `hour`: the last sixty minutes; the others as the calendar has them. */
export const PERIODS = ["hour", "today", "week", "month"] as const satisfies readonly ("hour" | Period)[];
type Shown = typeof PERIODS[number];

/** One hour or day of a chart, requests or not. */
export interface ChartSlot {
  /** ISO 8601. */
  readonly start: string;
  /** In the proxy's own time: `14:00`, `Mon`, `23`. */
  readonly label: string;
  /** `14:00`, `Monday 23 November`. */
  readonly title: string;
  /** Undefined: it has not begun, or it has no requests. */
  readonly figures?: SeriesEntry;
}

/** The figures of a report that savings are shown with, and that add up: all but the share. */
const SUMS = [
  "requests",
  "cost_usd",
  "baseline_usd",
  "saved_usd",
  "lost_by_switching_usd",
  "estimated_baseline_requests",
  "old_baseline_requests",
  "plan_requests",
  "plan_tokens",
] as const satisfies readonly (keyof Figures)[];

export interface Savings extends Pick<Figures, typeof SUMS[number] | "saved_share"> {
  /** Arrival of the first request, ISO 8601; null: there is none. */
  readonly first: string | null;
}

export interface PeriodReport {
  readonly savings: Savings;
  readonly report: Omit<Report, "series">;
  readonly chart: { readonly unit: "five minutes" | "hour" | "day"; readonly slots: readonly ChartSlot[] };
  /** Milliseconds after which to ask again, for requests that are not in this yet; undefined: there are none. */
  readonly againIn?: number;
}

interface Kept {
  readonly report: Omit<PeriodReport, "againIn">;
  readonly ledger: ReadableLedger;
  readonly ended: number;
  /** `Clock.mono` when it was made. */
  readonly at: number;
  /** Milliseconds for which it is kept although requests have ended since. */
  readonly holds: number;
}

export const GROUPS = [...USUAL_GROUPS, "target", "key"] as const;

type ReadableLedger = Pick<LedgerReader, "report" | "recent">;

/** Milliseconds; nothing is kept longer, since other proxies may write to the same ledger. */
const LONGEST_MS = 30_000;
const SHORTEST_MS = 1000;
/** Reports may take one part in this many of the time. */
const REST = 50;
/** The bars of the last hour. */
const SLOTS = 12;
const SLOT_MS = 5 * 60_000;

export class ReportCache {
  readonly #kept = new Map<Shown, Kept>();
  #past: { ledger: ReadableLedger; until: number; at: number; sums: Savings } | undefined;

  /** The report of a period. `ended`: how many requests have ended so far, whatever the count began with. */
  async reportOf(
    ledger: ReadableLedger,
    period: Shown,
    ended: number,
    clock: Clock,
  ): Promise<PeriodReport> {
    const kept = this.#kept.get(period);
    const asked = clock.mono();
    if (kept !== undefined && kept.ledger === ledger) {
      const age = asked - kept.at;
      const fresh = kept.ended === ended;
      if (age < (fresh ? LONGEST_MS : kept.holds)) {
        return fresh ? kept.report : { ...kept.report, againIn: Math.ceil(kept.holds - age) };
      }
    }
    const report = await this.#compute(ledger, period, clock.now());
    const done = clock.mono();
    const holds = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (done - asked) * REST));
    this.#kept.set(period, { report, ledger, ended, at: done, holds });
    return report;
  }

  async #compute(
    ledger: ReadableLedger,
    period: Shown,
    now: number,
  ): Promise<Omit<PeriodReport, "againIn">> {
    if (period === "hour") return await this.#lastHour(ledger, now);
    const since = startOf(period, now);
    const unit = period === "today" ? "hour" : "day";
    const { series = [], ...report } = await ledger.report({ since, series: unit, groups: GROUPS });
    const today = period === "today"
      ? report
      : await ledger.report({ since: startOf("today", now), groups: [] });
    return {
      savings: added(await this.#before(ledger, startOf("today", now), now), today),
      report,
      chart: { unit, slots: chartSlots(period, since, series) },
    };
  }

  async #lastHour(ledger: ReadableLedger, now: number): Promise<Omit<PeriodReport, "againIn">> {
    // Whole slots on the clock, so that bars stay what they are from one look to the next.
    const until = (Math.floor(now / SLOT_MS) + 1) * SLOT_MS;
    const since = until - SLOTS * SLOT_MS;
    const slots: ChartSlot[] = [];
    for (let i = 0; i < SLOTS; i++) {
      const from = since + i * SLOT_MS;
      const start = new Date(from).toISOString();
      const figures = await ledger.report({ since: from, until: from + SLOT_MS, groups: [] });
      const label = clockTime(new Date(from));
      slots.push({
        start,
        label,
        title: label,
        ...(figures.requests === 0 ? {} : { figures: { start, ...figures } }),
      });
    }
    const today = await ledger.report({ since: startOf("today", now), groups: [] });
    return {
      savings: added(await this.#before(ledger, startOf("today", now), now), today),
      report: await ledger.report({ since, groups: GROUPS }),
      chart: { unit: "five minutes", slots },
    };
  }

  /** Everything before today: it changes no more, except for rows that are forgotten. */
  async #before(ledger: ReadableLedger, until: number, now: number): Promise<Savings> {
    const past = this.#past;
    if (past?.ledger === ledger && past.until === until && now - past.at < 3_600_000) return past.sums;
    const sums = await ledger.report({ since: 0, until, groups: [] });
    const [first] = await ledger.recent({ after: 0, limit: 1 });
    const savings = {
      ...summed((name) => sums[name]),
      saved_share: sums.saved_share,
      first: first === undefined ? null : new Date(first.time).toISOString(),
    };
    // Without a first request there is nothing worth keeping, and the next may be it.
    this.#past = first === undefined ? undefined : { ledger, until, at: now, sums: savings };
    return savings;
  }
}

function added(past: Savings, today: Omit<Savings, "first">): Savings {
  const sums = summed((name) => past[name] + today[name]);
  const share = sums.baseline_usd > 0 ? sums.saved_usd / sums.baseline_usd : 0;
  return { ...sums, saved_share: share, first: past.first };
}

const summed = (valueOf: (name: typeof SUMS[number]) => number) =>
  Object.fromEntries(SUMS.map((name) => [name, valueOf(name)])) as Record<typeof SUMS[number], number>;

/** Every hour of the day, or every day of the week or month, with and without requests. */
function chartSlots(period: Period, since: number, series: readonly SeriesEntry[]): ChartSlot[] {
  const at = new Date(since);
  const until = period === "today"
    ? endOf("day", since)
    : period === "month"
    ? endOf("month", since)
    : new Date(at.getFullYear(), at.getMonth(), at.getDate() + 7).getTime();
  const byStart = new Map(series.map((entry) => [entry.start, entry]));
  return slots(period === "today" ? "hour" : "day", since, until).map(({ from }) => {
    const start = new Date(from).toISOString();
    const figures = byStart.get(start);
    return { start, ...named(period, new Date(from)), ...(figures === undefined ? {} : { figures }) };
  });
}

/** `14:05`. */
const clockTime = (at: Date): string =>
  [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

function named(period: Period, at: Date): { label: string; title: string } {
  if (period === "today") {
    const hour = clockTime(at);
    return { label: hour, title: hour };
  }
  const day = DAYS[at.getDay()]!;
  const title = `${day} ${at.getDate()} ${MONTHS[at.getMonth()]!}`;
  return { label: period === "week" ? day.slice(0, 3) : String(at.getDate()), title };
}
