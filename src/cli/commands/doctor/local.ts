/** The model servers of this machine, and whether they have the models that the routes name: for `init`, `check`, `serve`. */
import { BUILTIN_PROVIDERS } from "../../../catalog/data/providers.ts";
import { builtinProvider } from "../../../catalog/providers.ts";
import type { Config, ConfigWarning, Provider } from "../../../config/config.ts";
import type { LocalServer } from "../../../config/init.ts";
import { parseConfig } from "../../../config/load.ts";
import { localProviders } from "../../../dispatch/local-servers.ts";
import { probe } from "./probe.ts";
import { missing } from "./providers.ts";

/** Milliseconds in which a server of this machine lists its models; one that is busy is not waited for. */
const PATIENCE_MS = 1000;
/** So many of a server's models are named. */
const MOST_NAMED = 5;

/** The servers of this machine that are built in, as they are without a configuration. */
export function builtinLocals(): readonly Provider[] {
  const names = BUILTIN_PROVIDERS.filter(({ local }) => local === true).map(({ name }) => name);
  const result = parseConfig(`[router]\nfallback = "${names.map((name) => `${name},m`).join(" | ")}"\n`, {
    env: {},
  });
  return result.ok ? names.flatMap((name) => result.config.providers.get(name) ?? []) : [];
}

/** Those that run and have a model, in the same order. Takes a second at most. */
export async function runningServers(providers: readonly Provider[]): Promise<readonly LocalServer[]> {
  const found = await Promise.all(providers.map(async (provider) => {
    const { models = [] } = await probe(provider, provider.apiKeys[0], PATIENCE_MS);
    const { name } = provider;
    return { provider: name, label: builtinProvider(name)?.label ?? name, models };
  }));
  return found.filter(({ models }) => models.length > 0);
}

/**
 * A warning for each model of a route that a running server of this machine does not have: every request there fails.
 * `down`: the servers that do not run. Takes a second at most.
 */
export async function localModelWarnings(
  config: Config,
  down: ReadonlyMap<string, string>,
): Promise<readonly ConfigWarning[]> {
  const running = localProviders(config).filter(({ name }) => !down.has(name));
  const servers = await runningServers(running);
  return running.flatMap((provider) => {
    const models = servers.find((server) => server.provider === provider.name)?.models ?? [];
    const has = models.slice(0, MOST_NAMED).join(", ") + (models.length > MOST_NAMED ? ", …" : "");
    return missing(config, provider, models).map(({ check, found, fix = "" }) => ({
      key: check,
      message: `${found}; it has ${has}. ${fix.endsWith(".") ? fix : `${fix} downloads it.`}`,
    }));
  });
}
