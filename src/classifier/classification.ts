/** What the classifier finds out about a request. Types only. */

/** The kinds of work, by their keys in `[router]`. */
export type Kind = "think" | "plan_implementation" | "build" | "background" | "default";

/** What a turn does again and again: how often, and what, for people. The number never falls while a turn goes on. */
export interface Stuck {
  readonly times: number;
  /** Without any text of the conversation. */
  readonly because: string;
}

/** A prompt as hashed features: no word can be read from it. The heaviest first. */
export interface HashedFeatures {
  /** 32 bits each. */
  readonly hashes: Uint32Array;
  /** Parallel: how much each weighs, 1 to 255. */
  readonly values: Uint8Array;
}

/** A judged prompt without its text. */
export interface Learnable {
  readonly features: HashedFeatures;
  /** The learned model's probabilities before corrections, in the order of its kinds. */
  readonly scores: readonly number[];
}

export interface Classification {
  readonly kind: Kind;
  /** Probabilities by kind, which sum to 1; undefined: a rule or a signal decided. */
  readonly scores?: Readonly<Record<Kind, number>>;
  /** The kind with the next best score. */
  readonly next?: Kind;
  /** The words that weighed most for the kind, heaviest first; undefined: nothing was weighed. */
  readonly weights?: readonly { readonly word: string; readonly weight: number }[];
  /** What a correction of the decision would learn from; undefined: nobody learns, or nothing was weighed. */
  readonly learnable?: Learnable;
  /** The words (as the user wrote them) that decided, in the order of the prompt. */
  readonly matched: readonly string[];
  /** The user's own words; undefined where the request holds none (housekeeping). */
  readonly prompt?: string;
  /** The programming language that the prompt is about, lower case (`rust`, `typescript`, …). */
  readonly language?: string;
  /** 0 (trivial) to 1 (hard). */
  readonly complexity: number;
  /** The client made the request for its own use: titles, summaries, compaction, helpers, token counts. */
  readonly isHousekeeping: boolean;
  /** Why it is housekeeping: `title`, `compaction`, `web_search`, … */
  readonly housekeeping?: string;
  /** A subagent's request, which the client's main agent wrote. */
  readonly isSubagent: boolean;
  /** Tool results follow the user's prompt: the request continues a turn. */
  readonly continuesTurn: boolean;
  /** It carries out a plan that exists: kind `build`. */
  readonly carriesOutPlan?: boolean;
  /** How many prompts up to here, one after the other, report a failure; undefined: the latest does not. */
  readonly reports?: number;
  /** What the turn is stuck on, where something happened at least twice. */
  readonly stuck?: Stuck;
  /** One line for people. */
  readonly why: string;
}
