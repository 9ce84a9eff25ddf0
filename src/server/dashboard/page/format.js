/**
 * Numbers and times for people. Pure. `money`, `share` and `count` print the same as in src/text/format.ts, which the
 * browser cannot load; a test compares them.
 */

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });

/** `$1,532.27`, `$0.47`, `$0.015`, `$0.000012`, `-$0.50`; `–` where it is unknown. */
export function money(dollars) {
  if (dollars === null || dollars === undefined) return "–";
  const size = Math.abs(dollars);
  const magnitude = size === 0 ? 0 : Math.floor(Math.log10(Number(size.toPrecision(2))));
  const digits = isCents(size) ? 2 : Math.min(6, Math.max(2, 1 - magnitude));
  const text = grouped(size.toFixed(digits));
  return `${dollars < 0 && Number(text) !== 0 ? "-" : ""}$${text}`;
}

const isCents = (dollars) => Math.abs(dollars * 100 - Math.round(dollars * 100)) < 1e-9;

const grouped = (digits) => digits.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ",");

/** For a column, with aligned points: `$0.0145`, `$1.2500`, `<$0.0001`, `$0`. */
export function columnMoney(dollars) {
  if (dollars === null || dollars === undefined) return "–";
  const size = Math.abs(dollars);
  if (size < 5e-10) return "$0";
  const sign = dollars < 0 ? "-" : "";
  return size < 0.0001 ? `${sign}<$0.0001` : `${sign}$${size.toFixed(4)}`;
}

/** For an axis: `$0.5`, `$1.2K`. */
export function shortMoney(dollars) {
  if (dollars === 0) return "$0";
  return Math.abs(dollars) < 1 ? `$${Number(dollars.toPrecision(3))}` : `$${compact.format(dollars)}`;
}

/** `1,234`. */
export const count = (number) => grouped(String(number));

/** `9,876`, `12.3K`, `4.56M`. */
export const amount = (number) => number < 10_000 ? whole.format(number) : compact.format(number);

/** `76 %`, `3.4 %`, rounded down; `–` where there is no whole. */
export function share(part) {
  if (part === null || part === undefined) return "–";
  const tenths = Math.trunc(part * 1000 + Math.sign(part) * 1e-6);
  return `${Math.abs(tenths) < 100 ? tenths / 10 : Math.trunc(tenths / 10)} %`;
}

/** `420 ms`, `1.3 s`, `2 min 5 s`; `–` where it is unknown. */
export function duration(ms) {
  if (ms === null || ms === undefined) return "–";
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 99_950) return `${(ms / 1000).toFixed(ms < 9950 ? 1 : 0)} s`;
  return timeLeft(ms);
}

/** `8 s`, `4 min 12 s`, `3 h 20 min`, `14 days`. Milliseconds. */
export function timeLeft(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 2 * 1440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.round(minutes / 1440)} days`;
}

const two = (number) => String(number).padStart(2, "0");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `14:03:22` today, `22 Nov 14:03` on other days. Epoch milliseconds, or ISO 8601. */
export function clock(time, now = Date.now()) {
  const at = new Date(time);
  const hours = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return at.toDateString() === new Date(now).toDateString()
    ? `${hours}:${two(at.getSeconds())}`
    : `${at.getDate()} ${MONTHS[at.getMonth()]} ${hours}`;
}

/** `22 Nov 2026`. */
export function date(time) {
  const at = new Date(time);
  return `${at.getDate()} ${MONTHS[at.getMonth()]} ${at.getFullYear()}`;
}

/** `rate_limited` as words. */
export const words = (name) => name.replaceAll("_", " ");

/** `claude-3-opus` of `anthropic/claude-3-opus`: without the maker. */
export const shortModel = (model) => model.slice(model.lastIndexOf("/") + 1);

/** `1 request`, `2 requests`. */
export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;
