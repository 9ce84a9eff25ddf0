/** Cache prices of the list that are something else than the price of a read or of a write. Pure. */
import type { Rates } from "../model/price.ts";
import { readName } from "./name.ts";

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
