/** `GET /health` and `GET /health/detailed`. */
import type { Config } from "../config/config.ts";
import type { Json } from "../model/json.ts";
import type { ServerContext } from "./context.ts";

/** Whether the program runs and its configuration holds: for load balancers and people. */
export function health(context: ServerContext): Json {
  const { path, ok, loadedAt, problems, brokenAt, fixedAt, reloads } = context.source.state;
  return {
    status: ok ? "ok" : "degraded",
    version: context.version,
    uptime_seconds: Math.round((context.dispatcher.clock.now() - context.startedAt) / 1000),
    config: {
      path: path ?? null,
      ok,
      loaded_at: time(loadedAt),
      reloads,
      ...(ok ? {} : { broken_at: time(brokenAt), problems }),
      ...(fixedAt === undefined ? {} : { fixed_at: time(fixedAt) }),
    },
  };
}

function time(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}

/** Each provider's state as well: keys by number, cooldowns, last failure, requests under way. */
export function detailedHealth(context: ServerContext, config: Config): Json {
  const { state, clock } = context.dispatcher;
  const now = clock.now();
  const cooldowns = state.cooldowns.list(now);
  const used = new Set(
    [...Object.values(config.router.routes), config.router.fallback].flat().map((target) => target.provider),
  );
  const providers = [...config.providers.values()].filter(({ origin, name }) =>
    origin === "config" || used.has(name)
  );
  return {
    ...health(context),
    in_flight: state.inFlight.size,
    routes: Object.fromEntries(
      Object.entries(config.router.routes).map(([name, chain]) => [
        name,
        chain.map(({ provider, model }) => `${provider},${model}`),
      ]),
    ),
    providers: providers.map((provider) => {
      const gate = state.gate(provider);
      const last = state.lastFailure(provider.name);
      let inFlight = 0;
      for (const flight of state.inFlight) if (flight.target?.provider === provider.name) inFlight++;
      return {
        name: provider.name,
        base_url: provider.baseUrl,
        dialects: provider.dialects,
        keys: provider.passthrough ? "passthrough" : provider.apiKeys.length,
        problem: provider.problem ?? null,
        in_flight: inFlight,
        waiting: gate?.waiting ?? 0,
        last_failure: last === undefined
          ? null
          : { at: new Date(last.at).toISOString(), message: last.message },
        cooldowns: cooldowns.filter((cooldown) => cooldown.provider === provider.name).map((cooldown) => ({
          class: cooldown.class,
          model: cooldown.model ?? null,
          key: cooldown.key ?? null,
          message: cooldown.message,
          until: new Date(cooldown.until).toISOString(),
          seconds_left: Math.ceil((cooldown.until - now) / 1000),
        })),
      };
    }),
  };
}
