/** Which routes and models a key with a name may use. */
import type { ClientKey } from "../config/client-keys.ts";
import type { OwnRefusal } from "../dispatch/dispatch.ts";
import type { RoutePlan } from "../router/plan.ts";
import { globPattern } from "../text/match.ts";

/** What clients, the log and the ledger read. */
export const NOT_ALLOWED = "not_allowed_for_key";

/**
 * A plan within what a key may use: all of it where its route is allowed, else the targets whose models are. The others are
 * skipped, with the reason.
 * @returns a refusal too, where nothing is left
 */
export function withinKey(
  plan: RoutePlan,
  key: ClientKey | undefined,
): { readonly plan: RoutePlan; readonly refusal?: OwnRefusal } {
  if (key?.models === undefined) return { plan };
  const patterns = key.models.map(globPattern);
  const may = (...names: readonly string[]) => patterns.some((one) => names.some((name) => one.test(name)));
  if (may(plan.route, plan.route.replace(/^rule:/, ""))) return { plan };
  const skip = `the key "${key.name}" may not use it`;
  const targets = plan.targets.map((target) =>
    may(target.model, `${target.provider},${target.model}`)
      ? target
      : { ...target, skip: target.skip ?? skip }
  );
  const within = { ...plan, targets };
  if (targets.some(({ skip: why }) => why !== skip)) return { plan: within };
  const message = `terraphim-llm-proxy: the key "${key.name}" may use ${key.models.join(", ")}; ` +
    `this request goes to ${plan.route}.`;
  return {
    plan: within,
    refusal: {
      error: { status: 403, class: "bad_request", code: NOT_ALLOWED, message },
      failure: NOT_ALLOWED,
    },
  };
}
