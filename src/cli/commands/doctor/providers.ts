/** Checks of the providers: is the key set and accepted, does the server answer, does it have the models of the routes. */
import type { Config, Provider, RouteTarget } from "../../../config/config.ts";
import type { ProviderReport, RouteReport } from "../../../router/route-report.ts";
import { counted } from "../../../text/format.ts";
import type { Finding } from "./checks.ts";
import { checkClock } from "./machine.ts";
import { probe, type Probed } from "./probe.ts";
import { readName } from "../../../catalog/name.ts";
import { builtinProvider } from "../../../catalog/providers.ts";
import type { Chain } from "../../../model/target.ts";
import { nearest } from "../../../text/match.ts";

/**
 * All providers that the configuration uses.
 * @param offline only check the keys
 */
export async function checkProviders(
  config: Config,
  reports: readonly ProviderReport[],
  routes: readonly RouteReport[],
  offline: boolean,
): Promise<Finding[]> {
  const known = reports.flatMap(({ name, problem }) => {
    const provider = config.providers.get(name);
    return provider === undefined ? [] : [{ provider, problem }];
  });
  // All are called at once.
  const asked = await Promise.all(known.map(async ({ provider, problem }) => ({
    provider,
    problem,
    probed: problem !== undefined || offline ? [] : await Promise.all(
      (provider.apiKeys.length === 0 ? [undefined] : provider.apiKeys).map((key) => probe(provider, key)),
    ),
  })));
  const working = new Set(
    asked.filter(({ provider, problem, probed }) =>
      problem === undefined && (offline || probed.some((one) => works(provider, one)))
    ).map(({ provider }) => provider.name),
  );
  const grave = needed(routes, working);
  const clocks = asked.flatMap(({ probed }) => probed.flatMap(({ clockMs }) => clockMs ?? []));
  const findings = asked.flatMap(({ provider, problem, probed }): Finding[] => {
    const { name } = provider;
    if (problem !== undefined) return [withoutKey(name, problem)];
    if (offline) return [{ check: name, state: "ok" as const, found: access(provider) }];
    const listed = probed.find(({ models }) => models !== undefined)?.models ?? [];
    return [
      ...probed.map((one, index) =>
        findingOf(provider, one, probed.length > 1 ? index + 1 : undefined, grave.has(name))
      ),
      ...missing(config, provider, listed),
    ];
  });
  return [...findings, ...checkClock(clocks)];
}

function works({ passthrough }: Provider, { outcome }: Probed): boolean {
  return outcome === "lists" || outcome === "answers" || (passthrough && outcome === "refuses");
}

/** The providers of routes in which no provider works. Their problems must be fixed. */
function needed(routes: readonly RouteReport[], working: ReadonlySet<string>): ReadonlySet<string> {
  const fallback = routes.find(({ name }) => name === "fallback")?.targets ?? [];
  const names = new Set<string>();
  for (const { targets } of routes) {
    const usable = [...targets, ...fallback].filter(({ skip }) => skip === undefined);
    if (targets.length === 0 || usable.some(({ provider }) => working.has(provider))) continue;
    for (const { provider } of usable) names.add(provider);
  }
  return names;
}

function access({ passthrough, apiKeys, local }: Provider): string {
  if (passthrough) return "uses the client's own credential";
  if (apiKeys.length === 0) return local ? "needs no key" : "has no key, and is called without one";
  return apiKeys.length === 1 ? "key is set" : `${apiKeys.length} keys are set`;
}

/** A warning: where a route has no other target, the finding on routes is the failure. */
function withoutKey(name: string, problem: string): Finding {
  const variable = /^([A-Z][A-Z0-9_]*) is not set/.exec(problem)?.[1];
  return {
    check: name,
    state: "warn",
    found: `${problem}; its targets are skipped`,
    fix: variable === undefined
      ? "Set api_key in its [[providers]] block."
      : `Set it where the proxy starts (export ${variable}=…), or in the .env beside the configuration.`,
  };
}

/**
 * @param number of the key, from 1; undefined: there is at most one
 * @param grave some route of this provider has no provider that works
 */
function findingOf(
  provider: Provider,
  probed: Probed,
  number: number | undefined,
  grave: boolean,
): Finding {
  const { name, local, passthrough } = provider;
  const { outcome, ms, status, models, words } = probed;
  const key = number === undefined ? "its key" : `key ${number}`;
  const which = number === undefined ? "" : `key ${number}: `;
  const state = grave ? "fail" : "warn";
  const rest = grave ? "" : "; other targets take over";
  switch (outcome) {
    case "lists": {
      const what = models === undefined || models.length === 0 ? "" : `, ${counted(models.length, "model")}`;
      return { check: name, state: "ok", found: `${which}answers in ${ms} ms${what}` };
    }
    case "answers":
      return {
        check: name,
        state: "ok",
        found: `${which}answers in ${ms} ms; it has no model list (${status}), so ${key} was not checked`,
      };
    case "refuses":
      if (passthrough || provider.apiKeys.length === 0) {
        return passthrough
          ? { check: name, state: "ok", found: `answers in ${ms} ms; clients send their own credential` }
          : {
            check: name,
            state: "fail",
            found: `needs a key (${status})`,
            fix: "Set api_key in its [[providers]] block.",
          };
      }
      return {
        check: name,
        state: "fail",
        found: `rejects ${key} (${status})`,
        fix: "Check that the key is complete, from this provider and not revoked.",
      };
    case "limited":
    case "troubled":
      return { check: name, state, ...passing(outcome, status, which, rest) };
    case "astray":
      return {
        check: name,
        state: "fail",
        found: `${words} at ${provider.baseUrl}`,
        fix: "Check its api_base_url: it must be the address of the API.",
      };
    case "silent": {
      const start = builtinProvider(name)?.commands?.start;
      return {
        check: name,
        state,
        found: `${local ? "not running" : "cannot be reached"} at ${provider.baseUrl}: ${words}${rest}`,
        fix: local && start !== undefined
          ? `Start it: ${start}.`
          : local
          ? "Start it, or check its api_base_url."
          : "Check the network and its api_base_url.",
      };
    }
  }
}

/** What goes away by itself, and what helps until then. */
function passing(outcome: "limited" | "troubled", status: number | undefined, which: string, rest: string) {
  return outcome === "limited"
    ? {
      found: `${which}has reached a limit (${status})${rest}`,
      fix: "Wait until the limit resets, or add a key of another account to api_keys in its block.",
    }
    : {
      found: `${which}returns server errors (${status})${rest}`,
      fix: "Wait: the provider has to fix it. Its status page says more.",
    };
}

/** A warning for each model of a route that the provider does not list. Some providers accept names that they do not list. */
export function missing(config: Config, { name, local }: Provider, listed: readonly string[]): Finding[] {
  if (listed.length === 0) return [];
  const pull = local ? builtinProvider(name)?.commands?.pull : undefined;
  const exact = new Set(listed.map((id) => id.toLowerCase()));
  const bases = new Set(listed.map((id) => readName(id).base));
  const named = [...new Set(chainsOf(config).flat().filter((target) => target.provider === name))]
    .map(({ model }) => model);
  return [...new Set(named)].filter((model) => {
    const lower = model.toLowerCase();
    return !exact.has(lower) && !exact.has(`${lower}:latest`) && !bases.has(readName(model).base);
  }).map((model): Finding => {
    const near = nearest(model, listed);
    return {
      check: name,
      state: "warn",
      found: `does not list ${model}${near === undefined ? "" : ` (did you mean ${near}?)`}`,
      fix: pull !== undefined ? `${pull} ${model}` : "Check the name of the model.",
    };
  });
}

/** Every chain that a request can take. */
function chainsOf({ router: { routes, fallback, rules, mappings } }: Config): Chain[] {
  const of = (to: RouteTarget | undefined): Chain => to?.kind === "chain" ? to.chain : [];
  return [
    ...Object.values(routes),
    fallback,
    ...rules.map(({ route }) => of(route)),
    ...mappings.map(({ to }) => of(to)),
  ];
}
