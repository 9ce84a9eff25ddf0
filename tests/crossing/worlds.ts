/** The proxy among all strict providers, and conversations through it. */
import fc from "fast-check";
import { type Plan, planArbitrary } from "../support/conversations.ts";
import { judge, type Refusal, type StrictHouse, strictHouse } from "../support/houses/house.ts";
import { HOUSES } from "../support/houses/houses.ts";
import type { Dialect } from "../support/houses/rules.ts";
import { seals } from "../support/houses/seals.ts";
import { play, type Played } from "../support/play.ts";
import { testClock, type TestProxy } from "../support/proxy.ts";
import { proxyWith } from "../support/world.ts";

export const DIALECTS: readonly Dialect[] = ["anthropic-messages", "openai-chat", "openai-responses"];

/** Whose dialect it is: what its own maker refuses of a client's request is the client's fault. */
export const MAKERS: Readonly<Record<Dialect, readonly string[]>> = {
  "anthropic-messages": ["anthropic"],
  "openai-chat": ["openai", "azure"],
  "openai-responses": ["openai", "azure"],
};

export interface World extends AsyncDisposable {
  readonly proxy: TestProxy;
  readonly houses: ReadonlyMap<string, StrictHouse>;
  /** Lets every cooldown end. */
  rest(): void;
}

/** Starts all strict providers and a proxy that knows them by their own names. */
export async function startWorld(): Promise<World> {
  let last = 0;
  const count = () => ++last;
  const houses = new Map<string, StrictHouse>();
  for (const name of Object.keys(HOUSES)) houses.set(name, await strictHouse(name, { count }));
  const clock = testClock();
  const world = await proxyWith(
    Object.fromEntries(
      [...houses].map(([name, { url }]) =>
        [name, { url, path: "", toml: HOUSES[name]!.block ?? "" }] as const
      ),
    ),
    { router: 'default = "anthropic,claude-opus-4-8"', clock },
  );
  return {
    proxy: world.proxy,
    houses,
    rest: () => clock.advance(24 * 3_600_000),
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      for (const house of houses.values()) await house[Symbol.asyncDispose]();
    },
  };
}

const PAIRS: readonly (readonly [string, string])[] = Object.keys(HOUSES).flatMap((one) =>
  Object.keys(HOUSES).filter((other) => other !== one).map((other) => [one, other] as const)
);

/** The conversation of a seed from 1 on: six in a row have the same providers, each another client. */
export function conversationOf(seed: number): { plan: Plan; pair: readonly [string, string] } {
  const turn = Math.max(0, seed - 1);
  const dialect = DIALECTS[turn % 3]!;
  const stream = Math.floor(turn / 3) % 2 === 0;
  const pair = PAIRS[Math.floor(turn / 6) % PAIRS.length]!;
  const [plan] = fc.sample(planArbitrary(dialect, stream), { seed, numRuns: 1 });
  return { plan: plan!, pair };
}

export interface Crossed extends Played {
  readonly seed: number;
  readonly plan: Plan;
  readonly pair: readonly [string, string];
  /** Refusals that the proxy is to blame for. */
  readonly refusals: readonly Refusal[];
  /** The others: a client may not send such a request to the maker of its dialect either. */
  readonly excused: readonly Refusal[];
}

/** Plays the conversation of a seed. */
export async function cross(world: World, seed: number): Promise<Crossed> {
  const { plan, pair } = conversationOf(seed);
  const houses = pair.map((name) => world.houses.get(name)!) as [StrictHouse, StrictHouse];
  for (const { refusals, arrived, answered } of houses) {
    refusals.length = 0;
    arrived.length = 0;
    answered.length = 0;
  }
  const played = await play(plan, world.proxy, houses);
  if (played.failed !== undefined) world.rest();
  const all = houses.flatMap(({ refusals }) => [...refusals]);
  const excused = all.filter((one) => isExcused(one, plan, played));
  return { ...played, seed, plan, pair, excused, refusals: all.filter((one) => !excused.includes(one)) };
}

function isExcused(refusal: Refusal, plan: Plan, { sent }: Played): boolean {
  if (refusal.dialect !== plan.dialect) return false;
  if (refusal.rule.kind === "order" && plan.flaw !== "none") return true;
  const name = refusal.id.slice(0, refusal.id.indexOf("/"));
  if (!MAKERS[plan.dialect].includes(name) || !["order", "schemas", "empty"].includes(refusal.rule.kind)) {
    return false;
  }
  const body = { ...sent.at(-1), model: refusal.model };
  const { dialect, headers, model } = refusal;
  return judge(name, { dialect, headers, model, body, query: new URLSearchParams(), seals: seals(name) })
    .some(({ rule }) => rule === refusal.rule);
}
