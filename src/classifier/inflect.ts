/** English inflections: the forms of a verb, and the ways in which people mistype a word. Pure. */
import { REAL_WORDS } from "./words/real-words.ts";

/** Past tense and participle where the rules do not make them. */
const IRREGULAR: Readonly<Record<string, readonly string[]>> = {
  write: ["wrote", "written"],
  build: ["built", "builded"],
  rewrite: ["rewrote", "rewritten"],
  rebuild: ["rebuilt"],
  think: ["thought"],
  make: ["made"],
};

/** Verbs of more than one syllable that double their last letter all the same, beside those of one syllable. */
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
  return [...forms, ...(IRREGULAR[verb] ?? [y ? verb.slice(0, -1) + "ied" : stem + "ed"])];
}

/**
 * What a hurried hand makes of a word: two letters swapped, one left out, one doubled, and in long words a wrong vowel. No
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
