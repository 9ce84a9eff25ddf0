/** The model names that clients can use, for `GET /v1/models`. Pure. */
import type { Config, RouteTarget } from "../config/config.ts";
import { isAnyModel, ROUTE_NAMES, type Target } from "../model/target.ts";
import { decided, type Decision } from "./decision.ts";
import { excluded } from "./fit.ts";
import { chainOf } from "./routes.ts";

export interface ListedModel {
  readonly id: string;
  /** The first target that it leads to; undefined: each request is routed by its content. */
  readonly target?: Target;
}

/** The names that leave the decision to the content. */
const AUTO_IDS = ["auto", "terraphim/auto", "terraphim/smart-router"];

/** Characters that make a mapping's source a pattern instead of a name. */
const GLOB = /[*?]/;

/**
 * Every name that is routed to a target: the automatic ones, the routes that are set, the mappings from a plain name,
 * and the models of each usable provider. A name that leads to no usable target is not listed.
 */
export function listModels(config: Config): ListedModel[] {
  const listed = new Map<string, ListedModel>();
  const add = (id: string, target?: Target) => {
    if (!listed.has(id)) listed.set(id, target === undefined ? { id } : { id, target });
  };
  const usable = ({ provider, model }: Target) => {
    const known = config.providers.get(provider);
    return known !== undefined && known.problem === undefined &&
      excluded({ provider, model }, config) === undefined;
  };
  const firstOf = (decision: Decision): Target | undefined => {
    const chain = decision.kind === "chain"
      ? decision.chain
      : chainOf(decision.name, config.router.routes)?.chain ?? [];
    return [...chain, ...config.router.fallback].find(usable);
  };

  const anything = firstOf({ kind: "route", name: "default" }) !== undefined;
  if (anything) { for (const id of AUTO_IDS) add(id); }
  for (const name of ROUTE_NAMES) {
    if (config.router.routes[name] === undefined) continue;
    const target = firstOf({ kind: "route", name });
    if (target !== undefined) add(name, target);
  }
  for (const { from, to } of config.router.mappings) {
    if (GLOB.test(from)) continue;
    const decision = decided(to, from);
    if (decision === undefined) {
      if (anything) add(from);
      continue;
    }
    const target = firstOf(decision);
    if (target !== undefined) add(from, target);
  }
  for (const provider of config.providers.values()) {
    for (const model of provider.models) addTarget({ provider: provider.name, model });
  }
  const { routes, rules, fallback } = config.router;
  for (const chain of [...Object.values(routes), ...rules.map((rule) => targetsOf(rule.route)), fallback]) {
    for (const target of chain ?? []) addTarget(target);
  }
  return [...listed.values()];

  function addTarget(target: Target): void {
    const { provider, model } = target;
    if (usable(target) && !isAnyModel(target)) add(`${provider},${model}`, { provider, model });
  }
}

function targetsOf(to: RouteTarget | undefined): readonly Target[] {
  return to?.kind === "chain" ? to.chain : [];
}
