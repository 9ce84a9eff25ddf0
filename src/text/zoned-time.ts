/** Times at a place: `Europe/Berlin`. */

/** The time of day and the day of the week. */
export interface LocalTime {
  readonly minuteOfDay: number;
  /** 0 = Sunday. */
  readonly day: number;
}

/** The last moment that has a date (https://tc39.es/ecma262/#sec-time-values-and-time-range). Epoch milliseconds. */
export const LAST_MOMENT = 8.64e15;

/** The local time at a moment, in epoch milliseconds. */
export type Zone = (moment: number) => LocalTime;

/** A time zone by its name in the IANA database; undefined: there is none of this name. */
export function zoneOf(name: string): Zone | undefined {
  const wall = wallOf(name);
  if (wall === undefined) return undefined;
  return (moment) => utcTime(wall(moment));
}

/** Minutes of a day. */
const DAY = 24 * 60;

/**
 * Hours are `[from, to)`; where they span midnight, the hours after it belong to the day on which they began:
 * `days = ["fri"], hours = "22:00-06:00"` is the night from Friday to Saturday. Equal ends are a whole day.
 */
export function isTime(
  hours: readonly [number, number] | undefined,
  days: readonly number[] | undefined,
  now: LocalTime,
): boolean {
  let day = now.day;
  if (hours !== undefined) {
    const [from, to] = hours;
    const minute = now.minuteOfDay % DAY;
    if (from < to) {
      if (minute < from || minute >= to) return false;
    } else if (minute < from) {
      if (minute >= to) return false;
      day = (day + 6) % 7;
    }
  }
  return days === undefined || days.includes(day);
}

/** The time in UTC. */
export function utcTime(moment: number): LocalTime {
  const date = new Date(moment);
  return { minuteOfDay: date.getUTCHours() * 60 + date.getUTCMinutes(), day: date.getUTCDay() };
}

/** What the clock on the wall shows at a moment, as if it were UTC. */
function wallOf(name: string): ((moment: number) => number) | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
  } catch {
    return undefined;
  }
  return (moment) => {
    const parts = Object.fromEntries(
      format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute);
  };
}

const MOMENT = /^(\d{4})-(\d{2})-(\d{2})(?:[ T]([01]\d|2[0-4]):([0-5]\d))?$/;

/**
 * A date with or without a time of day (`2026-12-31`, `2026-12-31 18:00`), as epoch milliseconds.
 * @param zone the name of a time zone that there is. @default that of this machine
 * @returns undefined where it is not one
 */
export function momentIn(text: string, zone?: string): number | undefined {
  const [, year, month, day, hour = "0", minute = "0"] = MOMENT.exec(text.trim()) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const parts = [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute)] as const;
  const asUtc = Date.UTC(...parts);
  const date = new Date(Date.UTC(parts[0], parts[1], parts[2]));
  if (date.getUTCMonth() !== parts[1] || date.getUTCDate() !== parts[2]) return undefined;
  const wall = zone === undefined ? undefined : wallOf(zone);
  if (wall === undefined) return new Date(...parts).getTime();
  // Twice, for the days on which the clock changes.
  const once = asUtc - (wall(asUtc) - asUtc);
  return once - (wall(once) - asUtc);
}
