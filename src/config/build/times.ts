/** Times of day and days of the week as people write them, for rules and prices. */
import { described, type KeyPath, type Report, textOf } from "../problem.ts";

const CLOCK = /^([01]?\d|2[0-4])(?::([0-5]\d))?$/;

/** `"22:00-06:30"` or `[22, 6]`, as minutes after midnight: `[from, to)`. Undefined: a problem was reported. */
export function readHours(value: unknown, path: KeyPath, report: Report): [number, number] | undefined {
  const parts = typeof value === "string"
    ? value.split(/\s*(?:-|–|to)\s*/)
    : Array.isArray(value)
    ? value
    : [];
  const minutes = parts.map((part) => {
    const match = CLOCK.exec(textOf(part).trim());
    const total = match === null ? NaN : Number(match[1]) * 60 + Number(match[2] ?? 0);
    return total <= 1440 ? total : NaN;
  });
  const [from, to] = minutes;
  if (minutes.length === 2 && from !== undefined && to !== undefined && from >= 0 && to >= 0 && from !== to) {
    return [from % 1440, to];
  }
  report.problem(
    path,
    `got ${described(value, path)}, expected two times of day, such as "22:00-06:30" or [22, 6].`,
  );
  return undefined;
}

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** `"mon-fri"`, `["sat", "sun"]`, `"weekend"`, or numbers with 0 for Sunday. Sorted. */
export function readDays(value: unknown, path: KeyPath, report: Report): number[] | undefined {
  const found = new Set<number>();
  let good = true;
  const day = (text: string): number => {
    const plain = text.trim().toLowerCase();
    return /^[0-6]$/.test(plain)
      ? Number(plain)
      : plain.length < 2
      ? -1
      : DAYS.findIndex((name) => name.startsWith(plain.slice(0, 3)));
  };
  const parts = (Array.isArray(value) ? value : textOf(value).split(",")).map(textOf);
  for (const part of parts) {
    const plain = part.trim().toLowerCase();
    if (plain === "weekend") [0, 6].forEach((one) => found.add(one));
    else if (plain === "weekdays" || plain === "weekday") [1, 2, 3, 4, 5].forEach((one) => found.add(one));
    else {
      const [from, to, ...more] = plain.split(/\s*-\s*/).map(day);
      if (from === undefined || from < 0 || (to !== undefined && to < 0) || more.length > 0) good = false;
      else {for (let one = from;; one = (one + 1) % 7) {
          found.add(one);
          if (one === (to ?? from)) break;
        }}
    }
  }
  if (good && found.size > 0) return [...found].sort();
  report.problem(
    path,
    `got ${described(value, path)}, expected days, such as ["mon", "tue"], "mon-fri" or "weekend".`,
  );
  return undefined;
}
