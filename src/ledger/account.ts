/** What a request cost, and what it would have cost on the baseline model. Pure: prices come as an argument. */
import type { Config } from "../config/config.ts";
import { isAnyModel, type Target } from "../model/target.ts";
import type { Usage } from "../model/usage.ts";
import type { TokenCost } from "../model/price.ts";
import type { Costs, RequestEnd } from "../model/request-end.ts";

/** Dollars for tokens at a target, at a moment (epoch milliseconds); undefined: its price is not known. */
export type CostOf = (target: Target, usage: Usage, time: number) => TokenCost | undefined;

/** What decides what a request costs. */
export type Charged = Pick<RequestEnd, "operation" | "provider" | "model" | "usage" | "status" | "time">;

/** Where `think` leads when it is not set, in order. */
const BASELINE_ROUTES = ["think", "default", "plan_implementation", "background"] as const;

/**
 * The model that savings are measured against: `[ledger] baseline`, else the first target of `think`, else of the
 * first of `default`, `plan_implementation` and `background` that is set; undefined: none is.
 */
export function baselineOf({ ledger, router }: Pick<Config, "ledger" | "router">): Target | undefined {
  if (ledger.baseline) return ledger.baseline;
  for (const name of BASELINE_ROUTES) {
    const target = router.routes[name]?.find((one) => !isAnyModel(one));
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
export function account(request: Charged, costOf: CostOf, baseline: Target | undefined): Costs {
  const { usage, provider, model, time } = request;
  const estimated = usage?.estimated === true;
  const answeredBy = provider !== undefined && model !== undefined ? { provider, model } : undefined;
  const aim = baseline ? { baselineTarget: baseline } : {};
  const nothing = request.operation === "count_tokens" || !answeredBy || (!usage && request.status >= 400);
  if (nothing) return { cost: 0, baseline: 0, saved: 0, ...aim, estimated };
  if (!usage) return { ...aim, estimated };

  const cost = costOf(answeredBy, usage, time);
  const onBaseline = baseline && costOf(baseline, usage, time)?.total;
  return {
    ...(cost === undefined ? {} : { cost: cost.total, parts: cost }),
    ...(onBaseline === undefined ? {} : { baseline: onBaseline }),
    ...(cost === undefined || onBaseline === undefined ? {} : { saved: onBaseline - cost.total }),
    ...aim,
    estimated,
  };
}
