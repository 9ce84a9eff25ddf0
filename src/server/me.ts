/** `GET /v1/me`: what a key may do, what it has spent and saved, and what is left. Nothing of any other key. */
import type { Config } from "../config/config.ts";
import { budgetData } from "../ledger/budget.ts";
import type { Eventual } from "../ledger/ledger.ts";
import { startOf } from "../ledger/period.ts";
import type { Caller } from "./auth.ts";
import type { ServerContext } from "./context.ts";

/** The endpoint. Times are ISO 8601; null: there is none, or it is not known. */
export async function me(
  context: ServerContext,
  { proxy }: Config,
  { key, role, named }: Caller,
): Promise<Response> {
  const now = context.clock.now();
  const ledger = context.ledger();
  /** Null where the store cannot be reached. */
  const known = async (work: () => Eventual<number | undefined>): Promise<number | null> => {
    try {
      return await work() ?? null;
    } catch {
      return null;
    }
  };
  const spentSince = (period: "today" | "month") =>
    known(() => ledger?.spent(startOf(period, now), key === undefined ? {} : { keys: [key] }));
  const savedSince = (period: "today" | "month") =>
    known(async () => {
      const groups = key === undefined ? [] : ["key"] as const;
      const report = await ledger?.report({ since: startOf(period, now), groups });
      return (key === undefined ? report : report?.by.key?.[key])?.saved_usd ??
        (report === undefined ? undefined : 0);
    });
  const budgets = (context.budgets()?.list() ?? []).filter(({ key: of, team }) =>
    of === undefined ? team !== undefined && team === named?.team : of === key
  );
  const left = named === undefined ? {} : context.limits.left(named, now);
  const body = {
    key: key ?? null,
    role,
    team: named?.team ?? null,
    expires_at: named?.expires === undefined ? null : new Date(named.expires).toISOString(),
    models: named?.models ?? null,
    spent_usd: { today: await spentSince("today"), month: await spentSince("month") },
    // Against the baseline model, as in `stats`; null as above.
    saved_usd: { today: await savedSince("today"), month: await savedSince("month") },
    budgets: budgets.map((status) => ({
      ...budgetData(status),
      left_usd: Math.max(0, status.limit - status.spent),
    })),
    requests_per_minute: {
      limit: named?.requestsPerMinute ?? proxy.requestsPerMinute ?? null,
      left: left.requests ?? null,
    },
    tokens_per_minute: { limit: named?.tokensPerMinute ?? null, left: left.tokens ?? null },
  };
  return Response.json(body, { headers: { "cache-control": "no-store" } });
}
