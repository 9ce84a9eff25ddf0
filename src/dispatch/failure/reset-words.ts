/**
 * Resets in a provider's sentences: `try again in 7m12s`, `reset on November 24, 2026 at 2:00 AM`, `resets 3pm (Europe/Berlin)`,
 * `将在 2026-11-22 22:04:58 重置`. Pure; nothing here says which moments make sense.
 */
import { momentIn, zoneOf } from "../../text/zoned-time.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The longest name that fits decides. Milliseconds. */
const UNITS: readonly (readonly [name: RegExp, ms: number])[] = [
  [/^(?:ms|milli\w*|毫秒)$/, 1],
  [/^(?:mo|months?|个?月)$/, 30 * DAY],
  [/^(?:w|weeks?|个?周|个?星期)$/, 7 * DAY],
  [/^(?:d|days?|天|日)$/, DAY],
  [/^(?:h|hrs?|hours?|个?小时|时)$/, HOUR],
  [/^(?:m|mins?|minutes?|分钟|分)$/, MINUTE],
  [/^(?:s|secs?|seconds?|秒钟?)$/, SECOND],
];

const WORD = "[a-z]+|个?(?:毫秒|小时|分钟|秒钟?|星期|[月周天日时分秒])";
const AMOUNTS = new RegExp(`^(?:\\d+(?:\\.\\d+)?\\s*(?:${WORD})[\\s,]*(?:and )?)+$`, "i");
const AMOUNT = new RegExp(`(\\d+(?:\\.\\d+)?)\\s*(${WORD})`, "gi");

/** Milliseconds of `1m30s`, `7.66s`, `120ms`, `1d2h`, `2 hours and 3 minutes`, `3 小时 20 分钟`; undefined: it is none. */
export function duration(value: string): number | undefined {
  const text = value.trim();
  if (!AMOUNTS.test(text)) return undefined;
  let sum = 0;
  for (const [, amount, word = ""] of text.matchAll(AMOUNT)) {
    const unit = UNITS.find(([name]) => name.test(word.toLowerCase()))?.[1];
    if (unit === undefined) return undefined;
    sum += Number(amount) * unit;
  }
  return sum;
}

/** Without a zone: the machine's own has nothing to do with the provider's. */
const NAIVE = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?$/;

/** Epoch milliseconds of a date. `offset`: the zone where the text names none (`+08:00`). @default "Z" */
export function date(value: string, offset = "Z"): number | undefined {
  // A sign or a bare word is read as a date by some engines.
  if (!/\d{4}/.test(value)) return undefined;
  const text = value.trim();
  const at = Date.parse(
    NAIVE.test(text) ? `${text.slice(0, 10)}T${text.slice(11) || "00:00"}${offset}` : text,
  );
  return Number.isNaN(at) ? undefined : at;
}

/** What is said before a wait, or before a moment. */
const BEFORE =
  "(?:again|retry|retrying|resets?|resetting|available|wait|back|refresh(?:es|ed)?|renews?|resumes?|replenish(?:es|ed)?)";
const LENGTH = "milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|months?|mo";
const WAIT = new RegExp(
  `${BEFORE}(?: (?:in|after|for))?:?(?: (?:about|at least|approximately))? ?~? ?` +
    `((?:\\d+(?:\\.\\d+)?\\s*(?:${LENGTH})(?![a-z])[\\s,]*(?:and )?)+)`,
  "i",
);
/** Azure API Management: `replenished in 03:30:56`, `in 3.12:30:00` for more than a day. */
const SPAN = new RegExp(`${BEFORE} (?:in|after) (?:(\\d+)\\.)?(\\d\\d?):(\\d\\d):(\\d\\d)(?![\\d:])`, "i");
const WAIT_CHINESE = new RegExp(`((?:\\d+(?:\\.\\d+)?\\s*${WORD.replace("[a-z]+|", "")}\\s*)+)(?:之|以)?后`);

const ISO =
  "(\\d{4}-\\d\\d-\\d\\d(?:T| at | )\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?(?: ?(?:Z|UTC|GMT|[+-]\\d\\d:?\\d\\d))?)";
const AT = new RegExp(
  `(?:${BEFORE}|access|until)[^.\\d]{0,20}?(?: at| on| after| until|:)? ["'\`]?${ISO}`,
  "i",
);
const AT_CHINESE = new RegExp(
  `(?:将?[在于]|至)\\s*${ISO}\\s*(?:之?后)?\\s*(?:重置|刷新|恢复|更新|解除|重试|再试)`,
);

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const NAMED = new RegExp(`(${MONTHS.join("|")})[a-z]*\\.? (\\d{1,2})(?:st|nd|rd|th)?`, "i");
const CLOCK = "(\\d{1,2})(?::(\\d\\d))?(?::\\d\\d)? ?([ap]m)?";
const AT_NAMED = new RegExp(
  `(?:${BEFORE}|access|until)[^.\\d]{0,20}? ${NAMED.source},? (\\d{4})(?:,? (?:at )?${CLOCK})?`,
  "i",
);
/** Claude Code: `resets 3:40pm (Europe/Berlin)`, `resets Dec 3, 10am (UTC)`. */
const AT_CLOCK = new RegExp(
  `${BEFORE}(?: at| on)? (?:${NAMED.source},? (?:at )?)?(\\d{1,2})(?::(\\d\\d))? ?([ap]m) \\(([A-Za-z_]+(?:/[A-Za-z_]+)*)\\)`,
  "i",
);

/**
 * The moments that a sentence may mean, the most certain one first. Epoch milliseconds.
 * @param offset the zone of a date that names none. Where it is not UTC, the date is read as UTC too: providers change that
 * @default "Z"
 */
export function* momentsInWords(message: string, now: number, offset = "Z"): Generator<number> {
  for (const form of [WAIT, WAIT_CHINESE]) {
    const wait = duration(form.exec(message)?.[1] ?? "");
    if (wait !== undefined) yield now + wait;
  }
  const [, days = "0", ...clock] = SPAN.exec(message) ?? [];
  if (clock.length > 0) {
    yield now + Number(days) * DAY + clock.reduce((sum, part) => sum * 60 + Number(part), 0) * SECOND;
  }
  const iso = (AT.exec(message) ?? AT_CHINESE.exec(message))?.[1];
  if (iso !== undefined) {
    const text = iso.replace(/ ?(?:UTC|GMT)$/i, "Z").replace(" at ", " ").replace(/ ([+-]|Z)/, "$1");
    for (const zone of new Set([offset, "Z"])) yield* some(date(text.replace(" ", "T"), zone));
  }
  yield* some(namedDate(message));
  yield* some(clockTime(message, now));
}

function* some(at: number | undefined): Generator<number> {
  if (at !== undefined) yield at;
}

function namedDate(message: string): number | undefined {
  const [, month, day, year, hour = "0", minute = "0", half] = AT_NAMED.exec(message) ?? [];
  if (month === undefined) return undefined;
  return Date.UTC(Number(year), monthOf(month), Number(day), hourOf(hour, half), Number(minute));
}

/** The next time that a clock shows it; without a zone nobody knows whose clock. */
function clockTime(message: string, now: number): number | undefined {
  const [, month, day, hour = "0", minute = "0", half, zone = ""] = AT_CLOCK.exec(message) ?? [];
  const local = zoneOf(zone);
  if (half === undefined || local === undefined) return undefined;
  const wanted = hourOf(hour, half) * 60 + Number(minute);
  if (month === undefined) {
    const wait = (wanted - local(now).minuteOfDay + 24 * 60) % (24 * 60);
    return now - now % MINUTE + wait * MINUTE;
  }
  const two = (value: number) => String(value).padStart(2, "0");
  const year = new Date(now).getUTCFullYear();
  const inYear = (of: number) =>
    momentIn(
      `${of}-${two(monthOf(month) + 1)}-${two(Number(day))} ${two(Math.floor(wanted / 60))}:${
        two(wanted % 60)
      }`,
      zone,
    );
  const at = inYear(year);
  return at !== undefined && at < now ? inYear(year + 1) : at;
}

const monthOf = (name: string): number => MONTHS.indexOf(name.slice(0, 3).toLowerCase());

function hourOf(hour: string, half: string | undefined): number {
  const plain = Number(hour);
  return half === undefined ? plain : plain % 12 + (half.toLowerCase() === "pm" ? 12 : 0);
}
