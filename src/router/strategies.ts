/** The order in which a chain's targets are tried: `[router] strategy`. Pure. */
import { fnv1a } from "../text/hash.ts";
import type { Classification } from "../classifier/classification.ts";
import type { Strategy } from "../config/config.ts";
import type { RequestFacts } from "../model/request-facts.ts";
import type { ModelInfo } from "../model/price.ts";
import type { Target } from "../model/target.ts";
import type { Conditions, PlannedTarget, RoutingInput } from "./plan.ts";

/** Orders targets that fit; equals keep the user's order. */
type Order = (targets: readonly PlannedTarget[], input: RoutingInput) => readonly PlannedTarget[];

/**
 * How each strategy orders the targets that fit; undefined: as the user wrote them. A strategy that orders may change
 * its mind from one request to the next, so that the target that began a turn stays first for the rest of it.
 */
const STRATEGIES: Readonly<Record<Strategy, Order | undefined>> = {
  fill_first: undefined,

  /** Each request begins one target further. */
  round_robin: (targets, { conditions }) => {
    const first = ((conditions.rotation % targets.length) + targets.length) % targets.length;
    return [...targets.slice(first), ...targets.slice(0, first)];
  },

  /** The quickest first, after those that nobody has measured: else they would never be measured. */
  latency_optimized: (targets, { conditions }) =>
    sorted(targets, (target) => conditions.latency(target) ?? -1),

  /** The cheapest for this request first, those without a known price last. */
  cost_optimized: (targets, { conditions, facts }) =>
    sorted(targets, (target) => estimate(conditions.model(target), facts) ?? Infinity),
};

/** A chain in its strategy's order; targets that do not fit keep their places. Adds to `why` what it did. */
export function inOrder(
  chain: readonly PlannedTarget[],
  input: RoutingInput,
  turn: string | undefined,
): readonly PlannedTarget[] {
  const { strategy } = input.config.router;
  const order = STRATEGIES[strategy];
  if (order === undefined) return chain;
  const usable = chain.filter((target) => target.skip === undefined);
  if (usable.length < 2) return chain;
  const served = servedBefore(input, turn);
  const kept = usable.find(({ provider, model }) => provider === served?.provider && model === served?.model);
  const targets = kept === undefined
    ? order(usable, input)
    : [kept, ...usable.filter((target) => target !== kept)];
  const head = `${targets[0]!.provider},${targets[0]!.model}`;
  input.why.push(
    kept === undefined ? `strategy ${strategy}: ${head} first` : `${head} first: it began the turn`,
  );
  let next = 0;
  return chain.map((target) => target.skip === undefined ? targets[next++]! : target);
}

/** The target that answered the turn's earlier requests. */
function servedBefore(
  { classification, conditions }: RoutingInput,
  turn: string | undefined,
): ReturnType<NonNullable<Conditions["served"]>> {
  if (turn === undefined || !classification.continuesTurn) return undefined;
  return conditions.served?.(turn);
}

/**
 * A name for the turn that a request belongs to: the same for all requests of one agent loop, since they share the
 * user's latest prompt. The prompt cannot be read from it. Undefined where nobody needs it: the strategy never changes
 * its mind, or the request holds no words of the user.
 */
export function turnOf(
  facts: RequestFacts,
  classification: Classification,
  strategy: Strategy,
): string | undefined {
  return STRATEGIES[strategy] === undefined ? undefined : turnName(facts, classification);
}

/** The same, whoever needs it; undefined: the request holds no words of the user. */
export function turnName(facts: RequestFacts, { prompt }: Classification): string | undefined {
  const { promptId, subagent } = facts.hints;
  // A prompt's id is shared by the subagents that serve it: each of them has a turn of its own.
  if (promptId !== undefined && !subagent) return `${facts.client}/${facts.session ?? ""}/${promptId}`;
  if (prompt === undefined) return undefined;
  return `${facts.client}/${facts.session ?? ""}/${prompt.length}/${fnv1a(prompt).toString(36)}`;
}

function sorted<T extends Target>(targets: readonly T[], weight: (target: T) => number): readonly T[] {
  return targets.map((target) => ({ target, weight: weight(target) }))
    .sort((a, b) => a.weight === b.weight ? 0 : a.weight - b.weight)
    .map(({ target }) => target);
}

/** Tokens that an answer is taken to have when prices are compared: agents' answers are short next to their requests. */
const TYPICAL_ANSWER = 500;

/** Millionths of a dollar that a request may cost, as if nothing of it were cached; undefined: no known price. */
function estimate(model: ModelInfo | undefined, facts: RequestFacts): number | undefined {
  const price = model?.price;
  if (price === undefined) return undefined;
  const { input, output } = price.tiers?.findLast((tier) => facts.approxTokens >= tier.fromTokens)?.price ??
    price;
  return facts.approxTokens * input + Math.min(TYPICAL_ANSWER, facts.maxOutputTokens ?? Infinity) * output;
}
