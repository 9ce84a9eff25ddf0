/** `[router]` and the tables below it. */
import { type Chain, isAnyModel, ROUTE_NAMES, type RouteName } from "../../model/target.ts";
import type { ExtraWords, ModelExclusion, ModelMapping, RouterConfig } from "../config.ts";
import { deepFreeze } from "./freeze.ts";
import { globPattern } from "../../text/match.ts";
import type { KeyPath } from "../problem.ts";
import type { RouterBlock } from "../schema/sections.ts";
import { targetsByName } from "./families.ts";
import { buildRules } from "./rules.ts";
import { buildScript } from "./script.ts";
import type { TargetReader } from "./targets.ts";
import { buildTaxonomy, type TaxonomyInput } from "./taxonomy.ts";

/** The routes, rules, mappings, exclusions and words. Problems go to the report of `targets`. */
export function buildRouter(
  block: RouterBlock,
  pathOf: (block: object) => KeyPath,
  targets: TargetReader,
  { folder, env, files }: Pick<TaxonomyInput, "folder" | "env" | "files">,
): RouterConfig {
  const routes: Partial<Record<RouteName, Chain>> = {};
  for (const name of ROUTE_NAMES) {
    const value = block[name];
    if (value === undefined) continue;
    const chain = targets.chain(value, ["router", name], name);
    if (chain.length > 0) routes[name] = chain;
  }
  const fallback = block.fallback === undefined
    ? []
    : targets.chain(block.fallback, ["router", "fallback"], "fallback");
  for (const name of ROUTE_NAMES) {
    if (routes[name]?.every(isAnyModel) !== true || fallback.some((one) => !isAnyModel(one))) continue;
    targets.report.warn(
      ["router", name],
      'requests that ask for a route or "auto" have no target here; a target with a model takes them.',
    );
  }
  const script = buildScript(block, { folder, env, files, report: targets.report });
  return {
    routes,
    ...(script === undefined ? {} : { script }),
    ...(block.long_context_threshold === undefined
      ? {}
      : { longContextThreshold: block.long_context_threshold }),
    fallback,
    simpleBelow: block.simple_below,
    whenUnsure: block.when_unsure,
    escalate: {
      after: block.escalate.after,
      ...(block.escalate.to === undefined ? {} : { to: block.escalate.to }),
    },
    ...judge(block, targets),
    strategy: block.strategy,
    keepWarm: block.keep_warm,
    wishes: block.wishes,
    byName: targetsByName({ routes, fallback }, targets.providers),
    sticky: block.sticky,
    rules: [
      ...buildRules(block.rules, pathOf, targets),
      ...(block.taxonomy === undefined
        ? []
        : buildTaxonomy({ path: block.taxonomy, folder, env, targets, files })),
    ],
    mappings: mappings(block, pathOf, targets),
    exclusions: exclusions(block, pathOf, targets),
    words: words(block),
  };
}

/** Who gives the second opinion; empty: nobody does, or a problem was reported. */
function judge({ judge: block }: RouterBlock, targets: TargetReader): Pick<RouterConfig, "judge"> {
  if (block === undefined) return {};
  const target = targets.target(block.target, ["router", "judge", "target"], "judge");
  return target === undefined ? {} : { judge: { target, timeoutMs: block.timeout_ms } };
}

function mappings(
  block: RouterBlock,
  pathOf: (block: object) => KeyPath,
  targets: TargetReader,
): ModelMapping[] {
  const made: ModelMapping[] = [];
  for (const one of block.model_mappings) {
    const path = pathOf(one);
    const to = targets.routeTarget(one.to, [...path, "to"], `mapping "${one.from}"`);
    const earlier = made.find((other) => other.from.toLowerCase() === one.from.trim().toLowerCase());
    if (earlier !== undefined) {
      targets.report.warn(
        [...path, "from"],
        `"${one.from}" already has a mapping above; the first one that matches applies.`,
      );
    }
    if (to === undefined) continue;
    made.push({
      from: one.from.trim(),
      pattern: globPattern(one.from),
      to,
      bidirectional: one.bidirectional,
    });
  }
  return made;
}

function exclusions(
  block: RouterBlock,
  pathOf: (block: object) => KeyPath,
  targets: TargetReader,
): ModelExclusion[] {
  const made: ModelExclusion[] = [];
  for (const one of block.model_exclusions) {
    const provider = targets.provider(one.provider);
    if (provider === undefined) {
      targets.unknownProvider(one.provider, [...pathOf(one), "provider"]);
      continue;
    }
    const globs = typeof one.patterns === "string" ? [one.patterns] : one.patterns;
    made.push({
      provider: provider.name,
      patterns: globs.map(globPattern),
    });
  }
  return made;
}

/** Words of earlier loads, so that a reload with the same ones gives the same object; see {@link words}. */
const known = new Map<string, ExtraWords>();
const MOST_KNOWN = 8;

/** The user's words. The classifier compiles its tables once for each object: equal words give the same object. */
function words(block: RouterBlock): ExtraWords {
  const list = (key: keyof ExtraWords) => block.words[key].map((word) => word.trim().toLowerCase());
  const read: ExtraWords = deepFreeze({
    plan: list("plan"),
    implementation: list("implementation"),
    think: list("think"),
    background: list("background"),
    negation: list("negation"),
  });
  const id = JSON.stringify(read);
  const same = known.get(id);
  if (same !== undefined) return same;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(id, read);
  return read;
}
