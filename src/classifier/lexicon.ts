/**
 * Compiles the word lists into tables that are looked up once a word. Pure; compiled once a language, and once more for the
 * words that a user adds.
 */
import type { ExtraWords } from "../config/config.ts";
import { type Phrase, type Role, rows, wordsOf } from "./phrases.ts";
import { type Typos, typosOf } from "./typos.ts";
import { type UnspacedWords, unspacedWords } from "./unspaced.ts";
import type { LanguageWords } from "./words/groups.ts";
import { EN } from "./words/en.ts";
import { LANGUAGES } from "./words/languages.ts";

/** The phrases that begin with one word, sorted so that few need to be tried. */
export interface Phrases {
  /** The word is the whole phrase. */
  readonly alone: readonly Phrase[];
  /** By their second word. */
  readonly bySecond?: ReadonlyMap<string, readonly Phrase[]>;
  /** The second may be many words, or any. */
  readonly others: readonly Phrase[];
}

export interface Lexicon {
  readonly language: string;
  /** By first word. */
  readonly words: ReadonlyMap<string, Phrases>;
  /** By first stem. */
  readonly stems: ReadonlyMap<string, Phrases>;
  /** The lengths of the stems, the longest first; empty where a language has none. */
  readonly stemLengths: readonly number[];
  /** Words after which a new request may begin. */
  readonly joiners: ReadonlySet<string>;
  /** What a word that the tables do not have was meant to be. */
  readonly typos: Typos;
}

/** Groups whose words are recognised when mistyped. */
const TYPED: ReadonlySet<Role> = new Set<Role>([
  "plan",
  "implementation",
  "writing",
  "make",
  "change",
  "clerical",
  "clericalThing",
  "strategic",
  "filler",
  "definition",
]);

/** The built-in lists and the user's own, compiled; languages when they are first needed. */
export interface Lexica {
  readonly of: (language: string) => Lexicon;
  readonly unspaced: UnspacedWords;
}

const NONE: ExtraWords = { plan: [], implementation: [], think: [], background: [], negation: [] };
const compiled = new WeakMap<ExtraWords, Lexica>();

/** The lists with the user's words in them. The same object gives the same tables. */
export function lexica(extra: ExtraWords = NONE): Lexica {
  let found = compiled.get(extra);
  if (found === undefined) compiled.set(extra, found = compileAll(extra));
  return found;
}

function compileAll(extra: ExtraWords): Lexica {
  const tables = new Map<string, Lexicon>();
  const own: LanguageWords = {
    code: "own",
    common: "",
    joiners: "",
    fillers: "",
    words: {
      plan: extra.plan.join(),
      implementation: extra.implementation.join(),
      strategic: extra.think.join(),
      clerical: extra.background.join(),
    },
    heads: {},
    negation: { before: extra.negation.join(), beforeShort: "", around: "", after: "", not: "", ends: "" },
  };
  const of = (language: string): Lexicon => {
    let table = tables.get(language);
    if (table === undefined) {
      const found = LANGUAGES.find(({ code }) => code === language);
      tables.set(
        language,
        table = compile(language, found === undefined || found === EN ? [own, EN] : [own, found, TECHNICAL]),
      );
    }
    return table;
  };
  of("en");
  let unspaced: UnspacedWords | undefined;
  const wordsAt = (code: number) => (unspaced ??= unspacedWords([own, ...LANGUAGES]))(code);
  return { of, unspaced: wordsAt };
}

/** English words in texts of other languages: the terms of the trade, not the grammar. */
const TECHNICAL: LanguageWords = {
  ...EN,
  fillers: "",
  heads: {},
  negation: { before: "", beforeShort: "", around: "", after: "", not: "", ends: "" },
};

function compile(language: string, lists: readonly LanguageWords[]): Lexicon {
  const words = new Map<string, Phrase[]>();
  const stems = new Map<string, Phrase[]>();
  const typed = new Set<string>();
  for (const list of lists) {
    for (const [word, phrase] of rows(list)) {
      const table = word.endsWith("*") ? stems : words;
      const key = word.endsWith("*") ? word.slice(0, -1) : word;
      const there = table.get(key);
      if (there === undefined) table.set(key, [phrase]);
      else there.push(phrase);
      if (TYPED.has(phrase.role) && (list === EN) && key.length >= 4) typed.add(key);
    }
  }
  const stemLengths = [...new Set([...stems.keys()].map((stem) => stem.length))].sort((a, b) => b - a);
  const joiners = new Set(lists.flatMap((list) => list.joiners.split(", ")));
  return {
    language,
    words: sorted(words),
    stems: sorted(stems),
    stemLengths,
    joiners,
    typos: typosOf([...typed]),
  };
}

function sorted(table: ReadonlyMap<string, readonly Phrase[]>): Map<string, Phrases> {
  const result = new Map<string, Phrases>();
  for (const [word, phrases] of table) {
    const bySecond = new Map<string, Phrase[]>();
    const others: Phrase[] = [];
    for (const phrase of phrases) {
      const second = phrase.rest[0];
      if (second === undefined) continue;
      const nexts = wordsOf(second);
      if (nexts === undefined) others.push(phrase);
      for (const next of nexts ?? []) {
        const there = bySecond.get(next);
        if (there === undefined) bySecond.set(next, [phrase]);
        else there.push(phrase);
      }
    }
    const alone = phrases.filter(({ rest }) => rest.length === 0);
    result.set(word, { alone, others, ...(bySecond.size === 0 ? {} : { bySecond }) });
  }
  return result;
}
