/** Which model servers of this machine run: a local provider needs no key, so that nothing else shows whether it can answer. */
import type { Config, Provider } from "../config/config.ts";
import { reachable } from "./call.ts";

/** Milliseconds for a connection on this machine. */
const CONNECT_MS = 500;
/** Milliseconds for which what was seen holds. */
const HOLDS_MS = 10_000;

/** Whether something listens at a local provider's address. Takes half a second at most. */
const listens = ({ baseUrl }: Provider): Promise<boolean> => reachable(baseUrl, CONNECT_MS);

/** The local providers that a configuration has a block for, or names in a route. */
export function localProviders({ providers, router }: Config): readonly Provider[] {
  const used = new Set(
    [...Object.values(router.routes), router.fallback].flat().map(({ provider }) => provider),
  );
  return [...providers.values()].filter(({ name, origin, local, problem, baseUrl }) =>
    local && problem === undefined && URL.canParse(baseUrl) && (origin === "config" || used.has(name))
  );
}

/** The local providers where nothing listens, by name, with their addresses. Takes half a second at most. */
export async function notRunning(config: Config): Promise<ReadonlyMap<string, string>> {
  const local = localProviders(config);
  const running = await Promise.all(local.map(listens));
  return new Map(local.filter((_, at) => !running[at]).map(({ name, baseUrl }) => [name, baseUrl]));
}

/** The same for a proxy that runs: looks again when it is asked and what was seen is old. */
export class LocalServers {
  readonly #seen = new Map<string, { readonly running: boolean; readonly at: number }>();
  #looking: Promise<void> | undefined;
  readonly #mono: () => number;

  constructor(mono: () => number) {
    this.#mono = mono;
  }

  /** Undefined: not a local server, or nobody has looked. Begins a look where what was seen is old. */
  isRunning(provider: Provider, config: Config): boolean | undefined {
    const seen = this.#seen.get(provider.baseUrl);
    if (provider.local && (seen === undefined || this.#mono() - seen.at > HOLDS_MS)) void this.look(config);
    return provider.local ? seen?.running : undefined;
  }

  /** Looks at every local provider of a configuration. */
  look(config: Config): Promise<void> {
    this.#looking ??= this.#lookAt(localProviders(config)).finally(() => this.#looking = undefined);
    return this.#looking;
  }

  async #lookAt(local: readonly Provider[]): Promise<void> {
    await Promise.all(local.map(async (provider) => {
      const running = await listens(provider);
      this.#seen.set(provider.baseUrl, { running, at: this.#mono() });
    }));
  }
}
