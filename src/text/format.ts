/** Dollars, tokens, shares and times as people read them: in the terminal, the log, headers and errors. */
import { Buffer } from "node:buffer";
import type { Price } from "../model/price.ts";

/**
 * Dollars: cents, and for a part of a cent two digits that mean something: `$1,234.50`, `$0.47`, `$0.05`, `$0.046`,
 * `$0.00018`, `-$0.02`.
 */
export function money(dollars: number): string {
  const size = Math.abs(dollars);
  // Rounded first, so that 0.0999 counts as 0.10.
  const magnitude = size === 0 ? 0 : Math.floor(Math.log10(Number(size.toPrecision(2))));
  const digits = isCents(size) ? 2 : Math.min(6, Math.max(2, 1 - magnitude));
  const text = grouped(size.toFixed(digits));
  return `${dollars < 0 && Number(text) !== 0 ? "-" : ""}$${text}`;
}

const isCents = (dollars: number): boolean => Math.abs(dollars * 100 - Math.round(dollars * 100)) < 1e-9;

/** A price per million tokens: `$15`, `$0.80`, `$0.075`, `$0`. */
export const price = (dollars: number): string =>
  Number.isInteger(dollars) ? `$${grouped(String(dollars))}` : money(dollars);

/** Input and output prices for two columns; `?` where the price is not known. */
export function prices(known: Price | undefined): readonly [input: string, output: string] {
  return known === undefined ? ["?", "?"] : [price(known.input), price(known.output)];
}

/** `12,345`, `1234.5` as `1,234.5`. */
export const count = (amount: number): string => grouped(String(amount));

/** With commas between thousands; digits after the point stay. */
const grouped = (digits: string): string => digits.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ",");

/** `4 requests`, `1 request`. */
export const counted = (amount: number, one: string, many = `${one}s`): string =>
  `${count(amount)} ${amount === 1 ? one : many}`;

/** Tokens that were used: `820`, `95.2k`, `1.24M`. */
export function tokenCount(amount: number): string {
  if (amount < 1000) return String(amount);
  if (amount < 999_950) return `${(amount / 1000).toFixed(amount < 99_950 ? 1 : 0)}k`;
  return amount < 999_500_000
    ? `${(amount / 1_000_000).toFixed(amount < 99_950_000 ? 2 : 0)}M`
    : `${(amount / 1_000_000_000).toFixed(2)}G`;
}

/** A context window in tokens: `128k`, `1M`; `?` for 0, which means that it is not known. */
export function contextSize(tokens: number): string {
  if (tokens === 0) return "?";
  if (tokens >= 1_000_000) return `${Number((tokens / 1_000_000).toFixed(1))}M`;
  return tokens >= 1000 ? `${Math.round(tokens / 1000)}k` : String(tokens);
}

/** A part of a whole, rounded down: `76 %`, `3.4 %`. Empty for null, which means that there is no whole. */
export function share(part: number | null): string {
  if (part === null) return "";
  // Tenths of a percent; the small addend makes up for what a binary fraction lacks.
  const tenths = Math.trunc(part * 1000 + Math.sign(part) * 1e-6);
  return `${Math.abs(tenths) < 100 ? tenths / 10 : Math.trunc(tenths / 10)} %`;
}

/** How long a measured step took: `48 µs`, `1.2 ms`, `420 ms`, `3.4 s`. Milliseconds. */
export function duration(ms: number): string {
  if (ms < 1) return `${Math.max(1, Math.round(ms * 1000))} µs`;
  if (ms < 1000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(1)} s`;
}

const UNITS: readonly (readonly [unit: string, seconds: number])[] = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
];

/** A span of time in its two largest units: `2 h 14 min`, `4 min 12 s`, `0 s`. */
export function span(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
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

/** The local date and minute: `2026-11-22 21:09`. Epoch milliseconds. */
export const localMinute = (time: number): string => `${localDate(time)} ${localTime(time).slice(0, 5)}`;

/** A moment for people: without the date where it is the same day as `now`. Epoch milliseconds. */
export function moment(time: number, now: number): string {
  return localDate(time) === localDate(now) ? localTime(time).slice(0, 5) : localMinute(time);
}

/**
 * The first `most` characters of a text, as a string of its own: a slice would keep the whole text in memory for as long
 * as it lives.
 */
export function beginning(text: string, most: number): string {
  return Buffer.from(text.slice(0, most), "utf16le").toString("utf16le");
}
