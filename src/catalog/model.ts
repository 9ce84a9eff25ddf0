/** What is known of a model at a provider. Types only. */

/** Dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** Unknown: priced as `input`. */
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly reasoning?: number;
  /** Prices that hold instead from a context size on, smallest first. */
  readonly tiers?: readonly { readonly fromTokens: number; readonly price: Omit<Price, "tiers"> }[];
}

export interface ModelInfo {
  readonly provider: string;
  readonly model: string;
  /** Tokens that the context window takes; 0: not known. */
  readonly context: number;
  /** Tokens that an answer may have; 0: not known. */
  readonly maxOutput: number;
  readonly tools: boolean;
  readonly image: boolean;
  readonly reasoning: boolean;
  readonly price?: Price;
}
