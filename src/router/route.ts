/** From a request's facts and classification to the targets that may answer it, and why. Pure. */
import type { Classification } from "../classifier/classification.ts";
import type { Chain, Target } from "../model/target.ts";
import type { Config } from "../config/config.ts";
import type { RequestFacts } from "../model/request-facts.ts";
import { askedModel } from "./asked-model.ts";
import { byContent } from "./content.ts";
import { decided, type Decision, leadsTo } from "./decision.ts";
import { lacking, unfit } from "./fit.ts";
import { handOn, nobodyTakes, ORDINARY } from "./route-fallback.ts";
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
  const own = planned(used.chain, used.from);
  const relief = used.mayPass ? relieving(own, facts, config, conditions, why) : [];
  const chain = [...own, ...planned(relief, "handed_on")];
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
  /** A route of `[router]` decided: where none of its models can take the request, another route may. */
  readonly mayPass?: boolean;
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
    mayPass: true,
  };
}

/**
 * The chain that takes a request which no model of its own chain can take: it has images, tools or a length that they
 * lack. The first route of ordinary work with a model that can; empty where there is none, or none is needed.
 */
function relieving(
  own: readonly PlannedTarget[],
  facts: RequestFacts,
  config: Config,
  conditions: Conditions,
  why: string[],
): Chain {
  if (own.some(({ skip }) => skip === undefined)) return [];
  const lacks = new Set(
    own.map((target) => lacking(target, facts, conditions)).filter((one) => one !== undefined),
  );
  if (lacks.size === 0) return [];
  for (const name of ORDINARY) {
    const chain = config.router.routes[name] ?? [];
    if (!chain.some((target) => unfit(target, facts, config, conditions) === undefined)) continue;
    why.push(`no target of the route can take it (${[...lacks].join("; ")}): ${name} takes it`);
    return chain;
  }
  return [];
}

/** Sends a request another way where the conditions say so (a spent budget). */
function redirected(used: Resolved, config: Config, conditions: Conditions, why: string[]): Resolved {
  const redirect = conditions.redirect?.(used.route);
  if (redirect === undefined) return used;
  const decision = decided(redirect.to, redirect.route);
  if (decision === undefined) return used;
  why.push(`${redirect.why}: ${leadsTo(redirect.to)} takes it`);
  const to = resolved(
    decision.kind === "route" ? { kind: "route", name: decision.name } : decision,
    config,
    why,
  );
  return { ...to, mayPass: false }; // else it could come back to what the budget was to spare
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
