/** Step 5: the content decides, in a fixed order. Pure. */
import type { RequestFacts } from "../model/request-facts.ts";
import { ROUTE_NAMES, type RouteName } from "../model/target.ts";
import { count } from "../text/format.ts";
import type { Decision } from "./decision.ts";
import { excluded, tooLong } from "./fit.ts";
import type { RoutingInput } from "./plan.ts";
import { endingIn, routeOfTurn } from "./turn.ts";

const WEB_SEARCH = /web[_-]?search/i;

/**
 * Decides by images, a web search, length, housekeeping, who asks and the words, in this order, and adds
 * its reasons to `why`.
 *
 * `image`, `web_search` and `long_context` name what a request needs, the words what it is for. Where such a route is not
 * set, the request is routed by its words: a plan with a screenshot goes where plans go, without the targets that have no image input, and
 * only a request whose words say nothing goes to `default`. A client's own search helper holds no words of the user: it
 * goes to `default`, not to `background`, whose small models have no web search.
 */
export function byContent(input: RoutingInput): Decision {
  const { facts, classification, config, why } = input;
  const { routes } = config.router;
  const isSet = (name: RouteName) => (routes[name]?.length ?? 0) > 0;

  if (facts.hasImages) {
    if (isSet("image")) return chosen("image", "it has images", why);
    why.push("it has images, but the route image is not set: routed by its words");
  }

  const search = searchOf(facts);
  if (search !== undefined) {
    if (isSet("web_search")) return chosen("web_search", search, why);
    why.push(`${search}, but the route web_search is not set: routed by its words`);
  }

  const long = isSet("long_context") ? longOf(input) : undefined;
  if (long !== undefined) return chosen("long_context", long, why);

  if (classification.isHousekeeping) {
    if (search !== undefined) {
      return chosen("default", "the client's search helper has no words of the user's", why);
    }
    return chosen("background", classification.why, why);
  }
  if (classification.isSubagent && isSet("subagent")) {
    return chosen("subagent", "one of the client's subagents asks", why);
  }
  const name = routeOfTurn(input);
  if (name !== "default" || !isSet("simple") || !isSimple(input)) {
    return { kind: "route", name, byKind: true };
  }
  why.push(
    `its complexity is ${classification.complexity.toFixed(2)} (below ${config.router.simpleBelow}) → simple`,
  );
  return { kind: "route", name: "simple", byKind: true };
}

/** Whether a question is one for the route `simple`. */
function isSimple({ classification: { prompt, complexity }, config }: RoutingInput): boolean {
  return prompt !== undefined && complexity < config.router.simpleBelow;
}

/**
 * Why a request counts as long, for people; undefined: it does not. Without a threshold it does where no target of the
 * other routes can take it: what fits one of them is routed by content, and goes on where its own route cannot take it.
 */
function longOf({ facts, config, conditions }: RoutingInput): string | undefined {
  const { routes, longContextThreshold: threshold } = config.router;
  const tokens = `about ${count(facts.approxTokens)} tokens`;
  if (threshold !== undefined) {
    return facts.approxTokens < threshold ? undefined : `${tokens} are long (from ${count(threshold)} on)`;
  }
  let widest = 0;
  for (const name of ROUTE_NAMES) {
    for (const target of name === "long_context" ? [] : routes[name] ?? []) {
      if (config.providers.get(target.provider)?.problem !== undefined) continue;
      if (excluded(target, config) !== undefined) continue;
      const model = conditions.model(target);
      if (model === undefined || tooLong(facts, model) === undefined) return undefined;
      widest = Math.max(widest, model.context);
    }
  }
  return widest === 0 ? undefined : `${tokens} fit into no other route's window (at most ${count(widest)})`;
}

/** How a request asks for a web search, for people; undefined: it does not. */
function searchOf({ forcedServerTool: forced, serverTools, toolCount }: RequestFacts): string | undefined {
  if (forced !== undefined && WEB_SEARCH.test(forced)) return "it forces a web search";
  const only = toolCount === 1 ? serverTools[0] : undefined;
  return only !== undefined && WEB_SEARCH.test(only) ? "its only tool is a web search" : undefined;
}

function chosen(name: RouteName, because: string, why: string[]): Decision {
  why.push(endingIn(name, because));
  return { kind: "route", name };
}
