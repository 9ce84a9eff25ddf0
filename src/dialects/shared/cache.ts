/** Whether a request is worth marks in a cache. */
import { cacheRules } from "../../catalog/cache-rules.ts";
import type { EncodeTarget } from "../dialect.ts";

/** What is assumed of a model of which nothing is known. Tokens. */
const LEAST = 1024;

/** Whether the model's cache may keep a part of a request that is so long; yes, where its length is not known. */
export function isLongEnough({ inputTokens, rulesOf, provider, model }: EncodeTarget): boolean {
  if (inputTokens === undefined) return true;
  return inputTokens >= (cacheRules(rulesOf ?? provider, model, undefined)?.leastTokens ?? LEAST);
}
