/** Finds the words and phrases of many lists in a text, in one pass over it. */
import { folded } from "./match.ts";

/** A phrase that was found. */
export interface Found {
  /** Its place in the text, and the text there as it was written. */
  readonly at: number;
  readonly text: string;
}

/** What a character is to the ends of words. */
const OTHER = 1;
/** A letter or digit of a script that puts spaces between words. */
const LETTER = 2;
/** A character of a script that does not: there, a word ends wherever it ends. */
const UNSPACED = 3;
const SPACE = 4;

const UNSPACED_SCRIPT =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Hangul}]/u;
const WORDLIKE = /[\p{L}\p{M}\p{N}_]/u;

/** What each UTF-16 unit is; 0: not looked at yet. */
const kinds = new Uint8Array(65536);

const kindOf = (unit: number): number => kinds[unit] || (kinds[unit] = look(unit));

function look(unit: number): number {
  const character = String.fromCharCode(unit);
  if (/\s/.test(character)) return SPACE;
  if (UNSPACED_SCRIPT.test(character)) return UNSPACED;
  return WORDLIKE.test(character) ? LETTER : OTHER;
}

interface Phrase {
  readonly id: number;
  /** In upper case, one space between words. */
  readonly text: string;
}

const hashed = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193);
const SEED = 0x811c9dc5 | 0;
/** Hashes of first words are looked up in a table of so many bits before the map is asked. */
const BITS = 0xffff;

/**
 * The phrases of many lists, by where they begin. A phrase matches in any case, whole, and any white space matches a space.
 *
 * The time for a text grows with its length and with what begins like a phrase there, not with the number of phrases.
 */
export class PhraseIndex {
  readonly #ids = new Map<string, number>();
  /** By the hash of the first word, and which hashes there are. */
  readonly #byWord = new Map<number, Phrase[]>();
  readonly #known = new Uint8Array(BITS + 1);
  /** Of phrases that begin with a sign or an unspaced script: by the first unit. */
  readonly #byUnit = new Map<number, Phrase[]>();

  /** The number of a phrase; undefined: it is blank and matches nowhere. */
  add(phrase: string): number | undefined {
    const text = folded(phrase.trim().replace(/\s+/g, " "));
    if (text === "") return undefined;
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#ids.size;
    this.#ids.set(text, id);
    const first = text.charCodeAt(0);
    if (kindOf(first) !== LETTER) push(this.#byUnit, first, { id, text });
    else {
      let hash = SEED;
      for (let i = 0; i < text.length && kindOf(text.charCodeAt(i)) === LETTER; i++) {
        hash = hashed(hash, text.charCodeAt(i));
      }
      this.#known[hash & BITS] = 1;
      push(this.#byWord, hash, { id, text });
    }
    return id;
  }

  /** The first place of each phrase that a text holds, by the phrase's number. */
  in(text: string): ReadonlyMap<number, Found> {
    const found = new Map<number, Found>();
    if (this.#ids.size === 0) return found;
    const upper = folded(text);
    const known = this.#known;
    const units = this.#byUnit.size === 0 ? undefined : this.#byUnit;
    let start = -1;
    let hash = SEED;
    for (let i = 0; i <= upper.length; i++) {
      const unit = upper.charCodeAt(i); // NaN at the end
      const kind = i === upper.length ? SPACE : kindOf(unit);
      if (kind === LETTER) {
        if (start < 0) start = i;
        hash = hashed(hash, unit);
        continue;
      }
      if (start >= 0) {
        const list = known[hash & BITS] === 0 ? undefined : this.#byWord.get(hash);
        if (list !== undefined) addFound(list, { text, upper, at: start }, found);
        start = -1;
        hash = SEED;
      }
      const list = kind === SPACE ? undefined : units?.get(unit);
      if (list !== undefined) addFound(list, { text, upper, at: i }, found);
    }
    return found;
  }
}

function push(lists: Map<number, Phrase[]>, key: number, phrase: Phrase): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [phrase]);
  else list.push(phrase);
}

interface Place {
  readonly text: string;
  readonly upper: string;
  readonly at: number;
}

function addFound(phrases: readonly Phrase[], place: Place, found: Map<number, Found>): void {
  for (const { id, text } of phrases) {
    if (found.has(id)) continue;
    const end = endOf(text, place);
    if (end !== undefined) found.set(id, { at: place.at, text: place.text.slice(place.at, end) });
  }
}

/** Where a phrase that begins at a place ends; undefined: it is not there. */
function endOf(phrase: string, { upper, at }: Place): number | undefined {
  let end = at;
  for (let i = 0; i < phrase.length; i++, end++) {
    const wanted = phrase.charCodeAt(i);
    if (wanted === 0x20) {
      if (end >= upper.length || kindOf(upper.charCodeAt(end)) !== SPACE) return undefined;
      while (end + 1 < upper.length && kindOf(upper.charCodeAt(end + 1)) === SPACE) end++;
    } else if (upper.charCodeAt(end) !== wanted) return undefined;
  }
  const isInWord = kindOf(phrase.charCodeAt(phrase.length - 1)) === LETTER && end < upper.length &&
    kindOf(upper.charCodeAt(end)) === LETTER;
  return isInWord ? undefined : end;
}
