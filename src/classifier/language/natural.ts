/** Which natural language a prompt is written in. Pure. */
import type { Tokens } from "../tokens.ts";
import { fold } from "../characters.ts";
import { LANGUAGES } from "../words/languages.ts";

/** The most words that are looked up. */
const MOST_WORDS = 120;

/** Words of other languages that are English too and mean something else there. */
const FALSE_FRIENDS: ReadonlySet<string> = new Set(["plant", "plane", "planes", "list", "fix"]);

/** By word, the languages (as bits, in the order of {@link LANGUAGES}) that know it as a word of their own. */
const KNOWN: ReadonlyMap<string, number> = (() => {
  const known = new Map<string, number>();
  const english = new Set<string>();
  LANGUAGES.forEach((language, index) => {
    const bit = 1 << index;
    const own = [
      language.common,
      language.words.plan,
      language.words.implementation,
      language.words.make,
      language.words.clerical,
    ];
    for (const list of index === 0 ? [...own, ...Object.values(language.heads)] : own) {
      for (const entry of (list ?? "").split(/[,\n]/)) {
        for (const word of fold(entry.trim()).split(" ", 1)[0]!.split("/")) {
          if (word === "" || /[*+]$/.test(word) || FALSE_FRIENDS.has(word)) continue;
          if (index === 0) english.add(word);
          else if (english.has(word) && !language.common.includes(word)) continue;
          known.set(word, (known.get(word) ?? 0) | bit);
        }
      }
    }
  });
  return known;
})();

/** The stems of the languages, for texts in which few words are known. */
const STEMS: ReadonlyMap<string, number> = (() => {
  const stems = new Map<string, number>();
  LANGUAGES.forEach((language, index) => {
    for (const list of Object.values(language.words)) {
      for (const [stem] of fold(list).matchAll(/(?<=^|[\s,/])[^\s,/*]{4,}(?=\*)/g)) {
        stems.set(stem, (stems.get(stem) ?? 0) | (1 << index));
      }
    }
  });
  return stems;
})();

/** Letters that few of the languages have. */
const LETTERS: Readonly<Record<string, string>> = {
  "ã": "pt",
  "õ": "pt",
  "ç": "pt fr",
  "ñ": "es",
  "¿": "es",
  "¡": "es",
  "ß": "de",
  "ä": "de",
  "ö": "de",
  "ü": "de",
  "é": "fr",
  "ê": "pt fr",
  "è": "fr it",
  "à": "fr it pt",
  "û": "fr",
  "î": "fr",
  "œ": "fr",
  "ù": "it fr",
  "ò": "it",
  "ì": "it",
  "ą": "pl",
  "ę": "pl",
  "ł": "pl",
  "ż": "pl",
  "ź": "pl",
  "ś": "pl",
  "ć": "pl",
  "ń": "pl",
  "í": "es pt",
  "á": "es pt",
  "ú": "es pt",
};

const CODES = LANGUAGES.map(({ code }) => code);

/** ISO 639-1 of the language that most words speak for; "en" where none does. `text` is what the words were cut from. */
export function naturalLanguage(tokens: Tokens, text: string): string {
  const script = byScript(text);
  if (script !== undefined) return script;
  const { words } = tokens;
  const votes = new Array<number>(CODES.length).fill(0);
  const count = Math.min(words.length, MOST_WORDS);
  for (let i = 0; i < count; i++) {
    let bits = KNOWN.get(words[i]!);
    for (let index = 0; bits !== undefined && bits !== 0; index++, bits >>= 1) if (bits & 1) votes[index]!++;
  }
  if (count <= 8 || votes[0]! * 4 < count) {
    for (let i = 0; i < count; i++) {
      const word = words[i]!;
      for (let length = 4; length <= word.length && length <= 12; length++) {
        let bits = STEMS.get(word.slice(0, length));
        for (let index = 0; bits !== undefined && bits !== 0; index++, bits >>= 1) {
          if (bits & 1) votes[index]!++;
        }
      }
    }
    for (const letter of text.slice(0, 600)) {
      const codes = letter >= "\u00a0" ? LETTERS[letter.toLowerCase()] : undefined;
      if (codes !== undefined) { for (const code of codes.split(" ")) votes[CODES.indexOf(code)]!++; }
    }
  }
  let best = 0;
  for (let index = 1; index < votes.length; index++) if (votes[index]! > votes[best]!) best = index;
  return CODES[best]!;
}

/** Scripts that decide: kana, Hangul, Han, Cyrillic. A word or two of them inside a Latin text does not count. */
function byScript(text: string): string | undefined {
  let kana = 0;
  let han = 0;
  let hangul = 0;
  let cyrillic = 0;
  let latin = 0;
  const length = Math.min(text.length, 1500);
  for (let i = 0; i < length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x80) {
      if (c >= 0x61) latin++;
    } else if (c >= 0x400 && c < 0x530) cyrillic++;
    else if (c >= 0x3041 && c < 0x3100) kana++;
    else if (c >= 0x3400 && c < 0xa000) han++;
    else if (c >= 0xac00 && c < 0xd7a4) hangul++;
  }
  // A character of these scripts says as much as several letters.
  const east = kana + han + hangul;
  if (east * 4 > latin) return hangul > kana + han ? "ko" : kana > 0 ? "ja" : east > 0 ? "zh" : undefined;
  return cyrillic > 0 && cyrillic * 2 > latin ? "ru" : undefined;
}
