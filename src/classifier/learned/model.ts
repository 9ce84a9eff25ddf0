/** The learned model at run time: what its weights say about a prompt in its situation, and which words said it. Pure. */
import type { HashedFeatures, Kind } from "../classification.ts";
import { Concepts } from "./concepts.ts";
import { commonWords, hashedFeatures } from "./corrections.ts";
import {
  favoured,
  Features,
  KINDS,
  type Parts,
  partsOf,
  promptWordFeature,
  type Situation,
  situationFeatures,
  type Talk,
  type Utterance,
  utteranceFeatures,
} from "./situation.ts";
import { Cutter, TOKEN } from "./text.ts";

const K = KINDS.length;

/** What the weights say. */
export interface Judgement {
  /** Probabilities that sum to 1, by kind. */
  readonly scores: Readonly<Record<Kind, number>>;
  /** The most probable kind, and the next. */
  readonly kind: Kind;
  readonly next: Kind;
  /** The user's words that weighed most for the kind, heaviest first, at most three; with their weights. */
  readonly words: readonly { readonly word: string; readonly weight: number }[];
  /** The assistant's words on which the prompt leans: a go-ahead, an answer in a few words, or the option it chooses. */
  readonly leansOn?: { readonly text: string; readonly isChosen: boolean };
}

/** What a weights file begins with, as JSON. */
export interface ModelHead {
  readonly version: 2;
  /** Forms of the lexicon of concepts. */
  readonly forms: number;
  readonly talk: Talk;
  /** The largest weight of each layer, see {@link weightOf}. */
  readonly largest: { readonly alone: number; readonly whole: number };
}

/** A feature that a model knows. */
export interface KnownFeature {
  readonly hash: number;
  /** A byte a kind, see {@link byteOf}. */
  readonly alone: ArrayLike<number>;
  readonly whole: ArrayLike<number>;
}

/**
 * Places for features, in groups of four. A feature is in any place of two groups, and recognised by a mark of two
 * bytes, so that nearly nothing unknown is taken for something known.
 */
const PLACES = 52 * 1024;
const GROUP = 4;

const placeOf = (hash: number): number => ((hash >>> 8) ^ (hash << 5) & 0xffff) % PLACES;
/** A place in the other group that a feature may be in. */
const otherPlaceOf = (hash: number): number => (Math.imul(hash, 0x85ebca6b) >>> 7) % PLACES;
/** 1 to 65535; 0 is a free place. */
const markOf = (hash: number): number => (Math.imul(hash, 0x2c1b3c6d) >>> 16) || 1;

/** Weights are small but for a few: a byte is the square root of its weight's share of the largest. */
export const byteOf = (weight: number, largest: number): number =>
  Math.sign(weight) * Math.min(127, Math.round(127 * Math.sqrt(Math.abs(weight) / largest)));
const weightOf = (byte: number, largest: number): number => Math.sign(byte) * (byte / 127) ** 2 * largest;

/** The places of the group to which one belongs. */
const groupOf = (place: number): number[] => Array.from({ length: GROUP }, (_, i) => place ^ i);

/**
 * Puts a model into one text: a length, the head, the forms with their concepts, the marks, the two layers.
 *
 * @param features the most important first: one that finds no place is dropped
 */
export function packModel(
  head: ModelHead,
  lexicon: { readonly forms: Uint32Array; readonly ids: Uint8Array },
  features: readonly KnownFeature[],
): { readonly packed: string; readonly dropped: number } {
  const text = new TextEncoder().encode(JSON.stringify(head));
  const marks = new Uint16Array(PLACES);
  const layers = { alone: new Int8Array(PLACES * K), whole: new Int8Array(PLACES * K) };
  let dropped = 0;
  for (const { hash, alone, whole } of features) {
    const mark = markOf(hash);
    const groups = [placeOf(hash), otherPlaceOf(hash)].map(groupOf);
    const free = groups.map((group) => group.filter((one) => marks[one] === 0));
    const place = (free[1]!.length > free[0]!.length ? free[1]! : free[0]!)[0];
    if (place === undefined || groups.flat().some((one) => marks[one] === mark)) {
      dropped++;
      continue;
    }
    marks[place] = mark;
    layers.alone.set(alone, place * K);
    layers.whole.set(whole, place * K);
  }
  const parts = [
    new Uint8Array(new Uint32Array([text.length]).buffer),
    text,
    new Uint8Array(lexicon.forms.slice().buffer),
    lexicon.ids,
    new Uint8Array(marks.buffer),
    new Uint8Array(layers.alone.buffer),
    new Uint8Array(layers.whole.buffer),
  ];
  let binary = "";
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 8192) binary += String.fromCharCode(...part.subarray(i, i + 8192));
  }
  return { packed: btoa(binary), dropped };
}

/** The weights that bytes are. By a table: `Float32Array.from` with a function takes twenty times as long. */
function layerOf(bytes: Uint8Array, largest: number): Float32Array {
  const table = Float32Array.from(
    { length: 256 },
    (_, byte) => weightOf(byte < 128 ? byte : byte - 256, largest),
  );
  const weights = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) weights[i] = table[bytes[i]!]!;
  return weights;
}

/** A model, unpacked once; then only read. */
export class LearnedModel {
  readonly #concepts: Concepts;
  readonly #talk: Talk;
  readonly #marks: Uint16Array;
  readonly #alone: Float32Array;
  readonly #whole: Float32Array;
  readonly #features: Features;
  readonly #scratch: Features;
  readonly #cutters = Array.from({ length: 5 }, () => new Cutter());
  #common: ReadonlySet<number> | undefined;

  /** @param packed what {@link packModel} made */
  constructor(packed: string) {
    const bytes = Uint8Array.fromBase64(packed);
    const length = new DataView(bytes.buffer).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as ModelHead;
    let at = 4 + length;
    const take = (size: number) => bytes.slice(at, at += size);
    const forms = new Uint32Array(take(head.forms * 4).buffer);
    this.#concepts = new Concepts(forms, take(head.forms));
    this.#talk = head.talk;
    this.#marks = new Uint16Array(take(PLACES * 2).buffer);
    this.#alone = layerOf(take(PLACES * K), head.largest.alone);
    this.#whole = layerOf(take(PLACES * K), head.largest.whole);
    this.#features = new Features(this.#find, PLACES);
    this.#scratch = new Features(this.#find, PLACES);
  }

  readonly #find = (hash: number): number => {
    const mark = markOf(hash);
    const own = placeOf(hash);
    for (let i = 0; i < GROUP; i++) if (this.#marks[own ^ i] === mark) return own ^ i;
    const other = otherPlaceOf(hash);
    for (let i = 0; i < GROUP; i++) if (this.#marks[other ^ i] === mark) return other ^ i;
    return -1;
  };

  /** Judges a prompt in its situation. Time grows with the lengths that are looked at, which are bounded. */
  judge(situation: Situation): Judgement {
    const parts = partsOf(situation, this.#concepts, this.#cutters);
    const features = this.#features;
    features.clear();
    utteranceFeatures(features, parts.prompt);
    const own = this.#probabilities(this.#alone, features);
    const alone = (one: Utterance): readonly number[] => one === parts.prompt ? own : this.#aloneOf(one);
    situationFeatures(features, situation, { parts, talk: this.#talk, alone });
    const chances = favoured(this.#probabilities(this.#whole, features));
    const order = KINDS.map((_, k) => k).sort((a, b) => chances[b]! - chances[a]!);
    const kind = KINDS[order[0]!]!;
    const scores = Object.fromEntries(KINDS.map((name, k) => [name, chances[k]!])) as Record<Kind, number>;
    const leans = leansOn(situation, parts);
    return {
      scores,
      kind,
      next: KINDS[order[1]!]!,
      words: this.#words(parts, order[0]!),
      ...(leans === undefined ? {} : { leansOn: leans }),
    };
  }

  /** The features of a prompt for which a user's corrections have weights. */
  hashed(situation: Situation): HashedFeatures {
    this.#common ??= commonWords();
    return hashedFeatures(partsOf(situation, this.#concepts, this.#cutters), this.#common);
  }

  #aloneOf(one: Utterance): number[] {
    this.#scratch.clear();
    utteranceFeatures(this.#scratch, one);
    return this.#probabilities(this.#alone, this.#scratch);
  }

  #probabilities(weights: Float32Array, { indexes, values, count }: Features): number[] {
    let a = 0, b = 0, c = 0, d = 0, e = 0;
    for (let i = 0; i < count; i++) {
      const at = indexes[i]! * K;
      const value = values[i]!;
      a += weights[at]! * value;
      b += weights[at + 1]! * value;
      c += weights[at + 2]! * value;
      d += weights[at + 3]! * value;
      e += weights[at + 4]! * value;
    }
    const sums = [a, b, c, d, e];
    const most = Math.max(a, b, c, d, e);
    let total = 0;
    for (let k = 0; k < K; k++) total += sums[k] = Math.exp(sums[k]! - most);
    for (let k = 0; k < K; k++) sums[k]! /= total;
    return sums;
  }

  /** The words of the prompt whose own weights speak most for a kind. */
  #words({ prompt }: Parts, kind: number): { readonly word: string; readonly weight: number }[] {
    const written = prompt.text.match(TOKEN) ?? [];
    const { tokens } = prompt.pieces;
    const found = new Map<string, number>();
    for (let i = 0; i < tokens.length && i < MOST_LOOKED_AT; i++) {
      const place = this.#find(promptWordFeature(tokens[i]!));
      if (place < 0) continue;
      const at = place * K;
      let mean = 0;
      for (let k = 0; k < K; k++) mean += this.#whole[at + k]! / K;
      const weight = this.#whole[at + kind]! - mean;
      if (weight < LEAST_WEIGHT || !TELLING.test(tokens[i]!)) continue;
      // Long prompts are cut in the middle: there the folded form is shown.
      found.set(written.length === tokens.length ? written[i]! : tokens[i]!, weight);
    }
    return [...found].map(([word, weight]) => ({ word, weight }))
      .sort((one, other) => other.weight - one.weight).slice(0, MOST_SHOWN);
  }
}

/** Words of a prompt that are considered for an explanation, and shown in it. */
const MOST_LOOKED_AT = 120;
const MOST_SHOWN = 3;
const LEAST_WEIGHT = 0.05;
/** Signs, numbers and single letters say nothing to a reader. */
const TELLING = /^(?:\p{L}{2,}|[\u3040-\uffff])/u;

/** What a prompt of a few words answers. */
function leansOn({ before }: Situation, { prompt, offer, chosen }: Parts): Judgement["leansOn"] {
  if (before === "" || prompt.pieces.words > 3 && !chosen) return undefined;
  return { text: offer.text, isChosen: chosen };
}
