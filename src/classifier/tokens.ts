/** Cuts a prompt into words, clauses and sentences. Pure. */
import { Char, charClass, isUnspaced } from "./characters.ts";
import { fold } from "./characters.ts";
import type { UnspacedWords } from "./words/lexicon.ts";

/** How strongly two words are parted: not at all, by a bracket, by a comma, by a clause (`;`, `:`, a dash), by a sentence. */
export const NO_BREAK = 0, BRACKET = 1, COMMA = 2, CLAUSE = 3, SENTENCE = 4;

/** The words of a text, as columns: entry `i` of each list is about word `i`. */
export interface Tokens {
  /** Folded ({@link fold}); identifiers, paths and names of files whole, so that they equal no word. */
  readonly words: string[];
  /** Where each word begins and ends in the text. */
  readonly starts: number[];
  readonly ends: number[];
  /** What stands before each word. */
  readonly breaks: number[];
  /** The word is joined to the one before it by a hyphen. */
  readonly joined: boolean[];
  /** The sentence each word belongs to, from 0. */
  readonly sentences: number[];
  /** By sentence: it ends with a question mark. */
  readonly questions: boolean[];
}

/** What stands for masked text: a thing without a meaning. */
export const MASK = "\ufffc";

/** Romance articles and pronouns that are written onto the next word. */
const ELIDED = /^(?:[ldnjmtsc]|qu|jusqu|lorsqu|puisqu|dell|all|nell|sull|dall|un|quest)$/i;

/** @param text with what is not the user's own taken out, see `mask.ts` */
export function tokenize(text: string, unspaced: UnspacedWords): Tokens {
  const tokens: Tokens = {
    words: [],
    starts: [],
    ends: [],
    breaks: [],
    joined: [],
    sentences: [],
    questions: [false],
  };
  const { questions } = tokens;
  let pending: number = SENTENCE;
  let sentence = 0;
  let fresh = true; // no word in this sentence yet

  const add = (word: string, start: number, end: number, joined = false): void => {
    if (pending === SENTENCE && !fresh) {
      sentence++;
      questions.push(false);
    }
    tokens.words.push(word);
    tokens.starts.push(start);
    tokens.ends.push(end);
    tokens.breaks.push(pending);
    tokens.joined.push(joined);
    tokens.sentences.push(sentence);
    pending = NO_BREAK;
    fresh = false;
  };
  const part = (strength: number): void => {
    if (strength > pending) pending = strength;
  };

  const length = text.length;
  let i = 0;
  while (i < length) {
    const code = text.charCodeAt(i);
    const kind = charClass(code);
    switch (kind) {
      case Char.Space:
        i++;
        continue;
      case Char.Newline:
        part(continuesLine(text, i, tokens.ends) ? NO_BREAK : SENTENCE);
        i++;
        continue;
      case Char.Bracket:
        part(BRACKET);
        i++;
        continue;
      case Char.Comma:
        part(COMMA);
        i++;
        continue;
      case Char.Clause:
        part(CLAUSE);
        i++;
        continue;
      case Char.Question:
        questions[sentence] = true;
        part(SENTENCE);
        i++;
        continue;
      case Char.Stop:
        part(SENTENCE);
        i++;
        continue;
    }
    if (code >= 0x2e80 && isUnspaced(code)) {
      const word = longest(text, i, unspaced(code));
      if (word !== undefined) add(word, i, i + word.length);
      i += word?.length ?? 1;
      continue;
    }
    // A run of characters that belong together, with whatever a path or an identifier may hold.
    let end = i + 1;
    let plain = kind === Char.Word;
    while (end < length) {
      const c = text.charCodeAt(end);
      const k = charClass(c);
      if (k === Char.Code) plain = false;
      else if (k === Char.Comma) {
        // 10,000 is one number.
        if (!isDigit(text.charCodeAt(end - 1)) || !isDigit(text.charCodeAt(end + 1))) break;
      } else if (
        k === Char.Clause && c === 0x3b && isLetter(text.charCodeAt(end - 1)) &&
        isLetter(text.charCodeAt(end + 1))
      ) {
        plain = false; // tl;dr
      } else if (k !== Char.Word || (c >= 0x2e80 && isUnspaced(c))) break;
      end++;
    }
    const next = end;
    if (plain) {
      add(text.charCodeAt(end) === 0x28 && isCall(text, end) ? MASK : fold(text.slice(i, end)), i, end);
    } else chunk(text, i, end, add, part);
    i = next;
  }
  return tokens;
}

/** A run with punctuation in it: trims it, tells sentences' ends from names of files, parts hyphens and elisions. */
function chunk(
  text: string,
  from: number,
  to: number,
  add: (word: string, start: number, end: number, joined?: boolean) => void,
  part: (strength: number) => void,
): void {
  let start = from;
  let end = to;
  while (end > start) {
    const c = text.charCodeAt(end - 1);
    // . : - ' * ~ close a word; the other ones belong to a name.
    if (c === 0x2e || c === 0x3a || c === 0x2d || c === 0x27 || c === 0x2019 || c === 0x2a || c === 0x7e) {
      end--;
    } else break;
  }
  while (start < end) {
    const c = text.charCodeAt(start);
    if (c === 0x2a || c === 0x27 || c === 0x2019 || (c === 0x5f && text.charCodeAt(end - 1) === 0x5f)) {
      start++; // *emphasis*, 'quote, _emphasis_
      if (c === 0x5f) end--;
    } else break;
  }
  if (start >= end) {
    // Only punctuation: a dash, a bullet, dots, a heading's mark.
    const c = text.charCodeAt(from);
    part(c === 0x2e ? SENTENCE : c === 0x2d || c === 0x3a || c === 0x2a ? CLAUSE : NO_BREAK);
    return;
  }
  const raw = text.slice(start, end);
  const last = closing(text, end, to);
  if (isPlain(raw)) {
    add(fold(raw), start, end);
    part(last);
    return;
  }
  if (/^[\p{L}\p{M}\d\ufffc'’-]+$/u.test(raw) && raw.charCodeAt(0) !== 0x2d) {
    let at = start;
    let joined = false;
    for (const piece of raw.split("-")) {
      const elided = piece.search(/['’]/);
      if (elided > 0 && piece.length - elided > 2 && ELIDED.test(piece.slice(0, elided))) {
        add(fold(piece.slice(0, elided)), at, at + elided, joined);
        add(fold(piece.slice(elided + 1)), at + elided + 1, at + piece.length);
      } else if (piece !== "") add(fold(piece), at, at + piece.length, joined);
      at += piece.length + 1;
      joined = true;
    }
  } else if (raw === "w/o" || raw === "W/o" || raw === "W/O") add("without", start, end);
  else add(raw.toLowerCase(), start, end);
  part(last);
}

/** How strongly the punctuation after a word parts it from the next. */
function closing(text: string, from: number, to: number): number {
  let strongest: number = NO_BREAK;
  for (let i = from; i < to; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x2e) return SENTENCE;
    if (c === 0x3a || c === 0x2d) strongest = CLAUSE;
  }
  return strongest;
}

function isPlain(word: string): boolean {
  for (let i = 0; i < word.length; i++) {
    const c = word.charCodeAt(i);
    if (!isLetter(c) && !isDigit(c)) return false;
  }
  return true;
}

/** A line break inside a sentence (text wrapped by hand): the next line goes on in lower case, this one ended openly. */
function continuesLine(text: string, at: number, ends: readonly number[]): boolean {
  const last = ends[ends.length - 1];
  if (last === undefined || text.slice(last, at).trim() !== "") return false;
  let i = at + 1;
  while (text.charCodeAt(i) === 0x20) i++;
  const c = text.charCodeAt(i);
  return at - text.lastIndexOf("\n", at - 1) > 50 && c >= 0x61 && c <= 0x7a;
}

/** `name(` of a call, but not the "(s)" of "step(s)". */
function isCall(text: string, paren: number): boolean {
  return !(text.charCodeAt(paren + 1) === 0x73 && text.charCodeAt(paren + 2) === 0x29);
}

function isLetter(code: number): boolean {
  return code >= 0x41 && code <= 0x5a || code >= 0x61 && code <= 0x7a;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function longest(text: string, at: number, words: readonly string[] | undefined): string | undefined {
  if (words === undefined) return undefined;
  for (const word of words) if (text.startsWith(word, at)) return word;
  return undefined;
}
