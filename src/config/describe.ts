/** What a configuration resolves to, as rows for `check` and the banner. */
import type { Chain, Config, RouteTarget } from "./config.ts";
import { ROUTE_NAMES } from "./targets.ts";

export interface RouteRow {
  /** `think`, `fallback`, `rule "rust"`, `mapping "claude-*"`. */
  readonly route: string;
  readonly kind: "route" | "fallback" | "rule" | "mapping";
  /** `openrouter,anthropic/claude-opus-4.8 | groq,…`, a route's name, or "auto". "" for a route that is not set. */
  readonly leadsTo: string;
  /** The targets that can be called now, in order. */
  readonly usable: readonly string[];
  /** The targets that would be skipped, each with its reason. */
  readonly skipped: readonly { readonly target: string; readonly reason: string }[];
  /** Why the route cannot serve anything by itself; undefined: it can (or it leads to another route). */
  readonly problem?: string;
}

/** A chain as it is written in a file. */
export function chainText(chain: Chain): string {
  return chain.map(({ provider, model }) => `${provider},${model}`).join(" | ");
}

/** Where a rule or mapping leads, as it is written in a file. */
export function routeTargetText(to: RouteTarget): string {
  return to.kind === "chain" ? chainText(to.chain) : to.kind === "route" ? to.name : "auto";
}

/** Why a target would be skipped before it is tried, as far as the configuration alone can tell. */
export function targetProblem(config: Config, provider: string, model: string): string | undefined {
  const known = config.providers.get(provider);
  if (known === undefined) return `there is no provider "${provider}"`;
  if (known.problem !== undefined) return known.problem;
  const excluded = config.router.exclusions.find((one) =>
    one.provider === provider && one.patterns.some(({ pattern }) => pattern.test(model))
  );
  return excluded === undefined ? undefined : "the model is excluded";
}

/** Every route, the fallback, every rule and mapping. Routes that are not set are rows too: they hand on. */
export function describeRoutes(config: Config): RouteRow[] {
  const { routes, fallback, rules, mappings } = config.router;
  return [
    ...ROUTE_NAMES.map((name) => row(config, name, "route", { kind: "chain", chain: routes[name] ?? [] })),
    ...(fallback.length > 0 ? [row(config, "fallback", "fallback", { kind: "chain", chain: fallback })] : []),
    ...rules.map((rule) => row(config, `rule "${rule.name}"`, "rule", rule.route)),
    ...mappings.map((mapping) => row(config, `mapping "${mapping.from}"`, "mapping", mapping.to)),
  ];
}

function row(config: Config, route: string, kind: RouteRow["kind"], to: RouteTarget): RouteRow {
  const usable: string[] = [];
  const skipped: { target: string; reason: string }[] = [];
  for (const { provider, model } of to.kind === "chain" ? to.chain : []) {
    const reason = targetProblem(config, provider, model);
    if (reason === undefined) usable.push(`${provider},${model}`);
    else skipped.push({ target: `${provider},${model}`, reason });
  }
  const problem = skipped.length > 0 && usable.length === 0
    ? [...new Set(skipped.map(({ reason }) => reason))].join("; ")
    : undefined;
  return {
    route,
    kind,
    leadsTo: routeTargetText(to),
    usable,
    skipped,
    ...(problem !== undefined && { problem }),
  };
}
