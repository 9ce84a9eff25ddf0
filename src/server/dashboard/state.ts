/** The present state for the dashboard: providers with their cooldowns, budgets, the configuration. */
import type { Config } from "../../config/config.ts";
import { baselineOf } from "../../ledger/account.ts";
import { type BudgetData, budgetData } from "../../ledger/budget.ts";
import { ROUTE_NAMES } from "../../model/target.ts";
import { targetText } from "../../text/target-settings.ts";
import type { Running } from "../context.ts";
import { type CooldownHealth, detailedHealth, type PinHealth, type ProviderHealth } from "../health.ts";

/** What a file may set of `[router]` as a chain, in the order of the documentation. */
export const ROUTES: readonly string[] = [...ROUTE_NAMES, "fallback"];

/** What the page shows of a provider: nothing that changes with every second. */
export type ProviderState =
  & Omit<ProviderHealth, "dialects" | "cooldowns" | "headroom">
  & {
    readonly cooldowns:
      readonly (Omit<CooldownHealth, "key" | "seconds_left"> & { account: number | null })[];
    /** Parts of plans alone; `account` tells several keys apart. */
    readonly plans: readonly { account: number; window: string; left: number; resets_at: string | null }[];
    /** The ids of its keys, in the order in which they are tried; empty: it has one at most. */
    readonly accounts: readonly string[];
  };

export interface DashboardState {
  readonly in_flight: number;
  readonly providers: readonly ProviderState[];
  /** Sessions that go where a person sent them, the latest first. */
  readonly pins: readonly PinHealth[];
  readonly budgets: readonly BudgetData[];
  readonly config: {
    readonly path: string | null;
    /** Where a configuration without a file comes from. */
    readonly origin: string | null;
    readonly ok: boolean;
    /** ISO 8601. */
    readonly loaded_at: string;
    readonly broken_at: string | null;
    readonly reloads: number;
    readonly problems: readonly string[];
    readonly warnings: readonly string[];
    /** By name, each chain as `provider,model`. */
    readonly routes: Readonly<Record<string, readonly string[]>>;
    /** The {@link ROUTES} without a chain. */
    readonly unset: readonly string[];
    /** What savings are measured against, `provider,model`. */
    readonly baseline: string | null;
  };
  /** Thumbs and corrections are taken: `POST /v1/feedback`. */
  readonly learning: boolean;
  /** Null: `[ledger] enabled = false`. */
  readonly ledger: { readonly path: string; readonly problem: string | null; readonly lost: number } | null;
}

/** A provider as the page shows it. Keys are numbered as they are tried; those that clients bring, by their labels. */
function providerOf(
  { dialects: _dialects, cooldowns, headroom, ...provider }: ProviderHealth,
  ids: readonly string[],
): ProviderState {
  const others = [...cooldowns, ...headroom].map(({ key }) => key).filter((key) => key !== null);
  const all = [...ids, ...[...new Set(others)].filter((key) => !ids.includes(key)).sort()];
  const account = (key: string) => all.indexOf(key) + 1;
  return {
    ...provider,
    accounts: ids.length > 1 ? ids : [],
    plans: headroom.filter(({ of_plan: isPlan }) => isPlan).map(({ key, window, left, resets_at }) => ({
      account: account(key),
      window,
      left,
      resets_at,
    })),
    cooldowns: cooldowns.map(({ key, seconds_left: _left, ...cooldown }) => ({
      ...cooldown,
      account: key === null ? null : account(key),
    })),
  };
}

export function stateOf(running: Running, config: Config): DashboardState {
  const { in_flight, providers, pins, routes } = detailedHealth(running, config);
  const { path, origin, ok, loadedAt, brokenAt, reloads, problems, warnings } = running.source.state;
  const baseline = baselineOf(config);
  const { fallback } = config.router;
  const chains: Readonly<Record<string, readonly string[]>> = fallback.length === 0
    ? routes
    : { ...routes, fallback: fallback.map(targetText) };
  const ledger = running.ledger()?.state();
  return {
    in_flight,
    providers: providers.map((one) => {
      const known = config.providers.get(one.name);
      const ids = known === undefined || known.passthrough ? [] : running.state.keys.keysOf(known, 0);
      return providerOf(one, ids.map(({ id }) => id));
    }),
    pins,
    budgets: (running.budgets()?.list() ?? []).map(budgetData),
    config: {
      path: path ?? null,
      origin: origin ?? null,
      ok,
      loaded_at: new Date(loadedAt).toISOString(),
      broken_at: ok || brokenAt === undefined ? null : new Date(brokenAt).toISOString(),
      reloads,
      problems,
      warnings,
      routes: chains,
      unset: ROUTES.filter((name) => !Object.hasOwn(chains, name)),
      baseline: baseline === undefined ? null : `${baseline.provider},${baseline.model}`,
    },
    learning: running.learning() !== undefined,
    ledger: ledger === undefined
      ? null
      : { path: ledger.path, problem: ledger.problem ?? null, lost: ledger.lost },
  };
}
