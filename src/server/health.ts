/** `GET /health` and `GET /health/detailed`. */
import type { Config, Provider } from "../config/config.ts";
import type { Cooldown } from "../dispatch/cooldown/cooldowns.ts";
import type { AccountHeadroom } from "../dispatch/headroom/headrooms.ts";
import type { RequestLedger } from "../ledger/ledger.ts";
import type { Store } from "../store/store.ts";
import type { Running } from "./context.ts";
import { targetText } from "../text/target-settings.ts";

/** `GET /health`, which needs no key: nothing about the machine and nothing of the file. Times are ISO 8601; null: never. */
export interface Health {
  readonly status: "ok" | "degraded";
  readonly version: string;
  readonly uptime_seconds: number;
  readonly config: ConfigHealth;
  /** What replicas share; absent: this proxy is alone. */
  readonly store?: StoreHealth;
}

export interface StoreHealth {
  readonly state: "up" | "down";
  readonly since: string | null;
  /** Requests that wait on this machine until it is up. */
  readonly waiting_rows: number;
}

export interface ConfigHealth {
  readonly ok: boolean;
  readonly loaded_at: string | null;
  readonly reloads: number;
  /** How many mistakes the file has, while it is not ok. */
  readonly mistakes?: number;
  readonly broken_at?: string | null;
  readonly fixed_at?: string | null;
}

/** `GET /health/detailed`. */
export interface DetailedHealth extends Health {
  readonly config: ConfigHealth & {
    /** Null: there is no file. */
    readonly path: string | null;
    /** Where a configuration without a file comes from; absent: the keys in the environment. */
    readonly origin?: string;
    /** While it is not ok. */
    readonly problems?: readonly string[];
  };
  readonly in_flight: number;
  /** The workers that answered; absent: there is one. */
  readonly workers?: number;
  /** By name, each chain as `provider,model`. */
  readonly routes: Readonly<Record<string, readonly string[]>>;
  /** Those of the configuration, and built-in ones that a route uses. */
  readonly providers: readonly ProviderHealth[];
  /** The sessions that go where a person sent them, the latest pin first; a hundred at most. */
  readonly pins: readonly PinHealth[];
}

export interface PinHealth {
  readonly session: string;
  readonly route: string;
  readonly by: "wish" | "header" | "command";
  readonly since: string;
}

/** Pins that are shown. */
const MOST_PINS = 100;

/** The state of one provider. Times are ISO 8601. */
export interface ProviderHealth {
  readonly name: string;
  readonly base_url: string;
  readonly dialects: Provider["dialects"];
  /** How many, never which. */
  readonly keys: number | "passthrough";
  /** Why it cannot be used; null: it can. */
  readonly problem: string | null;
  /** Whether a server of this machine runs; null: it is elsewhere, or nobody has looked yet. */
  readonly running: boolean | null;
  readonly in_flight: number;
  /** Requests that wait for a place among the provider's concurrent ones. */
  readonly waiting: number;
  readonly last_failure: { readonly at: string; readonly message: string } | null;
  readonly cooldowns: readonly CooldownHealth[];
  /** What is left of each credential's limits, as its latest answers say. */
  readonly headroom: readonly HeadroomHealth[];
}

export interface HeadroomHealth {
  /** The label of the key. */
  readonly key: string;
  /** `5h`, `7d`, `requests`, … */
  readonly window: string;
  /** 0 to 1. */
  readonly left: number;
  /** A part of a plan; else a limit of how fast requests may come. */
  readonly of_plan: boolean;
  /** Null: not said. */
  readonly resets_at: string | null;
}

export interface CooldownHealth {
  readonly class: string;
  /** Null: the whole provider. `*:free*`: the models whose names hold that. */
  readonly model: string | null;
  /** The label of the key; null: all keys. */
  readonly key: string | null;
  readonly message: string;
  readonly until: string;
  readonly seconds_left: number;
}

/** A cooldown as it is shown. `now`: epoch milliseconds. */
export function cooldownHealth(cooldown: Cooldown, now: number): CooldownHealth {
  const { class: kind, model, family, key, message, until } = cooldown;
  return {
    class: kind,
    model: model ?? (family === undefined ? null : `*${family}*`),
    key: key ?? null,
    message,
    until: new Date(until).toISOString(),
    seconds_left: Math.ceil((until - now) / 1000),
  };
}

/** What is left of a credential's limits, as it is shown; plans first. */
export function headroomHealth({ key, windows }: AccountHeadroom): HeadroomHealth[] {
  return windows.toSorted((a, b) => Number(b.ofPlan) - Number(a.ofPlan)).map((
    { window, used, ofPlan, resetAt },
  ) => ({
    key,
    window,
    left: Math.round((1 - used) * 1000) / 1000,
    of_plan: ofPlan,
    resets_at: resetAt === undefined ? null : new Date(resetAt).toISOString(),
  }));
}

/** Whether the program runs with the configuration of its file, and has its store: for load balancers and people. */
export function health({ source, clock, version, startedAt, store, ledger }: Running): Health {
  const { ok, loadedAt, problems, brokenAt, fixedAt, reloads } = source.state;
  return {
    status: ok && (store === undefined || isWell(store, ledger())) ? "ok" : "degraded",
    version,
    uptime_seconds: Math.round((clock.now() - startedAt) / 1000),
    config: {
      ok,
      loaded_at: time(loadedAt),
      reloads,
      ...(ok ? {} : { mistakes: problems.length, broken_at: time(brokenAt) }),
      ...(fixedAt === undefined ? {} : { fixed_at: time(fixedAt) }),
    },
    ...(store === undefined ? {} : {
      store: {
        state: store.connection.state.state,
        since: time(store.connection.state.since),
        waiting_rows: ledger()?.state().waiting ?? 0,
      },
    }),
  };
}

/** Whether a store can be reached and takes requests. */
const isWell = ({ connection }: Store, ledger: RequestLedger | undefined): boolean =>
  connection.state.state === "up" && ledger?.state().problem === undefined;

function time(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}

/** The topic under which workers ask each other for {@link ownHealth}. */
export const HEALTH = "health";

/** The same, with the state of each provider: keys, cooldowns, last failure, requests in flight. Of all workers, as they last said. */
export function detailedHealth(running: Running, config: Config): DetailedHealth {
  const own = ownHealth(running, config);
  const { siblings } = running;
  return siblings === undefined ? own : allWorkers(own, siblings.said(HEALTH) as readonly DetailedHealth[]);
}

/** The health of a program from that of its workers: what they count is added up, what they share is as the first one says. */
export function allWorkers(own: DetailedHealth, others: readonly DetailedHealth[]): DetailedHealth {
  const all = [own, ...others];
  const sum = (of: (one: DetailedHealth) => number | undefined) =>
    all.reduce((total, one) => total + (of(one) ?? 0), 0);
  const { store } = own;
  return {
    ...own,
    status: all.every(({ status }) => status === "ok") ? "ok" : "degraded",
    config: all.find(({ config }) => !config.ok)?.config ?? own.config,
    ...(store === undefined ? {} : {
      store: {
        ...(all.find((one) => one.store?.state === "down")?.store ?? store),
        waiting_rows: sum((one) => one.store?.waiting_rows),
      },
    }),
    in_flight: sum((one) => one.in_flight),
    workers: all.length,
    providers: own.providers.map((provider) => {
      const same = all.flatMap(({ providers }) => providers.filter(({ name }) => name === provider.name));
      const failures = same.flatMap(({ last_failure: last }) => last === null ? [] : [last]);
      return {
        ...provider,
        in_flight: same.reduce((total, one) => total + one.in_flight, 0),
        waiting: same.reduce((total, one) => total + one.waiting, 0),
        last_failure: failures.toSorted((a, b) => a.at < b.at ? 1 : -1)[0] ?? null,
      };
    }),
  };
}

/** The health of this process alone. */
export function ownHealth(running: Running, config: Config): DetailedHealth {
  const { state, clock } = running;
  const now = clock.now();
  const cooldowns = state.cooldowns.list(now);
  const headrooms = state.headrooms.list(now);
  const used = new Set(
    [...Object.values(config.router.routes), config.router.fallback].flat().map((target) => target.provider),
  );
  const providers = [...config.providers.values()].filter(({ origin, name }) =>
    origin === "config" || used.has(name)
  );
  const open = health(running);
  const { path, origin, ok, problems } = running.source.state;
  return {
    ...open,
    config: {
      path: path ?? null,
      ...(origin === undefined ? {} : { origin }),
      ...open.config,
      ...(ok ? {} : { problems }),
    },
    in_flight: state.inFlight.size,
    pins: state.pins.list().slice(0, MOST_PINS).map(({ session, to, by, since }) => ({
      session,
      route: to,
      by,
      since: new Date(since).toISOString(),
    })),
    routes: Object.fromEntries(
      Object.entries(config.router.routes).map(([name, chain]) => [
        name,
        chain.map(targetText),
      ]),
    ),
    providers: providers.map((provider) => {
      const gate = state.gate(provider);
      const last = state.lastFailure(provider.name);
      let inFlight = 0;
      for (const request of state.inFlight) if (request.target?.provider === provider.name) inFlight++;
      return {
        name: provider.name,
        base_url: provider.baseUrl,
        dialects: provider.dialects,
        keys: provider.passthrough ? "passthrough" : provider.apiKeys.length,
        problem: provider.problem ?? null,
        running: running.local.isRunning(provider, config) ?? null,
        in_flight: inFlight,
        waiting: gate?.waiting ?? 0,
        last_failure: last === undefined
          ? null
          : { at: new Date(last.at).toISOString(), message: last.message },
        cooldowns: cooldowns.filter((cooldown) => cooldown.provider === provider.name).map((cooldown) =>
          cooldownHealth(cooldown, now)
        ),
        headroom: headrooms.filter((account) => account.provider === provider.name).flatMap(headroomHealth),
      };
    }),
  };
}
