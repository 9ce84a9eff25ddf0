/** The learned model at run time: what its weights say about a prompt in its situation, and which words said it. Pure. */
import type { Kind } from "../classification.ts";
import { Concepts } from "./concepts.ts";
import {
  FEATURES,
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
  /** The prompt leans on the assistant's last sentence: a go-ahead, a choice, an answer in a few words. */
  readonly leansOn?: string;
}

/** What a weights file begins with, as JSON. */
export interface ModelHead {
  readonly version: 1;
  /** Forms of the lexicon of concepts. */
  readonly forms: number;
  readonly talk: Talk;
  /** A weight is a byte times this. */
  readonly scales: { readonly alone: number; readonly whole: number };
}

/** Puts a model into one text: a length, the head, the forms with their concepts, the two layers. */
export function packModel(
  head: ModelHead,
  forms: Uint32Array,
  ids: Uint8Array,
  layers: { readonly alone: Int8Array; readonly whole: Int8Array },
): string {
  const text = new TextEncoder().encode(JSON.stringify(head));
  const parts = [
    new Uint8Array(new Uint32Array([text.length]).buffer),
    text,
    new Uint8Array(forms.slice().buffer),
    ids,
    new Uint8Array(layers.alone.slice().buffer),
    new Uint8Array(layers.whole.slice().buffer),
  ];
  let binary = "";
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 8192) binary += String.fromCharCode(...part.subarray(i, i + 8192));
  }
  return btoa(binary);
}

/** A model, unpacked once; then only read. */
export class LearnedModel {
  readonly #concepts: Concepts;
  readonly #talk: Talk;
  readonly #alone: Float32Array;
  readonly #whole: Float32Array;
  readonly #features = new Features();
  readonly #scratch = new Features();
  readonly #cutters = [new Cutter(), new Cutter(), new Cutter(), new Cutter()];

  /** @param packed what {@link packModel} made */
  constructor(packed: string) {
    const binary = atob(packed);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
    const length = new DataView(bytes.buffer).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as ModelHead;
    let at = 4 + length;
    const take = (size: number) => bytes.slice(at, at += size);
    const forms = new Uint32Array(take(head.forms * 4).buffer);
    this.#concepts = new Concepts(forms, take(head.forms));
    this.#talk = head.talk;
    const layer = (scale: number) =>
      Float32Array.from(new Int8Array(take(FEATURES * K).buffer), (v) => v * scale);
    this.#alone = layer(head.scales.alone);
    this.#whole = layer(head.scales.whole);
  }

  /** Judges a prompt in its situation. Time grows with the lengths that are looked at, which are bounded. */
  judge(situation: Situation): Judgement {
    const parts = partsOf(situation, this.#concepts, this.#cutters);
    const features = this.#features;
    features.clear();
    utteranceFeatures(features, parts.prompt);
    const own = this.#probabilities(this.#alone, features);
    const alone = (one: Utterance): readonly number[] => one === parts.prompt ? own : this.#aloneOf(one);
    situationFeatures(features, situation, { parts, talk: this.#talk, alone });
    const chances = this.#probabilities(this.#whole, features);
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
      const at = promptWordFeature(tokens[i]!) * K;
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

/** The sentence of the assistant that a prompt of a few words answers. */
function leansOn({ before }: Situation, { prompt, offer }: Parts): string | undefined {
  if (before === "" || prompt.pieces.words > 3) return undefined;
  return offer.text;
}
