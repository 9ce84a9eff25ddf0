/** What a request cost, and what it had cost on the baseline model. Pure: prices come as an argument. */
import type { Config } from "../config/config.ts";
import type { Target } from "../model/target.ts";
import type { Usage } from "../model/usage.ts";
import type { RequestRecord } from "./entry.ts";

/** Dollars; undefined: not known, which is not the same as nothing. */
export interface Accounted {
  readonly cost?: number;
  /** The same tokens on the baseline model. */
  readonly baseline?: number;
  /** `baseline` less `cost`; negative where the baseline model is the cheaper one. */
  readonly saved?: number;
  readonly baselineTarget?: Target;
  /** The tokens were guessed. */
  readonly estimated: boolean;
}

/** Dollars for tokens at a target, at a moment (epoch milliseconds); undefined: its price is not known. */
export type CostOf = (target: Target, usage: Usage, time: number) => number | undefined;

/** Where `think` leads when it is not set, in order. */
const BASELINE_ROUTES = ["think", "default", "plan_implementation", "background"] as const;

/**
 * The model that savings are measured against: `[ledger] baseline`, else the first target of `think` (or of the route
 * that stands in for it).
 */
export function baselineOf({ ledger, router }: Pick<Config, "ledger" | "router">): Target | undefined {
  if (ledger.baseline) return ledger.baseline;
  for (const name of BASELINE_ROUTES) {
    const target = router.routes[name]?.[0];
    if (target) return target;
  }
  return undefined;
}

/**
 * Accounts for one request: price times tokens, whatever the provider itself says it charged.
 *
 * A request that no target answered, or that was refused, cost nothing. One that was answered without any word on
 * its tokens cost something unknown.
 */
export function account(record: RequestRecord, costOf: CostOf, baseline: Target | undefined): Accounted {
  const { usage, provider, model } = record;
  const estimated = usage?.estimated === true;
  const answeredBy = provider !== undefined && model !== undefined ? { provider, model } : undefined;
  const aim = baseline ? { baselineTarget: baseline } : {};
  const nothing = record.operation === "count_tokens" || !answeredBy || (!usage && record.status >= 400);
  if (nothing) return { cost: 0, baseline: 0, saved: 0, ...aim, estimated };
  if (!usage) return { ...aim, estimated };

  const cost = costOf(answeredBy, usage, record.time);
  const onBaseline = baseline && costOf(baseline, usage, record.time);
  return {
    ...(cost === undefined ? {} : { cost }),
    ...(onBaseline === undefined ? {} : { baseline: onBaseline }),
    ...(cost === undefined || onBaseline === undefined ? {} : { saved: onBaseline - cost }),
    ...aim,
    estimated,
  };
}
