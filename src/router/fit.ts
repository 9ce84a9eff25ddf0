/** Whether a target can take a request, and if not, why. Pure. */
import type { Config } from "../config/config.ts";
import type { ModelInfo } from "../model/price.ts";
import type { Target } from "../model/target.ts";
import type { RequestFacts } from "../model/request-facts.ts";
import { count } from "../text/format.ts";
import { nameless } from "./any-model.ts";
import { roomNeeded } from "./answer-room.ts";
import { quoted } from "./decision.ts";
import type { Conditions } from "./plan.ts";

/** Why a target will not be tried, for people; undefined: it fits. A provider of another dialect fits: requests are re-encoded. */
export function unfit(
  target: Target,
  facts: RequestFacts,
  config: Config,
  conditions: Conditions,
): string | undefined {
  const provider = config.providers.get(target.provider);
  if (provider === undefined) return `${quoted(target.provider)} is not a known provider`;
  if (provider.problem !== undefined) return provider.problem;

  return excluded(target, config) ?? nameless(target, facts.model) ?? lacking(target, facts, conditions);
}

/** What a target's model lacks for a request; undefined: nothing. What is not known about a model never counts against it. */
export function lacking(target: Target, facts: RequestFacts, conditions: Conditions): string | undefined {
  const model = conditions.model(target);
  if (model === undefined) return undefined;
  if (facts.hasImages && !model.image) return "has no image input";
  if (facts.toolCount > 0 && !model.tools) return "has no tool calls";
  return tooLong(facts, model);
}

/** Why a request does not fit into a model's context window; undefined: it does, or the window is not known. */
export function tooLong(facts: RequestFacts, model: ModelInfo): string | undefined {
  if (model.context === 0) return undefined;
  const input = facts.approxTokens;
  const output = roomNeeded(facts, model);
  if (input + output <= model.context) return undefined;
  const answer = input > model.context ? "" : ` and an answer of up to ${count(output)}`;
  return `context window of ${count(model.context)} tokens is too small for about ${count(input)}${answer}`;
}

/** Whether `[[router.model_exclusions]]` rules a target out. */
export function excluded(target: Target, config: Config): string | undefined {
  for (const { provider, patterns } of config.router.exclusions) {
    if (provider !== target.provider && provider !== "*") continue;
    const hit = patterns.find((pattern) => pattern.test(target.model));
    if (hit !== undefined) return `excluded by [[router.model_exclusions]] (${quoted(hit.source)})`;
  }
  return undefined;
}
