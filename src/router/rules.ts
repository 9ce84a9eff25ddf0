/** Whether a user's own rule (`[[router.rules]]`) matches a request. Pure. */
import type { Classification } from "../classifier/classification.ts";
import type { Rule } from "../config/config.ts";
import type { RequestFacts } from "../model/request-facts.ts";
import { count } from "../text/format.ts";
import { askedName } from "./asked-model.ts";
import type { Conditions } from "./plan.ts";

/**
 * Every condition of a rule must hold; a rule without any matches all requests. Conditions on words look at the
 * user's own words, so they never match a request that holds none.
 * @returns what matched, for people; undefined: it does not match
 */
export function ruleMatches(
  rule: Rule,
  facts: RequestFacts,
  classification: Classification,
  conditions: Conditions,
): string | undefined {
  const { when } = rule;
  const found: string[] = [];

  if (when.language !== undefined) {
    const { language } = classification;
    if (language === undefined || !when.language.includes(language)) return undefined;
    found.push(`language ${language}`);
  }
  if (when.minComplexity !== undefined && classification.complexity < when.minComplexity) return undefined;
  if (when.maxComplexity !== undefined && classification.complexity > when.maxComplexity) return undefined;
  if (when.minComplexity !== undefined || when.maxComplexity !== undefined) {
    found.push(`complexity ${classification.complexity.toFixed(2)}`);
  }
  if (!isTime(when.hours, when.days, conditions)) return undefined;
  if (when.hours !== undefined || when.days !== undefined) found.push("time");

  if (when.client !== undefined) {
    const client = facts.client.toLowerCase();
    if (!when.client.some((name) => name.toLowerCase() === client)) return undefined;
    found.push(`client ${facts.client}`);
  }
  if (when.model !== undefined) {
    if (!when.model.test(askedName(facts.model))) return undefined;
    found.push("model asked for");
  }
  if (when.minTokens !== undefined) {
    if (facts.approxTokens < when.minTokens) return undefined;
    found.push(`about ${count(facts.approxTokens)} tokens`);
  }

  const words = matchedWords(rule, classification.prompt);
  if (words === undefined) return undefined;
  found.push(...words);
  return found.length === 0 ? "any request" : found.join(", ");
}

/** Minutes of a day. */
const DAY = 24 * 60;

/**
 * Hours are `[from, to)`; where they span midnight, the hours after it belong to the day on which they began:
 * `days = ["fri"], hours = "22:00-06:00"` is the night from Friday to Saturday. Equal ends are a whole day.
 */
function isTime(hours: Rule["when"]["hours"], days: Rule["when"]["days"], now: Conditions): boolean {
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

interface Words {
  readonly any?: RegExp;
  readonly all: readonly RegExp[];
  readonly none?: RegExp;
}

/** The compiled words of each rule: a Config is frozen, so they are made once for each that is loaded. */
const compiled = new WeakMap<Rule, Words>();

/** What the words and the expression of a rule found; undefined: they do not hold. */
function matchedWords(rule: Rule, prompt: string | undefined): string[] | undefined {
  const { any, all, none, regex } = rule.when;
  if (any === undefined && all === undefined && none === undefined && regex === undefined) return [];
  if (prompt === undefined) return undefined;
  let words = compiled.get(rule);
  if (words === undefined) {
    words = {
      ...(any === undefined ? {} : { any: wholeWords(any) }),
      all: (all ?? []).map((word) => wholeWords([word])),
      ...(none === undefined ? {} : { none: wholeWords(none) }),
    };
    compiled.set(rule, words);
  }
  const found: string[] = [];
  if (words.any !== undefined) {
    const match = words.any.exec(prompt);
    if (match === null) return undefined;
    found.push(`word "${match[0]}"`);
  }
  for (const word of words.all) {
    const match = word.exec(prompt);
    if (match === null) return undefined;
    found.push(`word "${match[0]}"`);
  }
  if (words.none?.test(prompt)) return undefined;
  if (regex !== undefined) {
    if (!regex.test(prompt)) return undefined;
    found.push(`expression /${regex.source}/`);
  }
  return found;
}

/** Matches any of the words or phrases, whole and in any case. No words: never. */
function wholeWords(words: readonly string[]): RegExp {
  const parts = words.filter((word) => word.trim() !== "").map((word) => {
    const text = word.trim().replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replace(/\s+/g, "\\s+");
    return edge(word.trim(), "start") + text + edge(word.trim(), "end");
  });
  return parts.length === 0 ? /(?!)/ : new RegExp(parts.join("|"), "iu");
}

/** Scripts that put no spaces between words: there, a word ends wherever it ends. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Hangul}]/u;
const WORDLIKE = /[\p{L}\p{N}_]/u;

/** A look-around for the end of a word; none beside a character that cannot be inside a longer word (`c++`). */
function edge(word: string, side: "start" | "end"): string {
  const characters = [...word];
  const last = side === "start" ? characters[0]! : characters.at(-1)!;
  if (UNSPACED.test(last) || !WORDLIKE.test(last)) return "";
  return side === "start" ? "(?<![\\p{L}\\p{N}_])" : "(?![\\p{L}\\p{M}\\p{N}_])";
}
