/** Ranges of numbers as people write them in a condition: `">= 3"`, `"2-5"`, `"< 1h"`. */

/** Numbers between two ends. An end that is not set is open. */
export interface Range {
  /** At least. */
  readonly from?: number;
  /** At most. */
  readonly to?: number;
  /** More than. */
  readonly above?: number;
  /** Less than. */
  readonly below?: number;
}

/** Milliseconds of each unit. */
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What ranges are of: bare numbers, or durations in milliseconds, whose numbers need a unit. */
export type RangeOf = "numbers" | "durations";

/**
 * Reads a range.
 *
 * @returns undefined where the text is none
 * @example
 * readRange(">= 3", "numbers") // { from: 3 }
 * readRange("10m-2h", "durations") // { from: 600000, to: 7200000 }
 */
export function readRange(value: string | number, of: RangeOf): Range | undefined {
  if (typeof value === "number") return of === "numbers" ? { from: value, to: value } : undefined;
  const [, sign = "", one = "", other] =
    /^\s*(>=|<=|>|<|=)?\s*(\d+(?:\.\d+)?\s*[a-z]?)\s*(?:-\s*(\d+(?:\.\d+)?\s*[a-z]?)\s*)?$/.exec(value) ?? [];
  const first = amount(one, of);
  if (first === undefined) return undefined;
  if (other !== undefined) {
    const last = amount(other, of);
    return last === undefined || sign !== "" ? undefined : { from: first, to: last };
  }
  switch (sign) {
    case ">=":
      return { from: first };
    case "<=":
      return { to: first };
    case ">":
      return { above: first };
    case "<":
      return { below: first };
    default:
      return { from: first, to: first };
  }
}

function amount(text: string, of: RangeOf): number | undefined {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]?)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  if (of === "numbers") return unit === "" ? Number(digits) : undefined;
  const factor = Object.hasOwn(UNITS, unit) ? UNITS[unit]! : undefined;
  return factor === undefined ? undefined : Number(digits) * factor;
}

export function isIn(value: number, { from, to, above, below }: Range): boolean {
  return (from === undefined || value >= from) && (to === undefined || value <= to) &&
    (above === undefined || value > above) && (below === undefined || value < below);
}

/** Whether no number can be in a range. */
export function isEmpty(
  { from = -Infinity, to = Infinity, above = -Infinity, below = Infinity }: Range,
): boolean {
  return from > to || above >= below || from >= below || above >= to;
}
