/** The figures of a replay. Dollars. */
import { builtinCatalog } from "../../src/catalog/catalog.ts";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import { withOverrides } from "../../src/config/priced-catalog.ts";
import { formatProblems } from "../../src/config/problem.ts";
import { baselineOf } from "../../src/ledger/account.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import type { RequestEnd } from "../../src/model/request-end.ts";
import { cheapest, withoutStaying } from "./cheapest.ts";
import { Asked, billedAt, costAt, firstOf, planned, replay, sameTokens, type World } from "./replay.ts";
import type { TracedSession } from "./traces.ts";

/** What `--json` prints. */
export interface EconomicsFigures {
  readonly sessions: number;
  /** Everything on the baseline model. */
  readonly all_baseline_usd: number;
  /** The configuration as it is. */
  readonly cost_usd: number;
  /** Every turn where it is routed, without a memory of its session. */
  readonly naive_usd: number;
  /** The cheapest way that knowledge of the future can find. */
  readonly cheapest_usd: number;
  /** What the ledger says was saved. */
  readonly claimed_saved_usd: number;
  /** `all_baseline_usd` less `cost_usd`. */
  readonly true_saved_usd: number;
  readonly lost_by_switching_usd: number;
}

/** The figures, and what the page shows beside them. */
export interface Economics {
  readonly figures: EconomicsFigures;
  readonly requests: number;
  /** The baseline, `provider,model`. */
  readonly baseline: string;
  /** What was saved by the price of the same tokens at the baseline. */
  readonly same_tokens_saved_usd: number;
  /** Cost where a session never goes down. */
  readonly session_usd: number;
  /** Everything by turns at the models that served, by `provider,model`: requests. */
  readonly served: ReadonlyMap<string, number>;
  /** By how much the ledger's baseline of half the sessions is off at most: a part of the true one. */
  readonly median_error: number;
  readonly worst_error: number;
  /** The sessions whose provider had a cache of the baseline's kind: as billed, and as the model of caches has it. */
  readonly billed_usd: number;
  readonly modelled_usd: number;
  /** Requests whose session stayed where it was. */
  readonly stayed: number;
}

/** A world from a configuration file in which every provider has a key. */
export function worldOf(path: string): World | { readonly problem: string } {
  const loaded = loadConfig(path);
  if (!loaded.ok) return { problem: formatProblems(loaded.problems) };
  const providers = new Map(
    [...loaded.config.providers].map(([name, { problem: _, ...provider }]) => [name, provider]),
  );
  const config: Config = { ...loaded.config, providers };
  if (baselineOf(config) === undefined) {
    return { problem: `${path}: no route is set, so there is no baseline.` };
  }
  return { config, catalog: withOverrides(builtinCatalog, config) };
}

/** Replays sessions in every way, and adds up. */
export function economics(world: World, traced: readonly TracedSession[]): Economics {
  const baseline = baselineOf(world.config)!;
  const naive: World = { ...world, config: withoutStaying(world.config) };
  const sessions = traced.map((session) => answered(naive, session));
  const bound: World = {
    ...world,
    config: { ...world.config, router: { ...world.config.router, sticky: "session" } },
  };
  const replayed = sessions.map((session) => ({
    ends: replay(world, session),
    onBaseline: costAt(world, baseline, session),
    billed: billedAt(world, baseline, session),
  }));
  const billed = replayed.filter((one) => one.billed !== undefined);
  const ends = replayed.flatMap((one) => one.ends);
  const all = sum(replayed.map(({ onBaseline }) => onBaseline));
  const kept = ledgerOf(ends);
  const errors = replayed.filter(({ onBaseline }) => onBaseline > 0).map((one) =>
    Math.abs(sum(one.ends.map(({ costs }) => costs.baseline ?? 0)) / one.onBaseline - 1)
  ).sort((a, b) => a - b);
  const served = new Map<string, number>();
  for (const { provider, model } of ends) {
    served.set(`${provider},${model}`, (served.get(`${provider},${model}`) ?? 0) + 1);
  }
  const costsIn = (other: World) => sessions.map((one) => costsOf(replay(other, one)));
  const leaving = costsIn(naive);
  // The replayed ways are ways too: some stay on a fallback, which the search does not.
  const least = sessions.map((session, i) =>
    Math.min(cheapest(world, session), leaving[i]!, costsOf(replayed[i]!.ends))
  );
  return {
    figures: {
      sessions: traced.length,
      all_baseline_usd: all,
      cost_usd: kept.cost,
      naive_usd: sum(leaving),
      cheapest_usd: sum(least),
      claimed_saved_usd: kept.saved,
      true_saved_usd: all - kept.cost,
      lost_by_switching_usd: kept.lost,
    },
    requests: ends.length,
    baseline: `${baseline.provider},${baseline.model}`,
    same_tokens_saved_usd: sameTokens(world, baseline, ends) - kept.cost,
    session_usd: sum(costsIn(bound)),
    served,
    median_error: errors[Math.floor(errors.length / 2)] ?? 0,
    worst_error: errors.at(-1) ?? 0,
    billed_usd: sum(billed.map((one) => one.billed ?? 0)),
    modelled_usd: sum(billed.map(({ onBaseline }) => onBaseline)),
    stayed: ends.filter(({ why }) => why.some((line) => line.startsWith("stays on "))).length,
  };
}

/** A session without the requests that no target of the configuration can take: they are refused, and cost nothing. */
function answered(naive: World, session: TracedSession): TracedSession {
  const asked = new Asked(session);
  const requests = session.requests.filter((one) => firstOf(planned(naive, asked, one, undefined)));
  return { ...session, requests };
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, one) => total + one, 0);
const costsOf = (ends: readonly RequestEnd[]): number => sum(ends.map(({ costs }) => costs.cost ?? 0));

/** What a ledger with these requests reports. */
function ledgerOf(ends: readonly RequestEnd[]): { cost: number; saved: number; lost: number } {
  const ledger = new Ledger({ path: ":memory:", memoryRows: ends.length + 1, batchRows: ends.length + 1 });
  try {
    for (const end of ends) ledger.add(end);
    const { cost_usd, saved_usd, lost_by_switching_usd } = ledger.report({ since: 0, groups: [] });
    return { cost: cost_usd, saved: saved_usd, lost: lost_by_switching_usd };
  } finally {
    ledger.close();
  }
}
