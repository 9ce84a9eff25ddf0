/** The proxy's decision on a request that nobody sends. */
import { catalogOf } from "../../../config/priced-catalog.ts";
import type { Classification } from "../../../classifier/classification.ts";
import { classify } from "../../../classifier/classify.ts";
import type { Config } from "../../../config/config.ts";
import type { RequestFacts } from "../../../model/request-facts.ts";
import type { RoutePlan } from "../../../router/plan.ts";
import { route } from "../../../router/route.ts";

export interface Decided {
  readonly facts: RequestFacts;
  readonly classification: Classification;
  readonly plan: RoutePlan;
}

/** Decides as the proxy would when nothing cools, no budget is spent and nobody's speed is known. `now`: local time. */
export function decide(facts: RequestFacts, config: Config, now: Date): Decided {
  const classification = classify(facts, config.router.words);
  const plan = route(facts, classification, config, {
    minuteOfDay: now.getHours() * 60 + now.getMinutes(),
    day: now.getDay(),
    model: catalogOf(config).find,
    latency: () => undefined,
    rotation: 0,
  });
  return { facts, classification, plan };
}
