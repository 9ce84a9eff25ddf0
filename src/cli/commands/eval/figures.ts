/** How well a configuration routes prompts whose right routes are known. Pure. */
import type { Target } from "../../../model/target.ts";
import type { Price } from "../../../model/price.ts";

/** One prompt with the route that it should take. */
export interface Labelled {
  /** Its line in the file, from 1. */
  readonly line: number;
  readonly prompt: string;
  readonly label: string;
  /** Earlier prompts of the conversation, the oldest first. */
  readonly previous: readonly string[];
  /** What the agent said right before the prompt. */
  readonly before?: string | undefined;
}

/** A prompt with what was decided about it. */
export interface Judged extends Labelled {
  readonly decided: string;
  readonly why: readonly string[];
  /** The first target that would be tried; undefined: none would. */
  readonly target?: Target | undefined;
}

/** Tokens of a usual step of an agent: costs are compared as if each prompt were one. */
export const ASSUMED = { input: 20_000, output: 1_000 } as const;

export interface Figures {
  readonly prompts: number;
  readonly right: number;
  /** Every label and decision, labels first. */
  readonly names: readonly string[];
  /** How often a label (the row) was decided as a route (the column), in the order of {@link names}. */
  readonly confusion: readonly (readonly number[])[];
  /** Decided as think, though something else is right. */
  readonly waste: number;
  /** Decided as something else, though think is right. */
  readonly loss: number;
  readonly thinks: number;
  readonly cost: CostFigures;
}

export interface CostFigures {
  /** Dollars for one usual request a prompt, at its own target, and at the best one. */
  readonly routed: number;
  readonly best: number;
  /** The target that is compared with: the first of `think`. Undefined: it has no price. */
  readonly bestTarget?: Target | undefined;
  /** Prompts whose target has no price; they are in neither sum. */
  readonly unpriced: number;
}

/** The figures. `price`: dollars per million tokens; `best`: the target with which the cost is compared. */
export function figuresOf(
  judged: readonly Judged[],
  price: (target: Target) => Price | undefined,
  best: Target | undefined,
): Figures {
  const labels = [...new Set(judged.map(({ label }) => label))].sort();
  const others = [...new Set(judged.map(({ decided }) => decided))].filter((one) => !labels.includes(one));
  const names = [...labels, ...others.sort()];
  const confusion = names.map((label) =>
    names.map((decided) => judged.filter((one) => one.label === label && one.decided === decided).length)
  );
  const isThink = (name: string) => name === "think";
  return {
    prompts: judged.length,
    right: judged.filter(({ label, decided }) => label === decided).length,
    names,
    confusion,
    waste: judged.filter(({ label, decided }) => isThink(decided) && !isThink(label)).length,
    loss: judged.filter(({ label, decided }) => isThink(label) && !isThink(decided)).length,
    thinks: judged.filter(({ label }) => isThink(label)).length,
    cost: costOf(judged, price, best),
  };
}

function costOf(
  judged: readonly Judged[],
  price: (target: Target) => Price | undefined,
  best: Target | undefined,
): CostFigures {
  const dollars = (target: Target | undefined): number | undefined => {
    const known = target === undefined ? undefined : price(target);
    return known === undefined
      ? undefined
      : (known.input * ASSUMED.input + known.output * ASSUMED.output) / 1e6;
  };
  const atBest = dollars(best);
  let routed = 0;
  let counted = 0;
  for (const { target } of judged) {
    const cost = dollars(target);
    if (cost === undefined || atBest === undefined) continue;
    routed += cost;
    counted++;
  }
  return {
    routed,
    best: counted * (atBest ?? 0),
    ...(atBest === undefined ? {} : { bestTarget: best }),
    unpriced: judged.length - counted,
  };
}
