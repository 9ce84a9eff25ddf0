/** `[router]` and the tables below it. */
import type { Chain, RouteName } from "../model/target.ts";
import type { ExtraWords, ModelExclusion, ModelMapping, RouterConfig } from "./config.ts";
import { deepFreeze } from "./freeze.ts";
import { globPattern } from "./glob.ts";
import type { KeyPath } from "./positions.ts";
import { buildRules } from "./rules.ts";
import type { RouterBlock } from "./schema.ts";
import { ROUTE_NAMES, type TargetReader } from "./targets.ts";

/** Tokens from which a request counts as long, where the file does not say. */
const LONG_CONTEXT = 60_000;

/** The router's part of the configuration; problems go to the reader's report. */
export function buildRouter(
  block: RouterBlock,
  pathOf: (block: object) => KeyPath,
  targets: TargetReader,
): RouterConfig {
  const routes: Partial<Record<RouteName, Chain>> = {};
  for (const name of ROUTE_NAMES) {
    const value = block[name];
    if (value === undefined) continue;
    const chain = targets.chain(value, ["router", name], name);
    if (chain.length > 0) routes[name] = chain;
  }
  return {
    routes,
    longContextThreshold: block.long_context_threshold ?? LONG_CONTEXT,
    fallback: block.fallback === undefined
      ? []
      : targets.chain(block.fallback, ["router", "fallback"], "fallback"),
    strategy: block.strategy ?? "fill_first",
    rules: buildRules(block.rules ?? [], pathOf, targets),
    mappings: mappings(block, pathOf, targets),
    exclusions: exclusions(block, pathOf, targets),
    words: words(block),
  };
}

function mappings(
  block: RouterBlock,
  pathOf: (block: object) => KeyPath,
  targets: TargetReader,
): ModelMapping[] {
  const made: ModelMapping[] = [];
  for (const one of block.model_mappings ?? []) {
    const path = pathOf(one);
    const to = targets.routeTarget(one.to, [...path, "to"], `mapping "${one.from}"`);
    const earlier = made.find((other) => other.from.toLowerCase() === one.from.trim().toLowerCase());
    if (earlier !== undefined) {
      targets.report.warn(
        [...path, "from"],
        `"${one.from}" is mapped above already; the first mapping that matches holds.`,
      );
    }
    if (to === undefined) continue;
    made.push({
      from: one.from.trim(),
      pattern: globPattern(one.from),
      to,
      bidirectional: one.bidirectional ?? false,
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
  for (const one of block.model_exclusions ?? []) {
    const provider = targets.provider(one.provider);
    if (provider === undefined) {
      targets.unknownProvider(one.provider, [...pathOf(one), "provider"]);
      continue;
    }
    const globs = typeof one.patterns === "string" ? [one.patterns] : one.patterns;
    made.push({
      provider: provider.name,
      patterns: globs.map((glob) => ({ glob: glob.trim(), pattern: globPattern(glob) })),
    });
  }
  return made;
}

/** Words that were read before, so that a reload with the same ones gives the same object; see {@link words}. */
const known = new Map<string, ExtraWords>();
const MOST_KNOWN = 8;

/** The user's words. The classifier compiles its tables once for each object: equal words are the same one. */
function words(block: RouterBlock): ExtraWords {
  const list = (key: keyof ExtraWords) => (block.words?.[key] ?? []).map((word) => word.trim().toLowerCase());
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
