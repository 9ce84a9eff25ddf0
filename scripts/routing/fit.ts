/** Fits the learned model: two linear layers by stochastic gradient descent, with a fixed seed. */
import type { Kind } from "../../src/classifier/classification.ts";
import { classifyPrompt, situationOf } from "../../src/classifier/classify.ts";
import { conversationView } from "../../src/classifier/prompt/conversation.ts";
import type { MessageFacts, RequestFacts } from "../../src/model/request-facts.ts";
import type { Concepts } from "../../src/classifier/learned/concepts.ts";
import {
  FEATURES,
  Features,
  KINDS,
  lastSentence,
  type Parts,
  partsOf,
  type Situation,
  situationFeatures,
  type Talk,
  type Utterance,
  utteranceFeatures,
} from "../../src/classifier/learned/situation.ts";
import type { Turn } from "./sessions.ts";

const K = KINDS.length;

interface Sample {
  readonly indexes: Uint16Array;
  readonly values: Float32Array;
  readonly kind: number;
  readonly weight: number;
}

/** A layer's weights: FEATURES rows of one weight a kind. */
export type Weights = Float32Array;

export interface Fitted {
  /** For an utterance by itself. */
  readonly alone: Weights;
  /** For a prompt in its situation. */
  readonly whole: Weights;
}

/** Found by cross-validation on the training material. */
const RATE = 0.08;
const EPOCHS = 20;
const DECAY = 0.3;
const DECAY_OF_WEIGHTS = 1e-5;
const SMOOTHING = 0.02;
/** 0: every turn counts the same; 1: every kind does. */
const BALANCE = 0.2;
const SEED = 1;
/** Of a turn on which readers may differ. */
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
    structuredOutput: false,
    outputKeys: [],
    thinking: false,
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

const features = new Features();

function sample(kind: Kind, weight: number): Sample {
  return {
    indexes: features.indexes.slice(0, features.count),
    values: features.values.slice(0, features.count),
    kind: KINDS.indexOf(kind),
    weight,
  };
}

const weightOf = (turn: Turn): number => turn.doubtful ? DOUBTFUL : 1;

/** Prompts by themselves, and agents' offers by the kind of the go-ahead that followed. */
function aloneSamples(cuts: readonly Cut[]): Sample[] {
  const samples: Sample[] = [];
  const add = (utterance: Utterance, turn: Turn, weight: number) => {
    features.clear();
    utteranceFeatures(features, utterance);
    samples.push(sample(turn.label, weight));
  };
  for (const { turn, parts } of cuts) {
    const { words } = parts.prompt.pieces;
    if (words > 2 || turn.previous.length === 0) add(parts.prompt, turn, weightOf(turn));
    if (words <= 3 && /[?？]/.test(turn.before.slice(-80)) && lastSentence(turn.before) !== "") {
      add(parts.offer, turn, 0.7 * weightOf(turn));
    }
  }
  return samples;
}

function wholeSamples(cuts: readonly Cut[], talk: Talk, aloneOf: (turn: Turn) => Weights): Sample[] {
  return cuts.map(({ turn, situation, parts }) => {
    const weights = aloneOf(turn);
    const scores = new Map<Utterance, number[]>();
    const alone = (utterance: Utterance): number[] => scores.get(utterance)!;
    for (const one of [parts.prompt, parts.offer, parts.previous]) scores.set(one, aloneScores(weights, one));
    features.clear();
    utteranceFeatures(features, parts.prompt);
    situationFeatures(features, situation, { parts, talk, alone });
    return sample(turn.label, weightOf(turn));
  });
}

/** Probabilities of an utterance by itself. */
export function aloneScores(weights: Weights, utterance: Utterance): number[] {
  features.clear();
  utteranceFeatures(features, utterance);
  return probabilities(weights, features.indexes.subarray(0, features.count), features.values);
}

/** Probabilities of a prompt in its situation. */
export function wholeScores({ alone, whole }: Fitted, { situation, parts }: Cut, talk: Talk): number[] {
  const scores = new Map<Utterance, number[]>();
  for (const one of [parts.prompt, parts.offer, parts.previous]) scores.set(one, aloneScores(alone, one));
  features.clear();
  utteranceFeatures(features, parts.prompt);
  situationFeatures(features, situation, { parts, talk, alone: (utterance) => scores.get(utterance)! });
  return probabilities(whole, features.indexes.subarray(0, features.count), features.values);
}

function probabilities(weights: Weights, indexes: Uint16Array, values: Float32Array): number[] {
  const sums = new Array<number>(K).fill(0);
  for (let i = 0; i < indexes.length; i++) {
    for (let k = 0; k < K; k++) sums[k]! += weights[indexes[i]! * K + k]! * values[i]!;
  }
  const most = Math.max(...sums);
  const powers = sums.map((sum) => Math.exp(sum - most));
  const total = powers.reduce((a, b) => a + b);
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
  const inner = Array.from(
    { length: INNER },
    (_, part) =>
      descend(aloneSamples(cuts.filter(({ turn }) => partOf(turn.session, INNER, 99) !== part)), 8),
  );
  const whole = descend(wholeSamples(cuts, talk, (turn) => inner[partOf(turn.session, INNER, 99)]!), EPOCHS);
  return { alone: descend(aloneSamples(cuts), 8), whole };
}

/** Multinomial logistic regression; the weights of the second half of the epochs, averaged. */
function descend(samples: readonly Sample[], epochs: number): Weights {
  const weights = new Float32Array(FEATURES * K);
  const sum = new Float32Array(FEATURES * K);
  const counts = new Array<number>(K).fill(1);
  for (const { kind } of samples) counts[kind]!++;
  const balance = counts.map((count) => Math.pow(samples.length / K / count, BALANCE));
  const order = samples.map((_, i) => i);
  const next = randomNumbers(SEED);
  let summed = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, next);
    const rate = RATE / (1 + epoch * DECAY);
    for (const i of order) step(weights, samples[i]!, rate * balance[samples[i]!.kind]!);
    if (epoch < epochs / 2) continue;
    summed++;
    for (let i = 0; i < sum.length; i++) sum[i]! += weights[i]!;
  }
  return sum.map((value) => value / summed);
}

function step(weights: Weights, { indexes, values, kind, weight }: Sample, rate: number): void {
  const chances = probabilities(weights, indexes, values);
  for (let k = 0; k < K; k++) {
    const target = k === kind ? 1 - SMOOTHING : SMOOTHING / (K - 1);
    const error = (chances[k]! - target) * weight;
    if (Math.abs(error) < 1e-4) continue;
    for (let i = 0; i < indexes.length; i++) {
      const at = indexes[i]! * K + k;
      weights[at]! -= rate * (error * values[i]! + DECAY_OF_WEIGHTS * weights[at]!);
    }
  }
}

function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

function shuffle(order: number[], next: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
}
