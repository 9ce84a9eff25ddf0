/**
 * The cheapest way through a session that knowledge of the future can find: at each turn the model that is routed to, or one
 * that costs more. No turn goes to a model below its kind: that would be another product.
 */
import type { Target } from "../../src/model/target.ts";
import { ROUTE_NAMES } from "../../src/model/target.ts";
import { type Caches, type Entry, isAlive, nameOf } from "./caches.ts";
import { Asked, firstOf, planned, requestCost, type World } from "./replay.ts";
import type { TracedRequest, TracedSession } from "./traces.ts";

/** Ways that are followed at once, the cheapest of them; far more than the sessions at hand need. */
const MOST_WAYS = 5000;

interface Way {
  readonly cost: number;
  readonly caches: Caches;
}

/** Dollars for a session on its cheapest way. */
export function cheapest(world: World, session: TracedSession): number {
  const free: World = { ...world, config: withoutStaying(world.config) };
  const asked = new Asked(session);
  const steps = session.requests.map((request) => ({
    request,
    routed: firstOf(planned(free, asked, request, undefined)),
  })).filter((step): step is Step => step.routed !== undefined);
  let ways: Way[] = [{ cost: 0, caches: new Map() }];
  for (const turn of turnsOf(steps)) {
    const choices = choicesOf(free, turn);
    const next = new Map<string, Way>();
    for (const way of ways) {
      const caches = living(world, way.caches, turn[0]!.request.at);
      for (const choice of choices) {
        const after = served(world, { ...way, caches }, { turn, choice, session });
        const key = keyOf(after.caches);
        const known = next.get(key);
        if (known === undefined || after.cost < known.cost) next.set(key, after);
      }
    }
    ways = [...next.values()].sort((a, b) => a.cost - b.cost).slice(0, MOST_WAYS);
  }
  return ways[0]!.cost;
}

/** The same configuration without a memory of sessions. */
export const withoutStaying = (config: World["config"]): World["config"] => ({
  ...config,
  router: { ...config.router, sticky: "never" },
});

interface Step {
  readonly request: TracedRequest;
  /** Where the router sends it. */
  readonly routed: Target;
}

function turnsOf(steps: readonly Step[]): Step[][] {
  const turns: Step[][] = [];
  for (const step of steps) {
    const last = turns.at(-1);
    if (last?.[0]?.request.turn === step.request.turn) last.push(step);
    else turns.push([step]);
  }
  return turns;
}

/** The models that may serve a turn: the one routed to, and the first ones of other routes that cost more. */
function choicesOf({ config, catalog }: World, turn: readonly Step[]): Target[] {
  const { request: { context }, routed } = turn[0]!;
  const price = (target: Target) => catalog.rates(target, context)?.input;
  const least = price(routed);
  const found = new Map([[nameOf(routed), routed]]);
  for (const name of ROUTE_NAMES) {
    const first = config.router.routes[name]?.[0];
    if (first === undefined || least === undefined || (price(first) ?? 0) <= least) continue;
    found.set(nameOf(first), first);
  }
  return [...found.values()];
}

function living(world: World, caches: Caches, at: number): Caches {
  const alive = new Map<string, Entry>();
  for (const [name, entry] of caches) {
    const [provider = "", model = ""] = split(name);
    if (isAlive(world.catalog, { provider, model }, entry, at)) alive.set(name, entry);
  }
  return alive;
}

function split(name: string): [string, string] {
  const at = name.indexOf(",");
  return [name.slice(0, at), name.slice(at + 1)];
}

/** A way after a turn; what the chosen model cannot take goes where the router sends it. */
function served(
  world: World,
  way: Way,
  { turn, choice, session }: {
    readonly turn: readonly Step[];
    readonly choice: Target;
    readonly session: TracedSession;
  },
): Way {
  const caches = new Map(way.caches);
  const first = nameOf(turn[0]!.routed);
  const window = world.catalog.find(choice)?.context || Infinity;
  let { cost } = way;
  for (const { request, routed } of turn) {
    const isRouted = nameOf(choice) === first || request.context > window;
    const target = isRouted ? routed : choice;
    const name = nameOf(target);
    const after = requestCost(world, target, caches.get(name), { request, system: session.system });
    cost += after.cost;
    if (after.entry !== undefined) caches.set(name, after.entry);
  }
  return { cost, caches };
}

/** Ways with the same entries go on alike. */
function keyOf(caches: Caches): string {
  return [...caches].map(([name, { tokens, at }]) => `${name} ${tokens} ${at}`).sort().join("|");
}
