/**
 * The last step of the routing: from the kind of a turn's work to its route. A kind that leads by too little is doubted,
 * a plan that is carried out goes where plans go, and what is stuck goes up. The same for all requests of a turn, but
 * that it may go up. Pure.
 */
import type { Kind } from "../classifier/classification.ts";
import type { RouteName, Target } from "../model/target.ts";
import { unfit } from "./fit.ts";
import type { RoutingInput } from "./plan.ts";
import { chainOf } from "./routes.ts";

/**
 * How far `think` must lead. Of 8 turns of public sessions (not in this repository) that the model gave to `think` with a
 * smaller lead, 1 was and 4 were of the next kind; on made-up sessions 5 of 7 were. The dearer mistake decides.
 */
const MARGIN = 0.3;

/** The route of a request's kind; adds its reasons to `why`. */
export function routeOfTurn(input: RoutingInput): RouteName {
  const { classification, why } = input;
  why.push(endingIn(classification.kind, classification.why));
  return unstuck(carriedOut(settled(classification.kind, input), input), input);
}

/** The classifier's reasons name the kind already (`… → think`). */
export function endingIn(name: RouteName, because: string): string {
  return because.includes(`→ ${name}`) ? because : `${because} → ${name}`;
}

/** How far the kind of a turn leads; undefined: nothing was weighed. */
function leadOf({ scores, kind, next }: RoutingInput["classification"]): number | undefined {
  return scores === undefined || next === undefined ? undefined : scores[kind] - scores[next];
}

/** Whether the kind of a turn leads by so little that a second opinion is worth asking for. */
export function isDoubtful(classification: RoutingInput["classification"]): boolean {
  return (leadOf(classification) ?? Infinity) < MARGIN;
}

/** The kind, or what is done where it leads by too little. */
function settled(kind: Kind, input: RoutingInput): RouteName {
  const { classification, config: { router: { whenUnsure } }, conditions: { opinion }, why } = input;
  const { next } = classification;
  if (next === undefined || !isDoubtful(classification)) return kind;
  const lead = `${kind} leads by ${leadOf(classification)!.toFixed(2)} only`;
  if (opinion !== undefined) {
    why.push(`${lead}: ${opinion.by} says ${opinion.kind} → ${opinion.kind}`);
    return opinion.kind;
  }
  if (whenUnsure === "as_decided") return kind;
  if (whenUnsure !== "cheaper") {
    why.push(`${lead} → ${whenUnsure}`);
    return whenUnsure;
  }
  if (kind !== "think" || !isCheaper(next, kind, input)) return kind;
  why.push(`${lead}, and ${next} is cheaper → ${next}`);
  return next;
}

/** Where `build` is not set, a plan that is carried out goes where plans with an implementation word go. */
function carriedOut(name: RouteName, { classification, config: { router }, why }: RoutingInput): RouteName {
  const { carriesOutPlan } = classification;
  if (name !== "build" || !carriesOutPlan || router.routes.build !== undefined) return name;
  if (router.routes.plan_implementation === undefined) return name;
  why.push("it carries out a plan, and the route build is not set → plan_implementation");
  return "plan_implementation";
}

/** From the cheapest kind of work to the most demanding. */
const TIERS: readonly RouteName[] = ["background", "build", "plan_implementation", "think"];

/** Where a turn that is stuck goes on: one tier up, or where the configuration says; else where it was. */
function unstuck(name: RouteName, input: RoutingInput): RouteName {
  const { classification: { stuck }, config: { router: { escalate, routes } }, why } = input;
  if (stuck === undefined || escalate.after === 0 || stuck.times < escalate.after) return name;
  const to = escalate.to ?? (routes.think === undefined ? undefined : higher(name, input));
  if (to === undefined || to === name || name === "think") return name;
  why.push(`${stuck.because}: up from ${name} → ${to}`);
  return to;
}

/** The next tier with a model that is another one; ordinary questions are on the tier of `build`. */
function higher(name: RouteName, input: RoutingInput): RouteName | undefined {
  const own = firstOf(name, input);
  const at = TIERS.indexOf(name === "default" ? "build" : name);
  return TIERS.slice(at + 1).find((tier) => {
    if (input.config.router.routes[tier] === undefined) return false;
    const first = firstOf(tier, input);
    return first !== undefined && (first.provider !== own?.provider || first.model !== own.model);
  });
}

/** The first target of a route that would be tried. */
function firstOf(name: RouteName, { facts, config, conditions }: RoutingInput): Target | undefined {
  const chain = chainOf(name, config.router.routes)?.chain ?? [];
  return chain.find((target) => unfit(target, facts, config, conditions) === undefined);
}

/** Whether a route costs less than another: by the input price of its model, where it is known of both. */
function isCheaper(name: RouteName, than: RouteName, input: RoutingInput): boolean {
  const { model } = input.conditions;
  const [one, other] = [firstOf(name, input), firstOf(than, input)];
  if (one === undefined || other === undefined) return false;
  if (one.provider === other.provider && one.model === other.model) return false;
  const [mine, its] = [model(one)?.price?.input, model(other)?.price?.input];
  return mine === undefined || its === undefined || mine < its;
}
