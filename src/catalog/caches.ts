/** The caches of providers: how a model's provider keeps conversations, and which listed prices of that can be true. Pure. */
import type { CacheRules, Price, Rates } from "../model/price.ts";
import { ASSUMED_CACHE, CACHE_ROWS } from "./data/caches.ts";
import { readName } from "./name.ts";

/**
 * How a model's provider keeps conversations; undefined: it does not, or nobody sells reads of them.
 * @param catalogId the provider's id in the catalog
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

/**
 * Where a listed write is storage, which comes on top of the input's price: for five minutes, as long as such a cache lives.
 * https://openrouter.ai/docs/guides/best-practices/prompt-caching
 */
const STORAGE = { at: "openrouter", models: /^gemini-/ } as const;

/**
 * Rates whose cache prices can be true. A write never costs less than reading the same tokens afresh, and a read never more:
 * what is listed so is storage, or a mistake, and the input's own price holds. A read for nothing beside a write for
 * nothing is a cache that is not sold.
 */
export function withCachePrices(catalogId: string, model: string, rates: Rates): Rates {
  const { cacheRead, cacheWrite, ...rest } = rates;
  const { input } = rates;
  if (input === 0) return rates;
  const stores = catalogId === STORAGE.at && STORAGE.models.test(readName(model).base);
  const isWrite = cacheWrite === undefined || cacheWrite >= input;
  const write = isWrite ? cacheWrite : stores ? Math.round((input + cacheWrite) * 1e6) / 1e6 : undefined;
  const isRead = cacheRead !== undefined && cacheRead <= input && (cacheRead > 0 || cacheWrite !== 0);
  if (write === cacheWrite && (isRead || cacheRead === undefined)) return rates;
  return {
    ...rest,
    ...(isRead ? { cacheRead } : {}),
    ...(write === undefined ? {} : { cacheWrite: write }),
  };
}
