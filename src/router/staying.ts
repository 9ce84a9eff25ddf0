/**
 * Whether a session stays with the model that served it last, where another one is first in its chain: `[router] sticky`.
 * Leaving costs what the other model's cache lacks, and coming back what its own cache lacks by then. Pure.
 */
import type { Session } from "../model/session.ts";
import { ROUTE_NAMES, type Target } from "../model/target.ts";
import { money, tokenCount } from "../text/format.ts";
import type { Decision } from "./decision.ts";
import { expectedTurn } from "./expected-cost.ts";
import type { PlannedTarget, RoutingInput } from "./plan.ts";

/** The share of sessions that come back to a model while its cache would still be warm. */
const COMES_BACK = 0.25;

/** What decides about staying, other than the request. */
export interface Stay {
  /** What was decided for the request. */
  readonly decision: Decision;
  /** Another way was chosen for it than the decision's (a spent budget). */
  readonly isRedirected: boolean;
  /** Why a target cannot take the request; undefined: it can. */
  readonly unfit: (target: Target) => string | undefined;
}

/**
 * A plan's targets with the one that served the session last in front, where it stays there; adds the reason to `why`.
 *
 * Only what a kind of work decided stays with a model of another chain; a fallback that served stays within its own chain,
 * whatever decided. Nothing is held back from a model that costs more.
 */
export function staying(
  targets: readonly PlannedTarget[],
  input: RoutingInput,
  stay: Stay,
): readonly PlannedTarget[] {
  const { conditions: { session }, config: { router: { sticky } } } = input;
  if (session === undefined || sticky === "never") return targets;
  const first = targets.find(({ skip }) => skip === undefined);
  const { target: last } = session.prefixes[0];
  if (first === undefined || isSame(first, last)) return targets;
  const listed = targets.find((one) => isSame(one, last));
  if (listed === undefined ? !mayLeaveChain(stay) : listed.skip !== undefined) return targets;
  const why = reasonToStay(last, first, input, listed !== undefined);
  if (why === undefined || (listed === undefined && stay.unfit(last) !== undefined)) return targets;
  input.why.push(`stays on ${last.model}: ${why}`);
  return [listed ?? asBefore(last, session, input), ...targets.filter((one) => one !== listed)];
}

/** The target that served last, with the settings of the route that it served. */
function asBefore(
  { provider, model }: Target,
  session: Session,
  { config: { router: { routes } } }: RoutingInput,
): PlannedTarget {
  const route = ROUTE_NAMES.find((name) => name === session.route);
  const listed = route === undefined
    ? undefined
    : routes[route]?.find((one) => isSame(one, { provider, model }));
  const settings = listed?.settings;
  return { provider, model, from: "kept", ...(settings === undefined ? {} : { settings }) };
}

const mayLeaveChain = ({ decision, isRedirected }: Stay): boolean =>
  !isRedirected && decision.kind === "route" && decision.byKind === true;

/** Why a session stays on a model instead of going to another one; undefined: it goes. */
function reasonToStay(
  last: Target,
  next: Target,
  input: RoutingInput,
  isListed: boolean,
): string | undefined {
  const here = expectedTurn(last, input);
  const there = expectedTurn(next, input);
  if (here === undefined || there === undefined || here.input < there.input) return undefined;
  if (input.config.router.sticky === "session") return 'a session goes up only (sticky = "session")';
  if (here.warm === 0) return undefined;
  if (!isListed && input.classification.continuesTurn) return "it serves the turn already";
  const back = COMES_BACK * here.warm * (here.write - here.read) / 1e6;
  const leaving = there.cost + back;
  if (leaving < here.cost) return undefined;
  const cache = there.warm === 0 ? "is cold" : `has ${tokenCount(there.warm)} tokens`;
  return `about ${dollars(here.cost)} against ${dollars(leaving)} at ${next.model}, whose cache ${cache}`;
}

/** An estimate: two digits that mean something. */
const dollars = (amount: number): string => money(Number(amount.toPrecision(2)));

const isSame = (one: Target, other: Target): boolean =>
  one.provider === other.provider && one.model === other.model;
