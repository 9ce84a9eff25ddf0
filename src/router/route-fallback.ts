/** What happens when a route is not set: others take its work, in a fixed order. Pure. */
import type { Chain, RouteName } from "../model/target.ts";
import type { RouterConfig } from "../config/config.ts";

/** Where `default`'s work goes; `build` last, so that no file with a route for ordinary work leaves any without. */
const AFTER_DEFAULT: readonly RouteName[] = ["plan_implementation", "background", "think", "build"];

/** For each route, who takes its work when it is not set: the first of these that is. */
export const HANDS_ON: Readonly<Record<RouteName, readonly RouteName[]>> = {
  plan_implementation: ["build", "background", "default", ...AFTER_DEFAULT],
  build: ["background", "default", ...AFTER_DEFAULT],
  background: ["default", ...AFTER_DEFAULT],
  long_context: ["default", ...AFTER_DEFAULT],
  image: ["default", ...AFTER_DEFAULT],
  web_search: ["default", ...AFTER_DEFAULT],
  think: ["default", ...AFTER_DEFAULT],
  default: AFTER_DEFAULT,
};

export interface HandedOn {
  /** The route whose chain is used. */
  readonly name: RouteName;
  readonly chain: Chain;
  /** Undefined: the route is set itself. */
  readonly why?: string;
}

/** The chain that does a route's work; undefined: neither it nor any that it hands on to is set. */
export function handOn(name: RouteName, routes: RouterConfig["routes"]): HandedOn | undefined {
  const own = routes[name];
  if (own !== undefined && own.length > 0) return { name, chain: own };
  for (const next of HANDS_ON[name]) {
    const chain = routes[next];
    if (chain === undefined || chain.length === 0) continue;
    return { name: next, chain, why: `the route ${name} is not set: ${next} takes its work` };
  }
  return undefined;
}

/** The routes of ordinary work, in the order in which they are asked for what no target of another route can take. */
export const ORDINARY: readonly RouteName[] = ["default", ...AFTER_DEFAULT];

/** Why nothing takes a route's work, and what would. */
export function nobodyTakes(name: RouteName): string {
  const unset = [...new Set<RouteName>([name, ...HANDS_ON[name]])];
  return `no target: none of ${unset.join(", ")} is set in [router]; set "default" to give every request one`;
}
