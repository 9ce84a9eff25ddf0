/**
 * A text as the hashed pieces that the learned model weighs: words, pairs of words, beginnings and ends of words, and the concepts of
 * the lexicon ("commit", "laufen lassen", "提交" are one each in every language). Pure.
 */
import type { Concepts } from "./concepts.ts";
import { begun, continued, hashOf, joined } from "./hash.ts";

/** What a piece is. The model keeps the weights of each sort apart. */
export const SORTS = {
  word: 0,
  pair: 1,
  letters: 2,
  character: 3,
  concept: 4,
  conceptAtHead: 5,
  firstConcept: 6,
  conceptPair: 7,
} as const;

/** How many sorts there are. */
export const SORT_COUNT = 8;

/** A text in pieces. Hashes are 32 bits wide. */
export interface Pieces {
  /** Words; signs and line ends are not counted. */
  readonly words: number;
  /** Parallel, `count` long. */
  readonly hashes: Uint32Array;
  readonly sorts: Uint8Array;
  readonly count: number;
  /** Pieces of each sort. */
  readonly bySort: Uint16Array;
  /** The hashes of the first three words and of the last token; 0 where there is none. */
  readonly head: readonly [number, number, number];
  readonly last: number;
  /** The ids of the concepts found. */
  readonly concepts: ReadonlySet<number>;
  /** The words and signs, in order. */
  readonly tokens: readonly string[];
}

/** A word or a single sign. */
export const TOKEN = /[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu;

/** Scripts that write words without spaces between them, and Korean, whose endings hide the words. */
const UNSPACED = /[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;
// deno-lint-ignore no-control-regex
const BEYOND_ASCII = /[^\x00-\x7f]/;

/** Lower case, without accents, every run of digits one `0`. */
export function normalized(text: string): string {
  let plain = text.toLowerCase();
  if (BEYOND_ASCII.test(plain)) {
    plain = plain.normalize("NFKD").replace(/\p{M}/gu, "").normalize("NFC").replace(/\u2019/g, "'");
  }
  return plain.replace(/\d+/g, "0");
}

/** Pieces that a text may have; the rest of a longer one is not looked at. */
const MOST_PIECES = 4096;

/** Collects the pieces of one text. May be used again once these are no longer needed: that saves the memory. */
export class Cutter {
  readonly hashes = new Uint32Array(MOST_PIECES);
  readonly sorts = new Uint8Array(MOST_PIECES);
  readonly bySort = new Uint16Array(SORT_COUNT);
  count = 0;

  clear(): void {
    this.count = 0;
    this.bySort.fill(0);
  }

  add(sort: number, hash: number): void {
    if (this.count === this.hashes.length) return;
    this.hashes[this.count] = hash;
    this.sorts[this.count++] = sort;
    this.bySort[sort]!++;
  }
}

/**
 * Cuts a text into pieces.
 *
 * @param text as {@link normalized} makes it
 * @param letters beginnings and ends of words, too
 * @param cutter holds the pieces until it is used for another text. @default a new one
 */
export function piecesOf(
  text: string,
  concepts: Concepts,
  letters: boolean,
  cutter = new Cutter(),
): Pieces {
  const tokens: readonly string[] = text.match(TOKEN) ?? [];
  cutter.clear();
  const hashes = new Array<number>(tokens.length);
  const head: [number, number, number] = [0, 0, 0];
  let words = 0;
  let before = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const hash = hashOf(token, SORTS.word);
    hashes[i] = hash;
    cutter.add(SORTS.word, hash);
    if (i > 0) cutter.add(SORTS.pair, joined(before, hash));
    before = hash;
    if (!isWord(token)) continue;
    if (words < 3) head[words] = hash;
    words++;
    if (letters) cutLetters(token, cutter);
  }
  const unspaced = BEYOND_ASCII.test(text) && UNSPACED.test(text);
  if (unspaced) cutCharacters(text, cutter);
  const found = cutConcepts(concepts, { text, tokens, hashes, unspaced }, cutter);
  const { hashes: pieces, sorts, bySort, count } = cutter;
  return { hashes: pieces, sorts, bySort, count, words, head, last: before, concepts: found, tokens };
}

function isWord(token: string): boolean {
  const code = token.charCodeAt(0);
  if (code > 127) return token.length > 1 || /[\p{L}\p{N}]/u.test(token);
  return code >= 97 && code <= 122 || code >= 48 && code <= 57;
}

/** Lengths of the beginnings, and of the end, of a word. */
const BEGINNINGS = [3, 4, 6];
const END = 3;

/** Beginnings and the end of a word: what inflection and typing errors leave. */
function cutLetters(token: string, cutter: Cutter): void {
  for (const length of BEGINNINGS) {
    if (token.length > length) cutter.add(SORTS.letters, hashOf(token, SORTS.letters, 0, length));
  }
  if (token.length > END) cutter.add(SORTS.letters, hashOf(token, SORTS.letters + 64, token.length - END));
}

/** Single characters and pairs, of scripts in which these are words. */
function cutCharacters(text: string, cutter: Cutter): void {
  for (let i = 0; i < text.length; i++) {
    if (!UNSPACED.test(text[i]!)) continue;
    const one = continued(begun(SORTS.character), text.charCodeAt(i));
    cutter.add(SORTS.character, one >>> 0);
    if (i + 1 < text.length) cutter.add(SORTS.character, continued(one, text.charCodeAt(i + 1)) >>> 0);
  }
}

/** How many of a text's concepts are put in pairs with the one before them. */
const MOST_ORDERED = 10;
/** A concept that begins at one of so many tokens is at the head. */
const HEAD = 3;

interface Read {
  readonly text: string;
  readonly tokens: readonly string[];
  readonly hashes: readonly number[];
  readonly unspaced: boolean;
}

function cutConcepts(
  concepts: Concepts,
  { text, tokens, hashes, unspaced }: Read,
  cutter: Cutter,
): ReadonlySet<number> {
  const found: { readonly id: number; readonly at: number }[] = [];
  concepts.inWords(tokens, hashes, (id, at) => found.push({ id, at }));
  if (unspaced) concepts.inCharacters(text, (id, at) => found.push({ id, at: at >> 1 }));
  const ids = new Set<number>();
  if (found.length === 0) return ids;
  found.sort((a, b) => a.at - b.at);
  const first = found[0]!.at;
  for (let i = 0; i < found.length; i++) {
    const { id, at } = found[i]!;
    const hash = Math.imul(id + 1, 0x9e3779b1) >>> 0;
    if (!ids.has(id)) cutter.add(SORTS.concept, hash);
    ids.add(id);
    if (at < HEAD) cutter.add(SORTS.conceptAtHead, hash);
    if (at === first) cutter.add(SORTS.firstConcept, hash);
    if (i > 0 && i < MOST_ORDERED) cutter.add(SORTS.conceptPair, joined(found[i - 1]!.id + 1, id + 1));
  }
  return ids;
}
