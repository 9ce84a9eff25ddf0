/** What single characters do to the words around them, and one spelling for all words. Pure. */

/** What a character does to a run of characters. */
export const Char = {
  Space: 0,
  Word: 1,
  Code: 2,
  Comma: 3,
  Clause: 4,
  Stop: 5,
  Question: 6,
  Newline: 7,
  Bracket: 8,
} as const;

const ASCII = Uint8Array.from({ length: 128 }, (_, code) => {
  const c = String.fromCharCode(code);
  if (/[a-z0-9]/i.test(c)) return Char.Word;
  if (c === "\n") return Char.Newline;
  if (c === ",") return Char.Comma;
  if (c === ";") return Char.Clause; // but tl;dr, see tokens.ts
  if ("()[]{}".includes(c)) return Char.Bracket;
  if (c === "!") return Char.Stop;
  if (c === "?") return Char.Question;
  if (code <= 32 || '"`'.includes(c)) return Char.Space;
  return Char.Code; // . : - ' / \ @ # $ % & * + < = > ^ _ | ~
});

/** Of any UTF-16 code unit. */
export function charClass(code: number): number {
  return code < 128 ? ASCII[code]! : wide(code);
}

/** Han, kana, Hangul: scripts whose words are found by the lists, not by spaces. */
export function isUnspaced(code: number): boolean {
  return code >= 0x3040 && code <= 0x9fff || code >= 0xac00 && code <= 0xd7a3;
}

function wide(code: number): number {
  if (code === 0xfffc) return Char.Word; // masked text
  if (code < 0xc0) return code === 0xb5 || code === 0xaa || code === 0xba ? Char.Word : Char.Space;
  if (code < 0x2000) return Char.Word;
  switch (code) {
    case 0x2019: // ’
      return Char.Code;
    case 0x2013: // – — …
    case 0x2014:
    case 0x2026:
    case 0xff1b: // ；：
    case 0xff1a:
      return Char.Clause;
    case 0xff08: // （）
    case 0xff09:
      return Char.Bracket;
    case 0x3001: // 、，
    case 0xff0c:
      return Char.Comma;
    case 0x3002: // 。！
    case 0xff01:
      return Char.Stop;
    case 0xff1f: // ？
      return Char.Question;
  }
  if (code < 0x2c00 || code >= 0x2e00 && code < 0x3040) return Char.Space; // punctuation, symbols, boxes
  return code >= 0xff00 || code >= 0xd800 && code < 0xf900 ? Char.Space : Char.Word;
}

/** From U+00C0 on, one entry a character; the plain letter in lower case. */
const PLAIN: readonly string[] = Array.from({ length: 0x180 - 0xc0 }, (_, i) => {
  const letter = String.fromCharCode(0xc0 + i).toLowerCase();
  const special = { "ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i" }[letter];
  return special ?? letter.normalize("NFD").charAt(0);
});

/** Most words: faster than a regular expression. */
function isLettersOnly(word: string): boolean {
  for (let i = 0; i < word.length; i++) {
    const c = word.charCodeAt(i);
    if (c < 0x30 || c > 0x7f) return false;
  }
  return true;
}

/** What {@link fold} changes in a word in lower case: apostrophes, Latin letters beyond ASCII, ё, accents on their own. */
const FOLDED = /['\u2019\u00c0-\u017f\u0451\u0300-\u036f]/;

/**
 * The word in lower case, Latin letters without accents, without apostrophes: "Implementación" and "implementacion" are
 * one word.
 */
export function fold(word: string): string {
  const lower = word.toLowerCase();
  if (isLettersOnly(lower) || !FOLDED.test(lower)) return lower;
  let out = "";
  for (let i = 0; i < lower.length; i++) {
    const c = lower.charCodeAt(i);
    if (c >= 0xc0 && c < 0x180) out += PLAIN[c - 0xc0];
    else if (c === 0x451) out += "е"; // ё
    // Apostrophes, and accents that are characters of their own (decomposed text).
    else if (c !== 0x27 && c !== 0x2019 && (c < 0x300 || c > 0x36f)) out += lower[i];
  }
  return out;
}
