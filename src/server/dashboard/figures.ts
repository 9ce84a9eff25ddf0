/**
 * The figures of a period, and of everything to date. A report of 100,000 requests takes a good part of a tenth of a
 * second in which the proxy does nothing else; so one is kept until requests have come to it, and then still for a
 * while: reports take at most a fiftieth of the time.
 */
import type { Ledger } from "../../ledger/ledger.ts";
import { endOf, type Period, slots, startOf } from "../../ledger/period.ts";
import type { Report, SeriesEntry } from "../../ledger/report.ts";

export const PERIODS = ["today", "week", "month"] as const satisfies readonly Period[];

/** One hour or day of a chart, requests or not. */
export interface ChartSlot {
  /** ISO 8601. */
  readonly start: string;
  /** In the proxy's own time: `14:00`, `Mon`, `23`. */
  readonly label: string;
  /** `14:00`, `Monday 23 November`. */
  readonly title: string;
  /** Undefined: it has not begun, or no request came. */
  readonly figures?: SeriesEntry;
}

export interface Savings {
  readonly requests: number;
  readonly cost_usd: number;
  readonly baseline_usd: number;
  readonly saved_usd: number;
  readonly saved_share: number;
  /** When the first request came, ISO 8601; null: none did. */
  readonly first: string | null;
}

export interface Figured {
  readonly savings: Savings;
  readonly report: Omit<Report, "series">;
  readonly chart: { readonly unit: "hour" | "day"; readonly slots: readonly ChartSlot[] };
  /** Milliseconds after which to ask again, since requests have come that are not in these; undefined: none have. */
  readonly againIn?: number;
}

interface Kept {
  readonly figures: Omit<Figured, "againIn">;
  readonly ledger: Ledger;
  readonly told: number;
  readonly at: number;
  /** Milliseconds for which it stays although requests have come. */
  readonly holds: number;
}

/** Nothing is kept longer: other proxies may write to the same ledger. Milliseconds. */
const LONGEST_MS = 30_000;
const SHORTEST_MS = 1000;
/** A report may take a part of the time of 1 to this. */
const REST = 50;

export class FigureKeeper {
  readonly #kept = new Map<Period, Kept>();
  #past: { ledger: Ledger; until: number; at: number; sums: Savings } | undefined;

  /** `told`: how many requests have ended so far; `now` in epoch milliseconds, `mono` in milliseconds for durations. */
  figures(ledger: Ledger, period: Period, told: number, now: number, mono: () => number): Figured {
    const kept = this.#kept.get(period);
    const asked = mono();
    if (kept !== undefined && kept.ledger === ledger) {
      const age = asked - kept.at;
      const fresh = kept.told === told;
      if (age < (fresh ? LONGEST_MS : kept.holds)) {
        return fresh ? kept.figures : { ...kept.figures, againIn: Math.ceil(kept.holds - age) };
      }
    }
    const figures = this.#compute(ledger, period, now);
    const done = mono();
    const holds = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (done - asked) * REST));
    this.#kept.set(period, { figures, ledger, told, at: done, holds });
    return figures;
  }

  #compute(ledger: Ledger, period: Period, now: number): Omit<Figured, "againIn"> {
    const since = startOf(period, now);
    const unit = period === "today" ? "hour" : "day";
    const { series = [], ...report } = ledger.report({ since, series: unit });
    const today = period === "today" ? report : ledger.report({ since: startOf("today", now), groups: [] });
    return {
      savings: added(this.#before(ledger, startOf("today", now), now), today),
      report,
      chart: { unit, slots: chartSlots(period, since, series) },
    };
  }

  /** All that came before today: it changes no more, but for what is forgotten. */
  #before(ledger: Ledger, until: number, now: number): Savings {
    const past = this.#past;
    if (past?.ledger === ledger && past.until === until && now - past.at < 3_600_000) return past.sums;
    const sums = ledger.report({ since: 0, until, groups: [] });
    const first = ledger.recent({ after: 0, limit: 1 })[0];
    const { requests, cost_usd, baseline_usd, saved_usd, saved_share } = sums;
    const savings = {
      requests,
      cost_usd,
      baseline_usd,
      saved_usd,
      saved_share,
      first: first === undefined ? null : new Date(first.time).toISOString(),
    };
    // Without a first request there is nothing worth keeping, and the next may be it.
    this.#past = first === undefined ? undefined : { ledger, until, at: now, sums: savings };
    return savings;
  }
}

function added(past: Savings, today: Omit<Savings, "first">): Savings {
  const baseline = past.baseline_usd + today.baseline_usd;
  const saved = past.saved_usd + today.saved_usd;
  return {
    requests: past.requests + today.requests,
    cost_usd: past.cost_usd + today.cost_usd,
    baseline_usd: baseline,
    saved_usd: saved,
    saved_share: baseline > 0 ? saved / baseline : 0,
    first: past.first,
  };
}

/** Every hour of the day, every day of the week or month, whether requests came or not. */
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
    const hour = `${String(at.getHours()).padStart(2, "0")}:00`;
    return { label: hour, title: hour };
  }
  const day = DAYS[at.getDay()]!;
  const title = `${day} ${at.getDate()} ${MONTHS[at.getMonth()]!}`;
  return { label: period === "week" ? day.slice(0, 3) : String(at.getDate()), title };
}
