/** The built-in routes, and which of them takes the work of one that is not set. Pure. */
import { type Chain, ROUTE_NAMES, type RouteName } from "../model/target.ts";
import type { RouterConfig } from "../config/config.ts";

const BY_NAME: ReadonlyMap<string, RouteName> = new Map(ROUTE_NAMES.map((name) => [name, name]));

/** The built-in route of a name in any case, with dashes or underscores. */
export function routeNamed(name: string): RouteName | undefined {
  return BY_NAME.get(name) ?? BY_NAME.get(name.trim().toLowerCase().replaceAll("-", "_"));
}

/** Which routes take the work of `default`; `build` last, so that every file with a route for ordinary work serves all of it. */
const AFTER_DEFAULT: readonly RouteName[] = ["plan_implementation", "background", "think", "build"];

/** For each route that is not set, the routes that may take its work; the first that is set does. */
const TAKEN_BY: Readonly<Record<RouteName, readonly RouteName[]>> = {
  plan_implementation: ["build", "background", "default", ...AFTER_DEFAULT],
  build: ["background", "default", ...AFTER_DEFAULT],
  background: ["default", ...AFTER_DEFAULT],
  long_context: ["default", ...AFTER_DEFAULT],
  image: ["default", ...AFTER_DEFAULT],
  web_search: ["default", ...AFTER_DEFAULT],
  subagent: ["build", "background", "default", ...AFTER_DEFAULT],
  simple: ["default", ...AFTER_DEFAULT],
  think: ["default", ...AFTER_DEFAULT],
  default: AFTER_DEFAULT,
};

/** The routes of ordinary work, in the order in which they are asked to take what another route's models cannot. */
export const ORDINARY: readonly RouteName[] = ["default", ...AFTER_DEFAULT];

/** The route that does the work of another one. */
export interface TakenRoute {
  /** The route whose chain is used. */
  readonly name: RouteName;
  readonly chain: Chain;
  /** Why it is another route's chain; undefined: the route is set itself. */
  readonly why?: string;
}

/** The chain that does a route's work; undefined: neither the route nor any that could take its work is set. */
export function chainOf(name: RouteName, routes: RouterConfig["routes"]): TakenRoute | undefined {
  const own = routes[name];
  if (own !== undefined && own.length > 0) return { name, chain: own };
  for (const next of TAKEN_BY[name]) {
    const chain = routes[next];
    if (chain === undefined || chain.length === 0) continue;
    return { name: next, chain, why: `the route ${name} is not set: ${next} takes its work` };
  }
  return undefined;
}

/** Why nothing takes a route's work, and what would. */
export function nobodyTakes(name: RouteName): string {
  const unset = [...new Set<RouteName>([name, ...TAKEN_BY[name]])];
  return `no target: none of ${unset.join(", ")} is set in [router]; set "default" to give every request one`;
}
