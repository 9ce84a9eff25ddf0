/** Recognises mistyped words. Pure. Of a word's slips only their hashes are kept: there are thousands. */
import { misspellings } from "./inflect.ts";

/** What a mistyped word was meant to be; undefined for words that are no slip of any. */
export type Typos = (word: string) => string | undefined;

/** A table of the slips of `words`; where two words share one, the first has it. */
export function typosOf(words: readonly string[]): Typos {
  const slips = words.map(misspellings);
  const count = slips.reduce((sum, { length }) => sum + length, 0);
  // Open addressing, at most half full. An entry is a hash and the place of the word that was meant, from 1.
  const mask = (2 << Math.ceil(Math.log2(count + 1))) - 1;
  const hashes = new Uint32Array(mask + 1);
  const meant = new Uint16Array(mask + 1);
  slips.forEach((some, index) => {
    for (const slip of some) {
      const hash = hashOf(slip);
      let at = hash & mask;
      while (meant[at] !== 0) at = (at + 1) & mask;
      hashes[at] = hash;
      meant[at] = index + 1;
    }
  });
  return (word) => {
    const hash = hashOf(word);
    for (let at = hash & mask; meant[at] !== 0; at = (at + 1) & mask) {
      if (hashes[at] !== hash) continue;
      const candidate = words[meant[at]! - 1]!;
      if (misspellings(candidate).includes(word)) return candidate; // two slips may share a hash
    }
    return undefined;
  };
}

/** FNV-1a over UTF-16 code units: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
