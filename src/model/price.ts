/** What is known of a model at a provider. Types only. */

/** Dollars per million tokens. */
export interface Rates {
  readonly input: number;
  readonly output: number;
  /** Unknown: priced as `input`. */
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  /** Writes that live for an hour. Unknown: see `cost` in price.ts. */
  readonly cacheWrite1h?: number;
  /** Unknown: priced as `output`, which it is a part of. */
  readonly reasoning?: number;
}

export interface Price extends Rates {
  /** Prices that hold instead from a context size on, smallest first. */
  readonly tiers?: readonly { readonly fromTokens: number; readonly price: Rates }[];
  /**
   * Prices that hold instead at some hours: `[from, to)` in minutes after midnight UTC, as providers publish them;
   * `from > to` spans midnight. The first that matches.
   */
  readonly hours?: readonly {
    readonly from: number;
    readonly to: number;
    /** Set where days or a time zone decide too: whether it holds at a moment, in epoch milliseconds. */
    readonly holds?: (moment: number) => boolean;
    readonly price: Omit<Price, "hours">;
  }[];
}

/** How a provider keeps the beginning of a conversation, so that the next request reads it for less. */
export interface CacheRules {
  /** Only what the request marks, for a price; or whatever was read, for nothing. */
  readonly kind: "marked" | "automatic";
  /** Milliseconds without use after which it is gone. */
  readonly lifeMs: number;
  /** Shorter beginnings are not kept. */
  readonly leastTokens: number;
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
  /** Undefined: every request is read afresh. */
  readonly cache?: CacheRules;
}

/** Dollars for each kind of token. */
export interface CostParts {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** Reasoning included. */
  readonly output: number;
}

/** Dollars for the tokens of a request, with its parts. */
export interface TokenCost extends CostParts {
  readonly total: number;
}
