/** Which kind of work a request is, and why. Pure: the same request and words give the same answer. */
import type { ExtraWords } from "../config/config.ts";
import type { RequestFacts } from "../model/request-facts.ts";
import type { Classification, Kind, Learnable } from "./classification.ts";
import { complexity } from "./complexity.ts";
import { decide, explain } from "./decide.ts";
import { excerpt } from "./prompt/excerpt.ts";
import { housekeeping } from "./housekeeping.ts";
import { programmingLanguage } from "./language/programming.ts";
import { lexica } from "./words/lexicon.ts";
import { mask } from "./prompt/mask.ts";
import { match } from "./match.ts";
import { negated } from "./negation.ts";
import type { CorrectedModel } from "./learned/corrections.ts";
import type { Judgement } from "./learned/model.ts";
import { learnedModel } from "./learned/weights.ts";
import { KINDS, type Situation } from "./learned/situation.ts";
import { type ConversationView, conversationView, type PromptView } from "./prompt/conversation.ts";
import { signalOf } from "./signals.ts";
import { reportsInRow, stuckOn } from "./stuck.ts";
import { workOf } from "../clients/tools.ts";
import { MASK, tokenize } from "./tokens.ts";
import { naturalLanguage } from "./language/natural.ts";
import { counted } from "../text/format.ts";

/** What the user's words alone say. */
export interface PromptClassification {
  readonly kind: Kind;
  readonly matched: readonly string[];
  readonly language?: string;
  readonly complexity: number;
  readonly why: string;
  /** The rule of the word "plan" decided, which no weighing overrides. */
  readonly rule?: "plan";
}

/** What decides about a conversation; see {@link judge}. */
export type Judge = (view: ConversationView, extra?: ExtraWords) => Judged;

/** A decision about a prompt in its conversation. */
export interface Judged extends PromptClassification {
  /** Probabilities by kind; undefined: a rule or a signal decided. */
  readonly scores?: Readonly<Record<Kind, number>>;
  /** The kind with the next best score. */
  readonly next?: Kind;
  /** The words that weighed most for the kind, heaviest first. */
  readonly weights?: Judgement["words"];
  readonly carriesOutPlan?: true;
  /** What a correction would learn from; undefined: nobody learns. */
  readonly learnable?: Learnable;
}

/**
 * Classifies a request: the client's own housekeeping is `background`, a request without words of the user is `default`,
 * anything else is decided by the user's latest prompt in its conversation.
 *
 * @param extra the user's own words (`[router.words]`); compiled once an object, so pass the same one each time
 * @param by {@link judge}, or a function that remembers its answers
 * @param earlier what is known of the turn and is not in the request
 */
export function classify(
  facts: RequestFacts,
  extra?: ExtraWords,
  by: Judge = judge,
  earlier: Earlier = {},
): Classification {
  const view = conversationView(facts);
  const prompt = view.prompts[0];
  const words = { continuesTurn: view.continuesTurn, ...(prompt?.text ? { prompt: prompt.text } : {}) };
  const chore = housekeeping(facts, words);
  const common = { isSubagent: facts.hints.subagent === true, continuesTurn: view.continuesTurn };
  if (chore !== undefined) {
    return {
      ...common,
      kind: "background",
      matched: [],
      prompt: words.prompt,
      complexity: 0,
      isHousekeeping: true,
      housekeeping: chore,
      why: `the client's own housekeeping (${chore}) → background`,
    };
  }
  if (prompt === undefined) return { ...common, ...withoutPrompt(earlier) };
  const reports = reportsInRow(view.prompts, earlier.kind === undefined ? undefined : earlier.reports ?? 0);
  const stuck = stuckOn(view, reports);
  return {
    ...common,
    ...by(view, extra),
    ...(reports !== 0 && { reports }),
    ...(stuck !== undefined && { stuck }),
    prompt: words.prompt,
    isHousekeeping: false,
  };
}

/** What is known of a request's turn though the request does not hold it: its provider keeps what came before. */
export interface Earlier {
  readonly kind?: Kind;
  /** How many prompts, one after the other, reported a failure. @default 0 */
  readonly reports?: number;
}

/** A request without words of the user: the turn that it continues, or ordinary work. */
function withoutPrompt(
  { kind, reports }: Earlier,
): Pick<Classification, "kind" | "matched" | "complexity" | "isHousekeeping" | "reports" | "why"> {
  const nothing = { matched: [], complexity: 0, isHousekeeping: false };
  if (kind === undefined) {
    return { ...nothing, kind: "default", why: "no words of the user in the request → default" };
  }
  return {
    ...nothing,
    kind,
    ...(reports === undefined ? {} : { reports }),
    why: `it continues a turn of the kind ${kind} → ${kind}`,
  };
}

/**
 * Decides about the latest prompt of a conversation: what the agent says outright, then the absolute rules of the word
 * "plan" and the user's own words, then the learned model.
 */
export function judge(view: ConversationView, extra?: ExtraWords): Judged {
  const prompt = view.prompts[0]!;
  const words = classifyPrompt(prompt.text, extra);
  const signal = signalOf(view);
  if (signal !== undefined && !(view.hints.mode === "plan" && words.rule === "plan")) {
    const { kind, because, isMode, ...marks } = signal;
    const what = isMode === true && isAboutSteps(view, words) ? "plan_implementation" : kind;
    return { ...words, ...marks, kind: what, why: `${because} → ${what}` };
  }
  if (words.rule !== undefined) return words;
  if (extra !== undefined && isExtended(extra) && classifyPrompt(prompt.text).kind !== words.kind) {
    return words;
  }
  const judgement = learnedModel().judge(situationOf(view, words));
  return weighed(view, words, isSettledByWords(view, words, judgement) ? swapped(judgement) : judgement);
}

/** Whether what is planned in plan mode are the steps of an implementation: they are named, answered or changed. */
function isAboutSteps(view: ConversationView, words: PromptClassification): boolean {
  const { scores } = learnedModel().judge(situationOf(view, words));
  return scores.plan_implementation > scores.think && scores.plan_implementation > LEAST_PLANNED;
}

const LEAST_PLANNED = 0.25;

/** A first prompt has no conversation: where the model wavers between two kinds and its words name the second, that is it. */
const WAVERS = 0.25;

function isSettledByWords(
  { prompts, before }: ConversationView,
  { kind, matched }: PromptClassification,
  { kind: first, next, scores }: Judgement,
): boolean {
  return prompts.length === 1 && before === "" && matched.length > 0 && kind === next &&
    scores[first] - scores[next] < WAVERS;
}

/** The judgement with its two best kinds the other way round. */
function swapped({ kind, next, scores, ...rest }: Judgement): Judgement {
  return {
    ...rest,
    kind: next,
    next: kind,
    scores: { ...scores, [kind]: scores[next], [next]: scores[kind] },
  };
}

/** Whether the user added words: where these change what the lists say, they decide. */
const isExtended = (extra: ExtraWords): boolean => Object.values(extra).some((words) => words.length > 0);

function weighed(view: ConversationView, words: PromptClassification, judgement: Judgement): Judged {
  const { kind, next, scores } = judgement;
  // Where the word lists agree, their phrases explain better than single weights.
  const matched = words.kind === kind && words.matched.length > 0
    ? words.matched
    : judgement.words.map(({ word }) => word);
  const figures = `(${scores[kind].toFixed(2)}, next ${next} ${scores[next].toFixed(2)})`;
  return {
    ...words,
    kind,
    next,
    scores,
    weights: judgement.words,
    matched,
    why: `${becauseOf(view, judgement.leansOn, matched)} → ${kind} ${figures}`,
  };
}

/** What a correction of a judgement would learn from; undefined: a rule or a signal decided, which no weight moves. */
export function learnableIn(view: ConversationView, judged: Judged): Learnable | undefined {
  const { scores } = judged;
  if (scores === undefined) return undefined;
  return {
    features: learnedModel().hashed(situationOf(view, judged)),
    scores: KINDS.map((kind) => Math.round(scores[kind] * 1e4) / 1e4),
  };
}

/** A judgement with what a user's corrections say about its prompt; the same object where they say nothing. */
export function corrected(judged: Judged, { features, scores }: Learnable, model: CorrectedModel): Judged {
  const learned = model.learned(scores, features);
  if (learned === undefined) return judged;
  const chances = learned.scores;
  const order = KINDS.map((_, k) => k).sort((a, b) => chances[b]! - chances[a]!);
  const [kind, next] = [KINDS[order[0]!]!, KINDS[order[1]!]!];
  const figures = `(${chances[order[0]!]!.toFixed(2)}, next ${next} ${chances[order[1]!]!.toFixed(2)})`;
  return {
    ...judged,
    kind,
    next,
    scores: Object.fromEntries(KINDS.map((name, k) => [name, chances[k]!])) as Record<Kind, number>,
    why: `${judged.why}; learned from ${counted(learned.corrections, "correction")} → ${kind} ${figures}`,
  };
}

/** Characters of the assistant's sentence that a reason quotes. */
const MOST_QUOTED = 80;

function becauseOf(
  { prompts }: ConversationView,
  leansOn: Judgement["leansOn"],
  matched: readonly string[],
): string {
  if (leansOn !== undefined) {
    const said = leansOn.text.replace(/\s+/g, " ");
    const quoted = said.length > MOST_QUOTED ? `…${said.slice(-MOST_QUOTED)}` : said;
    return `"${prompts[0]!.text.slice(0, MOST_QUOTED)}" ${
      leansOn.isChosen ? "chooses" : "answers"
    } the assistant's "${quoted}"`;
  }
  if (matched.length === 0) return "the prompt as a whole";
  return [...new Set(matched)].map((word) => `"${word}"`).join(", ");
}

/** The situation of a conversation's latest prompt. */
export function situationOf(view: ConversationView, words: PromptClassification): Situation {
  const [prompt, previous, older] = view.prompts;
  const { calls, edits, failures, tools } = view.previousTurn;
  const last = tools.at(-1);
  return {
    prompt: spokenPart(prompt!),
    pasted: prompt!.pasted,
    before: view.before,
    previous: previous === undefined ? "" : excerpt(previous.text),
    older: older === undefined ? "" : excerpt(older.text),
    earlier: view.prompts.length - 1,
    ...(calls === 0 || last === undefined ? {} : {
      activity: { edits: edits > 0, failures: failures > 0, last: workOf(last, undefined) },
    }),
    planMode: view.hints.mode === "plan",
    words: { kind: words.kind, found: words.matched.length > 0, complexity: words.complexity },
  };
}

/** A prompt without what was pasted in it; all of it where nothing else was typed, or hardly anything. */
function spokenPart({ text, speech, pasted }: PromptView): string {
  return pasted && LEAST_SPEECH.test(speech) ? speech.replaceAll(MASK, " ") : excerpt(text);
}

/** Two words, or some characters of a script without spaces. */
const LEAST_SPEECH = /\p{L}{2,}[^]*?[^\p{L}]\p{L}{2,}|[\u3040-\u9fff\uac00-\ud7af]{4,}/u;

/** Classifies a prompt by its words alone. Linear in its length; of a very long one the beginning and the end are read. */
export function classifyPrompt(prompt: string, extra?: ExtraWords): PromptClassification {
  const text = excerpt(prompt);
  let masked = mask(text);
  const lists = lexica(extra);
  let tokens = tokenize(masked.text, lists.unspaced);
  if (masked.any && !tokens.words.some((word) => word !== MASK)) {
    // Everything is a quotation: some clients quote the whole prompt.
    const whole = unquoted(text);
    if (whole !== undefined) {
      masked = mask(whole);
      tokens = tokenize(masked.text, lists.unspaced);
    }
  }
  const spoken = naturalLanguage(tokens, masked.text);
  const lexicon = lists.of(spoken);
  const cues = match(tokens, lexicon);
  const back = negated(tokens, cues, lexicon.joiners, spoken === "ja" || spoken === "ko");
  const verdict = decide(tokens, cues, back);
  const matched = verdict.by.map(({ start, end }) =>
    masked.text.slice(tokens.starts[start]!, tokens.ends[end - 1]!)
  );
  const about = programmingLanguage(text, tokens, masked.text, masked.fences);
  return {
    kind: verdict.kind,
    matched,
    complexity: complexity(masked, tokens, cues, back),
    why: explain(verdict, matched, masked.text, tokens),
    ...(verdict.scores === undefined && { rule: "plan" }),
    ...(about !== undefined && { language: about }),
  };
}

/** The inside of a prompt that is one quotation. */
function unquoted(text: string): string | undefined {
  const trimmed = text.trim();
  const pair = /^(["'“«„「])([^]*)(["'”»“」])$/.exec(trimmed);
  return pair === null ? undefined : pair[2];
}
