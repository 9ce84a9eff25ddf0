/** Hashes of the learned model: the same at training and at run time. Pure. */

const OFFSET = 2166136261;
const PRIME = 16777619;

/** FNV-1a over UTF-16 code units, begun at `seed`. 32 bits, unsigned. */
export function hashOf(text: string, seed: number, from = 0, to = text.length): number {
  let hash = begun(seed);
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return hash >>> 0;
}

/** The hash of nothing, to be continued by {@link continued}. */
export const begun = (seed: number): number => (OFFSET ^ seed) | 0;

/** A hash with one more code unit. */
export const continued = (hash: number, unit: number): number => Math.imul(hash ^ unit, PRIME);

/** One hash out of two, in order. 32 bits, unsigned. */
export function joined(a: number, b: number): number {
  let hash = Math.imul(a ^ (b + 0x9e3779b9 + (a << 6) + (a >>> 2)), 0x85ebca6b);
  hash ^= hash >>> 13;
  return hash >>> 0;
}
