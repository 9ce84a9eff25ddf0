/** Tokens that a provider reports (or, with `estimated`, that were guessed). `input` leaves cached ones out. */
export interface Usage {
  /** Fresh input: neither read from nor written to a cache. */
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** Part of `cacheWrite` with a one-hour life. */
  readonly cacheWrite1h?: number;
  readonly output: number;
  /** Part of `output`. */
  readonly reasoning: number;
  readonly estimated?: boolean;
  /** Dollars, where the provider states them. */
  readonly cost?: number;
  /** Searches and fetches that the provider ran itself, where it counts them (they are priced apart). */
  readonly webSearches?: number;
  readonly webFetches?: number;
}
