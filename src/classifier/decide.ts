/** The rules that turn the words found in a prompt into a kind of work. Pure. */
import type { Kind } from "./classification.ts";
import type { Cue } from "./match.ts";
import type { Tokens } from "./tokens.ts";
import { type Group, type GroupName, GROUPS } from "./words/groups.ts";

/** What the words of a prompt amount to. */
export interface Verdict {
  readonly kind: Kind;
  /** The cues that decided, in the order of the prompt. */
  readonly by: readonly Cue[];
  /** An implementation word (or a plan) that a negation took back, for the explanation. */
  readonly takenBack: readonly Cue[];
  /** By kind, where words were weighed. */
  readonly scores?: Readonly<Record<Kind, number>>;
}

/** When two kinds weigh the same, the first of these. */
const ORDER: readonly Kind[] = ["plan_implementation", "background", "build", "think", "default"];

/** Groups whose words another sense (`notPlan`, `notImplementation`, `neutral`) makes void. */
const VOID_BY: Partial<Record<GroupName, readonly Trap[]>> = {
  plan: ["notPlan"],
  implementation: ["notImplementation"],
  writing: ["notImplementation"],
  code: ["notImplementation"],
  make: ["notImplementation", "neutral"],
  change: ["notImplementation", "neutral"],
};

const NEUTRAL: readonly Trap[] = ["neutral"];

/** Groups that name mere options in a question. */
const OPTIONS: ReadonlySet<GroupName> = new Set<GroupName>([
  "make",
  "change",
  "writing",
  "artefact",
  "clerical",
]);

/** The groups of the implementation words. */
const WORK: ReadonlySet<string> = new Set<GroupName>(["implementation", "writing", "code"]);

/** Groups that make their sentence one that asks for something. */
const ASKING: ReadonlySet<string> = new Set<GroupName>([
  "steps",
  "analysis",
  "judgement",
  "definition",
  "question",
]);
const ASKING_AT_HEAD: ReadonlySet<string> = new Set<GroupName>([
  "make",
  "change",
  "clerical",
  "implementation",
  "writing",
  "strategic",
]);

/** After these an imperative at the head of a sentence turns out to be a noun: "build times are too long". */
const STATES: ReadonlySet<string> = new Set(
  "is are was were has have had keep keeps take takes took grow grows grew fail fails failed show shows dropped drop look looks seem seems"
    .split(" "),
);

const OR: ReadonlySet<string> = new Set(["or", "vs", "versus", "oder", "ou", "o", "или", "of", "czy"]);

/** Questions that only ask when the sentence ends with a question mark, or when it is the only one. */
function asks(tokens: Tokens, cue: Cue): boolean {
  if (!cue.head || cue.end - cue.start > 1) return true;
  const sentence = tokens.sentences[cue.start]!;
  return tokens.questions[sentence]! || tokens.sentences.at(-1) === 0;
}

/**
 * The decision, in this order:
 * 1. an affirmed "plan" with an affirmed implementation word → plan_implementation;
 * 2. an affirmed "plan" without → think;
 * 3. else the kind whose words weigh most; nothing found → default.
 */
export function decide(tokens: Tokens, cues: readonly Cue[], back: Uint8Array): Verdict {
  const traps = new Traps();
  const plans: Cue[] = [];
  const works: Cue[] = [];
  const takenBack: Cue[] = [];
  const weighed: Cue[] = [];
  for (let k = 0; k < cues.length; k++) {
    const cue = cues[k]!;
    traps.reach(cues, k);
    if (!(cue.role in GROUPS)) continue;
    const role = cue.role as GroupName;
    if (isVoid(cue, role, traps, tokens)) continue;
    if (back[cue.start] === 1) {
      if (role === "plan" || WORK.has(role)) takenBack.push(cue);
      continue;
    }
    if (role === "plan") plans.push(cue);
    else if (WORK.has(role)) works.push(cue);
    if ((GROUPS[role] as Group).kind === undefined) continue;
    if (role === "question" && !asks(tokens, cue)) continue;
    if (role === "hypothetical" && (cue.head || !tokens.questions[tokens.sentences[cue.start]!])) continue;
    weighed.push(cue);
  }
  if (plans.length > 0) {
    return works.length > 0
      ? { kind: "plan_implementation", by: merge(plans, works), takenBack }
      : { kind: "think", by: plans, takenBack };
  }
  const scores = weigh(weighed, tokens);
  let kind: Kind = "default";
  for (const candidate of ORDER) {
    if (
      scores[candidate] > scores[kind] ||
      (scores[candidate] === scores[kind] && scores[kind] > 0 &&
        ORDER.indexOf(candidate) < ORDER.indexOf(kind))
    ) kind = candidate;
  }
  if (scores[kind] === 0) {
    const choice = alternative(tokens);
    if (choice !== undefined) {
      return {
        kind: "think",
        by: [choice],
        takenBack,
        scores: { ...scores, think: GROUPS.judgement.weight },
      };
    }
  }
  return {
    kind,
    by: weighed.filter((cue) => (GROUPS[cue.role as GroupName] as Group).kind === kind),
    takenBack,
    scores,
  };
}

/** Each kind's score. Words in sentences that ask for nothing only describe: they count half. */
function weigh(cues: readonly Cue[], tokens: Tokens): Record<Kind, number> {
  const asking: boolean[] = [];
  let none = true;
  const questioned = new Set<number>();
  for (const { role, start, head } of cues) {
    if (!ASKING.has(role) && !(head && ASKING_AT_HEAD.has(role))) continue;
    const sentence = tokens.sentences[start]!;
    asking[sentence] = true;
    if (
      tokens.questions[sentence] && (role === "judgement" || role === "question" || role === "definition")
    ) questioned.add(sentence);
    none = false;
  }
  const scores: Record<Kind, number> = {
    think: 0,
    plan_implementation: 0,
    build: 0,
    background: 0,
    default: 0,
  };
  const byGroup = new Map<GroupName, number>();
  // What already counts for a kind up to which word: overlapping phrases count once, with the heavier weight.
  let stepsEnd = 0; // of the steps that begin at or before the current word
  const until: Partial<Record<Kind, { end: number; weight: number }>> = {};
  for (const cue of cues) {
    const name = cue.role as GroupName;
    const group: Group = GROUPS[name];
    const kind = group.kind!;
    // "Coding steps" are steps, not coding.
    if (name === "steps") stepsEnd = Math.max(stepsEnd, cue.end);
    if (kind === "build" && stepsEnd >= cue.end) continue;
    const before = until[kind];
    const asked = none || name === "trouble" || name === "settled" ||
      asking[tokens.sentences[cue.start]!] === true;
    let weight = asked ? group.weight : group.weight / 2;
    // Options in a question are not orders: "should we split it or leave it?"
    if (OPTIONS.has(name) && questioned.has(tokens.sentences[cue.start]!)) weight /= 2;
    if (before !== undefined && cue.start < before.end) weight = Math.max(0, weight - before.weight);
    if (before === undefined || cue.start >= before.end) until[kind] = { end: cue.end, weight };
    else until[kind] = { end: Math.max(before.end, cue.end), weight: Math.max(before.weight, group.weight) };
    const sum = byGroup.get(name) ?? 0;
    const counted = Math.min(weight, group.most - sum);
    byGroup.set(name, sum + counted);
    scores[kind] += counted;
  }
  // Bounds alone (in every file, nothing else) are not work.
  if (scores.background === byGroup.get("clericalScope") && !byGroup.has("change")) scores.background = 0;
  return scores;
}

type Trap = "notPlan" | "notImplementation" | "neutral";

/** How far the phrases reach that give other senses to the words in them, while the cues are walked through in order. */
class Traps {
  /** The furthest end of those that begin before the current word, and of those that begin with it. */
  readonly before: Record<Trap, number> = { notPlan: 0, notImplementation: 0, neutral: 0 };
  readonly here: Record<Trap, number> = { notPlan: 0, notImplementation: 0, neutral: 0 };
  #start = -1;

  /** Moves to the word at which cue `k` begins. */
  reach(cues: readonly Cue[], k: number): void {
    const { start } = cues[k]!;
    if (start === this.#start) return;
    this.#start = start;
    for (const trap of TRAPS) {
      this.before[trap] = Math.max(this.before[trap], this.here[trap]);
      this.here[trap] = 0;
    }
    for (let i = k; i < cues.length && cues[i]!.start === start; i++) {
      const { role, end } = cues[i]!;
      if (role === "notPlan" || role === "notImplementation" || role === "neutral") {
        this.here[role] = Math.max(this.here[role], end);
      }
    }
  }
}

const TRAPS: readonly Trap[] = ["notPlan", "notImplementation", "neutral"];

/** Whether a phrase around the word gives it another sense. */
function isVoid(cue: Cue, role: GroupName, traps: Traps, tokens: Tokens): boolean {
  const key = role === "plan" || WORK.has(role);
  // Part of a compound such as write-ahead: not a word of its own, where the language does not compound that way.
  if (key && (tokens.joined[cue.end] === true || tokens.joined[cue.start] === true)) return true;
  for (const trap of VOID_BY[role] ?? NEUTRAL) {
    if (traps.before[trap] >= cue.end) return true;
    const end = traps.here[trap];
    // "Plan table partitioning": an imperative, unless what follows says otherwise.
    if (end >= cue.end && !(cue.head && key && !STATES.has(tokens.words[end] ?? ""))) return true;
  }
  return false;
}

/** The "or" of a bare question between two things: "monorepo or polyrepo?" */
function alternative({ words, sentences, questions }: Tokens): Cue | undefined {
  for (let i = 1; i + 1 < words.length; i++) {
    if (OR.has(words[i]!) && questions[sentences[i]!]) {
      return { role: "judgement", start: i - 1, end: i + 2, head: false };
    }
  }
  return undefined;
}

function merge(a: readonly Cue[], b: readonly Cue[]): Cue[] {
  return [...a, ...b].sort((x, y) => x.start - y.start);
}

/** The most words that an explanation names. */
const NAMED = 4;

/** A verdict in one line for people. */
export function explain(
  verdict: Verdict,
  matched: readonly string[],
  text: string,
  tokens: Tokens,
): string {
  const { kind, by, takenBack, scores } = verdict;
  const negatedWords = takenBack.map(({ start, end }) =>
    text.slice(tokens.starts[start]!, tokens.ends[end - 1]!)
  );
  const without = negatedWords.length === 0 ? "" : ` (${quote(negatedWords)} taken back)`;
  if (scores === undefined) {
    const plans = matched.filter((_, i) => by[i]!.role === "plan");
    const works = matched.filter((_, i) => by[i]!.role !== "plan");
    const rest = works.length === 0 ? `without an implementation word${without}` : `with ${quote(works)}`;
    return `${quote(plans.slice(0, 1))} ${rest} → ${kind}`;
  }
  if (matched.length === 0) return `no known word${without} → ${kind}`;
  const second = (Object.entries(scores) as [Kind, number][])
    .filter(([other, score]) => other !== kind && score > 0).sort((a, b) => b[1] - a[1])[0];
  const against = second === undefined ? "" : ` (${scores[kind]}, next ${second[0]} ${second[1]})`;
  return `${quote(matched)}${without} → ${kind}${against}`;
}

function quote(words: readonly string[]): string {
  const named: string[] = [];
  let out = "";
  for (const word of words) {
    const plain = word.replace(/\s+/g, " ");
    if (named.includes(plain)) continue;
    if (named.length === NAMED) return `${out}, …`;
    named.push(plain);
    out += out === "" ? `"${plain}"` : `, "${plain}"`;
  }
  return out;
}
