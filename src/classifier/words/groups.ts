/**
 * The groups that the word lists are sorted into: which kind of work a word speaks for, and how loudly. This
 * table and the lists beside it are the whole knowledge of the classifier; the code only reads them.
 */
import type { Kind } from "../classification.ts";

/** A group of words. */
export interface Group {
  /** The kind that the words speak for; undefined: the group alone is not evidence. */
  readonly kind?: Kind;
  /** How much one match counts. A kind's score is the sum over its groups. */
  readonly weight: number;
  /** The most that the group's matches count together. */
  readonly most: number;
}

/** In every language the same; the lists are in the files of the languages. */
export const GROUPS = {
  /** "plan" and its inflections. Decides before any score, see `decide.ts`. */
  plan: { weight: 0, most: 0 },
  /** Implement, build, develop: with "plan" they decide, without it they speak for `build`. */
  implementation: { kind: "build", weight: 4, most: 5 },
  /** Write and create: the same beside "plan"; alone they are in ordinary questions too (how do I create a branch). */
  writing: { kind: "build", weight: 2, most: 2 },
  /** "code" and "coding": with "plan" as good as the above; alone, a word that questions use as well. */
  code: { kind: "build", weight: 1, most: 1 },
  /** Other senses of "plan": the query plan, the free plan, terraform plan. */
  notPlan: { weight: 0, most: 0 },
  /** Other senses of the implementation words: the build is red, the status code, write-ahead. */
  notImplementation: { weight: 0, most: 0 },
  /** Names that hold a word of another group and do not mean it: design token, sort order. */
  neutral: { weight: 0, most: 0 },

  /** Architecture, design, strategy, trade-off, root cause, threat model. */
  strategic: { kind: "think", weight: 4, most: 8 },
  /** What hard analysis is asked with: rank the hypotheses, reason through, how is this possible. */
  analysis: { kind: "think", weight: 4, most: 8 },
  /** What a judgement is asked with: should we, which would you, is it overkill, second opinion. */
  judgement: { kind: "think", weight: 3, most: 6 },
  /** Would, could, should: in a question they ask for thinking rather than for a look-up. */
  hypothetical: { kind: "think", weight: 1.5, most: 1.5 },
  /** What hard trouble is described with: intermittent, data loss, once in 300 runs. */
  trouble: { kind: "think", weight: 1, most: 4 },

  /** Steps of coding work: coding steps, file by file, sequence of commits. */
  steps: { kind: "plan_implementation", weight: 10, most: 20 },
  /** What steps are asked with and other things too: in which order, smallest first. */
  order: { kind: "plan_implementation", weight: 2, most: 4 },
  /** The decision has been made: we agreed on, the spec is final. */
  settled: { kind: "plan_implementation", weight: 1, most: 2 },

  /** Verbs that ask for a change: add, fix, refactor, extract, set up. */
  make: { kind: "build", weight: 4, most: 6 },
  /** Verbs that ask for a change of any kind: make, put, update, remove, replace. Clerical work is asked with them too. */
  change: { kind: "build", weight: 3, most: 3 },
  /** What such work is about: tests, an endpoint, a component. */
  artefact: { kind: "build", weight: 1, most: 2 },
  /** Something is wrong and should not be. */
  complaint: { kind: "build", weight: 1, most: 2 },

  /** Verbs of clerical work: rename, bump, sort, list, format. */
  clerical: { kind: "background", weight: 5, most: 7 },
  /** What clerical work is about: typos, a commit message, whitespace, the changelog. */
  clericalThing: { kind: "background", weight: 5, most: 8 },
  /** How clerical work is bounded: in every file, nothing else, one per line. */
  clericalScope: { kind: "background", weight: 2, most: 3 },

  /** What asks for a definition or an explanation: what is a, what does it mean, the difference between. */
  definition: { kind: "default", weight: 6, most: 6 },
  /** Ordinary questions: how do I, why does, where is, which. */
  question: { kind: "default", weight: 3, most: 3 },
} as const satisfies Record<string, Group>;

export type GroupName = keyof typeof GROUPS;

/** The words of one natural language. Their syntax: lexicon.ts. */
export interface LanguageWords {
  /** ISO 639-1. */
  readonly code: string;
  /** Function words that identify the language. Not needed where the script does. */
  readonly common: string;
  /** Words after which a new request may begin: use zod and add validation. */
  readonly joiners: string;
  /** Words that may come between the beginning of a sentence and its verb: please, could you, ok so. */
  readonly fillers: string;
  /** Matches anywhere in the prompt. */
  readonly words: Partial<Readonly<Record<GroupName, string>>>;
  /** Matches only at the beginning of a sentence or clause, fillers aside. */
  readonly heads: Partial<Readonly<Record<GroupName, string>>>;
  readonly negation: NegationWords;
}

/** How a language takes a word back. */
export interface NegationWords {
  /** Take back what follows in the clause: don't, without, no need to. */
  readonly before: string;
  /** Take back the few words that follow: no code, instead of building. */
  readonly beforeShort: string;
  /** Take back the words around them in the clause: German "nicht", French "pas". */
  readonly around: string;
  /** Take back the nearest key word before them: the implementation comes later. */
  readonly after: string;
  /** Look like a negation and are none: not only, don't forget, why not. */
  readonly not: string;
  /** End the reach of a negation inside a clause: but, just, instead. */
  readonly ends: string;
}
