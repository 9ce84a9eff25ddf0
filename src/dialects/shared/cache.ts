/** Whether a request is worth marks in a cache. */
import type { EncodeTarget } from "../dialect.ts";

/** Shorter beginnings no model keeps. Tokens. */
const LEAST = 1024;

/** Whether the model's provider may keep a part of a request that is so long; yes, where its length is not known. */
export function isLongEnough({ inputTokens = Infinity }: EncodeTarget): boolean {
  return inputTokens >= LEAST;
}
