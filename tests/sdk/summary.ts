/** What an official client makes of an answer, in words that no dialect owns. */
import type { Json } from "../../src/model/json.ts";

/** Why the answer ended. */
export type Finish = "done" | "out of tokens" | "tools" | "refused" | "filtered" | "stop sequence" | "paused";

export interface Call {
  readonly id: string;
  readonly name: string;
  /** Parsed, so that the same JSON written otherwise is the same; free text as `{input}`. */
  readonly arguments: Json;
}

export interface Tokens {
  /** Neither read from a cache nor written to one. */
  readonly fresh: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

export interface Summary {
  readonly text: string;
  readonly refusal: string;
  /** The words of the model's thinking: full text or summaries. */
  readonly reasoning: string;
  /** Signatures and encrypted thinking: what the client must hand back. */
  readonly secrets: readonly string[];
  readonly calls: readonly Call[];
  readonly finish: Finish;
  readonly tokens: Tokens | undefined;
  readonly model: string;
}

/** JSON text as a value; other text as it is. */
export function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Thoughts and summaries with a blank line between them. */
export function words(parts: readonly (string | null | undefined)[]): string {
  return parts.filter((part) => part).join("\n\n");
}
