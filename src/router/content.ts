/** Step 4: the content decides, in a fixed order. Pure. */
import type { RouteName } from "../model/target.ts";
import { count } from "../text/format.ts";
import { decided, type Decision, leadsTo, quoted } from "./decision.ts";
import type { RoutingInput } from "./plan.ts";
import { ruleMatches } from "./rules.ts";

const WEB_SEARCH = /web[_-]?search/i;

/**
 * Decides by the user's rules, images, a forced web search, length, housekeeping and the words, in this order, and adds
 * its reasons to `why`.
 *
 * `image`, `web_search` and `long_context` name what a request needs, the words what it is for. Where such a route is not
 * set, the request is routed by its words: a plan with a screenshot goes where plans go, without the targets that have no image input, and
 * only a request whose words say nothing goes to `default`. A client's own search helper holds no words of the user: it
 * goes to `default`, not to `background`, whose small models have no web search.
 */
export function byContent(input: RoutingInput): Decision {
  const { facts, classification, config, conditions, why } = input;
  const { routes, longContextThreshold } = config.router;
  const isSet = (name: RouteName) => (routes[name]?.length ?? 0) > 0;

  for (const rule of config.router.rules) {
    const matched = ruleMatches(rule, facts, classification, conditions);
    if (matched === undefined) continue;
    why.push(`rule ${quoted(rule.name)} matches (${matched}) and leads to ${leadsTo(rule.route)}`);
    const decision = decided(rule.route, `rule:${rule.name}`);
    if (decision !== undefined) return decision;
    break;
  }

  if (facts.hasImages) {
    if (isSet("image")) return chosen("image", "it has images", why);
    why.push("it has images, but the route image is not set: routed by its words");
  }

  const searches = facts.forcedServerTool !== undefined && WEB_SEARCH.test(facts.forcedServerTool);
  if (searches) {
    if (isSet("web_search")) return chosen("web_search", "it forces a web search", why);
    why.push("it forces a web search, but the route web_search is not set: routed by its words");
  }

  if (facts.approxTokens >= longContextThreshold) {
    const long = `about ${count(facts.approxTokens)} tokens are long (from ${
      count(longContextThreshold)
    } on)`;
    if (isSet("long_context")) return chosen("long_context", long, why);
    why.push(`${long}, but the route long_context is not set: ignored`);
  }

  if (classification.isHousekeeping) {
    if (searches) return chosen("default", "the client's search helper has no words of the user's", why);
    return chosen("background", classification.why, why);
  }
  return chosen(classification.kind, classification.why, why);
}

/** The classifier's reasons name the kind already (`… → think`). */
function chosen(name: RouteName, because: string, why: string[]): Decision {
  why.push(because.endsWith(`→ ${name}`) ? because : `${because} → ${name}`);
  return { kind: "route", name };
}
