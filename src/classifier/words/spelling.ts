/** English spelling: the forms of a verb, the ways in which people mistype a word, and what they meant. Pure. */
import { own } from "../../json/shape.ts";
import { fnv1a } from "../../text/hash.ts";
import { REAL_WORDS } from "./real-words.ts";

/** Past tense and participle where the rules do not make them. */
const IRREGULAR: Readonly<Record<string, readonly string[]>> = {
  write: ["wrote", "written"],
  build: ["built", "builded"],
  rewrite: ["rewrote", "rewritten"],
  rebuild: ["rebuilt"],
  think: ["thought"],
  make: ["made"],
};

/** Verbs that double their last letter: those of one syllable, and some longer ones. */
const DOUBLING = /^(?:[^aeiou]*[aeiou][bdgmnprt]|replan|reset|submit|refer|commit)$/;

/** All forms: plan → plan, plans, planned, planning. */
export function inflections(verb: string): string[] {
  const last = verb.at(-1)!;
  const y = last === "y" && !/[aeiou]y$/.test(verb);
  const e = last === "e" && !/(?:ee|oe|ye)$/.test(verb);
  const stem = e ? verb.slice(0, -1) : DOUBLING.test(verb) ? verb + last : verb;
  const forms = [
    verb,
    y ? verb.slice(0, -1) + "ies" : /(?:[sxz]|ch|sh)$/.test(verb) ? verb + "es" : verb + "s",
    stem + "ing",
  ];
  return [...forms, ...(own(IRREGULAR, verb) ?? [y ? verb.slice(0, -1) + "ied" : stem + "ed"])];
}

/**
 * The likely slips of a word: two letters swapped, one missing, one doubled, and in long words a wrong vowel. No
 * slip changes the first letter alone, and none is a word of its own.
 */
export function misspellings(word: string): string[] {
  const slips = new Set<string>();
  for (let i = 0; i < word.length; i++) {
    const before = word.slice(0, i);
    if (i + 1 < word.length) slips.add(before + word[i + 1] + word[i] + word.slice(i + 2));
    if (i > 0 && (word.length > 4 || word === "plan")) slips.add(before + word[i] + word.slice(i));
    if (i > 0 && word.length > 4) slips.add(before + word.slice(i + 1));
    if (i > 0 && word.length > 6 && "aeiou".includes(word[i]!)) {
      for (const vowel of "aeiou") slips.add(before + vowel + word.slice(i + 1));
    }
  }
  slips.delete(word);
  return [...slips].filter((slip) => !REAL_WORDS.has(slip) && `${slip}s` !== word);
}

/** What a mistyped word was meant to be; undefined for a word that nobody would write by a slip. */
export type Typos = (word: string) => string | undefined;

/** A table of the slips of `words`; where two words share one, the first has it. Only hashes are kept: there are thousands. */
export function typosOf(words: readonly string[]): Typos {
  const slips = words.map(misspellings);
  const count = slips.reduce((sum, { length }) => sum + length, 0);
  // Open addressing, at most half full. An entry is a hash and the place of the word that was meant, from 1.
  const mask = (2 << Math.ceil(Math.log2(count + 1))) - 1;
  const hashes = new Uint32Array(mask + 1);
  const meant = new Uint16Array(mask + 1);
  slips.forEach((some, index) => {
    for (const slip of some) {
      const hash = fnv1a(slip);
      let at = hash & mask;
      while (meant[at] !== 0) at = (at + 1) & mask;
      hashes[at] = hash;
      meant[at] = index + 1;
    }
  });
  return (word) => {
    const hash = fnv1a(word);
    for (let at = hash & mask; meant[at] !== 0; at = (at + 1) & mask) {
      if (hashes[at] !== hash) continue;
      const candidate = words[meant[at]! - 1]!;
      if (misspellings(candidate).includes(word)) return candidate; // two slips may share a hash
    }
    return undefined;
  };
}
