/** One spelling for words: lower case, without accents, so that "Implementación" and "implementacion" are one word. Pure. */

/** From U+00C0 on, one entry a character; "" where there is nothing to replace. */
const PLAIN: readonly string[] = Array.from({ length: 0x180 - 0xc0 }, (_, i) => {
  const letter = String.fromCharCode(0xc0 + i).toLowerCase();
  const special = { "ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i" }[letter];
  return special ?? letter.normalize("NFD").charAt(0);
});

/** The word in lower case, Latin letters without their accents, apostrophes left out. */
export function fold(word: string): string {
  const lower = word.toLowerCase();
  let plain = true;
  for (let i = 0; i < lower.length; i++) {
    const c = lower.charCodeAt(i);
    if (c > 0x7f || c === 0x27) {
      plain = false;
      break;
    }
  }
  if (plain) return lower;
  let out = "";
  for (let i = 0; i < lower.length; i++) {
    const c = lower.charCodeAt(i);
    if (c >= 0xc0 && c < 0x180) out += PLAIN[c - 0xc0];
    else if (c === 0x451) out += "е"; // ё
    // Apostrophes, and accents that stand as characters of their own (decomposed text).
    else if (c !== 0x27 && c !== 0x2019 && (c < 0x300 || c > 0x36f)) out += lower[i];
  }
  return out;
}
