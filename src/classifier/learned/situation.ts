/**
 * The situation in which a prompt was typed, as features: numbers of a fixed range with a value each. Training and
 * decisions use this same file. Pure.
 */
import type { Kind } from "../classification.ts";
import type { Concepts } from "./concepts.ts";
import { hashOf, joined } from "./hash.ts";
import { type Cutter, normalized, type Pieces, piecesOf, SORTS } from "./text.ts";

/** The kinds, in the order of the model's scores. */
export const KINDS: readonly Kind[] = ["think", "plan_implementation", "build", "background", "default"];

/**
 * How much more a kind's probability counts, in the order of {@link KINDS}: plans of an implementation are rare, and the
 * fit takes too many of them for orders to build. Found by cross-validation: more of them are right, and no fewer of all.
 */
const FAVOURED: readonly number[] = [1, 2, 1, 1, 1];

/** Probabilities, with the kinds favoured that the fit underrates; they sum to 1 again. */
export function favoured(chances: readonly number[]): number[] {
  const total = chances.reduce((sum, chance, k) => sum + chance * FAVOURED[k]!, 0);
  return chances.map((chance, k) => chance * FAVOURED[k]! / total);
}

/** What the model looks at. */
export interface Situation {
  /** The user's own words, without what was pasted; where that leaves nothing, with it. */
  readonly prompt: string;
  /** Code, a log, a table or the like was pasted. */
  readonly pasted: boolean;
  /** The end of the assistant's last text; "" where there is none. */
  readonly before: string;
  /** The prompt before it; "" where there is none. */
  readonly previous: string;
  /** The prompt before that one: what a "yes" or "go on" between them continued; "" where there is none. */
  readonly older: string;
  /** How many prompts came before. */
  readonly earlier: number;
  /** What the agent's tools did since the prompt before; undefined: it called none. */
  readonly activity?: { readonly edits: boolean; readonly failures: boolean; readonly last: string };
  readonly planMode: boolean;
  /** What the word lists say. */
  readonly words: { readonly kind: Kind; readonly found: boolean; readonly complexity: number };
}

/** Names under which a text's pieces are weighed. The short prompt's context has names of its own. */
const UNDER = {
  prompt: 1,
  before: 2,
  beforeOneWord: 3,
  beforeFewWords: 4,
  previous: 5,
  /** The agent's last sentence; the numbers after it are for each sort of reply. */
  offer: 10,
};

/** Finds the number of a feature by its hash; -1: the model does not know it. */
export type FindFeature = (hash: number) => number;

/** The concepts that answer or urge the agent, by name: the model looks at what they answer. */
const TALK = [
  "yes",
  "no",
  "ok",
  "go_ahead",
  "continue",
  "thanks",
  "praise",
  "choice_word",
  "try_again",
  "did_it",
  "please",
];
/** Those that react and ask for nothing, those that refuse, and those that agree. */
const REACTING = ["thanks", "praise", "complaint", "laugh", "works_now", "hello", "sorry"];
const REFUSING = ["no", "wait", "never_mind", "stop"];
const AGREEING = ["yes", "ok", "go_ahead", "continue", "please"];

const seedOf = (under: number): number => Math.imul(under + 1, 0x85ebca6b);

/** The hash of the feature that a word of the prompt is. */
export function promptWordFeature(word: string): number {
  return joined(hashOf(word, SORTS.word) ^ seedOf(UNDER.prompt), SORTS.word);
}

/** How the pieces of a text weigh. */
interface Weighing {
  readonly weight: number;
  /** Of concepts, times `weight`. @default 1 */
  readonly conceptWeight?: number;
  /** Runs of letters, too. @default true */
  readonly letters?: boolean;
}

/** The features other than text, by number. */
const FLAG = {
  length: 900,
  question: 901,
  asks: 902,
  fence: 903,
  address: 904,
  stack: 905,
  failure: 906,
  exclamation: 907,
  first: 908,
  planMode: 910,
  pasted: 911,
  words: 912,
  wordsByLength: 913,
  complexity: 914,
  asked: 915,
  noTools: 916,
  edits: 917,
  failures: 918,
  lastTool: 919,
  both: 920,
  after: 921,
  lines: 922,
  talk: 923,
  alone: 924,
  aloneByLength: 925,
  offer: 926,
  anyOffer: 927,
  previous: 928,
  reply: 929,
  older: 930,
  trail: 931,
  listed: 932,
} as const;

const WORK: readonly string[] = ["edit", "command", "other"];

/** Features of a situation that are looked at. */
export const MOST_FEATURES = 8192;

/** Collects the features that a model knows; each is kept once. Made once and cleared for each situation. */
export class Features {
  readonly indexes = new Uint32Array(MOST_FEATURES);
  readonly values = new Float32Array(MOST_FEATURES);
  count = 0;
  readonly #find: FindFeature;
  readonly #seen: Uint32Array;
  #round = 0;

  /** @param known how many features the model knows: their numbers are below */
  constructor(find: FindFeature, known: number) {
    this.#find = find;
    this.#seen = new Uint32Array(known);
  }

  clear(): void {
    this.count = 0;
    this.#round++;
  }

  add(hash: number, value: number): void {
    const index = this.#find(hash);
    if (index < 0 || this.#seen[index] === this.#round || this.count === MOST_FEATURES) return;
    this.#seen[index] = this.#round;
    this.indexes[this.count] = index;
    this.values[this.count++] = value;
  }

  /** A feature of small numbers: what it is, and how it is. */
  flag(name: number, a: number, b: number, value: number): void {
    this.add(joined(joined(name + 1, a + 7), b + 13), value);
  }

  /** A text's pieces under a name, so that the same words weigh differently as prompt and as answer. */
  text(pieces: Pieces, under: number, { weight, conceptWeight = 1, letters = true }: Weighing): void {
    const { hashes, sorts, count, bySort } = pieces;
    const words = bySort[SORTS.word]! + bySort[SORTS.pair]! + bySort[SORTS.character]!;
    const byWord = weight / Math.sqrt(Math.max(4, words));
    const byLetters = letters ? weight / Math.sqrt(Math.max(8, bySort[SORTS.letters]!)) : 0;
    const byConcept = weight * conceptWeight / Math.sqrt(Math.max(3, bySort[SORTS.concept]!));
    const values = [byWord, byWord, byLetters, byWord, byConcept, 0.5, 0.5, byConcept];
    const seed = seedOf(under);
    for (let i = 0; i < count; i++) {
      const sort = sorts[i]!;
      const value = values[sort]!;
      if (value !== 0) this.add(joined(hashes[i]! ^ seed, sort), value);
    }
  }
}

const QUESTION = /[?？؟]/;
const ENDS_IN_QUESTION = /[?？؟]["')*\s]*$/;

const bucketOf = (words: number): number =>
  words === 0
    ? 0
    : words <= 1
    ? 1
    : words <= 3
    ? 2
    : words <= 6
    ? 3
    : words <= 12
    ? 4
    : words <= 25
    ? 5
    : words <= 60
    ? 6
    : words <= 150
    ? 7
    : 8;

/** The beginning and the end of a text. */
function ends(text: string, first: number, last: number): string {
  return text.length <= first + last ? text : `${text.slice(0, first)} … ${text.slice(-last)}`;
}

/** The last sentence of an answer; the last two where the last is very short. */
export function lastSentence(before: string): string {
  const parts = before.trim().replace(/[*_`]/g, "").split(/(?<=[.!?。！？？])\s+|\n+/).filter((part) =>
    part.trim() !== ""
  );
  const last = parts.at(-1) ?? "";
  return last.length < 25 && parts.length > 1 ? parts.slice(-2).join(" ") : last;
}

/** A choice: "2", "b)", "option 2", "the first", "2, but shorter", "方案二" with a number. */
const CHOICE =
  /^\W*(?:(?:ok|yes|and|then|option|variante?|number|nr?|the|let's|do|take|go|with|nimm|le|la|el|方案|选|第|案|선택|вариант|варіант|opsi|cách|one)[\s#.:]{0,2}){0,4}(\d{1,2}|[a-f]|first|second|third|last|一|二|三|первый|второй)(?=\W*$|\s?[.,:)&+]|\s(?:and|but|please|pls|one|und|bitte|option|y|et|и)(?!\p{L})|[个個番种号번])/iu;

/** What words for a place in a list come to. */
const PLACES_IN_LIST: Readonly<Record<string, number>> = {
  first: 1,
  second: 2,
  third: 3,
  一: 1,
  二: 2,
  三: 3,
  первый: 1,
  второй: 2,
};

/** The head of an option: "1.", "2)", "**a)**", "- B:", "方案 A：", inside a line, too. */
const OPTION =
  /(?:^|[\s（(*])(?:option |方案\s?|variante? )?(\d{1,2}|[a-f])(?:[.):：、）]|\*\*:?)+\*{0,2}\s*(?=\S)/giu;

/** Characters of a prompt that may be a choice, and of an option. */
const LONGEST_CHOICE = 40;
const LONGEST_OPTION = 200;

/** The text of the option that a short prompt chooses from what the assistant offered. */
export function chosenOption(prompt: string, before: string): string | undefined {
  if (before === "" || prompt.length > LONGEST_CHOICE) return undefined;
  const choice = CHOICE.exec(prompt)?.[1]?.toLowerCase();
  if (choice === undefined) return undefined;
  const heads = [...before.matchAll(OPTION)];
  if (heads.length < 2) return undefined;
  const place = PLACES_IN_LIST[choice] ??
    (/^(?:erst)/.test(choice) ? 1 : /^zweit/.test(choice) ? 2 : undefined);
  const wanted = choice === "last"
    ? heads.length - 1
    : place === undefined
    ? named(heads, choice)
    : place - 1;
  const head = heads[wanted];
  if (head === undefined) return undefined;
  const from = head.index! + head[0].length;
  const end = heads[wanted + 1]?.index ?? before.length;
  return before.slice(from, Math.min(end, from + LONGEST_OPTION)).split("\n")[0]!
    .replace(/[\s,;]+(?:or|and|oder|ou|o|или|または|还是)?\s*$/i, "").trim() || undefined;
}

/** The option with a name; a number names a letter, too: "1" is "a)". */
function named(heads: readonly RegExpMatchArray[], choice: string): number {
  const exact = heads.findLastIndex((head) => head[1]!.toLowerCase() === choice);
  if (exact >= 0) return exact;
  const number = /\d/.test(choice) ? Number(choice) : choice.charCodeAt(0) - 96;
  return /\d/.test(heads[0]![1]!) === /\d/.test(choice) ? -1 : number - 1;
}

/** One utterance by itself: a prompt, or the offer of an agent. */
export interface Utterance {
  readonly text: string;
  readonly pieces: Pieces;
  readonly bucket: number;
  readonly asks: boolean;
}

function utterance(text: string, concepts: Concepts, cutter?: Cutter): Utterance {
  const trimmed = text.trim();
  const pieces = piecesOf(normalized(ends(trimmed, 400, 200)), concepts, true, cutter);
  return { text: trimmed, pieces, bucket: bucketOf(pieces.words), asks: ENDS_IN_QUESTION.test(trimmed) };
}

/** The features of one utterance by itself. */
export function utteranceFeatures(features: Features, { text, pieces, bucket, asks }: Utterance): void {
  features.text(pieces, UNDER.prompt, { weight: 1.5, conceptWeight: 1.2 });
  pieces.head.forEach((hash, i) => {
    if (hash !== 0) features.add(joined(hash, 50 + i), 0.5);
  });
  if (pieces.head[1] !== 0) features.add(joined(joined(pieces.head[0]!, pieces.head[1]!), 54), 0.5);
  features.add(joined(pieces.last, 55), 0.5);
  features.flag(FLAG.length, bucket, 0, 0.5);
  if (QUESTION.test(text)) features.flag(FLAG.question, 0, 0, 0.5);
  features.flag(FLAG.asks, Number(asks), bucket, 0.5);
  features.flag(FLAG.lines, Math.min(5, Math.floor(Math.log2(lineCount(text)))), 0, 0.5);
  if (text.includes("```")) features.flag(FLAG.fence, 0, 0, 0.5);
  if (/https?:\/\//.test(text)) features.flag(FLAG.address, 0, 0, 0.5);
  if (/^\s*(at |File ")/m.test(text)) features.flag(FLAG.stack, 0, 0, 0.5);
  if (/\b(error|exception|traceback|warn(ing)?|failed)\b/i.test(text)) features.flag(FLAG.failure, 0, 0, 0.5);
  if (/[!！]/.test(text)) features.flag(FLAG.exclamation, 0, 0, 0.5);
}

function lineCount(text: string): number {
  let lines = 1;
  for (let at = text.indexOf("\n"); at !== -1 && lines < 64; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

/** Scores of one utterance by itself, in the order of {@link KINDS}. */
export type Alone = (utterance: Utterance) => readonly number[];

/** The parts of a situation, cut once. */
export interface Parts {
  readonly prompt: Utterance;
  /** The option that the prompt chooses, or the assistant's last sentence. */
  readonly offer: Utterance;
  readonly chosen: boolean;
  readonly before: Pieces;
  readonly previous: Utterance;
  readonly older: Utterance;
}

export function partsOf(situation: Situation, concepts: Concepts, cutters?: readonly Cutter[]): Parts {
  const [prompt, offer, before, previous, older] = cutters ?? [];
  const option = chosenOption(situation.prompt, situation.before);
  return {
    prompt: utterance(situation.prompt, concepts, prompt),
    offer: utterance(option ?? lastSentence(situation.before), concepts, offer),
    chosen: option !== undefined,
    before: piecesOf(normalized(situation.before.slice(-350)), concepts, false, before),
    previous: utterance(ends(situation.previous.trim(), 200, 100), concepts, previous),
    older: utterance(ends(situation.older.trim(), 120, 60), concepts, older),
  };
}

/**
 * The features of a prompt in its situation, added to those of the prompt by itself.
 *
 * @param talk the ids of the concepts TALK and AGREEING, see {@link talkOf}
 */
export function situationFeatures(
  features: Features,
  situation: Situation,
  { parts, talk, alone }: { readonly parts: Parts; readonly talk: Talk; readonly alone: Alone },
): void {
  const { prompt, offer, before, previous } = parts;
  const brevity = prompt.pieces.words <= 2 ? 2 : prompt.pieces.words <= 6 ? 1 : 0;
  const asked = ENDS_IN_QUESTION.test(situation.before);
  features.flag(FLAG.first, Number(situation.earlier === 0), 0, 0.5);
  if (situation.planMode) features.flag(FLAG.planMode, 0, 0, 1);
  if (situation.pasted) features.flag(FLAG.pasted, prompt.bucket, 0, 0.5);
  const { kind, found, complexity } = situation.words;
  features.flag(FLAG.words, KINDS.indexOf(kind), 0, 0.6);
  features.flag(FLAG.wordsByLength, KINDS.indexOf(kind) * 2 + Number(found), prompt.bucket, 0.5);
  features.flag(FLAG.complexity, Math.round(complexity * 5), 0, 0.3);
  features.flag(FLAG.asked, Number(asked), brevity, 0.5);
  for (const id of talk.all) {
    if (prompt.pieces.concepts.has(id)) features.flag(FLAG.talk, id, Number(asked) * 3 + brevity, 0.5);
  }
  const reply = brevity === 0 ? REPLY.none : replyOf(parts, talk);
  if (situation.before !== "") {
    features.flag(FLAG.listed, itemsIn(situation.before), Number(asked) * 3 + brevity, 0.4);
    const under = [UNDER.before, UNDER.beforeFewWords, UNDER.beforeOneWord][brevity]!;
    features.text(before, under, { weight: [0.5, 1, 1.2][brevity]! });
    if (brevity > 0) {
      features.text(offer.pieces, UNDER.offer + 1 + reply, {
        weight: 1.5,
        conceptWeight: 1.2,
      });
      features.flag(FLAG.reply, reply, Number(asked), 0.6);
    } else features.text(offer.pieces, UNDER.offer, { weight: 0.5, letters: false });
  }
  activityFeatures(features, situation, brevity);
  if (situation.earlier > 0) {
    features.text(previous.pieces, UNDER.previous, {
      weight: brevity > 0 ? 0.6 : 0.3,
      letters: false,
    });
  }
  aloneFeatures(features, situation, parts, { brevity, asked, reply, alone });
}

const ITEM = /(?:^|[\s（(*])(?:\d{1,2}|[a-f])[.):）、]/giu;
/** More items of a list say nothing more. */
const MOST_ITEMS = 4;

/** How many numbered items the end of an answer has: options, or the steps of a plan. */
function itemsIn(before: string): number {
  return Math.min(MOST_ITEMS, before.match(ITEM)?.length ?? 0);
}

function activityFeatures(features: Features, { activity }: Situation, brevity: number): void {
  if (activity === undefined) return features.flag(FLAG.noTools, brevity, 0, 0.4);
  features.flag(FLAG.edits, Number(activity.edits), brevity, 0.4);
  features.flag(FLAG.failures, Number(activity.failures), 0, 0.3);
  features.flag(FLAG.lastTool, WORK.indexOf(activity.last), brevity, 0.3);
}

/** What a short prompt is to the agent's last sentence. */
const REPLY = {
  none: 0,
  agrees: 1,
  reacts: 2,
  refuses: 3,
  wordless: 4,
  other: 5,
  echoes: 6,
  chooses: 7,
} as const;

function replyOf({ prompt: { pieces, text }, offer, chosen }: Parts, talk: Talk): number {
  if (chosen) return REPLY.chooses;
  if (!/[\p{L}\p{N}]/u.test(text)) return REPLY.wordless;
  const says = (ids: readonly number[]) => ids.some((id) => pieces.concepts.has(id));
  if (says(talk.refusing)) return REPLY.refuses;
  if (says(talk.agreeing)) return REPLY.agrees;
  // "Merge it" after "Shall I merge it?"
  for (const id of pieces.concepts) {
    if (offer.pieces.concepts.has(id) && !talk.all.includes(id)) return REPLY.echoes;
  }
  return says(talk.reacting) ? REPLY.reacts : REPLY.other;
}

interface Context {
  readonly brevity: number;
  readonly asked: boolean;
  readonly reply: number;
  readonly alone: Alone;
}

/** What the prompt, the agent's last sentence and the previous prompt mean by themselves. */
function aloneFeatures(
  features: Features,
  situation: Situation,
  { prompt, offer, previous, older }: Parts,
  context: Context,
): void {
  const { brevity, asked, reply, alone } = context;
  const put = (name: number, how: number, scores: readonly number[], weight: number): number => {
    let top = 0;
    for (let k = 0; k < KINDS.length; k++) {
      if (scores[k]! > scores[top]!) top = k;
      features.flag(name, how, k, scores[k]! * weight);
    }
    features.flag(name, how, 8 + top, weight / 2);
    return top;
  };
  const own = alone(prompt);
  const ownTop = put(FLAG.alone, 0, own, 1.5);
  put(FLAG.aloneByLength, brevity, own, 0.7);
  if (situation.before !== "") {
    const offered = alone(offer);
    put(FLAG.offer, reply * 8 + brevity * 2 + Number(asked), offered, 1.5);
    const offerTop = put(FLAG.anyOffer, Number(asked), offered, 0.4);
    features.flag(FLAG.both, ownTop * 8 + offerTop, brevity * 2 + Number(asked), 0.7);
  }
  if (situation.earlier > 0) {
    const previousTop = put(FLAG.previous, brevity, alone(previous), 0.7);
    features.flag(FLAG.after, ownTop * 8 + previousTop, brevity, 0.5);
    if (situation.earlier > 1) {
      const olderTop = put(FLAG.older, brevity, alone(older), 0.5);
      features.flag(FLAG.trail, previousTop * 8 + olderTop, ownTop, 0.5);
    }
  }
}

/** The ids of the concepts that answer the agent. */
export interface Talk {
  readonly all: readonly number[];
  readonly agreeing: readonly number[];
  readonly reacting: readonly number[];
  readonly refusing: readonly number[];
}

/** @param names the concepts' names, by id */
export function talkOf(names: readonly string[]): Talk {
  const ids = (wanted: readonly string[]) =>
    wanted.map((name) => names.indexOf(name)).filter((id) => id >= 0);
  return { all: ids(TALK), agreeing: ids(AGREEING), reacting: ids(REACTING), refusing: ids(REFUSING) };
}
