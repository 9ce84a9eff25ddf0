/** A request on its way through its candidates, and which of them may be tried next. */
import type { Conversation } from "../model/conversation.ts";
import type { RequestEnd } from "../model/request-end.ts";
import type { Target } from "../model/target.ts";
import type { PlannedTarget } from "../router/plan.ts";
import type { Dialects, UnsupportedRequest } from "../dialects/dialect.ts";
import type { Log } from "../log/log.ts";
import type { Clock } from "../runtime/clock.ts";
import { share } from "../text/format.ts";
import { type Candidate, candidates } from "./candidates.ts";
import type { Cooldown } from "./cooldown/cooldowns.ts";
import type { Exchange } from "./exchange.ts";
import type { Failure } from "./failure/failure.ts";
import type { InFlightRequest } from "./in-flight.ts";
import type { Sitter } from "./key-seats.ts";
import type { RequestRecord } from "./record.ts";
import type { DispatchState } from "./state.ts";

/** What dispatch works with. */
export interface DispatchDeps {
  readonly state: DispatchState;
  readonly dialects: Dialects;
  readonly clock: Clock;
  readonly log: Log;
  readonly fetch: typeof fetch;
  /** Called once for each request, after its last byte. */
  readonly onEnd: (end: RequestEnd) => void;
  /** Called with each request that a target has answered, after {@link onEnd}. */
  readonly onServed?: (exchange: Exchange, end: RequestEnd) => void;
}

/** A request on its way through its candidates. */
export interface Course {
  readonly exchange: Exchange;
  readonly deps: DispatchDeps;
  readonly request: InFlightRequest;
  readonly record: RequestRecord;
  /** The request in neutral form. @throws UnsupportedRequest */
  readonly decoded: () => Conversation;
  readonly failures: Failure[];
  /** Why candidates were not tried, a line for each. */
  readonly skipped: string[];
  /** Candidates that were not tried because they are cooling down, and when the first of them may be asked. */
  readonly waiting: Map<Candidate, Cooldown>;
  soonest?: number;
  /** Candidates that get in words what they do not take as a field: they are asked when no other one answered. */
  readonly inWords: Candidate[];
  /** It is their turn. */
  lenient: boolean;
  /** Its other keys would meet the failure that one key met. */
  failed?: Target;
  /** Why its body could not be carried to a target; another one may take it as it is. */
  uncarried?: UnsupportedRequest;
  /** After a context overflow only larger windows are tried. Tokens. */
  windowOver: number;
}

/**
 * The candidates that may be tried, in order, without those that are cooling down; at last, where nothing else remains,
 * those of them that may be asked all the same. A token count asks only the target that the request itself would go to,
 * and only while nothing is wrong with it.
 */
export function* ready(course: Course): Generator<Candidate> {
  const { exchange, deps: { state, clock } } = course;
  const counts = isCount(exchange);
  let first: Target | undefined;
  if (!counts && exchange.plan.rotated !== undefined) state.rotate(exchange.plan.rotated);
  const sitter = sitterOf(course);
  for (
    const candidate of candidates(exchange, state.keys, (provider) => state.seats.order(provider, sitter))
  ) {
    const { target, cooldownKey } = candidate;
    if (target === course.failed) continue;
    first ??= target;
    if (counts && target !== first) return;
    const now = clock.now();
    const kept = keptBack(course, candidate);
    if (kept !== undefined) {
      course.waiting.set(candidate, kept);
      course.soonest = Math.min(course.soonest ?? Infinity, kept.until);
      continue;
    }
    const is = state.cooldowns.at(cooldownKey, now);
    if (is.state !== "open") {
      if (counts) continue;
      const named = isNamed(exchange, target) && state.cooldowns.mayLook(cooldownKey, now, "named");
      if (is.state === "cooling" && !named) {
        waits(course, candidate, is.because);
        continue;
      }
      state.cooldowns.claim(cooldownKey, now);
    }
    yield candidate;
  }
  course.lenient = true;
  for (const candidate of course.inWords) {
    if (state.cooldowns.at(candidate.cooldownKey, clock.now()).state === "trial") {
      state.cooldowns.claim(candidate.cooldownKey, clock.now());
    }
    yield candidate;
  }
  for (const candidate of course.waiting.keys()) {
    const { target, cooldownKey } = candidate;
    const now = clock.now();
    if (target === course.failed || keptBack(course, candidate) !== undefined) continue;
    if (!state.cooldowns.mayLook(cooldownKey, now, "last")) continue;
    state.cooldowns.claim(cooldownKey, now);
    course.waiting.delete(candidate); // what it says now counts
    yield candidate;
  }
}

/**
 * What keeps a candidate from a request though it could answer: the last part of its plan is for other routes. What the
 * client names itself is always asked. Undefined: nothing.
 */
function keptBack({ exchange, deps: { state, clock } }: Course, candidate: Candidate): Cooldown | undefined {
  const { target, provider: { name: provider, reserve }, key: { id: key } } = candidate;
  if (reserve === undefined || isNamed(exchange, target)) return undefined;
  const { route } = exchange.plan;
  if (reserve.routes.some((one) => one === route || `rule:${one}` === route)) return undefined;
  const now = clock.now();
  const least = state.headrooms.least({ provider, key }, target.model, now);
  if (least === undefined || 1 - least.used >= reserve.share) return undefined;
  const left = share(1 - least.used);
  return {
    provider,
    key,
    class: "quota_exhausted",
    message: `${left} of its ${least.window} limit is left, and kept for ${reserve.routes.join(", ")}`,
    since: now,
    until: least.resetAt ?? now + LOOK_AGAIN_MS,
    told: true,
  };
}

/** Where a limit has no reset, it is looked at again after this. Milliseconds. */
const LOOK_AGAIN_MS = 300_000;

/** A candidate is cooling down: why, and when it may be asked. */
function waits(course: Course, candidate: Candidate, because: Cooldown): void {
  const { state, clock } = course.deps;
  course.waiting.set(candidate, because);
  const until = state.cooldowns.opensAt(candidate.cooldownKey, clock.now());
  if (course.soonest === undefined || until < course.soonest) course.soonest = until;
}

/** Whose key is chosen. */
export function sitterOf({ exchange, deps: { state, clock } }: Course): Sitter {
  const { conversation, facts: { continues } } = exchange;
  const continued = continues === undefined ? undefined : state.continued(continues);
  return { conversation, continued, now: clock.now(), looks: isCount(exchange) };
}

/** Whether the client asked for this very target. */
function isNamed({ plan }: Exchange, { from }: PlannedTarget): boolean {
  return plan.route === "target" && from === "chain";
}

/** Whether the request asks for the number of its tokens alone. */
export const isCount = ({ facts }: Exchange): boolean => facts.operation === "count_tokens";
