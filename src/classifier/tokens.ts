/** Cuts a prompt into words, clauses and sentences. Pure. */
import { Char, charClass, fold, isUnspaced } from "./characters.ts";
import type { UnspacedWords } from "./words/lexicon.ts";

/** How strongly two words are separated: not at all, by a bracket, by a comma, by a clause (`;`, `:`, a dash), by a sentence. */
export const NO_BREAK = 0, BRACKET = 1, COMMA = 2, CLAUSE = 3, SENTENCE = 4;

/** The words of a text, as columns: entry `i` of each list is about word `i`. */
export interface Tokens {
  /** Folded ({@link fold}); identifiers, paths and names of files whole, so that they equal no word. */
  readonly words: string[];
  /** Where each word begins and ends in the text. */
  readonly starts: number[];
  readonly ends: number[];
  /** What separates each word from the one before it. */
  readonly breaks: number[];
  /** The word is joined to the one before it by a hyphen. */
  readonly joined: boolean[];
  /** The sentence each word belongs to, from 0. */
  readonly sentences: number[];
  /** By sentence: it ends with a question mark. */
  readonly questions: boolean[];
}

/** Replaces masked text: a thing without a meaning. */
export const MASK = "\ufffc";

/** Romance articles and pronouns that are written onto the next word. */
const ELIDED = /^(?:[ldnjmtsc]|qu|jusqu|lorsqu|puisqu|dell|all|nell|sull|dall|un|quest)$/i;

/** @param text with what is not the user's own taken out, see `prompt/mask.ts` */
export function tokenize(text: string, unspaced: UnspacedWords): Tokens {
  return new Tokenizer(text, unspaced).read();
}

class Tokenizer {
  readonly #text: string;
  readonly #unspaced: UnspacedWords;
  readonly #tokens: Tokens = {
    words: [],
    starts: [],
    ends: [],
    breaks: [],
    joined: [],
    sentences: [],
    questions: [false],
  };
  /** What separates the next word from the last one, so far. */
  #pending: number = SENTENCE;
  #sentence = 0;
  /** No word in this sentence yet. */
  #fresh = true;

  constructor(text: string, unspaced: UnspacedWords) {
    this.#text = text;
    this.#unspaced = unspaced;
  }

  read(): Tokens {
    const text = this.#text;
    let i = 0;
    while (i < text.length) {
      const code = text.charCodeAt(i);
      const kind = charClass(code);
      if (kind === Char.Space) i++;
      else if (kind !== Char.Word && kind !== Char.Code) this.#separate(kind, i++);
      else if (code >= 0x2e80 && isUnspaced(code)) i = this.#unspacedWord(i, code);
      else i = this.#run(i, kind);
    }
    return this.#tokens;
  }

  /** A character between words. */
  #separate(kind: number, at: number): void {
    switch (kind) {
      case Char.Newline:
        return this.#part(continuesLine(this.#text, at, this.#tokens.ends) ? NO_BREAK : SENTENCE);
      case Char.Bracket:
        return this.#part(BRACKET);
      case Char.Comma:
        return this.#part(COMMA);
      case Char.Clause:
        return this.#part(CLAUSE);
      case Char.Question:
        this.#tokens.questions[this.#sentence] = true;
        return this.#part(SENTENCE);
      case Char.Stop:
        return this.#part(SENTENCE);
    }
  }

  /** The longest word of the lists that begins here, in a script without spaces. Returns where it ends. */
  #unspacedWord(at: number, code: number): number {
    const word = longest(this.#text, at, this.#unspaced(code));
    if (word === undefined) return at + 1;
    this.#add(word, at, at + word.length);
    return at + word.length;
  }

  /** A run of characters that belong together, with whatever a path or an identifier may hold. Returns where it ends. */
  #run(from: number, first: number): number {
    const text = this.#text;
    let end = from + 1;
    let plain = first === Char.Word;
    while (end < text.length) {
      const c = text.charCodeAt(end);
      const kind = charClass(c);
      if (kind === Char.Code) plain = false;
      else if (kind === Char.Comma) {
        // 10,000 is one number.
        if (!isDigit(text.charCodeAt(end - 1)) || !isDigit(text.charCodeAt(end + 1))) break;
      } else if (
        kind === Char.Clause && c === 0x3b && isLetter(text.charCodeAt(end - 1)) &&
        isLetter(text.charCodeAt(end + 1))
      ) {
        plain = false; // tl;dr
      } else if (kind !== Char.Word || (c >= 0x2e80 && isUnspaced(c))) break;
      end++;
    }
    if (plain) {
      const call = text.charCodeAt(end) === 0x28 && isCall(text, end);
      this.#add(call ? MASK : fold(text.slice(from, end)), from, end);
    } else this.#chunk(from, end);
    return end;
  }

  /** A run with punctuation in it: trims it, distinguishes the ends of sentences from names of files, splits hyphens and elisions. */
  #chunk(from: number, to: number): void {
    const text = this.#text;
    let start = from;
    let end = to;
    while (end > start) {
      const c = text.charCodeAt(end - 1);
      // . : - ' * ~ close a word; the others belong to a name.
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
      this.#part(c === 0x2e ? SENTENCE : c === 0x2d || c === 0x3a || c === 0x2a ? CLAUSE : NO_BREAK);
      return;
    }
    const raw = text.slice(start, end);
    if (isPlain(raw)) this.#add(fold(raw), start, end);
    else if (/^[\p{L}\p{M}\d\ufffc'’-]+$/u.test(raw) && raw.charCodeAt(0) !== 0x2d) this.#pieces(raw, start);
    else if (raw === "w/o" || raw === "W/o" || raw === "W/O") this.#add("without", start, end);
    else this.#add(raw.toLowerCase(), start, end);
    this.#part(closing(text, end, to));
  }

  /** Words joined by hyphens, and articles that are written onto the next word. */
  #pieces(raw: string, start: number): void {
    let at = start;
    let joined = false;
    for (const piece of raw.split("-")) {
      const elided = piece.search(/['’]/);
      if (elided > 0 && piece.length - elided > 2 && ELIDED.test(piece.slice(0, elided))) {
        this.#add(fold(piece.slice(0, elided)), at, at + elided, joined);
        this.#add(fold(piece.slice(elided + 1)), at + elided + 1, at + piece.length);
      } else if (piece !== "") this.#add(fold(piece), at, at + piece.length, joined);
      at += piece.length + 1;
      joined = true;
    }
  }

  #add(word: string, start: number, end: number, joined = false): void {
    const tokens = this.#tokens;
    if (this.#pending === SENTENCE && !this.#fresh) {
      this.#sentence++;
      tokens.questions.push(false);
    }
    tokens.words.push(word);
    tokens.starts.push(start);
    tokens.ends.push(end);
    tokens.breaks.push(this.#pending);
    tokens.joined.push(joined);
    tokens.sentences.push(this.#sentence);
    this.#pending = NO_BREAK;
    this.#fresh = false;
  }

  #part(strength: number): void {
    if (strength > this.#pending) this.#pending = strength;
  }
}

/** How strongly the punctuation after a word separates it from the next. */
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

/** A line break inside a sentence (text wrapped by hand): the next line continues in lower case, this one ended without a stop. */
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
