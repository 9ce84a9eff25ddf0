/** Finds how a model at a provider keeps conversations; the table is `data/caches.ts`. */
import type { CacheRules, Price } from "../model/price.ts";
import { ASSUMED_CACHE, CACHE_ROWS } from "./data/caches.ts";
import { readName } from "./name.ts";

/**
 * How a model's provider keeps conversations; undefined: it does not, or nobody sells reads of them.
 * @param catalogId the provider's id in the catalogue
 * @param price the model's; one with reads for less than its input is enough for a provider that is not in the table
 */
export function cacheRules(
  catalogId: string,
  model: string,
  price: Price | undefined,
): CacheRules | undefined {
  const { base } = readName(model);
  const row = CACHE_ROWS.find(({ at, models }) =>
    (at === undefined || at === catalogId) && models.test(base)
  );
  if (row !== undefined) return row.rules;
  return (price?.cacheRead ?? Infinity) < (price?.input ?? 0) ? ASSUMED_CACHE : undefined;
}
