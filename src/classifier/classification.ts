/** What the classifier finds out about a request. Types only. */

/** The kinds of work, by their keys in `[router]`. */
export type Kind = "think" | "plan_implementation" | "build" | "background" | "default";

export interface Classification {
  readonly kind: Kind;
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
  /** One line for people. */
  readonly why: string;
}
