/** Whether a target can take a request, and if not, why. Pure. */
import type { Config } from "../config/config.ts";
import type { Target } from "../model/target.ts";
import type { RequestFacts } from "../model/request-facts.ts";
import { count, quoted } from "./decision.ts";
import type { Conditions } from "./plan.ts";

/**
 * Tokens of room that an answer needs at most. Agents allow far more than they use (128,000, whatever they ask for),
 * and a limit that does not fit is cut down to what does when the request is sent: it is no reason to refuse one.
 */
const ANSWER_ROOM = 8192;

/** Why a target will not be tried, for people; undefined: it fits. */
export function unfit(
  target: Target,
  facts: RequestFacts,
  config: Config,
  conditions: Conditions,
): string | undefined {
  const provider = config.providers.get(target.provider);
  if (provider === undefined) return `${quoted(target.provider)} is no provider that is known`;
  if (provider.problem !== undefined) return provider.problem;

  const exclusion = excluded(target, config);
  if (exclusion !== undefined) return exclusion;
  const veto = conditions.veto?.(target);
  if (veto !== undefined) return veto;

  const spoken = provider.dialects;
  if (
    !spoken.includes(facts.dialect) &&
    !spoken.some((dialect) => conditions.translates(facts.dialect, dialect))
  ) {
    return `speaks only ${spoken.join(", ")} and ${facts.dialect} is not translated to it`;
  }

  return lacking(target, facts, conditions);
}

/** What a target's model lacks for a request; undefined: nothing. What is not known of a model never counts against it. */
export function lacking(target: Target, facts: RequestFacts, conditions: Conditions): string | undefined {
  const model = conditions.model(target);
  if (model === undefined) return undefined;
  if (facts.hasImages && !model.image) return "does not see images";
  if (facts.toolCount > 0 && !model.tools) return "does not call tools";
  if (model.context > 0) {
    const input = facts.approxTokens;
    // What a client allows beyond a model's own limit is cut down to it, so it needs no room.
    const output = Math.min(facts.maxOutputTokens ?? 0, model.maxOutput || Infinity, ANSWER_ROOM);
    if (input + output > model.context) {
      const answer = input > model.context ? "" : ` and an answer of up to ${count(output)}`;
      return `context window of ${count(model.context)} tokens is too small for about ${
        count(input)
      }${answer}`;
    }
  }
  return undefined;
}

/** Whether `[[router.model_exclusions]]` rules a target out. */
export function excluded(target: Target, config: Config): string | undefined {
  for (const { provider, patterns } of config.router.exclusions) {
    if (provider !== target.provider && provider !== "*") continue;
    const hit = patterns.find(({ pattern }) => target.model.search(pattern) !== -1);
    if (hit !== undefined) return `excluded by [[router.model_exclusions]] (${quoted(hit.glob)})`;
  }
  return undefined;
}
