/** The words of scripts that put no spaces between them, for the tokenizer. Pure. */
import { isUnspaced } from "./characters.ts";
import { rows, wordsOf } from "./phrases.ts";
import type { LanguageWords } from "./words/groups.ts";

/** By the code of their first character, the words and phrases that begin with it, the longest first. */
export type UnspacedWords = (code: number) => readonly string[] | undefined;

/** Those of the lists; the other lists are left unread. */
export function unspacedWords(lists: readonly LanguageWords[]): UnspacedWords {
  const found = new Map<number, Set<string>>();
  const add = (word: string): void => {
    const code = word.charCodeAt(0);
    if (!isUnspaced(code)) return;
    const there = found.get(code);
    if (there === undefined) found.set(code, new Set([word]));
    else there.add(word);
  };
  for (const list of lists) {
    if (!holdsUnspaced(list)) continue;
    for (const [first, phrase] of rows(list)) {
      add(first);
      for (const part of phrase.rest) for (const word of wordsOf(part) ?? []) add(word);
    }
  }
  const words = new Map(
    [...found].map(([code, some]) => [code, [...some].sort((a, b) => b.length - a.length)]),
  );
  return (code) => words.get(code);
}

function holdsUnspaced({ fillers, words, heads, negation }: LanguageWords): boolean {
  const texts = [fillers, ...Object.values(words), ...Object.values(heads), ...Object.values(negation)];
  return texts.some((text) => {
    for (let i = 0; i < text.length; i++) if (isUnspaced(text.charCodeAt(i))) return true;
    return false;
  });
}
