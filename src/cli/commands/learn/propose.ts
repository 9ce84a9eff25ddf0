/**
 * Rules out of corrections that repeat. Corrections hold hashes, no words: a word is recognised by hashing the ones that are
 * known, those of the word lists and of the texts that the user names. Pure.
 */
import type { Kind } from "../../../classifier/classification.ts";
import { hashOf, joined } from "../../../classifier/learned/hash.ts";
import { KINDS } from "../../../classifier/learned/situation.ts";
import { normalized, SORTS, TOKEN } from "../../../classifier/learned/text.ts";
import { commonWords } from "../../../classifier/learned/corrections.ts";
import { LANGUAGES } from "../../../classifier/words/languages.ts";
import { PROGRAMMING_LANGUAGES } from "../../../classifier/words/programming.ts";
import { REAL_WORDS } from "../../../classifier/words/real-words.ts";
import type { Rule } from "../../../config/config.ts";
import type { Feedback, KeptCorrection, KeptDecision } from "../../../server/learning/files.ts";

/** A rule that would do what the user has corrected by hand. */
export interface Proposal {
  readonly name: string;
  readonly route: Kind;
  readonly any: readonly string[];
  /** How many corrections it covers, and how many there are to its route. */
  readonly covers: number;
  readonly corrections: number;
}

export interface ProposalInput {
  readonly feedback: Feedback;
  readonly decisions: readonly KeptDecision[];
  /** Texts with words of the user's. */
  readonly texts: readonly string[];
  /** Those of the configuration: what one says already is not proposed. */
  readonly rules: readonly Rule[];
}

/** Fewer corrections are not a habit. */
const LEAST_CORRECTIONS = 3;
/** A word must be in this part of the other decisions at most. */
const MOST_ELSEWHERE = 0.02;
const MOST_WORDS = 5;

/** The rules, one for each route that was corrected to often enough in words that are known. */
export function proposals({ feedback, decisions, texts, rules }: ProposalInput): readonly Proposal[] {
  const wrong = feedback.corrections.filter(({ from, to }) => from !== to);
  const ids = new Set(wrong.map(({ id }) => id));
  const others = decisions.filter(({ id }) => !ids.has(id)).flatMap(({ learnable }) => learnable ?? []);
  const known = new Set(rules.flatMap(({ when }) => when.any ?? []));
  return KINDS.flatMap((route): Proposal[] => {
    const own = wrong.filter(({ to }) => to === route);
    if (own.length < LEAST_CORRECTIONS) return [];
    const against = [
      ...wrong.filter(({ to }) => to !== route),
      ...others,
    ];
    const counts = counted(own);
    const elsewhere = counted(against.map((one) => "features" in one ? one : { features: one }));
    const telling = new Set(
      [...counts].filter(([hash, times]) =>
        times >= LEAST_CORRECTIONS && (elsewhere.get(hash) ?? 0) <= against.length * MOST_ELSEWHERE
      ).map(([hash]) => hash),
    );
    const any = chosen(own, wordsOf(telling, texts), known);
    const covers = own.filter(({ features }) =>
      any.some(({ hash }) => features.hashes.includes(hash))
    ).length;
    if (covers < LEAST_CORRECTIONS) return [];
    const words = any.map(({ word }) => word);
    return [{ name: `learned: ${words[0]}`, route, any: words, covers, corrections: own.length }];
  });
}

function counted(all: readonly Pick<KeptCorrection, "features">[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { features } of all) {
    for (const hash of features.hashes) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  return counts;
}

interface Word {
  readonly hash: number;
  readonly word: string;
}

/** The words that cover most corrections, each as many of those that the ones before it do not. */
function chosen(
  corrections: readonly KeptCorrection[],
  words: readonly Word[],
  known: ReadonlySet<string>,
): readonly Word[] {
  const taken: Word[] = [];
  let left = corrections;
  while (taken.length < MOST_WORDS) {
    const having = ({ hash }: Word) => left.filter(({ features }) => features.hashes.includes(hash));
    const best = words.filter(({ word }) => !known.has(word))
      .map((word) => ({ word, times: having(word).length }))
      .reduce<{ word: Word; times: number } | undefined>(
        (most, one) => one.times > (most?.times ?? LEAST_CORRECTIONS - 1) ? one : most,
        undefined,
      );
    if (best === undefined) break;
    taken.push(best.word);
    left = left.filter((one) => !having(best.word).includes(one));
  }
  return taken;
}

/** The words and pairs of words with these hashes, pairs first. */
function wordsOf(wanted: ReadonlySet<number>, texts: readonly string[]): readonly Word[] {
  const common = commonWords();
  const words = new Map<number, string>();
  const pairs = new Map<number, string>();
  for (const text of [...builtinTexts(), ...texts]) {
    let before: { readonly token: string; readonly hash: number } | undefined;
    for (const [token] of normalized(text).matchAll(TOKEN)) {
      const hash = hashOf(token, SORTS.word);
      const isWord = /^\p{L}{2,}$/u.test(token);
      const own = joined(hash, SORTS.word);
      if (isWord && !common.has(hash) && wanted.has(own)) words.set(own, token);
      if (before !== undefined && isWord && !(common.has(hash) || common.has(before.hash))) {
        const pair = joined(joined(before.hash, hash), SORTS.pair);
        if (wanted.has(pair)) pairs.set(pair, `${before.token} ${token}`);
      }
      before = isWord ? { token, hash } : undefined;
    }
  }
  return [...pairs, ...words].map(([hash, word]) => ({ hash, word }));
}

/** The words that the classifier knows, of which each is a line of its own. */
function builtinTexts(): readonly string[] {
  const lists = LANGUAGES.flatMap(({ words, heads }) => [...Object.values(words), ...Object.values(heads)]);
  return [
    lists.join("\n").replace(/[+*_]/g, " ").replaceAll("/", "\n").replaceAll(",", "\n"),
    [...REAL_WORDS].join("\n"),
    PROGRAMMING_LANGUAGES.map((language) => Object.values(language).join("\n")).join("\n"),
  ];
}

/** A rule as it is written in the file. */
export function proposalText({ name, route, any, covers, corrections }: Proposal): string {
  const words = any.map((word) => JSON.stringify(word)).join(", ");
  return [
    `# Proposed by "learn propose": ${covers} of ${corrections} corrections to ${route}.`,
    "[[router.rules]]",
    `name = ${JSON.stringify(name)}`,
    `when = { any = [${words}] }`,
    `route = ${JSON.stringify(route)}`,
    "",
  ].join("\n");
}
