/** Where each route of a configuration goes and what is missing, as data for `check`, `doctor` and the banner. */
import type { PricedCatalog } from "../config/priced-catalog.ts";
import { type Chain, isAnyModel, ROUTE_NAMES, type RouteName, type Target } from "../model/target.ts";
import { nearest } from "../text/match.ts";
import type { Config, ConfigWarning, Provider, RouteTarget } from "../config/config.ts";
import { excluded } from "./fit.ts";
import { chainOf, routeNamed } from "./routes.ts";

/** A target as a route sees it. */
export interface TargetReport extends Target {
  /** Dollars per million tokens; undefined: unknown. */
  readonly price?: { readonly input: number; readonly output: number };
  /** Why it is skipped; undefined: it is not. */
  readonly skip?: string;
}

export interface RouteReport {
  /** `think`, `fallback`, `rule:rust`, `mapping:claude-*`. */
  readonly name: string;
  /** The route that does its work: for one that is not set, a rule or mapping to a route. Undefined: its own chain. */
  readonly via?: string;
  /** In the order in which they are tried. Empty: routed by content. */
  readonly targets: readonly TargetReport[];
  /** Some target can be tried, another route takes over, or requests are routed by content. */
  readonly usable: boolean;
}

/** Routes that exist only where they are set. */
const ONLY_WHERE_SET: ReadonlySet<RouteName> = new Set(["subagent", "simple"]);
/** What a request needs, not what it is for: without these routes, requests are routed by content. */
const NEEDS: ReadonlySet<RouteName> = new Set(["long_context", "image", "web_search"]);

/** Every route: the built-in ones, the fallback, and those of the user's rules and mappings. */
export function reportRoutes(config: Config, catalog: PricedCatalog): RouteReport[] {
  const { routes, fallback, rules, mappings } = config.router;
  const targets = (chain: Chain) => chain.map((target) => reportTarget(config, catalog, target));
  const rescued = targets(fallback).some(isUsable);
  const own = (name: string, chain: Chain, via?: string): RouteReport => {
    const listed = targets(chain);
    return {
      name,
      ...(via === undefined ? {} : { via }),
      targets: listed,
      usable: rescued || listed.some(isUsable),
    };
  };
  const byWords = (name: string): RouteReport => ({ name, targets: [], usable: true });
  const leading = (name: string, to: RouteTarget): RouteReport => {
    if (to.kind === "chain") return own(name, to.chain);
    const route = to.kind === "route" ? routeNamed(to.name) : undefined;
    const handed = route === undefined ? undefined : chainOf(route, routes);
    return handed === undefined ? byWords(name) : own(name, handed.chain, handed.name);
  };
  const builtin = ROUTE_NAMES.filter((name) => routes[name] !== undefined || !ONLY_WHERE_SET.has(name)).map(
    (name) => {
      if (routes[name] === undefined && NEEDS.has(name)) return byWords(name);
      const handed = chainOf(name, routes);
      if (handed === undefined) return own(name, []);
      return own(name, handed.chain, handed.name === name ? undefined : handed.name);
    },
  );
  return [
    ...builtin,
    ...(fallback.length === 0 ? [] : [own("fallback", fallback)]),
    ...rules.flatMap((rule) => rule.route === undefined ? [] : [leading(`rule:${rule.name}`, rule.route)]),
    ...mappings.map((mapping) => leading(`mapping:${mapping.from}`, mapping.to)),
  ];
}

/** A warning for each target whose model is in no list: its price and its window are not known, or its name is wrong. */
export function unlistedModels(
  config: Config,
  catalog: PricedCatalog,
  routes: readonly RouteReport[],
): ConfigWarning[] {
  const warned = new Set<string>();
  return routes.filter(({ via }) => via === undefined).flatMap(({ name, targets }) =>
    targets.flatMap((target) => {
      const { provider, model } = target;
      const text = `${provider},${model}`;
      const at = config.providers.get(provider);
      if (warned.has(text) || isAnyModel(target) || at === undefined || at.local) return [];
      if (at.models.includes(model) || catalog.find(target) !== undefined) return [];
      warned.add(text);
      const near = nearest(model, catalog.modelsOf(provider));
      const hint = near === undefined
        ? " [[prices]] sets its price."
        : ` Did you mean ${JSON.stringify(`${provider},${near}`)}?`;
      return [{
        key: `router.${name}`,
        message: `${text} is in no list of models: its price and context window are not known.${hint}`,
      }];
    })
  );
}

/** A warning where nothing says where a request goes: only those that name a target are answered. */
export function noRouteWarning({ router }: Config): ConfigWarning[] {
  const { routes, fallback, rules, mappings, script } = router;
  const leads = Object.values(routes).some((chain) => chain.length > 0) || fallback.length > 0 ||
    rules.length + mappings.length > 0 || script !== undefined;
  return leads ? [] : [{
    key: "router",
    message:
      "no route is set, so only requests that name a target (provider,model) are answered. Set one: default = " +
      '"provider,model".',
  }];
}

const isUsable = ({ skip }: TargetReport): boolean => skip === undefined;

function reportTarget(config: Config, catalog: PricedCatalog, target: Target): TargetReport {
  const { provider, model, settings } = target;
  const price = catalog.find(target)?.price;
  const skip = config.providers.get(provider)?.problem ?? excluded(target, config);
  return {
    provider,
    model,
    ...(settings === undefined ? {} : { settings }),
    ...(price === undefined ? {} : { price: { input: price.input, output: price.output } }),
    ...(skip === undefined ? {} : { skip }),
  };
}

/** A provider that the configuration uses, and whether it can be called. */
export interface ProviderReport {
  readonly name: string;
  /** What is missing; undefined: it can be called. */
  readonly problem?: string;
  readonly access: "key" | "passthrough" | "none";
  /** The routes that name it. */
  readonly routes: readonly string[];
}

/** The providers that have a block in the file or are named in a route. */
export function reportProviders(config: Config, routes: readonly RouteReport[]): ProviderReport[] {
  const used = new Map<string, Set<string>>();
  for (const { name, via, targets } of routes) {
    for (const { provider } of targets) {
      const names = used.get(provider) ?? new Set();
      if (via === undefined) names.add(name);
      used.set(provider, names);
    }
  }
  return [...config.providers.values()]
    .filter(({ name, origin }) => origin === "config" || used.has(name))
    .map((provider) => ({
      name: provider.name,
      ...(provider.problem === undefined ? {} : { problem: provider.problem }),
      access: accessOf(provider),
      routes: [...used.get(provider.name) ?? []],
    }));
}

function accessOf({ passthrough, auth, apiKeys, problem }: Provider): ProviderReport["access"] {
  if (passthrough) return "passthrough";
  return problem === undefined && (auth === "none" || apiKeys.length === 0) ? "none" : "key";
}
