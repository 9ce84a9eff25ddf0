/** Periods and moments in local time: when today began, what `--since` means, the slots of a chart. */

export type Period = "today" | "week" | "month";

const UNITS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** When the period that holds `now` began: midnight of today, of Monday, or of the first. Epoch milliseconds. */
export function startOf(period: Period, now: number): number {
  const at = new Date(now);
  const day = period === "month"
    ? 1
    : period === "week"
    ? at.getDate() - (at.getDay() + 6) % 7
    : at.getDate();
  return new Date(at.getFullYear(), at.getMonth(), day).getTime();
}

/** When the day or month that began at `start` ends, and the next begins. Epoch milliseconds. */
export function endOf(period: "day" | "month", start: number): number {
  const at = new Date(start);
  return period === "day"
    ? new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1).getTime()
    : new Date(at.getFullYear(), at.getMonth() + 1, 1).getTime();
}

/**
 * The moment that a user names: `today`, `week`, `month`, `all`, `90m`, `24h`, `7d`, `2w`, a date
 * (`2026-11-22`, local midnight) or a date with a time (ISO 8601; local where it names no zone).
 * Epoch milliseconds (0 for `all`); undefined: not understood, or in the future.
 */
export function sinceFrom(words: string, now: number): number | undefined {
  const text = words.trim().toLowerCase();
  if (text === "all") return 0;
  if (text === "today" || text === "week" || text === "month") return startOf(text, now);
  const ago = /^(\d{1,5})([mhdw])$/.exec(text);
  if (ago) return now - Number(ago[1]) * UNITS[ago[2]!]!;
  if (!/^\d{4}-\d{2}-\d{2}([t ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(z|[+-]\d{2}:?\d{2})?)?$/.test(text)) {
    return undefined;
  }
  // A date alone is UTC to `Date.parse`, and local to people.
  const time = Date.parse(text.length === 10 ? `${text}T00:00` : text.toUpperCase().replace(" ", "T"));
  const dated = new Date(`${text.slice(0, 10)}T00:00Z`);
  const exists = !Number.isNaN(dated.getTime()) && dated.toISOString().startsWith(text.slice(0, 10));
  return exists && time <= now ? time : undefined;
}

/** One piece of a time line: `[from, to)`, epoch milliseconds. */
export interface Slot {
  readonly from: number;
  readonly to: number;
}

/** The local hours or days that overlap `[since, until)`, the first and last cut to it. */
export function slots(unit: "hour" | "day", since: number, until: number): Slot[] {
  const result: Slot[] = [];
  for (let from = since; from < until;) {
    const at = new Date(from);
    const next = unit === "day"
      ? new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1).getTime()
      // An hour that a clock change repeats must still move on.
      : from - at.getMinutes() * 60_000 - at.getSeconds() * 1000 - at.getMilliseconds() + 3_600_000;
    result.push({ from, to: Math.min(next, until) });
    from = next;
  }
  return result;
}
