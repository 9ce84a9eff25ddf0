/** One target with one key: the request in its form, a place at its provider, the attempt, and repairs after a refusal. */
import { type Lesson, UnsupportedRequest } from "../dialects/dialect.ts";
import { refusesSecrets } from "../dialects/shared/origins.ts";
import { moment, share, span } from "../text/format.ts";
import { nameOf } from "./answer.ts";
import { type Answer, attempt, type Outcome } from "./attempt.ts";
import type { Candidate } from "./candidates.ts";
import { type Course, isCount, sitterOf } from "./course.ts";
import { type Failure, keptOf } from "./failure/failure.ts";
import { GateFull } from "./gate.ts";
import { tellingHeaders } from "./headers.ts";
import { isHeadroomHeader, readHeadroom } from "./headroom/read.ts";
import { isSameLesson, lessonInWords } from "./lessons/lessons.ts";
import { lessonOf } from "./lessons/read.ts";
import { bodyText, type Unfit, type UpstreamRequest, upstreamRequest } from "./upstream-request.ts";

/** A token count that takes longer is not worth waiting for: an estimate does. Milliseconds. */
const COUNT_MS = 5000;

/** What came of a candidate. */
export type Tried =
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

/** A request is repaired at most so many times for one target: providers name one thing at a time. */
const MOST_REPAIRS = 4;

/** One target with one key; again, repaired, where its refusal names something optional. */
export async function tryOne(course: Course, candidate: Candidate): Promise<Tried> {
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
