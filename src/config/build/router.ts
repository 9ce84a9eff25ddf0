/** `[router]` and the tables below it. */
import { RE2JS } from "re2js";
import { messageOf } from "../../files/errors.ts";
import { type Chain, isAnyModel, ROUTE_NAMES, type RouteName } from "../../model/target.ts";
import type { ExtraWords, ModelExclusion, ModelMapping, RouterConfig, Rule } from "../config.ts";
import { deepFreeze } from "./freeze.ts";
import { globPattern, type Pattern } from "../../text/match.ts";
import { described, type KeyPath, type Report } from "../problem.ts";
import type { RouterBlock, RuleBlock } from "../schema/sections.ts";
import type { TargetReader } from "./targets.ts";
import { readDays, readHours } from "./times.ts";

/** The routes, rules, mappings, exclusions and words. Problems go to the report of `targets`. */
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
  return {
    routes,
    ...(block.long_context_threshold === undefined
      ? {}
      : { longContextThreshold: block.long_context_threshold }),
    fallback,
    whenUnsure: block.when_unsure,
    escalate: {
      after: block.escalate.after,
      ...(block.escalate.to === undefined ? {} : { to: block.escalate.to }),
    },
    ...judge(block, targets),
    strategy: block.strategy,
    keepWarm: block.keep_warm,
    sticky: block.sticky,
    rules: buildRules(block.rules, pathOf, targets),
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

/** The rules in the order of the file. One whose route is wrong is reported and dropped. */
function buildRules(
  blocks: readonly RuleBlock[],
  pathOf: (block: object) => KeyPath,
  targets: TargetReader,
): Rule[] {
  const rules: Rule[] = [];
  const names = new Set<string>();
  for (const block of blocks) {
    const path = pathOf(block);
    const position = path.at(-1);
    const name = block.name?.trim() ?? `rule ${(typeof position === "number" ? position : rules.length) + 1}`;
    if (names.has(name)) targets.report.warn([...path, "name"], `duplicate rule name "${name}".`);
    names.add(name);
    const route = targets.routeTarget(block.route, [...path, "route"], `rule "${name}"`);
    const when = conditions(block, path, targets.report);
    if (Object.keys(block.when).length === 0) {
      targets.report.warn([...path, "when"], `rule "${name}" has no condition: every request matches it.`);
    }
    if (route !== undefined) rules.push({ name, when, route });
  }
  return rules;
}

const list = (value: string | readonly string[] | undefined): string[] | undefined =>
  value === undefined
    ? undefined
    : (typeof value === "string" ? [value] : [...value]).map((one) => one.trim().toLowerCase());

function conditions(block: RuleBlock, path: KeyPath, report: Report): Rule["when"] {
  const when = block.when;
  const at = (key: string): KeyPath => [...path, "when", key];
  const all = {
    any: list(when.any),
    all: list(when.all),
    none: list(when.none),
    regex: when.regex === undefined ? undefined : regex(when.regex, at("regex"), report),
    language: list(when.language),
    minComplexity: when.min_complexity,
    maxComplexity: when.max_complexity,
    hours: when.hours === undefined ? undefined : readHours(when.hours, at("hours"), report),
    days: when.days === undefined ? undefined : readDays(when.days, at("days"), report),
    client: list(when.client),
    model: when.model === undefined ? undefined : globPattern(when.model),
    minTokens: when.min_tokens,
  };
  if ((when.min_complexity ?? 0) > (when.max_complexity ?? 1)) {
    report.problem(at("min_complexity"), "is greater than max_complexity, so nothing matches.");
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/**
 * Matches in any case, with or without `(?i)` at the start. By RE2, whose time grows with the text alone: a prompt holds web
 * pages and the output of tools, and one that makes an expression backtrack would stop every request.
 */
function regex(source: string, path: KeyPath, report: Report): Pattern | undefined {
  const parts = source.match(/\[(?:\\[^]|[^\]\\])*\]|\\[^]|\(\?[=!]/g) ?? [];
  if (parts.some((part) => /^(?:\(\?[=!]|\\[1-9k])$/.test(part))) {
    report.problem(
      path,
      "look-ahead and references to groups are not supported: they can take forever on a long prompt.",
      {
        found: described(source, path),
      },
    );
    return undefined;
  }
  try {
    const flags = RE2JS.CASE_INSENSITIVE | RE2JS.LOOKBEHINDS;
    const compiled = RE2JS.compile(RE2JS.translateRegExp(source.replace(/^\(\?i\)/, "")), flags);
    return { source, test: (text) => compiled.test(text) };
  } catch (error) {
    const reason = messageOf(error).replace(/^error parsing regexp: /, "");
    report.problem(path, `is not a valid regular expression: ${reason}.`, { found: described(source, path) });
    return undefined;
  }
}
