/** What is used of flat plans, as answers said it last: the proxy keeps it in the data folder. */
import { Headrooms } from "../../../dispatch/headroom/headrooms.ts";
import { readHeadrooms } from "../../../dispatch/headroom/file.ts";
import { share } from "../../../text/format.ts";

/** One window of a plan. */
export interface PlanUse {
  readonly provider: string;
  /** The id of the credential. */
  readonly key: string;
  /** `5h`, `7d`, … */
  readonly window: string;
  /** 0 to 1. */
  readonly used_share: number;
  /** ISO 8601; null: not said. */
  readonly resets_at: string | null;
}

/** The plans that a file knows, without windows that have been reset since. @param now epoch milliseconds */
export function plansIn(path: string, now: number): readonly PlanUse[] {
  const headrooms = new Headrooms();
  headrooms.load(readHeadrooms(path));
  return headrooms.list(now).flatMap(({ provider, key, windows }) =>
    windows.filter(({ ofPlan }) => ofPlan).map(({ window, used, resetAt }) => ({
      provider,
      key,
      window,
      used_share: used,
      resets_at: resetAt === undefined ? null : new Date(resetAt).toISOString(),
    }))
  );
}

/** A sentence for people; undefined: no plan is known. */
export function plansText(plans: readonly PlanUse[]): string | undefined {
  const accounts = new Map<string, string[]>();
  for (const { provider, key, window, used_share } of plans) {
    const account = `${provider} (key ${key})`;
    accounts.set(account, [...accounts.get(account) ?? [], `${share(used_share) || "0 %"} of ${window}`]);
  }
  if (accounts.size === 0) return undefined;
  return `Used of plans: ${
    [...accounts].map(([name, windows]) => `${name} ${windows.join(", ")}`).join("; ")
  }.`;
}
