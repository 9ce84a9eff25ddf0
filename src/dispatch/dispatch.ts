/**
 * Tries the candidates of a request in order until one answers. The first real output commits; a failure before it goes
 * to the next candidate unseen. Never sleeps between candidates. docs/failover.md describes it for users.
 */
import type { ClientError } from "../model/failure.ts";
import type { Target } from "../model/target.ts";
import { UnsupportedRequest } from "../dialects/dialect.ts";
import { estimateTokens } from "../dialects/shared/estimate-tokens.ts";
import {
  allFailed,
  answerOf,
  cannotCarry,
  type ErrorAnswer,
  errorAnswer,
  estimate,
  nameOf,
  nothingToTry,
  passedOver,
  type Unanswered,
} from "./answer.ts";
import type { Candidate } from "./candidates.ts";
import { type Course, type DispatchDeps, isCount, ready } from "./course.ts";
import { type Tried, tryOne } from "./one-target.ts";
import { NO_KEY_ID } from "./keys.ts";
import type { Exchange } from "./exchange.ts";
import { type Failure, FAILURE_RULES, keptOf, mayTakeOtherKey, scopeOf } from "./failure/failure.ts";
import { headroomText } from "./headroom/read.ts";
import { InFlightRequest } from "./in-flight.ts";
import { type Ending, RequestRecord } from "./record.ts";
import type { StreamEnd } from "./relay/relay.ts";
import { decodeOnce } from "./upstream-request.ts";
import { streamUsage } from "./usage.ts";

/** Answers an exchange. Never throws; every end is an answer in the client's dialect. */
export async function dispatch(exchange: Exchange, deps: DispatchDeps): Promise<Response> {
  const { id, time, plan, signal } = exchange;
  const course: Course = {
    exchange,
    deps,
    request: new InFlightRequest({ id, time, route: plan.route, signal }),
    record: new RequestRecord(exchange),
    decoded: decodeOnce(exchange),
    failures: [],
    skipped: [],
    waiting: new Map(),
    inWords: [],
    lenient: false,
    windowOver: 0,
  };
  deps.state.inFlight.add(course.request);
  try {
    for (const candidate of ready(course)) {
      const tried = await settled(course, candidate, tryOne(course, candidate));
      if (tried.kind === "answer") return show(course, candidate, tried);
      const last = moveOn(course, candidate, tried);
      if (last !== undefined) {
        return finish(
          course,
          allFailed(asked(course), { failures: [last], waiting: [], skipped: [], now: deps.clock.now() }),
        );
      }
    }
    return nobodyAnswered(course);
  } finally {
    if (!course.request.streaming) over(course);
  }
}

/** A refusal of the proxy's own, before any target is tried. */
export interface OwnRefusal {
  readonly error: ClientError;
  /** What the ledger and the log call it. */
  readonly failure: string;
  /** Seconds until a try can succeed. */
  readonly wait?: number;
}

/** Refuses a routed request without trying a target. It is logged and kept like every other one. */
export function refuseRouted(
  exchange: Exchange,
  { clock, onEnd }: DispatchDeps,
  refusal: OwnRefusal,
): Response {
  const { error, failure, wait } = refusal;
  const { response } = errorAnswer({ exchange, attempts: [] }, { ...error, requestId: exchange.id }, {
    retry: false,
    ...(wait === undefined ? {} : { wait }),
  });
  onEnd(new RequestRecord(exchange).end({ status: error.status, failure }, clock.mono()));
  exchange.over?.();
  return response;
}

/** Ends the candidate's trial where the work throws: another request may have it. */
async function settled<T>({ deps }: Course, { cooldownKey }: Candidate, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    deps.state.cooldowns.release(cooldownKey);
    throw error;
  }
}

/** The answer of a candidate, on its way to the client. */
function show(course: Course, candidate: Candidate, tried: Extract<Tried, { kind: "answer" }>): Response {
  const { exchange, deps: { state, clock, log }, request, record } = course;
  const { target, cooldownKey } = candidate;
  const { answer, upstream: { dropped }, leave } = tried;
  if (!isCount(exchange)) {
    state.cooldowns.succeeded(cooldownKey);
    state.loginAccepted(cooldownKey.key);
    const { turn } = exchange.plan;
    if (turn !== undefined) state.sawServed(turn, { provider: target.provider, model: target.model });
  }
  const left = headroomText(
    state.headrooms.of({ provider: target.provider, key: cooldownKey.key }, clock.now()),
  );
  notePassedOver(course, target);
  const about = { ...asked(course), ...(left === undefined ? {} : { headroom: left }) };
  record.firstTokenMs = clock.mono() - exchange.started;
  record.key = cooldownKey.key;
  record.onPlan = candidate.key.onPlan === true || candidate.provider.flatPlan === true;
  if (dropped.length > 0) {
    log("info", `dropped for ${target.provider}: ${dropped.join(", ")}`, { id: exchange.id });
  }
  const { relay, status, usage, id } = answer;
  if (relay === undefined) {
    leave();
    remember(course, candidate, id);
    end(course, { status, usage });
    return answerOf(about, target, answer, dropped);
  }
  void relay.ended.then((streamEnd) => afterStream(course, candidate, streamEnd, leave));
  const response = answerOf(about, target, answer, dropped);
  request.began(relay);
  if (request.stopped) relay.hangUp(); // between the first output and here
  return response;
}

/** A later request may continue the answer: what it needs to know of the turn, and where the answer is kept. */
function remember({ exchange, deps }: Course, { target, key }: Candidate, id: string | undefined): void {
  if (id === undefined) return;
  const { classification: { kind, reports }, plan: { decision } } = exchange;
  const { provider, model } = target;
  deps.state.sawAnswer(id, {
    target: { provider, model },
    key: key.id,
    kind,
    decision,
    ...(reports === undefined ? {} : { reports }),
  });
}

/** A streamed answer is over. */
function afterStream(course: Course, candidate: Candidate, streamEnd: StreamEnd, leave: () => void): void {
  const { exchange, deps: { state, clock, log }, request } = course;
  const { failure, cancelled, received } = streamEnd;
  remember(course, candidate, received.answerId);
  request.whenStopped(undefined);
  leave();
  over(course);
  if (failure !== undefined) {
    state.sawFailure(failure.provider, clock.now(), keptOf(failure));
    log("warn", `${nameOf(failure)} failed after output began: ${keptOf(failure)}`, { id: exchange.id });
    if (request.reason === undefined) state.cooldowns.failed(candidate.cooldownKey, failure, clock.now());
  }
  const usage = streamUsage(
    received,
    exchange.facts.approxTokens,
    exchange.catalog.find(candidate.target)?.context,
  );
  end(course, {
    status: 200,
    cancelled,
    ...(failure === undefined ? {} : { failure: failure.class }),
    usage,
  });
}

/**
 * A candidate did not answer: remembers what the next request should know of it.
 * Returns the failure that the client gets now; undefined: the next candidate may be tried.
 */
function moveOn(
  course: Course,
  candidate: Candidate,
  tried: Exclude<Tried, { kind: "answer" }>,
): Failure | undefined {
  const { exchange, deps: { state, clock, log }, request } = course;
  const { target, cooldownKey } = candidate;
  if (tried.kind !== "failure") state.cooldowns.release(cooldownKey);
  if (tried.kind === "skipped") {
    course.skipped.push(`${nameOf(target)}: ${tried.why}`);
    course.failed = target;
    return undefined;
  }
  if (isCount(exchange)) return undefined;
  const failure = hinted(tried.failure, candidate);
  const { class: kind, status } = failure;
  if (request.reason !== undefined || kind === "cancelled") {
    state.cooldowns.release(cooldownKey);
    return request.reason === undefined
      ? failure
      : { ...failure, class: "server_error", status: 503, message: request.reason, kept: request.reason };
  }
  if (compacts(exchange) && status !== undefined && NO_ENDPOINT.has(status)) {
    // It says nothing of the provider's other endpoints.
    state.cooldowns.release(cooldownKey);
    course.skipped.push(`${nameOf(target)}: does not compact histories`);
    course.failed = target;
    return undefined;
  }
  state.sawFailure(failure.provider, clock.now(), keptOf(failure));
  const ms = tried.kind === "full" ? 0 : course.record.attempts.at(-1)?.ms ?? 0;
  const fields = { id: exchange.id, status, ms: Math.round(ms) };
  log("warn", `${nameOf(target)}: ${kind.replaceAll("_", " ")}: ${keptOf(failure)}`, fields);
  const { next } = FAILURE_RULES[kind];
  if (next === false) {
    state.cooldowns.succeeded(cooldownKey); // it answered: the provider is well
    return failure;
  }
  if (!mayTakeOtherKey(failure)) course.failed = target;
  if (tried.kind === "failure") state.cooldowns.failed(cooldownKey, failure, clock.now());
  const cooling = state.cooldowns.at(cooldownKey, clock.now()).state === "cooling";
  course.failures.push(cooling ? { ...failure, cooling } : failure);
  if (next === "larger" && failure.inBytes !== true) {
    course.windowOver = exchange.catalog.find(target)?.context ?? exchange.facts.approxTokens;
  }
  return isOwnLogin(candidate, failure) && state.isNewlyRefused(cooldownKey.key) ? failure : undefined;
}

/** A refused key's failure, with what to do about it: nothing but another key cures it. */
function hinted(failure: Failure, { key, provider }: Candidate): Failure {
  const own = failure.class === "refused_credentials" && scopeOf(failure) !== "model";
  if (!own || (key.secret === undefined && key.own === undefined)) return failure;
  const hint = provider.passthrough
    ? "; log in again in the client"
    : `; check ${key.name ?? `api_key of provider ${provider.name}`}`;
  return {
    ...failure,
    message: failure.message + hint,
    ...(failure.kept === undefined ? {} : { kept: failure.kept + hint }),
  };
}

/** What a provider answers at an endpoint that it does not have. */
const NO_ENDPOINT: ReadonlySet<number> = new Set([404, 405, 501]);

/** Whether the client's own login was refused. */
function isOwnLogin({ provider, key }: Candidate, { class: kind, status }: Failure): boolean {
  return provider.passthrough && key.id !== NO_KEY_ID && kind === "refused_credentials" && status === 401;
}

/** The estimated tokens of a request. What cannot be translated is estimated by its size. */
function tokensOf({ decoded, exchange: { facts } }: Course): number {
  try {
    return estimateTokens(decoded());
  } catch (error) {
    if (error instanceof UnsupportedRequest) return facts.approxTokens;
    throw error;
  }
}

/** The last word where no candidate answered. */
function nobodyAnswered(course: Course): Response {
  const { exchange, deps, failures, skipped, soonest, waiting } = course;
  if (isCount(exchange)) {
    end(course, { status: 200 });
    return estimate(asked(course), tokensOf(course));
  }
  const now = deps.clock.now();
  notePassedOver(course);
  if (failures.length === 0 && soonest === undefined && course.uncarried !== undefined) {
    return finish(course, cannotCarry(asked(course), course.uncarried));
  }
  const planned = exchange.plan.targets.filter(({ skip }) => skip !== undefined).map((target) =>
    `${nameOf(target)}: ${target.skip}`
  );
  const unanswered: Unanswered = {
    failures,
    waiting: [...waiting].map(([{ target: { provider, model } }, because]) => ({ provider, model, because })),
    skipped: [...planned, ...skipped],
    now,
    ...(soonest === undefined ? {} : { soonest }),
  };
  return finish(course, (failures.length > 0 ? allFailed : nothingToTry)(asked(course), unanswered));
}

/** The request ends with an error answer. */
function finish(course: Course, { error, response, target }: ErrorAnswer): Response {
  const { status, class: failure } = error;
  end(course, { status, failure, cancelled: failure === "cancelled", target });
  return response;
}

/** Nothing of the request is needed any more. */
function over({ request, exchange, deps: { state } }: Course): void {
  state.inFlight.delete(request);
  exchange.over?.();
}

/** The request is over. */
function end({ record, exchange, deps: { clock, onEnd, onServed, state } }: Course, ending: Ending): void {
  const session = state.sessions.of(exchange.conversation);
  const ended = record.end(ending, clock.mono(), session);
  state.sessions.add(ended);
  onEnd(ended);
  if (ended.failure === undefined && !ended.cancelled) onServed?.(exchange, ended);
}

const asked = ({ exchange, record: { attempts, passedOver } }: Course) => ({
  exchange,
  attempts,
  passedOver,
});

/** Keeps, for the answer and the ledger, why earlier targets were not asked. `answers`: the one that answers, if one does. */
function notePassedOver(
  { exchange, record, skipped, waiting, deps: { clock } }: Course,
  answers?: Target,
): void {
  const { targets: planned } = exchange.plan;
  if (waiting.size === 0 && skipped.length === 0 && planned.every(({ skip }) => skip === undefined)) return;
  const kept = [...waiting].map(([{ target }, because]) => [target, because] as const);
  record.passedOver = passedOver({ planned, waiting: kept, skipped, now: clock.now() }, answers);
}
const compacts = ({ facts }: Exchange): boolean => facts.operation === "compact";
