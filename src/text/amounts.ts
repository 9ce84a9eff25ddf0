/** Sums, shares and spans of time as people read them. */

/** Dollars in a column: `$1,234.50`, `$0.47`, `$0.046`, `$0.0046`, `-$0.02`. */
export function money(amount: number): string {
  const size = Math.abs(amount);
  const digits = size === 0 || size >= 0.0995 ? 2 : size >= 0.00995 ? 3 : size >= 0.0001 ? 4 : 6;
  const text = size.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${amount < 0 && Number(text) !== 0 ? "-" : ""}$${text}`;
}

/** `12,345`. */
export const count = (amount: number): string => amount.toLocaleString("en-US");

/** `4 requests`, `1 request`. */
export const counted = (amount: number, one: string, many = `${one}s`): string =>
  `${count(amount)} ${amount === 1 ? one : many}`;

/** Tokens: `820`, `95.2k`, `1.24M`. */
export function tokenCount(amount: number): string {
  if (amount < 1000) return String(amount);
  if (amount < 999_950) return `${(amount / 1000).toFixed(amount < 99_950 ? 1 : 0)}k`;
  return amount < 999_500_000
    ? `${(amount / 1_000_000).toFixed(amount < 99_950_000 ? 2 : 0)}M`
    : `${(amount / 1_000_000_000).toFixed(2)}G`;
}

/** A part of a whole: `76 %`, `3.4 %`; never more than it is. Null: there is no whole. */
export function share(part: number | null): string {
  if (part === null) return "";
  // Tenths of a percent; what a binary fraction falls short of is not cut off.
  const tenths = Math.trunc(part * 1000 + Math.sign(part) * 1e-6);
  return `${Math.abs(tenths) < 100 ? tenths / 10 : Math.trunc(tenths / 10)} %`;
}

const STEPS: readonly (readonly [unit: string, seconds: number])[] = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  [
    "s",
    1,
  ],
];

/** A span in its two largest units: `2 h 14 min`, `4 min 12 s`, `0 s`. */
export function span(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [unit, size] of STEPS) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) parts.push(`${amount} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? "0 s" : parts.join(" ");
}

const two = (amount: number): string => String(amount).padStart(2, "0");

/** The local date: `2026-11-22`. Epoch milliseconds. */
export function localDate(time: number): string {
  const at = new Date(time);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** The local time of day: `21:09:14`. Epoch milliseconds. */
export function localTime(time: number): string {
  const at = new Date(time);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** A moment for people: the time alone where it is of the same day as `now`. Epoch milliseconds. */
export function moment(time: number, now: number): string {
  const clock = localTime(time).slice(0, 5);
  return localDate(time) === localDate(now) ? clock : `${localDate(time)} ${clock}`;
}
