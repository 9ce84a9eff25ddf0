/** From a request's facts and classification to the targets that may answer it, and why. Pure. */
import type { Classification } from "../classifier/classification.ts";
import type { Chain, Config, Target } from "../config/config.ts";
import type { RequestFacts } from "../dialects/dialect.ts";
import { askedModel } from "./asked-model.ts";
import { byContent } from "./content.ts";
import { decided, type Decision, leadsTo } from "./decision.ts";
import { unfit } from "./fit.ts";
import { handOn, nobodyTakes } from "./hand-on.ts";
import { ordered } from "./order.ts";
import type { Conditions, PlannedTarget, RoutePlan } from "./plan.ts";
import { turnKey } from "./turn-key.ts";

/**
 * Plans a request: what the model asked for says, else what the content says; then the route's chain (or that of
 * the route it is handed on to) in the strategy's order, then the fallback. Targets that cannot take the request
 * stay in the plan with the reason. An empty plan says which routes would have to be set.
 */
export function route(
  facts: RequestFacts,
  classification: Classification,
  config: Config,
  conditions: Conditions,
): RoutePlan {
  const asked = askedModel(facts.model, config);
  const why = [asked.why];
  const first = asked.decision ?? byContent(facts, classification, config, conditions, why);
  const used = redirected(resolved(first, config, why), config, conditions, why);

  const seen = new Set<string>();
  const planned = (chain: Chain, from: PlannedTarget["from"]) =>
    fresh(chain, seen).map(({ provider, model }): PlannedTarget => {
      const skip = unfit({ provider, model }, facts, config, conditions);
      return skip === undefined ? { provider, model, from } : { provider, model, from, skip };
    });
  const chain = planned(used.chain, used.from);
  const targets = [
    ...inOrder(chain, facts, classification, config, conditions, why),
    ...planned(config.router.fallback, "fallback"),
  ];
  if (targets.length === 0 && used.nobody !== undefined) why.push(used.nobody);
  return {
    route: used.route,
    targets,
    why,
    ...(asked.showModel === undefined ? {} : { showModel: asked.showModel }),
  };
}

/** A decision with the chain that stands for it. */
interface Resolved {
  readonly route: string;
  readonly chain: Chain;
  readonly from: PlannedTarget["from"];
  /** Why the chain is empty. */
  readonly nobody?: string;
}

function resolved(decision: Decision, config: Config, why: string[]): Resolved {
  if (decision.kind === "chain") return { route: decision.route, chain: decision.chain, from: "chain" };
  const handed = handOn(decision.name, config.router.routes);
  if (handed === undefined) {
    const nobody = nobodyTakes(decision.name);
    return { route: decision.route ?? decision.name, chain: [], from: "chain", nobody };
  }
  if (handed.why !== undefined) why.push(handed.why);
  return {
    route: decision.route ?? handed.name,
    chain: handed.chain,
    from: handed.why === undefined ? "chain" : "handed_on",
  };
}

/** Sends a request another way where the conditions say so (a spent budget). */
function redirected(used: Resolved, config: Config, conditions: Conditions, why: string[]): Resolved {
  const redirect = conditions.redirect?.(used.route);
  if (redirect === undefined) return used;
  const decision = decided(redirect.to, redirect.route);
  if (decision === undefined) return used;
  why.push(`${redirect.why}: ${leadsTo(redirect.to)} takes it`);
  return resolved(decision.kind === "route" ? { kind: "route", name: decision.name } : decision, config, why);
}

/** The targets of a chain that were not in one before. */
function fresh(chain: Chain, seen: Set<string>): Chain {
  return chain.filter(({ provider, model }) => {
    const key = `${provider},${model}`;
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
}

/** The strategy's order among the targets that fit; the others keep their places. */
function inOrder(
  chain: readonly PlannedTarget[],
  facts: RequestFacts,
  classification: Classification,
  config: Config,
  conditions: Conditions,
  why: string[],
): readonly PlannedTarget[] {
  const { strategy } = config.router;
  const usable = chain.filter((target) => target.skip === undefined);
  if (strategy === "fill_first" || usable.length < 2) return chain;
  const served = servedBefore(facts, classification, conditions);
  const kept = usable.find((target) =>
    target.provider === served?.provider && target.model === served?.model
  );
  const order = kept === undefined
    ? ordered(usable, strategy, facts, conditions)
    : [kept, ...usable.filter((target) => target !== kept)];
  const head = `${order[0]!.provider},${order[0]!.model}`;
  why.push(
    kept === undefined ? `strategy ${strategy}: ${head} first` : `the turn began with ${head}: it keeps it`,
  );
  let next = 0;
  return chain.map((target) => target.skip === undefined ? order[next++]! : target);
}

/** The target that a turn under way began with. */
function servedBefore(
  facts: RequestFacts,
  classification: Classification,
  conditions: Conditions,
): Target | undefined {
  if (conditions.served === undefined || !classification.continuesTurn) return undefined;
  const turn = turnKey(facts, classification);
  return turn === undefined ? undefined : conditions.served(turn);
}
