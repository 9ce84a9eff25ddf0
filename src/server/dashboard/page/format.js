/** Numbers and times for people. Pure. */

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const cents = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });

/** `$1,532.27`, `$0.0145`, `$0.000012`; `–` where it is not known. */
export function money(dollars) {
  if (dollars === null || dollars === undefined) return "–";
  const size = Math.abs(dollars);
  const sign = dollars < 0 && size >= 0.0000005 ? "−" : "";
  if (size === 0 || size >= 0.995) return `${sign}$${cents.format(size)}`;
  // Two digits that mean something, and cents at least.
  const digits = Math.min(6, Math.max(2, 1 - Math.floor(Math.log10(size))));
  return `${sign}$${size.toFixed(digits)}`;
}

/** In columns, one below the other: `$0.0145`, `$1.2500`, `<$0.0001`, `$0`. */
export function columnMoney(dollars) {
  if (dollars === null || dollars === undefined) return "–";
  const size = Math.abs(dollars);
  if (size < 5e-10) return "$0";
  const sign = dollars < 0 ? "−" : "";
  return size < 0.0001 ? `${sign}<$0.0001` : `${sign}$${size.toFixed(4)}`;
}

/** For an axis: `$0.5`, `$1.2K`. */
export function shortMoney(dollars) {
  if (dollars === 0) return "$0";
  return Math.abs(dollars) < 1 ? `$${Number(dollars.toPrecision(3))}` : `$${compact.format(dollars)}`;
}

/** `1,234`. */
export const count = (number) => whole.format(number);

/** `9,876`, `12.3K`, `4.56M`. */
export const amount = (number) => number < 10_000 ? whole.format(number) : compact.format(number);

/** `76 %`, `0.4 %`; `–` where there is none. */
export function share(part) {
  if (part === null || part === undefined) return "–";
  const percent = part * 100;
  if (percent !== 0 && Math.abs(percent) < 1) return `${percent.toFixed(1)} %`;
  // All is said only where it is all.
  return `${percent > 99 && percent < 100 ? Math.floor(percent) : Math.round(percent)} %`;
}

/** `420 ms`, `1.3 s`, `2 min 5 s`; `–` where there is none. */
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

/** `claude-3-opus` of `anthropic/claude-3-opus`: the maker is said elsewhere. */
export const shortModel = (model) => model.slice(model.lastIndexOf("/") + 1);

/** `1 request`, `2 requests`. */
export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;
