/**
 * The lexicon of concepts: forms of some thirty languages, each a hash that leads to the concepts that it may mean. Made
 * from `training/concepts/*.tsv` by `deno task train`. Pure.
 */
import { hashOf, joined } from "./hash.ts";

/** How a form is matched: the seed of its hash. */
export const FORMS = {
  /** A whole word, or several. */
  exact: 0,
  /** The beginning of a word. */
  prefix: 101,
  /** Characters anywhere, for scripts without spaces. */
  inside: 102,
} as const;

/** Words of the longest phrase, letters of the longest prefix, characters of the longest form inside a text. */
const MOST_WORDS = 4;
const SHORTEST_PREFIX = 2;
const LONGEST_PREFIX = 12;
const MOST_CHARACTERS = 8;

/** The hash of a form of several words: of its words' hashes, in order. */
export const phraseHash = (hashes: readonly number[]): number =>
  hashes.reduce((phrase, hash) => joined(phrase, hash));

type Found = (id: number, at: number) => void;

/** Finds concepts. Built once; then only read. */
export class Concepts {
  readonly #keys: Uint32Array;
  readonly #ids: Uint8Array;
  readonly #mask: number;

  /** @param forms parallel: the hash of each form (never 0) and its concept's id (0 to 254) */
  constructor(forms: Uint32Array, ids: Uint8Array) {
    let size = 16;
    while (size < forms.length * 2) size *= 2;
    this.#keys = new Uint32Array(size);
    this.#ids = new Uint8Array(size);
    this.#mask = size - 1;
    for (let i = 0; i < forms.length; i++) {
      let at = forms[i]! & this.#mask;
      while (this.#keys[at] !== 0) at = (at + 1) & this.#mask;
      this.#keys[at] = forms[i]!;
      this.#ids[at] = ids[i]!;
    }
  }

  /** The concepts of words, phrases and beginnings of words; `at` counts tokens. */
  inWords(tokens: readonly string[], hashes: readonly number[], found: Found): void {
    for (let i = 0; i < tokens.length; i++) {
      let phrase = hashes[i]!;
      this.#look(phrase, i, found);
      for (let k = 1; k < MOST_WORDS && i + k < tokens.length; k++) {
        phrase = joined(phrase, hashes[i + k]!);
        this.#look(phrase, i, found);
      }
      const token = tokens[i]!;
      let prefix = hashOf(token, FORMS.prefix, 0, Math.min(SHORTEST_PREFIX, token.length));
      for (let length = SHORTEST_PREFIX; length <= token.length && length <= LONGEST_PREFIX; length++) {
        this.#look(prefix, i, found);
        prefix = Math.imul(prefix ^ token.charCodeAt(length), 16777619) >>> 0;
      }
    }
  }

  /** The concepts of forms inside unspaced text; `at` counts characters. */
  inCharacters(text: string, found: Found): void {
    for (let i = 0; i < text.length; i++) {
      if (text.charCodeAt(i) < 128) continue;
      let hash = hashOf(text, FORMS.inside, 0, 0);
      for (let k = i; k < text.length && k < i + MOST_CHARACTERS; k++) {
        hash = Math.imul(hash ^ text.charCodeAt(k), 16777619) >>> 0;
        this.#look(hash, i, found);
      }
    }
  }

  #look(hash: number, at: number, found: Found): void {
    for (let slot = hash & this.#mask; this.#keys[slot] !== 0; slot = (slot + 1) & this.#mask) {
      if (this.#keys[slot] === hash) found(this.#ids[slot]!, at);
    }
  }
}
