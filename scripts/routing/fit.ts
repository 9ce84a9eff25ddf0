/** Fits the learned model: two linear layers by stochastic gradient descent, with a fixed seed. */
import type { Kind } from "../../src/classifier/classification.ts";
import { classifyPrompt, situationOf } from "../../src/classifier/classify.ts";
import { conversationView } from "../../src/classifier/prompt/conversation.ts";
import type { MessageFacts, RequestFacts } from "../../src/model/request-facts.ts";
import { byteOf, type KnownFeature } from "../../src/classifier/learned/model.ts";
import type { Concepts } from "../../src/classifier/learned/concepts.ts";
import {
  favoured,
  Features,
  KINDS,
  lastSentence,
  MOST_FEATURES,
  type Parts,
  partsOf,
  type Situation,
  situationFeatures,
  type Talk,
  type Utterance,
  utteranceFeatures,
} from "../../src/classifier/learned/situation.ts";
import { randomNumbers } from "./random.ts";
import type { Turn } from "./sessions.ts";

const K = KINDS.length;

interface Sample {
  readonly indexes: Uint32Array;
  readonly values: Float32Array;
  readonly kind: number;
  readonly weight: number;
}

/** A layer's weights: a row of one weight a kind for each feature of the vocabulary. */
export type Weights = Float32Array;

export interface Fitted {
  readonly vocabulary: Vocabulary;
  /** For an utterance by itself. */
  readonly alone: Weights;
  /** For a prompt in its situation. */
  readonly whole: Weights;
}

/** The features that weights are fitted for: those of at least {@link LEAST_SESSIONS} sessions. */
class Vocabulary {
  /** Numbers by hash. */
  readonly numbers = new Map<number, number>();
  /** How many sessions hold each feature, by its number. */
  readonly sessions: number[] = [];
  readonly #last: string[] = [];
  #session: string | undefined;

  readonly find = (hash: number): number => {
    const number = this.numbers.get(hash);
    if (this.#session === undefined) return number ?? -1;
    if (number === undefined) {
      this.numbers.set(hash, this.sessions.length);
      this.sessions.push(1);
      this.#last.push(this.#session);
      return -1;
    }
    if (this.#last[number] !== this.#session) {
      this.#last[number] = this.#session;
      this.sessions[number]!++;
    }
    return -1;
  };

  /** Counts the features of `cuts`, and keeps those that are common enough. */
  constructor(cuts: readonly Cut[], talk: Talk) {
    const features = new Features(this.find, 0);
    for (const one of cuts) {
      this.#session = one.turn.session;
      features.clear();
      utteranceFeatures(features, one.parts.prompt);
      utteranceFeatures(features, one.parts.offer);
      utteranceFeatures(features, one.parts.previous);
      situationFeatures(features, one.situation, { parts: one.parts, talk, alone: () => EVEN });
    }
    this.#session = undefined;
    this.#keep((number) => this.sessions[number]! >= LEAST_SESSIONS);
  }

  /** Forgets all other features. */
  keep(kept: ReadonlySet<number>): void {
    this.#keep((number) => kept.has(number));
  }

  #keep(isKept: (number: number) => boolean): void {
    const kept: number[] = [];
    for (const [hash, number] of this.numbers) {
      if (!isKept(number)) this.numbers.delete(hash);
      else {
        this.numbers.set(hash, kept.length);
        kept.push(this.sessions[number]!);
      }
    }
    this.sessions.length = 0;
    for (const count of kept) this.sessions.push(count);
  }
}

/** Probabilities that say nothing. */
const EVEN: readonly number[] = KINDS.map(() => 1 / K);

/** Found by cross-validation on the training material. */
const RATE = 0.08;
const EPOCHS = 20;
const EPOCHS_ALONE = 8;
const EPOCHS_OF_CHOICE = 4;
/** Features that find a place in the weights file. */
const MOST_KEPT = 50_000;
const DECAY = 0.3;
const DECAY_OF_WEIGHTS = 1e-5;
const SMOOTHING = 0.02;
/** The share of a turn's features that is left out each time. */
const DROPPED = 0.4;
/** 0: every turn counts the same; 1: every kind does. */
const BALANCE = 0.05;
/** One fit each; the weights are their mean, which depends less on the order of the turns and on what was left out. */
const SEEDS = [1, 2, 3];
/** Rarer features are not looked at: they would be learned by heart. */
const LEAST_SESSIONS = 2;
/** What a turn on which readers may differ counts, as a share of what it would. */
const DOUBTFUL = 0.5;

export interface Material {
  readonly concepts: Concepts;
  readonly talk: Talk;
}

/** The request's facts that a client would send with a turn: what the classifier gets. */
export function factsOf(turn: Turn): RequestFacts {
  const messages: MessageFacts[] = [];
  for (const prompt of turn.previous.toReversed()) messages.push({ role: "user", texts: [prompt] });
  const tools = turn.tools ?? [];
  const calls = tools.map((tool, i) => ({ id: `${i}`, name: tool.replace(/:fail$/, ""), input: {} }));
  const results = tools.map((tool, i) => ({ id: `${i}`, isError: tool.endsWith(":fail"), text: "" }));
  if (calls.length > 0) {
    messages.push({ role: "assistant", texts: [], calls }, { role: "tool", texts: [], results });
  }
  if (turn.before !== "") messages.push({ role: "assistant", texts: [turn.before] });
  messages.push({ role: "user", texts: [turn.prompt] });
  return {
    dialect: "training",
    operation: "generate",
    model: "auto",
    stream: true,
    system: [],
    messages,
    hasImages: false,
    hasDocuments: false,
    toolCount: 1,
    toolNames: [],
    serverTools: [],
    outputKeys: [],
    approxTokens: 60_000,
    client: "unknown",
    hints: turn.planMode ? { mode: "plan" } : {},
  };
}

/** A turn, cut once: fitting goes over it many times. */
export interface Cut {
  readonly turn: Turn;
  readonly situation: Situation;
  readonly parts: Parts;
}

export function cut(turn: Turn, { concepts }: Material): Cut {
  const view = conversationView(factsOf(turn));
  const prompt = view.prompts[0] ?? { text: turn.prompt };
  const situation = situationOf(
    view.prompts.length > 0
      ? view
      : { ...view, prompts: [{ text: turn.prompt, speech: turn.prompt, pasted: false }] },
    classifyPrompt(prompt.text),
  );
  return { turn, situation, parts: partsOf(situation, concepts) };
}

/** Makes samples: what the features of a situation are, in the numbers of a vocabulary. */
class Sampler {
  readonly #features: Features;
  readonly #talk: Talk;

  constructor(vocabulary: Vocabulary, talk: Talk) {
    this.#features = new Features(vocabulary.find, vocabulary.sessions.length);
    this.#talk = talk;
  }

  /** Prompts by themselves, and agents' offers by the kind of the go-ahead that followed. */
  alone(cuts: readonly Cut[]): Sample[] {
    const samples: Sample[] = [];
    const add = (utterance: Utterance, turn: Turn, weight: number) => {
      this.#utterance(utterance);
      samples.push(this.#sample(turn.label, weight));
    };
    for (const { turn, parts } of cuts) {
      const { words } = parts.prompt.pieces;
      if (words > 2 || turn.previous.length === 0) add(parts.prompt, turn, weightOf(turn));
      if (
        parts.chosen || words <= 3 && /[?？]/.test(turn.before.slice(-80)) && lastSentence(turn.before) !== ""
      ) {
        add(parts.offer, turn, 0.7 * weightOf(turn));
      }
    }
    return samples;
  }

  whole(cuts: readonly Cut[], aloneOf: (turn: Turn) => Weights): Sample[] {
    return cuts.map((one) => {
      this.#situation(one, aloneOf(one.turn));
      return this.#sample(one.turn.label, weightOf(one.turn));
    });
  }

  /** Probabilities of a prompt in its situation. */
  scores({ alone, whole }: Fitted, one: Cut): number[] {
    const features = this.#situation(one, alone);
    return favoured(probabilities(whole, features.indexes.subarray(0, features.count), features.values));
  }

  #situation({ situation, parts }: Cut, weights: Weights): Features {
    const scores = new Map<Utterance, number[]>();
    for (const one of [parts.prompt, parts.offer, parts.previous, parts.older]) {
      const { indexes, values, count } = this.#utterance(one);
      scores.set(one, probabilities(weights, indexes.subarray(0, count), values));
    }
    const features = this.#utterance(parts.prompt);
    const alone = (utterance: Utterance): number[] => scores.get(utterance)!;
    situationFeatures(features, situation, { parts, talk: this.#talk, alone });
    return features;
  }

  #utterance(utterance: Utterance): Features {
    this.#features.clear();
    utteranceFeatures(this.#features, utterance);
    return this.#features;
  }

  #sample(kind: Kind, weight: number): Sample {
    const { indexes, values, count } = this.#features;
    return {
      indexes: indexes.slice(0, count),
      values: values.slice(0, count),
      kind: KINDS.indexOf(kind),
      weight,
    };
  }
}

const weightOf = ({ doubtful, weight = 1 }: Turn): number => doubtful ? weight * DOUBTFUL : weight;

/** Judges turns by fitted weights. */
export function judgeBy(fitted: Fitted, talk: Talk): (one: Cut) => number[] {
  const sampler = new Sampler(fitted.vocabulary, talk);
  return (one) => sampler.scores(fitted, one);
}

function probabilities(weights: Weights, indexes: Uint32Array, values: Float32Array): number[] {
  let a = 0, b = 0, c = 0, d = 0, e = 0;
  for (let i = 0; i < indexes.length; i++) {
    const at = indexes[i]! * K;
    const value = values[i]!;
    a += weights[at]! * value;
    b += weights[at + 1]! * value;
    c += weights[at + 2]! * value;
    d += weights[at + 3]! * value;
    e += weights[at + 4]! * value;
  }
  const most = Math.max(a, b, c, d, e);
  const powers = [a, b, c, d, e].map((sum) => Math.exp(sum - most));
  const total = powers.reduce((sum, power) => sum + power);
  return powers.map((power) => power / total);
}

/** A number for a session, the same each time. */
export function partOf(session: string, parts: number, salt: number): number {
  let hash = salt;
  for (let i = 0; i < session.length; i++) hash = (Math.imul(hash, 31) + session.charCodeAt(i)) >>> 0;
  return hash % parts;
}

/** Parts of the inner split: the second layer learns from what the first says of sessions that it has not seen. */
const INNER = 4;

export function fit(cuts: readonly Cut[], talk: Talk): Fitted {
  const vocabulary = new Vocabulary(cuts, talk);
  vocabulary.keep(importantOf(cuts, vocabulary, talk));
  const sampler = new Sampler(vocabulary, talk);
  const known = vocabulary.sessions.length;
  const alone = (some: readonly Cut[]) => descend(sampler.alone(some), known, EPOCHS_ALONE);
  const inner = Array.from(
    { length: INNER },
    (_, part) => alone(cuts.filter(({ turn }) => partOf(turn.session, INNER, 99) !== part)),
  );
  const samples = sampler.whole(cuts, (turn) => inner[partOf(turn.session, INNER, 99)]!);
  return { vocabulary, alone: alone(cuts), whole: descend(samples, known, EPOCHS) };
}

/** The numbers of the features that change most decisions, in a quick fit: how much they weigh, times how common they are. */
function importantOf(cuts: readonly Cut[], vocabulary: Vocabulary, talk: Talk): ReadonlySet<number> {
  const { sessions } = vocabulary;
  const weights = descend(
    new Sampler(vocabulary, talk).whole(cuts, () => new Float32Array(sessions.length * K)),
    sessions.length,
    EPOCHS_OF_CHOICE,
  );
  const importance = sessions.map((count, number) => spread(weights, number) * Math.sqrt(count));
  const order = importance.map((_, number) => number).sort((a, b) =>
    importance[b]! - importance[a]! || a - b
  );
  return new Set(order.slice(0, MOST_KEPT));
}

/** How differently a feature speaks for the kinds. */
function spread(weights: Weights, number: number): number {
  const row = weights.subarray(number * K, (number + 1) * K);
  return Math.max(...row) - Math.min(...row);
}

/** Multinomial logistic regression: the mean of the fits of {@link SEEDS}. */
function descend(samples: readonly Sample[], known: number, epochs: number): Weights {
  const sum = new Float32Array(known * K);
  for (const seed of SEEDS) {
    const weights = descendBy(seed, { samples, known, epochs });
    for (let i = 0; i < sum.length; i++) sum[i]! += weights[i]!;
  }
  return sum.map((value) => value / SEEDS.length);
}

/** One fit: the weights of the second half of the epochs, averaged. */
function descendBy(
  seed: number,
  { samples, known, epochs }: {
    readonly samples: readonly Sample[];
    readonly known: number;
    readonly epochs: number;
  },
): Weights {
  const weights = new Float32Array(known * K);
  const sum = new Float32Array(known * K);
  const counts = new Array<number>(K).fill(1);
  for (const { kind } of samples) counts[kind]!++;
  const balance = counts.map((count) => Math.pow(samples.length / K / count, BALANCE));
  const order = samples.map((_, i) => i);
  const next = randomNumbers(seed);
  const thinner = new Thinner(next);
  let summed = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, next);
    const rate = RATE / (1 + epoch * DECAY);
    for (const i of order) {
      const some = thinner.thinned(samples[i]!);
      step(weights, some, rate * balance[some.kind]!);
    }
    if (epoch < epochs / 2) continue;
    summed++;
    for (let i = 0; i < sum.length; i++) sum[i]! += weights[i]!;
  }
  return sum.map((value) => value / summed);
}

/** Samples without some of their features, so that none is relied upon alone. Uses its memory again for the next one. */
class Thinner {
  readonly #indexes = new Uint32Array(MOST_FEATURES);
  readonly #values = new Float32Array(MOST_FEATURES);
  readonly #next: () => number;

  constructor(next: () => number) {
    this.#next = next;
  }

  thinned(sample: Sample): Sample {
    const { indexes, values } = sample;
    let count = 0;
    for (let i = 0; i < indexes.length; i++) {
      if (this.#next() < DROPPED) continue;
      this.#indexes[count] = indexes[i]!;
      this.#values[count++] = values[i]! / (1 - DROPPED);
    }
    return {
      ...sample,
      indexes: this.#indexes.subarray(0, count),
      values: this.#values.subarray(0, count),
    };
  }
}

function step(weights: Weights, { indexes, values, kind, weight }: Sample, rate: number): void {
  const errors = probabilities(weights, indexes, values).map((chance, k) =>
    rate * weight * (chance - (k === kind ? 1 - SMOOTHING : SMOOTHING / (K - 1)))
  );
  const shrink = 1 - rate * DECAY_OF_WEIGHTS;
  for (let i = 0; i < indexes.length; i++) {
    const at = indexes[i]! * K;
    const value = values[i]!;
    for (let k = 0; k < K; k++) weights[at + k] = weights[at + k]! * shrink - errors[k]! * value;
  }
}

function shuffle(order: number[], next: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
}

/** The fitted features as bytes, those that may change most decisions first: how common they are, times their weight. */
export function knownFeatures(
  { vocabulary, alone, whole }: Fitted,
  largest: { readonly alone: number; readonly whole: number },
): KnownFeature[] {
  const features: { readonly importance: number; readonly feature: KnownFeature }[] = [];
  for (const [hash, number] of vocabulary.numbers) {
    const bytes = (weights: Weights, most: number) =>
      Array.from(weights.subarray(number * K, (number + 1) * K), (weight) => byteOf(weight, most));
    features.push({
      importance: (spread(whole, number) + spread(alone, number)) * Math.sqrt(vocabulary.sessions[number]!),
      feature: { hash, alone: bytes(alone, largest.alone), whole: bytes(whole, largest.whole) },
    });
  }
  return features.sort((a, b) => b.importance - a.importance || a.feature.hash - b.feature.hash)
    .map(({ feature }) => feature);
}
