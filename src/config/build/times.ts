/** A time of day as people write it, for rules and prices. */
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
    `found ${described(value, path)}, expected two times of day, like "22:00-06:30" or [22, 6].`,
  );
  return undefined;
}
