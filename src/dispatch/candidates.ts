/** The targets of a plan with the keys that each may be tried with, in order. */
import type { Config, Provider } from "../config/config.ts";
import type { HeaderMap } from "../model/request-facts.ts";
import type { PlannedTarget, RoutePlan } from "../router/plan.ts";
import type { CooldownKey } from "./cooldown/cooldowns.ts";
import { type Key, keysOf } from "./keys.ts";

/** A target with one of its provider's keys. */
export interface Candidate {
  readonly target: PlannedTarget;
  readonly provider: Provider;
  readonly key: Key;
  readonly place: CooldownKey;
}

/** One entry a target: the candidates that its keys make; `turn` rotates them. Targets that the plan skips are left out. */
export function* candidates(
  { targets }: RoutePlan,
  { providers }: Config,
  headers: HeaderMap,
  turn: number,
): Generator<readonly Candidate[]> {
  for (const target of targets) {
    const provider = providers.get(target.provider);
    if (target.skip !== undefined || provider === undefined) continue;
    yield keysOf(provider, headers, turn).map((key) => ({
      target,
      provider,
      key,
      place: { provider: provider.name, model: target.model, key: key.id },
    }));
  }
}
