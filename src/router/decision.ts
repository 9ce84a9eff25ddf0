/** What a step of the routing decides, and how its reasons are worded. Pure. */
import type { Chain, RouteName } from "../model/target.ts";
import type { RouteTarget } from "../config/config.ts";
import { targetText } from "../text/target-settings.ts";
import { routeNamed } from "./routes.ts";

/** Which targets a request goes to: a built-in route's, or some of its own. */
export type Decision =
  | {
    readonly kind: "route";
    readonly name: RouteName;
    /** What the plan calls it; undefined: the name of the route whose chain is used in the end. */
    readonly route?: string;
    /** The kind of the work decided, not what the request needs. */
    readonly byKind?: boolean;
    readonly wished?: boolean;
  }
  | {
    readonly kind: "chain";
    readonly route: string;
    readonly chain: Chain;
    /** The user wished it in the prompt: it holds for the whole turn, whatever model the client names. */
    readonly wished?: boolean;
  };

/** What a rule, mapping or budget leads to; undefined: the content decides. */
export function decided(to: RouteTarget, route: string): Decision | undefined {
  if (to.kind === "chain") return { kind: "chain", route, chain: to.chain };
  if (to.kind === "auto") return undefined;
  const name = routeNamed(to.name);
  return name === undefined ? undefined : { kind: "route", name, route };
}

/** Where a rule, mapping or budget leads, for people. */
export function leadsTo(to: RouteTarget | Decision): string {
  if (to.kind === "chain") return to.chain.map(targetText).join(" | ");
  return to.kind === "auto" ? "routing by content" : `the route ${to.name}`;
}

/** A client's text in a line for people: quoted, on one line, at most 80 characters. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? text.slice(0, 80) + "…" : text);
}
