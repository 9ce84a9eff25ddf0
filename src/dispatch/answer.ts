/** The answers that dispatch gives, with the headers that explain them. Nothing else happens here. */
import type { Config } from "../config/config.ts";
import { scrubberOf } from "../config/secrets.ts";
import { type Heard, heardBy } from "../clients/refusals.ts";
import type { Dialect, UnsupportedRequest } from "../dialects/dialect.ts";
import type { ClientError, OverflowTokens } from "../model/failure.ts";
import type { Json } from "../model/json.ts";
import type { AttemptRecord } from "../model/request-end.ts";
import type { Target } from "../model/target.ts";
import { remember } from "../runtime/remember.ts";
import { localMinute, moment, span } from "../text/format.ts";
import type { Answer } from "./attempt.ts";
import type { Cooldown } from "./cooldown/cooldowns.ts";
import type { Exchange } from "./exchange.ts";
import {
  canSucceedSoon,
  describeFailure,
  type Failure,
  FAILURE_RULES,
  gravestFirst,
  isCuredByWaiting,
  soonestReset,
  statusFor,
} from "./failure/failure.ts";
import { tooLong } from "../router/fit.ts";
import type { PlannedTarget } from "../router/plan.ts";
import { answerHeaders, headerText } from "./headers.ts";

/** What an answer is an answer to. */
export interface Asked {
  readonly exchange: Exchange;
  /** The attempts so far. */
  readonly attempts: readonly AttemptRecord[];
  /** Why earlier targets were not tried, a line for each ({@link passedOver}). @default none was passed over */
  readonly passedOver?: readonly string[];
  /** What is left of the plan of the credential that answers. */
  readonly headroom?: string;
}

/** Headers of an answer; names in lower case. */
type HeaderFields = Record<string, string>;

/** The headers of every answer to a routed request. */
function explain({ exchange, attempts, passedOver = [] }: Asked, headers: HeaderFields): void {
  const { plan, id, classifyUs, routeUs, extraHeaders, config } = exchange;
  headers["x-request-id"] = id;
  headers["x-route"] = headerText(plan.route);
  const failed = attempts.filter(({ failure }) => failure !== undefined)
    .map((attempt) => `${nameOf(attempt)}: ${attempt.failure?.replaceAll("_", " ")}`);
  const notes = failed.length === 0 ? passedOver : [...passedOver, ...failed];
  headers["x-route-reason"] = reasonOf(notes.length === 0 ? plan.why : [...plan.why, ...notes], config);
  headers["x-attempts"] = String(attempts.length);
  let timing = `classify;dur=${(classifyUs / 1000).toFixed(3)}, route;dur=${(routeUs / 1000).toFixed(3)}`;
  attempts.forEach(({ provider, ms }, index) => {
    timing += `, attempt${index + 1};desc="${provider.replace(/[^\w.-]/g, "_")}";dur=${ms.toFixed(1)}`;
  });
  headers["server-timing"] = timing;
  for (const name in extraHeaders) headers[name] = headerText(extraHeaders[name] ?? "");
}

/** Reasons as headers, by configuration: the requests of a turn have the same one. */
const reasons = new WeakMap<Config, Map<string, string>>();
const MOST_REASONS = 256;

/** A plan's reason as a header's value, without a secret of the configuration. */
function reasonOf(why: readonly string[], config: Config): string {
  let known = reasons.get(config);
  if (known === undefined) reasons.set(config, known = new Map());
  const whole = why.join("; ");
  let text = known.get(whole);
  if (text === undefined) {
    text = headerText(scrubberOf(config).conceal(whole));
    remember(known, whole, text, MOST_REASONS);
  }
  return text;
}

function routed(headers: HeaderFields, { provider, model }: Target): void {
  headers["x-routed-model"] = headerText(model);
  headers["x-routed-provider"] = headerText(provider);
}

/** A provider's answer, for the client. `dropped`: the fields that the provider did not get. */
export function answerOf(asked: Asked, target: Target, answer: Answer, dropped: readonly string[]): Response {
  const headers: HeaderFields = {};
  answerHeaders(answer.headers, headers, scrubberOf(asked.exchange.config));
  headers["content-type"] = answer.contentType;
  if (answer.relay !== undefined) {
    headers["cache-control"] = "no-cache";
    // https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering: it holds events back otherwise.
    headers["x-accel-buffering"] = "no";
  }
  routed(headers, target);
  if (asked.headroom !== undefined) headers["x-plan-left"] = headerText(asked.headroom);
  if (dropped.length > 0) headers["x-translation-dropped"] = headerText(dropped.join(", "));
  explain(asked, headers);
  const body = answer.relay?.body() ?? answer.body;
  return new Response(body as BodyInit, { status: answer.status, headers });
}

/** The proxy's own estimate of a request's tokens, in the client's dialect. */
export function estimate(asked: Asked, tokens: number): Response {
  const headers: HeaderFields = {
    "content-type": "application/json",
    "x-routed-model": "estimate",
  };
  explain(asked, headers);
  return new Response(JSON.stringify(asked.exchange.dialect.countTokens?.encode(tokens)), { headers });
}

/** What kept targets from being tried: all of a request's, by what is known of it so far. */
export interface NotTried {
  readonly planned: readonly PlannedTarget[];
  readonly waiting: Iterable<readonly [target: Target, because: Cooldown]>;
  /** A line for each target that could not carry the request. */
  readonly skipped: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Why the targets before the one that answers were not asked, a line for each, in the order of the plan. `answers`: that
 * one; undefined: none answers, so all of them count. Nothing that a provider said is in it.
 * @example ["groq,llama-3.3-70b-versatile: cooling down until 14:30 (quota exhausted)"]
 */
export function passedOver(
  { planned, waiting, skipped, now }: NotTried,
  answers?: Target,
): readonly string[] {
  const cooling = new Map<string, string>();
  for (const [target, { class: kind, until }] of waiting) {
    const name = nameOf(target);
    if (cooling.has(name)) continue; // another of its keys
    const end = until - now < SOON
      ? ` for ${span((until - now) / 1000)} more`
      : until - now < LONGEST_TO_NAME
      ? ` until ${moment(until, now)}`
      : "";
    cooling.set(
      name,
      kind === "paused" ? `paused${end}` : `cooling down${end} (${kind.replaceAll("_", " ")})`,
    );
  }
  const lines: string[] = [];
  for (const target of planned) {
    const name = nameOf(target);
    if (answers !== undefined && name === nameOf(answers)) break;
    const why = target.skip ?? cooling.get(name);
    if (why !== undefined) lines.push(`${name}: ${why}`);
    else lines.push(...skipped.filter((line) => line.startsWith(`${name}: `)));
  }
  return [...new Set(lines)];
}

/** An end that is nearer than this has no minute of its own. Milliseconds. */
const SOON = 120_000;
/** A pause without an end is kept with one that is years away. Milliseconds. */
const LONGEST_TO_NAME = 400 * 86_400_000;

/** A target as the configuration writes it: `groq,llama-3.3-70b-versatile`. */
export const nameOf = ({ provider, model }: Target): string => `${provider},${model}`;

/** An error answer, the error that it shows, and the target at fault. */
export interface ErrorAnswer {
  readonly error: ClientError;
  readonly response: Response;
  readonly target?: Target;
}

/** A target that was not tried because it is cooling down, or paused. */
export interface Waiting extends Target {
  readonly because: Cooldown;
}

/** Everything that kept a request from being answered. */
export interface Unanswered {
  /** What was tried, in this order. */
  readonly failures: readonly Failure[];
  /** What was not tried because it is cooling down. */
  readonly waiting: readonly Waiting[];
  /** Why others were not tried, a line for each. */
  readonly skipped: readonly string[];
  /** When the first candidate that is cooling down may be asked. Epoch milliseconds. */
  readonly soonest?: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The answer where targets failed; those that are cooling down are named too, for one of them may be the cause. */
export function allFailed(asked: Asked, { failures, waiting, soonest, now }: Unanswered): ErrorAnswer {
  const cooled = waiting.flatMap(asFailure);
  const known = gravestFirst([...failures, ...cooled]);
  const [chief] = known;
  const resets = soonestReset(failures);
  const reset = soonest === undefined ? resets : Math.min(soonest, resets ?? Infinity);
  return failed(asked, chief!, {
    reset,
    now,
    retry: known.some(canSucceedSoon),
    alone: known.length === 1 && failures.length === 1,
    message: inWords(known, cooled, waiting) + resetInWords(chief!, reset),
  });
}

/** When a used-up quota ends, where the provider said it. */
function resetInWords({ class: kind, resetAt }: Failure, reset: number | undefined): string {
  return kind !== "quota_exhausted" || resetAt === undefined || reset === undefined
    ? ""
    : `; resets at ${localMinute(reset)}`;
}

/** `cooled`: the failures of earlier requests. A target with several keys may be in both parts. */
function inWords(
  known: readonly Failure[],
  cooled: readonly Failure[],
  waiting: readonly Waiting[],
): string {
  const lines = known.map((failure) =>
    cooled.includes(failure) ? describeWaiting(failure) : describeFailure(failure)
  );
  if (lines.length === 1) return lines[0]!;
  return `${waiting.length === 0 ? `All ${lines.length} targets failed.` : "No target could answer."} ${
    lines.join("; ")
  }`;
}

/** The failure that a cooldown is for; a pause has none. */
function asFailure({ provider, model, because }: Waiting): readonly Failure[] {
  const { class: kind, message } = because;
  return kind === "paused" ? [] : [{ class: kind, provider, model, message, cooling: true }];
}

/** `groq,x: cooling down: rate limited (…)`. */
function describeWaiting({ class: kind, provider, model, message }: Failure): string {
  return `${provider},${model}: cooling down: ${kind.replaceAll("_", " ")}${
    message === "" ? "" : ` (${message})`
  }`;
}

interface Verdict {
  /** When the limit ends. Epoch milliseconds. */
  readonly reset: number | undefined;
  readonly now: number;
  /** Whether trying again can help soon. */
  readonly retry: boolean;
  /** Nothing else was tried, or could be. */
  readonly alone: boolean;
  readonly message: string;
}

/** An error answer for the failure that matters most. */
function failed(asked: Asked, chief: Failure, { reset, now, retry, alone, message }: Verdict): ErrorAnswer {
  const { exchange } = asked;
  const { facts, dialect, config } = exchange;
  const cured = reset !== undefined && isCuredByWaiting(chief.class);
  const error: ClientError = {
    status: statusFor(chief),
    class: chief.class,
    message,
    code: chief.code,
    param: chief.param,
    requestId: exchange.id,
    ...(cured ? { resetAt: reset } : {}),
    ...(chief.class === "context_overflow" ? tokensOf(exchange, chief) : {}),
  };
  const said = alone ? chief.shouldRetry : undefined;
  // At its own login's 401 an agent renews the login.
  const ownLogin = chief.class === "refused_credentials" && config.providers.get(chief.provider)?.passthrough;
  const heard = heardBy(ownLogin === true ? "" : facts.client, {
    error,
    ...(cured ? { wait: (reset - now) / 1000 } : {}),
    retry: retry && said !== false,
    stream: facts.stream,
  });
  const headers: HeaderFields = {};
  const raw = alone ? ownWords(exchange, chief, heard.changed) : undefined;
  if (raw !== undefined) answerHeaders(chief.raw!.headers, headers, scrubberOf(config));
  if (!cured) delete headers["retry-after"];
  routed(headers, chief);
  for (const name in heard.headers) headers[name] = heard.headers[name]!;
  if (said === true && retry) headers["x-should-retry"] = "true";
  const target = { provider: chief.provider, model: chief.model };
  if (raw !== undefined) {
    headers["content-type"] = chief.raw!.contentType;
    explain(asked, headers);
    return { error, target, response: new Response(raw, { status: error.status, headers }) };
  }
  return { ...shown(asked, dialect, heard, headers), error, target };
}

/** The answer in the dialect's form, or the agent's. */
function shown(
  asked: Asked,
  { failure }: Dialect,
  { error, streamed }: Heard,
  headers: HeaderFields,
): { readonly response: Response } {
  headers["content-type"] = streamed ? "text/event-stream; charset=utf-8" : "application/json";
  explain(asked, headers);
  return {
    response: streamed
      ? new Response(failure.event(error), { status: 200, headers })
      : new Response(JSON.stringify(failure.encode(error)), { status: error.status, headers }),
  };
}

/**
 * A lone provider's own words, for a client of the same dialect: as they came where they speak of the request, or where
 * they are for the client's own login; else with the provider's name before them. Undefined: they are encoded again.
 */
function ownWords(
  { dialect, config }: Exchange,
  { raw, class: kind, provider: name, message }: Failure,
  changed: boolean,
): Uint8Array<ArrayBuffer> | string | undefined {
  if (raw === undefined || raw.dialect !== dialect.name) return undefined;
  if (config.providers.get(name)?.passthrough === true) return raw.bytes;
  const text = new TextDecoder().decode(raw.bytes);
  if (kind === "context_overflow") return dialect.failure.saysOverflow(text) ? raw.bytes : undefined;
  if (FAILURE_RULES[kind].scope === "request") return raw.bytes;
  return changed || kind === "refused_credentials" ? undefined : withName(text, name, message);
}

/** An error body whose message begins with the provider's name; undefined: it has no message at a usual place. */
function withName(text: string, name: string, message: string): string | undefined {
  const json: Json = JSON.parse(text);
  const place = typeof json?.error?.message === "string" ? json.error : json;
  if (typeof place?.message !== "string") return undefined;
  place.message = `${name}: ${message}`;
  return JSON.stringify(json);
}

/** How long a refused prompt is and may be: as the provider said, else as far as this proxy knows. */
function tokensOf(
  { facts, catalog }: Exchange,
  { tokens, provider, model }: Failure,
): { readonly tokens?: OverflowTokens } {
  if (tokens !== undefined) return { tokens };
  const most = catalog.find({ provider, model })?.context ?? 0;
  return most > 0 && facts.approxTokens > most ? { tokens: { asked: facts.approxTokens, most } } : {};
}

/** The answer where no target could be tried: all are skipped, or cooling down. */
export function nothingToTry(asked: Asked, { waiting, skipped, soonest, now }: Unanswered): ErrorAnswer {
  const { plan, id } = asked.exchange;
  const reasons = (lines: readonly string[]) => [...lines, ...skipped].join("; ") || plan.why.join("; ");
  if (soonest === undefined) return cannotTake(asked, reasons([]));
  const known = gravestFirst(waiting.flatMap(asFailure));
  const paused = waiting.filter(({ because }) => because.class === "paused").map(({ provider, model }) =>
    `${provider},${model}: paused`
  );
  const lines = reasons([...known.map(describeWaiting), ...paused]);
  const [chief] = known;
  if (chief === undefined) {
    const message = `All targets of route ${plan.route} are paused. ${lines}`;
    const error = { status: 503, class: "overloaded" as const, message, requestId: id };
    return errorAnswer(asked, error, { retry: false });
  }
  const wait = span(Math.max(0, Math.ceil((soonest - now) / 1000)));
  return failed(asked, chief, {
    reset: soonest,
    now,
    retry: known.some(canSucceedSoon),
    alone: false,
    message: `All targets of route ${plan.route} are cooling down; next available in ${wait}. ${lines}`,
  });
}

/** No target of the route can take the request, now or later. */
function cannotTake(asked: Asked, reasons: string): ErrorAnswer {
  const { plan, id, facts, dialect, catalog, config } = asked.exchange;
  const requestId = id;
  const windows = plan.targets.flatMap(({ provider, model, skip }) => {
    const known = catalog.find({ provider, model });
    return known !== undefined && skip !== undefined && skip === tooLong(facts, known) ? [known.context] : [];
  });
  if (windows.length > 0) {
    const most = Math.max(...windows);
    const { approxTokens: about } = facts;
    return errorAnswer(asked, {
      status: 400,
      class: "context_overflow",
      message: reasons,
      requestId,
      ...(about > most ? { tokens: { asked: about, most } } : {}),
    }, { retry: false });
  }
  const instead = facts.operation === "compact" ? `. ${dialect.compactsInstead ?? ""}` : "";
  const message = `No target of route ${plan.route} can take this request. ${reasons}${instead}`;
  // With a missing key, no parameter is at fault.
  const unusable = plan.targets.length > 0 &&
    plan.targets.every(({ provider, skip }) =>
      skip !== undefined && skip === config.providers.get(provider)?.problem
    );
  const code = unusable ? { code: "no_usable_target" } : {};
  const error: ClientError = { status: 400, class: "unsupported", message, requestId, ...code };
  return errorAnswer(asked, error, { retry: false });
}

/** The answer where the body itself cannot be carried to a provider of another dialect. */
export function cannotCarry(asked: Asked, { message, param }: UnsupportedRequest): ErrorAnswer {
  const error = { status: 400, class: "unsupported" as const, message, param, requestId: asked.exchange.id };
  return errorAnswer(asked, error, { retry: false });
}

/** An error answer of the proxy's own. `wait`: seconds until a try can succeed. */
export function errorAnswer(
  asked: Asked,
  error: ClientError,
  { retry, wait }: { readonly retry: boolean; readonly wait?: number },
): ErrorAnswer {
  const { facts, dialect } = asked.exchange;
  const heard = heardBy(facts.client, {
    error,
    retry,
    stream: facts.stream,
    ...(wait === undefined ? {} : { wait }),
  });
  return { ...shown(asked, dialect, heard, { ...heard.headers }), error };
}
