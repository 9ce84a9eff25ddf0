/**
 * Reads the word lists and compiles them into tables that are looked up once a word. Pure; compiled once a language, and
 * again for the words that a user adds.
 *
 * The syntax of the lists: phrases, separated by commas or line breaks; words, separated by spaces; in a phrase
 *  - `a/b` one of these words,
 *  - `verb+` a verb in all its English forms,
 *  - `stem*` any word that begins so,
 *  - `_` any one word,
 *  - `..` up to eight words in between, in the same sentence.
 * Words are compared folded: lower case, no accents, no apostrophes.
 */
import type { ExtraWords } from "../../config/config.ts";
import { fold, isUnspaced } from "../characters.ts";
import { EN } from "./en.ts";
import { type GroupName, GROUPS, type LanguageWords, type NegationWords } from "./groups.ts";
import { LANGUAGES } from "./languages.ts";
import { inflections, type Typos, typosOf } from "./spelling.ts";

/** What a word of a phrase may be: this word (`_`: any, `..`: a gap), one of these, a word with one of the stems. */
export type Element = string | ReadonlySet<string> | { readonly stems: readonly string[] };

/** The elements that match any one word, and up to eight words. */
export const ANY = "_", GAP = "..";

/** What a phrase does when it is found. */
export type Role = GroupName | "filler" | `negation.${keyof NegationWords}`;

export interface Phrase {
  readonly role: Role;
  /** After the first word, which the table's key holds. */
  readonly rest: readonly Element[];
  /** Only at the beginning of a sentence or clause. */
  readonly head: boolean;
}

/** A phrase and one of the words that it begins with. */
export type Row = [word: string, phrase: Phrase];

const parsed = new WeakMap<LanguageWords, readonly Row[]>();

/** All phrases of a list, with each word that they may begin with. The same list gives the same rows. */
function rows(list: LanguageWords): readonly Row[] {
  let found = parsed.get(list);
  if (found === undefined) parsed.set(list, found = [...parseAll(list)]);
  return found;
}

function* parseAll(list: LanguageWords): Generator<Row> {
  yield* parse(list.fillers, "filler", false);
  for (const name of Object.keys(GROUPS) as GroupName[]) {
    yield* parse(list.words[name] ?? "", name, false);
    yield* parse(list.heads[name] ?? "", name, true);
  }
  for (const [how, text] of Object.entries(list.negation)) {
    yield* parse(text, `negation.${how as keyof NegationWords}`, false);
  }
}

function* parse(text: string, role: Role, head: boolean): Generator<Row> {
  for (const entry of text.split(/[,\n]/)) {
    const [first, ...rest] = entry.trim().split(/\s+/);
    if (first === undefined || first === "") continue;
    const phrase: Phrase = { role, rest: rest.map(element), head };
    for (const word of alternatives(first)) yield [word, phrase];
  }
}

function alternatives(text: string): string[] {
  return text.split("/").flatMap((word) => {
    if (word.endsWith("+")) return inflections(fold(word.slice(0, -1)));
    return [fold(word)];
  });
}

function element(text: string): Element {
  if (text === ANY || text === GAP) return text;
  const words = alternatives(text);
  const stems = words.filter((word) => word.endsWith("*")).map((word) => word.slice(0, -1));
  return stems.length > 0 ? { stems } : words.length === 1 ? words[0]! : new Set(words);
}

/** The words that fit an element; undefined where they cannot be listed. */
function wordsFitting(element: Element): Iterable<string> | undefined {
  if (typeof element === "string") return element === ANY || element === GAP ? undefined : [element];
  return "stems" in element ? undefined : element;
}

/** By the code of their first character, the words and phrases that begin with it, the longest first. */
export type UnspacedWords = (code: number) => readonly string[] | undefined;

/** The words of the lists that have any in such a script. */
export function unspacedWords(lists: readonly LanguageWords[]): UnspacedWords {
  const found = new Map<number, Set<string>>();
  const add = (word: string): void => {
    const code = word.charCodeAt(0);
    if (!isUnspaced(code)) return;
    const there = found.get(code);
    if (there === undefined) found.set(code, new Set([word]));
    else there.add(word);
  };
  for (const list of lists) {
    if (!holdsUnspaced(list)) continue;
    for (const [first, phrase] of rows(list)) {
      add(first);
      for (const part of phrase.rest) for (const word of wordsFitting(part) ?? []) add(word);
    }
  }
  const words = new Map(
    [...found].map(([code, some]) => [code, [...some].sort((a, b) => b.length - a.length)]),
  );
  return (code) => words.get(code);
}

function holdsUnspaced({ fillers, words, heads, negation }: LanguageWords): boolean {
  const texts = [fillers, ...Object.values(words), ...Object.values(heads), ...Object.values(negation)];
  return texts.some((text) => UNSPACED.test(text));
}

/** What {@link isUnspaced} says of characters. */
const UNSPACED = /[\u3040-\u9fff\uac00-\ud7a3]/;

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
      const found = LANGUAGES.find(({ code }) => code === language) ?? EN;
      tables.set(language, table = compile(language, own, found));
    }
    return table;
  };
  of("en");
  let unspaced: UnspacedWords | undefined;
  const wordsAt = (code: number) => (unspaced ??= unspacedWords([own, ...LANGUAGES]))(code);
  return { of, unspaced: wordsAt };
}

/** English words in texts of other languages: the terms of the trade, not the grammar. */
const isTechnical = ([, { role, head }]: Row): boolean => !head && role in GROUPS;

function compile(language: string, own: LanguageWords, list: LanguageWords): Lexicon {
  const words = new Map<string, Phrase[]>();
  const stems = new Map<string, Phrase[]>();
  const typed = new Set<string>();
  const add = ([word, phrase]: Row): void => {
    const table = word.endsWith("*") ? stems : words;
    const key = word.endsWith("*") ? word.slice(0, -1) : word;
    const there = table.get(key);
    if (there === undefined) table.set(key, [phrase]);
    else there.push(phrase);
  };
  for (const row of rows(own)) add(row);
  for (const row of rows(list)) add(row);
  if (list === EN) {
    for (const [word, { role }] of rows(EN)) {
      const stem = word.endsWith("*") ? word.slice(0, -1) : word;
      if (TYPED.has(role) && stem.length >= 4) typed.add(stem);
    }
  } else {
    for (const row of rows(EN)) if (isTechnical(row)) add(row);
  }
  const stemLengths = [...new Set([...stems.keys()].map((stem) => stem.length))].sort((a, b) => b - a);
  const joiners = new Set([own, list, EN].flatMap(({ joiners }) => joiners.split(", ")));
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
      const nexts = wordsFitting(second);
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
