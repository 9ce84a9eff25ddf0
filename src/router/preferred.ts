/**
 * `strategy = "preferred"`: of targets that are near in price, the one whose answers the user liked. Thompson sampling
 * (https://en.wikipedia.org/wiki/Thompson_sampling) with a bounded share of exploring. Pure: chance is an argument.
 */
import type { PlannedTarget, RoutingInput } from "./plan.ts";

/** Thumbs up and down that every target begins with, for each kind and language: it takes some thumbs to move anything. */
const PRIOR = { up: 2, down: 2 } as const;
/** The part of sessions that samples; the others get the target with the best mean. */
export const EXPLORED = 0.1;
/** A target is near in price where it costs at most so much more, or less, than the first one that fits. */
const NEAR = 0.25;

/**
 * The targets, with the preferred one of those that are near in price to the first in front. Equals keep the user's order.
 * @param cost dollars of the request at a target; undefined: no known price, which is near to nothing but itself
 */
export function preferred(
  targets: readonly PlannedTarget[],
  { conditions, classification: { kind, language }, why }: RoutingInput,
  cost: (target: PlannedTarget) => number | undefined,
): readonly PlannedTarget[] {
  const { thumbs, chance = 0 } = conditions;
  const [first] = targets;
  if (thumbs === undefined || first === undefined) return targets;
  const near = targets.filter((target) => target === first || isNear(cost(target), cost(first)));
  if (near.length < 2) return targets;
  const counts = near.map((target) => {
    const { up, down } = thumbs(target, kind, language);
    return { target, up: up + PRIOR.up, down: down + PRIOR.down };
  });
  const random = randomFrom(chance);
  const explores = random() < EXPLORED;
  const best = counts.map(({ target, up, down }) => ({
    target,
    value: explores ? beta(up, down, random) : up / (up + down),
  })).reduce((most, one) => one.value > most.value ? one : most).target;
  why.push(
    explores
      ? `preferred: one of ${near.length} near in price is tried, so that it can be judged (1 session in ${
        1 / EXPLORED
      })`
      : `preferred: thumbs for ${kind}${
        language === undefined ? "" : ` in ${language}`
      } decide among ${near.length} near in price`,
  );
  return [best, ...targets.filter((target) => target !== best)];
}

function isNear(one: number | undefined, other: number | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one <= other * (1 + NEAR) && one >= other / (1 + NEAR);
}

/** Numbers from 0 to 1, the same ones for the same beginning: mulberry32 (https://gist.github.com/tommyettinger/46a874533244883189143505d203312c). */
function randomFrom(chance: number): () => number {
  let state = Math.floor(chance * 2 ** 32) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A sample of the beta distribution, by two of the gamma distribution. */
function beta(up: number, down: number, random: () => number): number {
  const one = gamma(up, random);
  return one / (one + gamma(down, random));
}

/** Marsaglia and Tsang, A Simple Method for Generating Gamma Variables (2000), for shapes of at least 1. */
function gamma(shape: number, random: () => number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const v = (1 + c * normal) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * normal ** 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}
