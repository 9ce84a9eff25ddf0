/**
 * Tries the candidates of a request in order until one answers. The first real output commits; a failure before it goes
 * to the next candidate unseen. Never sleeps between candidates. docs/failover.md describes it for users.
 */
import type { Conversation } from "../model/conversation.ts";
import type { ClientError } from "../model/failure.ts";
import type { RequestEnd } from "../model/request-end.ts";
import type { Target } from "../model/target.ts";
import type { PlannedTarget } from "../router/plan.ts";
import { type Dialects, type Lesson, UnsupportedRequest } from "../dialects/dialect.ts";
import { estimateTokens } from "../dialects/shared/estimate-tokens.ts";
import { refusesSecrets } from "../dialects/shared/origins.ts";
import type { Log } from "../log/log.ts";
import type { Clock } from "../runtime/clock.ts";
import { moment, share, span } from "../text/format.ts";
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
import { type Answer, attempt, type Outcome } from "./attempt.ts";
import { type Candidate, candidates } from "./candidates.ts";
import { NO_KEY_ID } from "./keys.ts";
import type { Cooldown } from "./cooldown/cooldowns.ts";
import type { Exchange } from "./exchange.ts";
import { type Failure, FAILURE_RULES, keptOf, mayTakeOtherKey, scopeOf } from "./failure/failure.ts";
import { GateFull } from "./gate.ts";
import { tellingHeaders } from "./headers.ts";
import { headroomText, isHeadroomHeader, readHeadroom } from "./headroom/read.ts";
import { InFlightRequest } from "./in-flight.ts";
import type { Sitter } from "./key-seats.ts";
import { type Ending, RequestRecord } from "./record.ts";
import type { StreamEnd } from "./relay/relay.ts";
import type { DispatchState } from "./state.ts";
import { isSameLesson, lessonInWords } from "./lessons/lessons.ts";
import { lessonOf } from "./lessons/read.ts";
import {
  bodyText,
  decodeOnce,
  type Unfit,
  type UpstreamRequest,
  upstreamRequest,
} from "./upstream-request.ts";
import { streamUsage } from "./usage.ts";

/** A token count that takes longer is not worth waiting for: an estimate does. Milliseconds. */
const COUNT_MS = 5000;

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
interface Course {
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

/** What came of a candidate. */
type Tried =
  | Extract<Outcome, { kind: "failure" }>
  /** `leave` frees its place at the provider. */
  | {
    readonly kind: "answer";
    readonly answer: Answer;
    readonly upstream: UpstreamRequest;
    readonly leave: () => void;
  }
  /** The provider was not asked. */
  | { readonly kind: "skipped"; readonly why: string }
  | { readonly kind: "full"; readonly failure: Failure };

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

/**
 * The candidates that may be tried, in order, without those that are cooling down; at last, where nothing else remains,
 * those of them that may be asked all the same. A token count asks only the target that the request itself would go to,
 * and only while nothing is wrong with it.
 */
function* ready(course: Course): Generator<Candidate> {
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

/** Remembers what an answer says of the credential's limits, and warns where little is left. */
function sawHeadroom(course: Course, { target, provider, key }: Candidate, outcome: Outcome): void {
  const { exchange, deps: { state, clock, log } } = course;
  const headers = outcome.kind === "answer" ? outcome.answer.headers : outcome.failure.raw?.headers;
  if (headers === undefined) return;
  let named: Map<string, string> | undefined;
  for (const [name, value] of tellingHeaders(headers)) {
    if (isHeadroomHeader(name)) (named ??= new Map()).set(name, value);
  }
  if (named === undefined) return;
  const now = clock.now();
  const account = { provider: provider.name, key: key.id };
  for (const { headroom, level } of state.headrooms.saw(account, readHeadroom(named, now), now)) {
    const { window, resetAt } = headroom;
    const whose = provider.apiKeys.length > 1 ? `${provider.name} (key ${key.id})` : provider.name;
    const reset = resetAt === undefined
      ? ""
      : `; it resets at ${moment(resetAt, now)} (in ${span((resetAt - now) / 1000)})`;
    const next = exchange.plan.targets.find((one) =>
      one.skip === undefined && (one.provider !== target.provider)
    );
    const then = next === undefined ? "no other target of this route" : nameOf(next);
    log("warn", `${whose}: ${share(level)} of its ${window} limit is used${reset}; then ${then} takes over`, {
      id: exchange.id,
    });
  }
}

/** Whose key is chosen. */
function sitterOf({ exchange, deps: { state, clock } }: Course): Sitter {
  const { conversation, facts: { continues } } = exchange;
  const continued = continues === undefined ? undefined : state.continued(continues);
  return { conversation, continued, now: clock.now(), looks: isCount(exchange) };
}

/** A candidate is cooling down: why, and when it may be asked. */
function waits(course: Course, candidate: Candidate, because: Cooldown): void {
  const { state, clock } = course.deps;
  course.waiting.set(candidate, because);
  const until = state.cooldowns.opensAt(candidate.cooldownKey, clock.now());
  if (course.soonest === undefined || until < course.soonest) course.soonest = until;
}

/** Whether the client asked for this very target. */
function isNamed({ plan }: Exchange, { from }: PlannedTarget): boolean {
  return plan.route === "target" && from === "chain";
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

/** A request is repaired at most so many times for one target: providers name one thing at a time. */
const MOST_REPAIRS = 4;

/** One target with one key; again, repaired, where its refusal names something optional. */
async function tryOne(course: Course, candidate: Candidate): Promise<Tried> {
  const { exchange, deps, request, decoded, lenient } = course;
  const { lessons } = deps.state;
  const { target } = candidate;
  const window = exchange.catalog.find(target)?.context ?? 0;
  if (window > 0 && window <= course.windowOver) {
    return { kind: "skipped", why: "its context window is not larger" };
  }
  let learned = lessons.of(target);
  const repairs: { readonly lesson: Lesson; readonly message: string }[] = [];
  const learn = () => {
    for (const { lesson, message } of repairs) {
      const { provider, model } = target;
      lessons.learn({ provider, model, lesson, message, at: deps.clock.now() });
    }
  };
  let less: Less = {};
  let refused: string | undefined;
  let last: Tried | undefined;
  for (;;) {
    const { dialects, state: { origins } } = deps;
    const options = { exchange, candidate, dialects, decoded, learned, lenient, origins, ...less };
    const upstream = carried(course, () => upstreamRequest(options));
    if ("unfit" in upstream) {
      if (repairs.length > 0) learn(); // the next request knows it before it asks
      if (upstream.inWords === true && !lenient) course.inWords.push(candidate);
      return { kind: "skipped", why: upstream.unfit };
    }
    if (last !== undefined && refused === sentText(upstream)) return last;
    request.target = target;
    const tried = await ask(course, candidate, upstream);
    if (tried.kind === "answer") {
      learn();
      if (exchange.facts.hasDocuments || exchange.facts.hasImages) {
        origins.took(exchange.body, upstream.maker);
      }
      if (less.unsigned) origins.refused(exchange.body, upstream.maker);
    }
    const more = tried.kind === "failure" ? lessAfter(tried.failure, less) : undefined;
    if (more !== undefined) {
      refused = sentText(upstream);
      last = tried;
      less = { ...less, ...more.less };
      deps.log("info", `${nameOf(target)} refused ${more.what}; once more without it`, { id: exchange.id });
      continue;
    }
    const lesson = tried.kind === "failure" && !isCount(exchange) ? lessonOf(tried.failure) : undefined;
    if (tried.kind !== "failure" || lesson === undefined || repairs.length === MOST_REPAIRS) return tried;
    if (learned.some((known) => isSameLesson(known, lesson))) return tried;
    refused = sentText(upstream);
    last = tried;
    repairs.push({ lesson, message: keptOf(tried.failure) });
    learned = [...learned, lesson];
    deps.log("info", `${nameOf(target)} refused the request; once more ${lessonInWords(lesson)}`, {
      id: exchange.id,
    });
  }
}

/** What a request sends, to compare it with the next one. */
function sentText(upstream: UpstreamRequest): string {
  return JSON.stringify(upstream.headers) + bodyText(upstream);
}

/** What a request is sent without, since it was refused. It belongs to this request: nothing is learned of the model. */
interface Less {
  readonly unsigned?: true;
  readonly wellFormed?: true;
}

/** What else a request may be sent without after a refusal; undefined: nothing. */
function lessAfter(
  failure: Failure,
  less: Less,
): { readonly less: Less; readonly what: string } | undefined {
  if (less.unsigned !== true && refusesSecrets(failure)) {
    return { less: { unsigned: true }, what: "earlier reasoning" };
  }
  const { class: kind, message } = failure;
  const halves = (kind === "bad_request" || kind === "server_error") && /surrogate/i.test(message);
  return less.wellFormed !== true && halves
    ? { less: { wellFormed: true }, what: "half a character" }
    : undefined;
}

/** Waits for a place at the provider, makes the attempt and records it. */
async function ask(course: Course, candidate: Candidate, upstream: UpstreamRequest): Promise<Tried> {
  const { exchange, deps, request, record } = course;
  const { target, provider } = candidate;
  const { clock, fetch } = deps;
  const { total } = exchange.config.proxy.timeouts;
  const started = clock.mono();
  let leave: () => void;
  try {
    const entered = isCount(exchange) ? () => {} : deps.state.enter(provider, request);
    leave = entered instanceof Promise ? await entered : entered;
  } catch (error) {
    return { kind: "full", failure: notLetIn(candidate, error) };
  }
  deps.state.seats.take(provider, candidate.key.id, sitterOf(course));
  const outcome = await attempt({
    exchange,
    request,
    target,
    timeouts: provider.timeouts,
    upstream,
    origins: deps.state.origins,
    totalLeft: isCount(exchange) ? COUNT_MS : total - (clock.mono() - exchange.started),
    clock,
    fetch,
    connections: deps.state.connections,
  });
  sawHeadroom(course, candidate, outcome);
  const attempted = { target, dialect: upstream.dialect.name, started, ended: clock.mono() };
  if (outcome.kind === "failure") {
    leave();
    const { failure } = outcome;
    record.attempted({ ...attempted, status: failure.status, failure });
    return outcome;
  }
  record.attempted({ ...attempted, status: outcome.answer.status });
  if (!isCount(exchange)) deps.state.sawFirstToken(target, attempted.ended - started);
  return { ...outcome, upstream, leave };
}

/** The request for a target; one of another dialect may not be able to take it, while the next one is. */
function carried(course: Course, make: () => UpstreamRequest | Unfit): UpstreamRequest | Unfit {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof UnsupportedRequest)) throw error;
    course.uncarried ??= error;
    return { unfit: error.message };
  }
}

/** Why a request did not get a place at its provider. */
function notLetIn({ provider, cooldownKey }: Candidate, error: unknown): Failure {
  return error instanceof GateFull
    ? {
      ...cooldownKey,
      class: "overloaded",
      message: `this proxy's own limit for ${provider.name}: ${error.message}`,
    }
    : { ...cooldownKey, class: "cancelled", message: "the client hung up" };
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
const isCount = ({ facts }: Exchange): boolean => facts.operation === "count_tokens";
