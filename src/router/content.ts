/** Step 4: the content decides, in a fixed order. Pure. */
import type { Classification } from "../classifier/classification.ts";
import { classify } from "../classifier/classify.ts";
import type { Config } from "../config/config.ts";
import type { RouteName } from "../model/target.ts";
import type { RequestFacts } from "../model/request-facts.ts";
import { count, decided, type Decision, leadsTo, quoted } from "./decision.ts";
import type { Conditions } from "./plan.ts";
import { ruleMatches } from "./rules.ts";

const WEB_SEARCH = /web[_-]?search/i;

/**
 * Decides by the user's rules, images, a forced web search, length, housekeeping, the words, in this order, and
 * adds to `why` what it saw.
 *
 * `image`, `web_search` and `long_context` say what a request needs, the words say what it is for. Where such a
 * route is not set, the request is still for what its words say: a plan with a screenshot goes where plans go
 * (and the fit takes out the targets that cannot see), and only where the words say nothing it goes to `default`,
 * as the table of unset routes has it. A client's own search helper has no words of the user's: it goes to
 * `default`, not to `background`, whose small models have no web search.
 */
export function byContent(
  facts: RequestFacts,
  classified: Classification,
  config: Config,
  conditions: Conditions,
  why: string[],
): Decision {
  const classification = contentOf(facts, classified, config);
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
    why.push("it has images, but the route image is not set: the words decide");
  }

  const searches = facts.forcedServerTool !== undefined && WEB_SEARCH.test(facts.forcedServerTool);
  if (searches) {
    if (isSet("web_search")) return chosen("web_search", "it forces a web search", why);
    why.push("it forces a web search, but the route web_search is not set: the words decide");
  }

  if (facts.approxTokens >= longContextThreshold) {
    const long = `about ${count(facts.approxTokens)} tokens are long (from ${
      count(longContextThreshold)
    } on)`;
    if (isSet("long_context")) return chosen("long_context", long, why);
    why.push(`${long}, but the route long_context is not set: that decides nothing`);
  }

  if (classification.isHousekeeping && !isCount(facts, classification)) {
    if (searches) return chosen("default", "the client's search helper has no words of the user's", why);
    return chosen("background", classification.why, why);
  }
  return chosen(classification.kind, classification.why, why);
}

/** Counting tokens is housekeeping, but it asks about the model that the content itself goes to. */
function contentOf(facts: RequestFacts, classification: Classification, config: Config): Classification {
  if (!isCount(facts, classification) || classification.kind !== "background") return classification;
  return classify({ ...facts, operation: "generate" }, config.router.words);
}

function isCount(facts: RequestFacts, { housekeeping }: Classification): boolean {
  return housekeeping === "count_tokens" ||
    (facts.operation === "count_tokens" && housekeeping === undefined);
}

/** The classifier's reasons name the kind already (`… → think`). */
function chosen(name: RouteName, because: string, why: string[]): Decision {
  why.push(because.endsWith(`→ ${name}`) ? because : `${because} → ${name}`);
  return { kind: "route", name };
}
