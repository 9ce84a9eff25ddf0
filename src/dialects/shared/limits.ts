/**
 * What a dialect cannot take of a request, by the names that appear in `X-Translation-Dropped` and the log, and what the
 * proxy does instead. docs/dialects.md is made from these tables. Every name that an encoder reports is in its dialect's
 * table, or is the name of a server tool, of an item, or of a top-level field that only the client's dialect knows.
 */

/** Something that is dropped or changed on the way to a provider of a dialect. */
export interface Limit {
  /** The field's name, as the client knows it. */
  readonly field: string;
  /** When it is dropped. */
  readonly when: string;
  /** What is sent instead, where there is something. */
  readonly instead?: string;
}

/** Dropped from requests in every dialect, since no answer can carry them. */
export const EVERYWHERE: readonly Limit[] = [
  { field: "n", when: "more than one answer is asked for", instead: "one answer" },
  { field: "logprobs", when: "asked for" },
];

export const OPENAI_ACCOUNT = "the provider refuses fields that only OpenAI knows";
export const OTHER_REASONING = "it was another provider's, and cannot be read or proven here";

/** Fields that a request must not lose: a target that would drop one of these is skipped. */
export const ESSENTIAL: ReadonlySet<string> = new Set([
  "images",
  "documents",
  "audio",
  "tools",
  "structured_output",
]);

/**
 * Fields that a target gets in words, or as a wish, where it does not take them. Another target of the chain is better;
 * where there is none, this one is asked all the same.
 */
export const IN_WORDS: ReadonlySet<string> = new Set([
  "structured_output",
  "tool_choice",
  "compaction",
  "tools",
]);
