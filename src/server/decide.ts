/**
 * The one maker of a routing decision: for requests, for the `route` command, which sends nothing, and for the benchmark.
 */
import type { Classification } from "../classifier/classification.ts";
import { classify, type Judge } from "../classifier/classify.ts";
import type { Config } from "../config/config.ts";
import type { RequestFacts } from "../model/request-facts.ts";
import type { Conditions, RoutePlan } from "../router/plan.ts";
import { route } from "../router/route.ts";

/** What a decision depends on, other than the request and the configuration. */
export interface World extends Omit<Conditions, "minuteOfDay" | "day" | "latency" | "rotation"> {
  /** Epoch milliseconds; `[[router.rules]]` with hours look at the local time. */
  readonly now: number;
  /** @default nobody's speed is known */
  readonly latency?: Conditions["latency"];
  /** @default 0 */
  readonly rotation?: number;
  /** Judges a prompt in its conversation. @default reads it, and remembers nothing */
  readonly judge?: Judge;
  /** Milliseconds that never go back, for the two durations. @default they are 0 */
  readonly mono?: () => number;
  /** `mono` when the request began to be read. @default now */
  readonly started?: number;
}

export interface Decided {
  readonly classification: Classification;
  readonly plan: RoutePlan;
  /** Microseconds; reading the request's facts included. */
  readonly classifyUs: number;
  readonly routeUs: number;
}

/** Classifies and routes a request. Nothing is sent. */
export function decide(facts: RequestFacts, config: Config, world: World): Decided {
  const {
    now,
    judge,
    mono = () => 0,
    started = mono(),
    latency = () => undefined,
    rotation = 0,
    ...rest
  } = world;
  const time = new Date(now);
  const classification = classify(facts, config.router.words, judge, world.continued);
  const classified = mono();
  const plan = route(facts, classification, config, {
    ...rest,
    minuteOfDay: time.getHours() * 60 + time.getMinutes(),
    day: time.getDay(),
    latency,
    rotation,
  });
  const routed = mono();
  return {
    classification,
    plan,
    classifyUs: (classified - started) * 1000,
    routeUs: (routed - classified) * 1000,
  };
}
