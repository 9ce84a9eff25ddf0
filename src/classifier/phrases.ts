/**
 * Reads the word lists. Pure. The syntax: phrases, parted by commas or line breaks; words parted by spaces; in a phrase
 *  - `a/b` one of these words,
 *  - `verb+` a verb in all its English forms,
 *  - `stem*` any word that begins so,
 *  - `_` any one word,
 *  - `..` up to eight words in between, in the same sentence.
 * Words are compared folded: lower case, no accents, no apostrophes.
 */
import { fold } from "./fold.ts";
import { inflections } from "./inflect.ts";
import { type GroupName, GROUPS, type LanguageWords, type NegationWords } from "./words/groups.ts";

/** What a word of a phrase may be: this word (`_`: any, `..`: a gap), one of these, a word with one of the stems. */
export type Element = string | ReadonlySet<string> | { readonly stems: readonly string[] };

/** The elements that stand for any one word, and for up to eight. */
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

/** All phrases of a list, with each word that they may begin with. */
export function* rows(list: LanguageWords): Generator<Row> {
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
export function wordsOf(element: Element): Iterable<string> | undefined {
  if (typeof element === "string") return element === ANY || element === GAP ? undefined : [element];
  return "stems" in element ? undefined : element;
}
