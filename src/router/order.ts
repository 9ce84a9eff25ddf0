/** The order in which a chain's targets are tried: `[router] strategy`. Pure. */
import type { ModelInfo } from "../model/price.ts";
import type { Strategy } from "../config/config.ts";
import type { Target } from "../model/target.ts";
import type { RequestFacts } from "../model/request-facts.ts";
import type { Conditions } from "./plan.ts";

/** Tokens that an answer is taken to have when prices are compared: agents' answers are short beside their requests. */
const TYPICAL_ANSWER = 500;

/**
 * Orders the targets that fit. `fill_first` keeps the user's order; `round_robin` begins one further with each
 * request; `latency_optimized` puts those first that were quick lately, after those that nobody has measured yet
 * (they would never be measured otherwise); `cost_optimized` puts the cheapest for this request first and those
 * without a known price last. Equals keep the user's order.
 */
export function ordered<T extends Target>(
  targets: readonly T[],
  strategy: Strategy,
  facts: RequestFacts,
  conditions: Conditions,
): readonly T[] {
  if (targets.length < 2) return targets;
  switch (strategy) {
    case "fill_first":
      return targets;
    case "round_robin": {
      const first = ((conditions.turn % targets.length) + targets.length) % targets.length;
      return [...targets.slice(first), ...targets.slice(0, first)];
    }
    case "latency_optimized":
      return sorted(targets, (target) => conditions.latency(target) ?? -1);
    case "cost_optimized":
      return sorted(targets, (target) => estimate(conditions.model(target), facts) ?? Infinity);
  }
}

function sorted<T>(values: readonly T[], weight: (value: T) => number): readonly T[] {
  return values.map((value) => ({ value, weight: weight(value) }))
    .sort((a, b) => a.weight === b.weight ? 0 : a.weight - b.weight)
    .map(({ value }) => value);
}

/** Millionths of a dollar that a request may cost, as far as it is known beforehand: nothing is cached. */
function estimate(model: ModelInfo | undefined, facts: RequestFacts): number | undefined {
  const price = model?.price;
  if (price === undefined) return undefined;
  const { input, output } = price.tiers?.findLast((tier) => facts.approxTokens >= tier.fromTokens)?.price ??
    price;
  return facts.approxTokens * input + Math.min(TYPICAL_ANSWER, facts.maxOutputTokens ?? Infinity) * output;
}
