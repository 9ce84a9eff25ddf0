/**
 * What a user's corrections teach beside the learned model: a prompt that is like corrected ones moves towards the kind that the
 * user named. Each correction is one weight on the hashed features of its prompt; what is not alike does not move at all. Pure.
 */
import type { HashedFeatures, Kind } from "../classification.ts";
import { fold } from "../characters.ts";
import { LANGUAGES } from "../words/languages.ts";
import { hashOf, joined } from "./hash.ts";
import { KINDS, type Parts } from "./situation.ts";
import { type Pieces, SORTS } from "./text.ts";

/** A decision that a user corrected, with what is needed to learn from it. */
export interface Correction {
  /** Of the request. */
  readonly id: string;
  /** Epoch milliseconds of the correction. */
  readonly time: number;
  /** The kind that was decided, and the right one. */
  readonly from: Kind;
  readonly to: Kind;
  readonly by: "feedback" | "wish" | "header" | "pin";
  readonly features: HashedFeatures;
  /** The learned model's probabilities, in the order of {@link KINDS}. */
  readonly scores: readonly number[];
}

/** Features of a prompt that are kept. */
const MOST_FEATURES = 128;
/** Words of a reply that means nothing without what it answers. */
const SHORT_REPLY = 2;

/** Where the hashes of the agent's offer begin: "yes" after one offer is not "yes" after another. */
const OFFER_SEED = 0x51ab9d3c;

/** How much a piece of each sort says about what a prompt is like. Letters say nothing: half of all words share them. */
const WEIGHTS: Readonly<Record<number, number>> = {
  [SORTS.word]: 1,
  [SORTS.pair]: 1.2,
  [SORTS.character]: 0.8,
  [SORTS.concept]: 0.6,
};

/** What the weight of a word is worth that every other prompt has. */
const COMMON_SHARE = 0.12;

/** The hashes of the words that say nothing by themselves, in all languages of the word lists. */
export function commonWords(): ReadonlySet<number> {
  return new Set(
    LANGUAGES.flatMap(({ common, fillers }) =>
      fold(`${common},${fillers}`).split(/[,\n]/).map((entry) => entry.trim())
        .filter((word) => word !== "" && !/[ /*+]/.test(word)).map((word) => hashOf(word, SORTS.word))
    ),
  );
}

/** The hashed features of a prompt; of one or two words, also of what they answer. */
export function hashedFeatures({ prompt, offer }: Parts, common: ReadonlySet<number>): HashedFeatures {
  const found = new Map<number, number>();
  collect(found, prompt.pieces, { seed: 0, common });
  if (prompt.pieces.words <= SHORT_REPLY && offer.pieces.words > 0) {
    collect(found, offer.pieces, { seed: OFFER_SEED, common });
  }
  const sorted = [...found].sort((one, other) => other[1] - one[1]).slice(0, MOST_FEATURES);
  const length = Math.sqrt(sorted.reduce((sum, [, value]) => sum + value * value, 0)) || 1;
  return {
    hashes: Uint32Array.from(sorted, ([hash]) => hash),
    values: Uint8Array.from(sorted, ([, value]) => Math.max(1, Math.round(255 * value / length))),
  };
}

function collect(
  found: Map<number, number>,
  { hashes, sorts, count, tokens }: Pieces,
  { seed, common }: { readonly seed: number; readonly common: ReadonlySet<number> },
): void {
  // Pieces come in the order of the text: a word, the pair that ends in it, its letters.
  let at = -1;
  let [wasCommon, isNowCommon] = [true, true];
  for (let i = 0; i < count; i++) {
    const sort = sorts[i]!;
    if (sort === SORTS.word) {
      wasCommon = isNowCommon;
      const token = tokens[++at]!;
      isNowCommon = token.length < 2 || common.has(hashes[i]!) || /^\d+$/.test(token);
    }
    const weight = WEIGHTS[sort];
    if (weight === undefined) continue;
    const share = sort === SORTS.word
      ? isNowCommon ? COMMON_SHARE : 1
      : sort === SORTS.pair
      ? (wasCommon ? COMMON_SHARE : 1) * (isNowCommon ? COMMON_SHARE : 1)
      : 1;
    const hash = joined(hashes[i]! ^ seed, sort);
    found.set(hash, Math.max(found.get(hash) ?? 0, weight * share));
  }
}

/** Likeness from which on a correction counts, 0 to 1, and what it counts at 1. */
const LEAST_LIKENESS = 0.12;
/** What one correction moves at most: an identical prompt by twice as much, in logits. */
const MOST_STEP = 1;
/** How far the corrected kind is to lead on its own prompt, in logits: no correction moves further than that needs. */
const LEAD = 2;
/** A smaller probability counts as this one: what the model rules out can still be corrected. */
const LEAST_CHANCE = 0.004;
/** Days after which a correction counts half, and the share below which it does not count. */
const HALF_LIFE_DAYS = 90;
const LEAST_SHARE = 0.05;
/** A smaller part in a decision is not called learned from. */
const LEAST_PART = 0.02;

export const DAY_MS = 86_400_000;

/** How much what was said at a time still counts, above 0 to 1. Only the days count. Both are epoch milliseconds. */
export function shareLeft(time: number, now: number): number {
  const days = Math.floor(now / DAY_MS) - Math.floor(time / DAY_MS);
  return 0.5 ** (Math.max(0, days) / HALF_LIFE_DAYS);
}

/** A correction's weight: it moves `up` and away from `down`. */
interface Weighed {
  readonly up: number;
  readonly down: number;
  readonly step: number;
}

/** What corrections make of a prompt. */
export interface Learned {
  /** Probabilities in the order of {@link KINDS}. */
  readonly scores: readonly number[];
  /** How many corrections had a part in it. */
  readonly corrections: number;
}

/**
 * The weights that a user's corrections come to on a day. The same corrections give the same weights, so that taking the last
 * one back gives exactly what was there before it.
 */
export class CorrectedModel {
  readonly #weighed: Weighed[] = [];
  /** By feature, the corrections that have it, with the value of it there. */
  readonly #index = new Map<number, { readonly correction: number; readonly value: number }[]>();
  readonly #lengths: number[] = [];

  /** @param corrections the oldest first. @param now epoch milliseconds; only its day counts */
  constructor(corrections: readonly Correction[], now: number) {
    for (const { time, to, features, scores } of corrections) {
      const share = shareLeft(time, now);
      if (share < LEAST_SHARE || features.hashes.length === 0) continue;
      const logits = this.#logits(scores, this.#alike(features));
      const up = KINDS.indexOf(to);
      let down = -1;
      logits.forEach((logit, k) => {
        if (k !== up && (down === -1 || logit > logits[down]!)) down = k;
      });
      const wanting = (LEAD - (logits[up]! - logits[down]!)) / 2;
      this.#add(features, { up, down, step: Math.max(0, Math.min(MOST_STEP, wanting)) * share });
    }
  }

  /** What the corrections make of a prompt's probabilities; undefined: nothing, it is not like any of them. */
  learned(scores: readonly number[], features: HashedFeatures): Learned | undefined {
    const alike = this.#alike(features);
    let corrections = 0;
    for (const [correction, likeness] of alike) {
      if (this.#weighed[correction]!.step * likeness >= LEAST_PART) corrections++;
    }
    if (corrections === 0) return undefined;
    const logits = this.#logits(scores, alike);
    const most = Math.max(...logits);
    const powers = logits.map((logit) => Math.exp(logit - most));
    const sum = powers.reduce((one, other) => one + other, 0);
    return { scores: powers.map((power) => power / sum), corrections };
  }

  #logits(scores: readonly number[], alike: ReadonlyMap<number, number>): number[] {
    const logits = scores.map((score) => Math.log(Math.max(score, LEAST_CHANCE)));
    for (const [correction, likeness] of alike) {
      const { up, down, step } = this.#weighed[correction]!;
      logits[up]! += step * likeness;
      logits[down]! -= step * likeness;
    }
    return logits;
  }

  /** The corrections that are like a prompt, each with how much it counts, above 0 to 1. */
  #alike({ hashes, values }: HashedFeatures): ReadonlyMap<number, number> {
    const products = new Map<number, number>();
    for (let i = 0; i < hashes.length; i++) {
      for (const { correction, value } of this.#index.get(hashes[i]!) ?? NOBODY) {
        products.set(correction, (products.get(correction) ?? 0) + value * values[i]!);
      }
    }
    const own = lengthOf(values);
    const alike = new Map<number, number>();
    for (const [correction, product] of products) {
      const cosine = product / (own * this.#lengths[correction]!);
      if (cosine > LEAST_LIKENESS) {
        alike.set(correction, (cosine - LEAST_LIKENESS) / (1 - LEAST_LIKENESS));
      }
    }
    return alike;
  }

  #add({ hashes, values }: HashedFeatures, weighed: Weighed): void {
    const correction = this.#weighed.push(weighed) - 1;
    this.#lengths.push(lengthOf(values));
    hashes.forEach((hash, i) => {
      const entries = this.#index.get(hash);
      const entry = { correction, value: values[i]! };
      if (entries === undefined) this.#index.set(hash, [entry]);
      else entries.push(entry);
    });
  }
}

const NOBODY: readonly { readonly correction: number; readonly value: number }[] = [];

function lengthOf(values: Uint8Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum) || 1;
}
