/** Finds the words and phrases of the lists in a prompt. Pure. */
import { COMMA, NO_BREAK, SENTENCE, type Tokens } from "./tokens.ts";
import {
  ANY,
  type Element,
  GAP,
  type Lexicon,
  type Phrase,
  type Phrases,
  type Role,
} from "./words/lexicon.ts";

/** A phrase that was found: words `start` to `end` (not included). */
export interface Cue {
  readonly role: Role;
  readonly start: number;
  readonly end: number;
  /** At the beginning of a sentence or clause, fillers aside. */
  readonly head: boolean;
}

/** How many words a ".." may match. */
const LONGEST_GAP = 8;

/** All phrases of the lexicon in the text, in the order of their first words. One cue a role and place: the longest. */
export function match(tokens: Tokens, lexicon: Lexicon): Cue[] {
  const { words, breaks } = tokens;
  const found = correct(words, lexicon);
  const search = new Search(tokens);
  const { cues } = search;
  let head = true;
  let fillerUntil = 0;
  for (let i = 0; i < words.length; i++) {
    if (breaks[i]! >= COMMA) {
      head = true;
      fillerUntil = i;
    }
    const word = words[i]!;
    const phrases = found[i];
    const atHead = head && i >= fillerUntil;
    let filler = 0;
    if (phrases !== undefined) filler = search.collect(phrases, i, atHead);
    if (lexicon.stemLengths.length > 0) {
      for (const length of lexicon.stemLengths) {
        if (length > word.length) continue;
        const byStem = lexicon.stems.get(word.slice(0, length));
        if (byStem !== undefined) filler = Math.max(filler, search.collect(byStem, i, atHead));
      }
    }
    if (atHead) {
      if (filler > 0) {
        fillerUntil = i + filler;
        // "Can you …" begins a request, not a question.
        const last = cues.at(-1);
        for (let k = cues.length - 1; last !== undefined && k >= 0 && cues[k]!.start === i; k--) {
          if (cues[k]!.role === "question") cues.splice(k, 1);
        }
      } else head = lexicon.joiners.has(word);
    } else if (i >= fillerUntil && lexicon.joiners.has(word)) {
      head = true;
      fillerUntil = i + 1;
    }
  }
  return cues;
}

/** By word, the phrases that begin with it. Mistyped words are corrected first, since a phrase may hold them. */
function correct(words: string[], lexicon: Lexicon): (Phrases | undefined)[] {
  const found = new Array<Phrases | undefined>(words.length);
  for (let i = 0; i < words.length; i++) {
    found[i] = lexicon.words.get(words[i]!);
    if (found[i] !== undefined) continue;
    const meant = lexicon.typos(words[i]!);
    if (meant === undefined) continue;
    words[i] = meant;
    found[i] = lexicon.words.get(meant);
  }
  return found;
}

/** The cues found so far in a text. */
class Search {
  readonly cues: Cue[] = [];
  readonly #tokens: Tokens;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  /** Adds the cues that begin at word `i`; returns the length of the longest filler there. */
  collect(phrases: Phrases, i: number, atHead: boolean): number {
    const from = this.cues.length;
    const { words } = this.#tokens;
    let filler = this.#tryAll(phrases.alone, i, atHead, from);
    if (phrases.bySecond !== undefined && i + 1 < words.length) {
      const some = phrases.bySecond.get(words[i + 1]!);
      if (some !== undefined) filler = Math.max(filler, this.#tryAll(some, i, atHead, from));
    }
    if (phrases.others.length > 0) filler = Math.max(filler, this.#tryAll(phrases.others, i, atHead, from));
    return filler;
  }

  /** `from`: the first cue that begins at this word. */
  #tryAll(list: readonly Phrase[], i: number, atHead: boolean, from: number): number {
    const { cues } = this;
    let filler = 0;
    for (const { role, rest, head } of list) {
      if (!atHead && (head || role === "filler")) continue;
      const end = rest.length === 0 ? i + 1 : follow(rest, this.#tokens, i + 1);
      if (end < 0) continue;
      if (role === "filler") {
        if (end - i > filler) filler = end - i;
        continue;
      }
      let k = from;
      while (k < cues.length && cues[k]!.role !== role) k++;
      if (k === cues.length) cues.push({ role, start: i, end, head: atHead });
      else if (cues[k]!.end < end) cues[k] = { role, start: i, end, head: atHead };
    }
    return filler;
  }
}

/** Where the rest of a phrase ends, when it begins at word `i`; -1: it is not there. */
function follow(rest: readonly Element[], { words, breaks }: Tokens, i: number): number {
  let gap = 0;
  for (const element of rest) {
    if (element === GAP) {
      gap = LONGEST_GAP;
      continue;
    }
    for (let left = gap;; left--, i++) {
      if (i >= words.length || breaks[i]! >= SENTENCE) return -1;
      if (gap === 0 && breaks[i] !== NO_BREAK) return -1;
      if (fits(element, words[i]!)) break;
      if (left === 0) return -1;
    }
    gap = 0;
    i++;
  }
  return i;
}

function fits(element: Element, word: string): boolean {
  if (typeof element === "string") return element === word || element === ANY;
  if ("stems" in element) return element.stems.some((stem) => word.startsWith(stem));
  return element.has(word);
}
