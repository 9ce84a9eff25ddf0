/** The order in which a chain's targets are tried: `[router] strategy`. Pure. */
import { fnv1a } from "../text/hash.ts";
import type { Classification } from "../classifier/classification.ts";
import type { Strategy } from "../config/config.ts";
import type { RequestFacts } from "../model/request-facts.ts";
import type { ModelInfo } from "../model/price.ts";
import type { Target } from "../model/target.ts";
import { expectedTurn } from "./expected-cost.ts";
import { preferred } from "./preferred.ts";
import type { Conditions, PlannedTarget, RoutingInput } from "./plan.ts";

/**
 * Orders targets that fit; equals keep the user's order.
 * @param rotation how many sessions, and requests without one, this chain has begun before
 */
type Order = (
  targets: readonly PlannedTarget[],
  input: RoutingInput,
  rotation: number,
) => readonly PlannedTarget[];

/**
 * How each strategy orders the targets that fit; undefined: as the user wrote them. A strategy orders for a session, not for
 * each of its requests: its target has the conversation in its cache, and stays first as long as it can serve.
 */
const STRATEGIES: Readonly<Record<Strategy, Order | undefined>> = {
  fill_first: undefined,

  /** Each session begins one target further. */
  round_robin: (targets, _input, rotation) => {
    const first = ((rotation % targets.length) + targets.length) % targets.length;
    return [...targets.slice(first), ...targets.slice(0, first)];
  },

  /** The quickest first, after those that nobody has measured: else they would never be measured. */
  latency_optimized: (targets, { conditions }) =>
    sorted(targets, (target) => conditions.latency(target) ?? -1),

  /** The cheapest for the turn that begins first, with what each has in its cache; those without a known price last. */
  cost_optimized: (targets, input) =>
    sorted(
      targets,
      (target) =>
        expectedTurn(target, input)?.cost ?? estimate(input.conditions.model(target), input.facts) ??
          Infinity,
    ),

  /** Of those near in price to the first, the one that the user liked best for such work. */
  preferred: (targets, input) =>
    preferred(targets, input, (target) => estimate(input.conditions.model(target), input.facts)),
};

/** A chain in its strategy's order. */
export interface Ordered {
  readonly targets: readonly PlannedTarget[];
  /** The chain whose turn it was, for {@link Conditions.rotation}; undefined: the strategy did not choose. */
  readonly rotated?: string;
}

/** A chain in its strategy's order; targets that do not fit keep their places. Adds to `why` what it did. */
export function inOrder(
  chain: readonly PlannedTarget[],
  input: RoutingInput,
  turn: string | undefined,
): Ordered {
  const { strategy } = input.config.router;
  const order = STRATEGIES[strategy];
  if (order === undefined) return { targets: chain };
  const usable = chain.filter((target) => target.skip === undefined);
  if (usable.length < 2) return { targets: chain };
  const rotated = chain.map(nameOf).join(" | ");
  const kept = keptTarget(usable, input, turn);
  const targets = kept === undefined
    ? order(usable, input, input.conditions.rotation(rotated))
    : [kept.target, ...usable.filter((target) => target !== kept.target)];
  const head = nameOf(targets[0]!);
  input.why.push(
    kept === undefined ? `strategy ${strategy}: ${head} first` : `${head} first: it ${kept.because}`,
  );
  let next = 0;
  const all = chain.map((target) => target.skip === undefined ? targets[next++]! : target);
  return kept === undefined ? { targets: all, rotated } : { targets: all };
}

const nameOf = ({ provider, model }: Target): string => `${provider},${model}`;

/** The target that goes on: the one of the turn, else of the session; of the cost alone, no session decides. */
function keptTarget(
  usable: readonly PlannedTarget[],
  input: RoutingInput,
  turn: string | undefined,
): { readonly target: PlannedTarget; readonly because: string } | undefined {
  const find = (served: Target | undefined) =>
    usable.find(({ provider, model }) => provider === served?.provider && model === served?.model);
  const inTurn = find(servedBefore(input, turn));
  if (inTurn !== undefined) return { target: inTurn, because: "began the turn" };
  if (input.config.router.strategy === "cost_optimized") return undefined;
  for (const { target } of input.conditions.session?.prefixes ?? []) {
    const before = find(target);
    if (before !== undefined) return { target: before, because: "serves the session" };
  }
  return undefined;
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

/** Dollars that a request may cost, as if nothing of it were cached; undefined: no known price. */
function estimate(model: ModelInfo | undefined, facts: RequestFacts): number | undefined {
  const price = model?.price;
  if (price === undefined) return undefined;
  const { input, output } = price.tiers?.findLast((tier) => facts.approxTokens >= tier.fromTokens)?.price ??
    price;
  const answer = Math.min(TYPICAL_ANSWER, facts.maxOutputTokens ?? Infinity);
  return (facts.approxTokens * input + answer * output) / 1e6;
}
