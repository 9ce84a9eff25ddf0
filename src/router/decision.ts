/** What a step of the routing decides, and the small things that all steps say alike. Pure. */
import { type Chain, ROUTE_NAMES, type RouteName } from "../model/target.ts";
import type { RouteTarget } from "../config/config.ts";

/** Which targets a request goes to: a built-in route's, or some of its own. */
export type Decision =
  | {
    readonly kind: "route";
    readonly name: RouteName;
    /** What the plan calls it; undefined: the name of the route whose chain is used in the end. */
    readonly route?: string;
  }
  | { readonly kind: "chain"; readonly route: string; readonly chain: Chain };

/** The built-in route of a name in any case, with dashes or underscores. */
export function routeNamed(name: string): RouteName | undefined {
  const plain = name.trim().toLowerCase().replaceAll("-", "_");
  return ROUTE_NAMES.find((route) => route === plain);
}

/** What a rule, mapping or budget leads to; undefined: the content decides. */
export function decided(to: RouteTarget, route: string): Decision | undefined {
  if (to.kind === "chain") return { kind: "chain", route, chain: to.chain };
  if (to.kind === "auto") return undefined;
  const name = routeNamed(to.name);
  return name === undefined ? undefined : { kind: "route", name, route };
}

/** Where something leads, for people. */
export function leadsTo(to: RouteTarget): string {
  if (to.kind === "chain") return to.chain.map((target) => `${target.provider},${target.model}`).join(" | ");
  return to.kind === "auto" ? "the content" : `the route ${to.name}`;
}

/** A text of the client's in a line for people: quoted, on one line, not longer than it helps. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? text.slice(0, 80) + "…" : text);
}

/** `130,000`. */
export function count(tokens: number): string {
  return String(Math.round(tokens)).replace(/\B(?=(\d{3})+$)/g, ",");
}
