/** Dollars, tokens, shares and times as people read them. Imports nothing but types. */
import type { Price } from "../model/price.ts";

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

/** `$15`, `$0.25`, `$0.05`. */
export function dollars(amount: number): string {
  if (amount === 0) return "$0";
  if (Number.isInteger(amount)) return `$${amount}`;
  return amount >= 0.01
    ? `$${amount.toFixed(amount < 0.1 && !isCents(amount) ? 3 : 2)}`
    : `$${Number(amount.toPrecision(2))}`;
}

const isCents = (amount: number) => Math.abs(amount * 100 - Math.round(amount * 100)) < 1e-9;

/** What a request cost: `$0.0123`, `$0.000184`. Undefined: not known. */
export function cost(amount: number | undefined): string {
  if (amount === undefined) return "unknown";
  return amount === 0 ? "$0" : `$${amount.toFixed(amount >= 1 ? 2 : amount >= 0.01 ? 4 : 6)}`;
}

/** Input and output per million tokens, for two columns. Undefined: not known. */
export function prices(price: Price | undefined): readonly [string, string] {
  return price === undefined ? ["?", "?"] : [dollars(price.input), dollars(price.output)];
}

/** Milliseconds: `48 µs`, `1.2 ms`, `3.4 s`. */
export function duration(ms: number): string {
  if (ms < 1) return `${Math.max(1, Math.round(ms * 1000))} µs`;
  if (ms < 1000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Tokens: `128k`, `1M`. 0: not known. */
export function tokens(count: number): string {
  if (count === 0) return "?";
  if (count >= 1_000_000) return `${Number((count / 1_000_000).toFixed(1))}M`;
  return count >= 1000 ? `${Math.round(count / 1000)}k` : String(count);
}
