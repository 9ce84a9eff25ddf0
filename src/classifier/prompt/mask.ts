/**
 * Takes out of a prompt what is not the user's own speech: code, quotations, pasted logs and traces. Pure, and linear in the
 * text's length.
 */
import { MASK } from "../tokens.ts";
import { PasteReader, shellWithin } from "./pasted.ts";

export interface Masked {
  /** The user's own speech; a masked span inside a line is one {@link MASK} character. */
  readonly text: string;
  /** The first words of the info strings of code fences, lower case: `ts`, `python`. */
  readonly fences: readonly string[];
  /** Something was masked. */
  readonly any: boolean;
  /** A fence or a pasted line was. */
  readonly pasted: boolean;
}

/** Longer quotations than this are taken for a stray quotation mark, in characters. */
const LONGEST_QUOTE = 600;

/** Opening marks and the marks that close them. */
const CLOSERS: Readonly<Record<string, string>> = {
  "\u201c": "\u201d", // “ ”
  "\u201e": "\u201c\u201d", // „ “ or ”
  "\u201d": "\u201d", // ” ” (Swedish, Finnish)
  "\u00ab": "\u00bb", // « »
  "\u00bb": "\u00ab", // » «
  "\u2018": "\u2019", // ‘ ’
  "\u201a": "\u2018\u2019", // ‚ ‘
  "\u2039": "\u203a",
  "\u300c": "\u300d", // 「 」
  "\u300e": "\u300f",
  "\u300a": "\u300b",
  "\uff02": "\uff02",
};

/** `text` without code, quotations and pasted lines. */
export function mask(text: string): Masked {
  return new Masker(text).read();
}

class Masker {
  readonly #text: string;
  readonly #pastes: PasteReader;
  readonly #fences: string[] = [];
  #out = "";
  #any = false;
  #pasted = false;
  /** The open fence's mark, "" outside of one. */
  #fence = "";
  /** The fence opened inside a line, and may close inside one. */
  #isLoose = false;

  constructor(text: string) {
    this.#text = text;
    this.#pastes = new PasteReader(text);
  }

  read(): Masked {
    const text = this.#text;
    for (let at = 0; at < text.length;) {
      let eol = text.indexOf("\n", at);
      if (eol < 0) eol = text.length;
      let first = at;
      while (first < eol && (text.charCodeAt(first) === 0x20 || text.charCodeAt(first) === 0x09)) first++;
      if (this.#fence !== "") this.#inFence(first, eol);
      else if (first === eol) {
        this.#out += "\n";
        this.#pastes.blank();
      } else this.#line(at, first, eol);
      at = eol + 1;
    }
    return { text: this.#out, fences: this.#fences, any: this.#any, pasted: this.#pasted };
  }

  #inFence(first: number, eol: number): void {
    const text = this.#text;
    const isClosed = this.#isLoose
      ? text.lastIndexOf(this.#fence, eol - this.#fence.length) >= first
      : closes(text, first, eol, this.#fence);
    if (isClosed) this.#fence = "";
  }

  #line(at: number, first: number, eol: number): void {
    const text = this.#text;
    const c = text.charCodeAt(first);
    if ((c === 0x60 || c === 0x7e) && isFence(text, first, eol)) {
      this.#openFence(run(text, first), first, eol, false);
      this.#out += "\n\n";
    } else if (c === 0x3e) {
      this.#pastes.skip();
      this.#any = true;
      this.#out += "\n\n";
    } else if (this.#pastes.next({ first, end: eol, indent: first - at })) {
      this.#any = this.#pasted = true;
      this.#out += "\n\n";
    } else this.#speech(at, eol);
  }

  /** A line of the user's, up to a paste or a fence that begins inside it. */
  #speech(at: number, eol: number): void {
    const text = this.#text;
    const line = text.slice(at, eol);
    let end = eol;
    const shell = shellWithin(line);
    const tick = line.lastIndexOf("```");
    if (shell > 0) {
      end = at + shell;
      this.#pastes.shell();
      this.#any = this.#pasted = true;
    } else if (tick > 0 && line.indexOf("```") === tick) {
      end = at + tick;
      this.#openFence("```", end, eol, true);
    }
    const cut = inline(text, at, end);
    this.#any ||= cut.any;
    this.#out += cut.text;
    this.#out += "\n";
  }

  #openFence(mark: string, first: number, eol: number, isLoose: boolean): void {
    this.#fence = mark;
    this.#isLoose = isLoose;
    this.#pastes.skip();
    this.#any = this.#pasted = true;
    const info = isLoose ? "" : this.#text.slice(first + mark.length, eol).trim();
    if (info !== "") this.#fences.push(info.split(/[\s,{]/, 1)[0]!.toLowerCase());
  }
}

/** The run of equal characters at `at`. */
function run(text: string, at: number): string {
  const c = text.charCodeAt(at);
  let end = at;
  while (text.charCodeAt(end) === c) end++;
  return text.slice(at, end);
}

/** Three or more backticks or tildes open a fence, unless more of them follow in the line (then it is inline code). */
function isFence(text: string, first: number, eol: number): boolean {
  const mark = run(text, first);
  if (mark.length < 3) return false;
  const again = text.indexOf("`", first + mark.length);
  return mark[0] === "~" || again < 0 || again >= eol;
}

function closes(text: string, first: number, eol: number, fence: string): boolean {
  if (!text.startsWith(fence, first)) return false;
  const mark = run(text, first);
  for (let i = first + mark.length; i < eol; i++) if (text.charCodeAt(i) > 32) return false;
  return true;
}

/** One line without inline code and quoted strings. */
function inline(text: string, from: number, eol: number): { text: string; any: boolean } {
  let out = "";
  let kept = from;
  let noTicks = false;
  let noDouble = false;
  let noSingle = false;
  // By closing mark, where the next one is: each is searched once, however many open.
  let next: Record<string, number> | undefined;
  let i = from;
  const cut = (start: number, end: number): void => {
    out += text.slice(kept, start) + " " + MASK + " ";
    kept = i = end;
  };
  while (i < eol) {
    const c = text.charCodeAt(i);
    if (c === 0x60 && !noTicks) { // `
      const mark = run(text, i);
      const end = text.indexOf(mark, i + mark.length);
      if (end >= 0 && end < eol) {
        cut(i, end + mark.length);
        continue;
      }
      noTicks = mark.length === 1;
      i += mark.length;
      continue;
    }
    if (c === 0x22 && !noDouble && opens(text, i)) { // "
      const end = text.indexOf('"', i + 1);
      if (end > 0 && end < eol && end - i <= LONGEST_QUOTE) {
        cut(i, end + 1);
        continue;
      }
      noDouble = end < 0 || end >= eol;
    } else if (c === 0x27 && !noSingle && opens(text, i)) { // '
      const end = closingSingle(text, i, eol);
      if (end > 0) {
        cut(i, end + 1);
        continue;
      }
      noSingle = end < 0;
    } else if (c >= 0xab) {
      const closer = CLOSERS[text[i]!];
      if (closer !== undefined) {
        next ??= {};
        if (!(next[closer]! > i)) next[closer] = closing(text, i, eol, closer);
        const end = next[closer]!;
        if (end < eol && end - i <= LONGEST_QUOTE) {
          cut(i, end + 1);
          continue;
        }
      }
    }
    i++;
  }
  if (kept === from) return { text: text.slice(from, eol), any: false };
  return { text: out + text.slice(kept, eol), any: true };
}

/** A straight mark opens a quotation after a space or an opening bracket, before anything but a space. */
function opens(text: string, at: number): boolean {
  const before = at === 0 ? 32 : text.charCodeAt(at - 1);
  const after = text.charCodeAt(at + 1);
  const letter = before >= 0x30 && before <= 0x39 || before >= 0x41 && before <= 0x5a ||
    before >= 0x61 && before <= 0x7a ||
    before >= 0xc0 && before < 0x2000;
  return !letter && before !== 0x27 && before !== 0x22 && after > 32;
}

/** Words that begin with an apostrophe. */
const APOSTROPHE_FIRST = /^(?:cause|em|til|twas|n)\b/i;

/** A straight single mark that closes: not an apostrophe. -1: none in the line; 0: too far, or a word like 'cause. */
function closingSingle(text: string, at: number, eol: number): number {
  if (APOSTROPHE_FIRST.test(text.slice(at + 1, at + 7))) return 0;
  let end = text.indexOf("'", at + 1);
  while (end >= 0 && end < eol) {
    const after = end + 1 < text.length ? text.charCodeAt(end + 1) : 32;
    const before = text.charCodeAt(end - 1);
    const letterAfter = after >= 0x30 && after <= 0x39 || after >= 0x41 && after <= 0x5a ||
      after >= 0x61 && after <= 0x7a ||
      after >= 0xc0 && after < 0x2000;
    if (end - at > LONGEST_QUOTE / 4) return 0;
    if (!letterAfter && before > 32) return end;
    end = text.indexOf("'", end + 1);
  }
  return -1;
}

/** Where the nearest of the closing marks is; `eol`: not in the line. */
function closing(text: string, at: number, eol: number, closers: string): number {
  const first = closers.charCodeAt(0);
  const second = closers.length > 1 ? closers.charCodeAt(1) : first;
  for (let i = at + 1; i < eol; i++) {
    const c = text.charCodeAt(i);
    if (c === first || c === second) return i;
  }
  return eol;
}
