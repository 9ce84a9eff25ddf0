/**
 * What a turn is expected to cost at a target, with what is left of the session in its cache. Pure. The numbers are what
 * real sessions have on average: docs/economics.md.
 */
import type { Kind } from "../classifier/classification.ts";
import type { CacheRules, Rates } from "../model/price.ts";
import { warmTokens } from "../model/session.ts";
import type { Target } from "../model/target.ts";
import type { RoutingInput } from "./plan.ts";

/** Requests of a turn, by its kind. */
const REQUESTS: Readonly<Record<Kind, number>> = {
  think: 14,
  plan_implementation: 20,
  build: 28,
  default: 14,
  background: 10,
};
/** Tokens that each request of a turn adds to the input of the next one. */
const GROWTH = 1500;
/** Tokens of one answer. */
const ANSWER = 450;

/** Dollars per million tokens: reading from a cache, writing what it lacks, answering. */
export interface TurnRates {
  readonly read: number;
  readonly write: number;
  readonly output: number;
}

/** The rates of a turn; without a cache, everything costs what input costs. */
export function turnRates({ input, cacheRead, cacheWrite, output }: Rates, cache?: CacheRules): TurnRates {
  if (cache === undefined) return { read: input, write: input, output };
  return {
    read: cacheRead ?? input,
    write: cache.kind === "marked" ? cacheWrite ?? input : input,
    output,
  };
}

/**
 * Dollars that a turn is expected to cost.
 *
 * @param turn tokens of its first request, those of them that are in the cache, and the number of its requests
 */
export function turnCost(
  { read, write, output }: TurnRates,
  turn: { readonly context: number; readonly warm: number; readonly requests: number },
): number {
  const { context, warm, requests: n } = turn;
  const first = warm * read + (context - warm) * write;
  const rest = (n - 1) * (context * read + GROWTH * write) + read * GROWTH * (n - 1) * (n - 2) / 2;
  return (first + rest + n * ANSWER * output) / 1e6;
}

/** What a turn is expected to cost at a target. */
export interface Expected extends TurnRates {
  /** Dollars. */
  readonly cost: number;
  /** Tokens of the request that the target has in its cache. */
  readonly warm: number;
  /** Dollars per million tokens of fresh input. */
  readonly input: number;
}

/** What the turn of a request is expected to cost at a target; undefined: its price is not known. */
export function expectedTurn(target: Target, input: RoutingInput): Expected | undefined {
  const { facts, classification, conditions } = input;
  const { session, now, model, rates: ratesOf } = conditions;
  const context = Math.round(facts.approxTokens * (session?.perEstimate ?? 1));
  const rates = ratesOf?.(target, context);
  if (rates === undefined) return undefined;
  const cache = model(target)?.cache;
  const warm = session === undefined ? 0 : warmTokens(session, target, cache, { time: now, context });
  const turn = turnRates(rates, cache);
  const cost = turnCost(turn, { context, warm, requests: REQUESTS[classification.kind] });
  return { ...turn, cost, warm, input: rates.input };
}
