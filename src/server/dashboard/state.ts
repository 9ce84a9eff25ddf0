/** How things stand now: providers with their cooldowns, budgets, the configuration. Told anew whenever it changes. */
import type { Config } from "../../config/config.ts";
import { baselineOf } from "../../ledger/account.ts";
import type { ServerContext } from "../context.ts";
import { detailedHealth } from "../health.ts";

export interface ProviderState {
  readonly name: string;
  readonly base_url: string;
  readonly keys: number | "passthrough";
  /** Why it cannot be used; null: it can. */
  readonly problem: string | null;
  readonly in_flight: number;
  readonly waiting: number;
  /** ISO 8601. */
  readonly last_failure: { readonly at: string; readonly message: string } | null;
  readonly cooldowns: readonly {
    readonly class: string;
    readonly model: string | null;
    readonly message: string;
    /** ISO 8601. */
    readonly until: string;
  }[];
}

export interface DashboardState {
  readonly in_flight: number;
  readonly providers: readonly ProviderState[];
  /** Dollars; `resets_at` ISO 8601. */
  readonly budgets: readonly {
    readonly name: string;
    readonly period: "day" | "month";
    readonly of: string;
    readonly limit: number;
    readonly spent: number;
    readonly share: number;
    readonly state: "ok" | "warn" | "exceeded";
    readonly resets_at: string;
    /** What happens at the limit, in words. */
    readonly then: string;
  }[];
  readonly config: {
    readonly path: string | null;
    readonly ok: boolean;
    /** ISO 8601. */
    readonly loaded_at: string;
    readonly broken_at: string | null;
    readonly reloads: number;
    readonly problems: readonly string[];
    readonly warnings: readonly string[];
    /** By name, each chain as `provider,model`. */
    readonly routes: Readonly<Record<string, readonly string[]>>;
    /** What savings are measured against, `provider,model`. */
    readonly baseline: string | null;
  };
  /** Null: `[ledger] enabled = false`. */
  readonly ledger: { readonly path: string; readonly problem: string | null; readonly lost: number } | null;
}

export function stateOf(context: ServerContext, config: Config): DashboardState {
  const { in_flight, providers, routes } = detailedHealth(context, config);
  const { path, ok, loadedAt, brokenAt, reloads, problems, warnings } = context.source.state;
  const baseline = baselineOf(config);
  const ledger = context.ledger()?.state();
  return {
    in_flight,
    providers: providers.map((provider: ProviderState): ProviderState => ({
      name: provider.name,
      base_url: provider.base_url,
      keys: provider.keys,
      problem: provider.problem,
      in_flight: provider.in_flight,
      waiting: provider.waiting,
      last_failure: provider.last_failure,
      cooldowns: provider.cooldowns.map(({ class: kind, model, message, until }) => ({
        class: kind,
        model,
        message,
        until,
      })),
    })),
    budgets: (context.budgets()?.list() ?? []).map((budget) => ({
      name: budget.name,
      period: budget.period,
      of: [budget.route && `route ${budget.route}`, budget.client && `client ${budget.client}`]
        .filter(Boolean).join(", "),
      limit: budget.limit,
      spent: budget.spent,
      share: budget.share,
      state: budget.state,
      resets_at: new Date(budget.resetsAt).toISOString(),
      then: budget.then.kind === "refuse"
        ? "then requests are refused"
        : `then requests go to ${
          budget.then.kind === "route"
            ? budget.then.name
            : budget.then.kind === "auto"
            ? "auto"
            : budget.then.chain.map(({ provider, model }) => `${provider},${model}`).join(" | ")
        }`,
    })),
    config: {
      path: path ?? null,
      ok,
      loaded_at: new Date(loadedAt).toISOString(),
      broken_at: ok || brokenAt === undefined ? null : new Date(brokenAt).toISOString(),
      reloads,
      problems,
      warnings,
      routes,
      baseline: baseline === undefined ? null : `${baseline.provider},${baseline.model}`,
    },
    ledger: ledger === undefined
      ? null
      : { path: ledger.path, problem: ledger.problem ?? null, lost: ledger.lost },
  };
}
