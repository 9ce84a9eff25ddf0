/** The answers that dispatch gives, with the headers that explain them. Nothing else happens here. */
import { scrubberOf } from "../config/secrets.ts";
import type { UnsupportedRequest } from "../dialects/dialect.ts";
import type { ClientError, FailureClass } from "../model/failure.ts";
import type { AttemptRecord } from "../model/request-end.ts";
import type { Target } from "../model/target.ts";
import { span } from "../text/format.ts";
import type { Answer } from "./attempt.ts";
import type { Cooldown } from "./cooldown/cooldowns.ts";
import type { Exchange } from "./exchange.ts";
import { clientErrorOf, type Failure, FAILURE_RULES, mostUseful, soonestReset } from "./failure/failure.ts";
import { answerHeaders, headerText } from "./headers.ts";

/** What an answer is an answer to. */
export interface Asked {
  readonly exchange: Exchange;
  /** The attempts so far. */
  readonly attempts: readonly AttemptRecord[];
}

/** The headers of every answer to a routed request. */
function explain({ exchange, attempts }: Asked, headers: Headers): void {
  const { plan, id, classifyUs, routeUs, extraHeaders, config } = exchange;
  headers.set("x-request-id", id);
  headers.set("x-route", headerText(plan.route));
  headers.set("x-route-reason", headerText(scrubberOf(config).conceal(plan.why.join("; "))));
  headers.set("x-attempts", String(attempts.length));
  let timing = `classify;dur=${(classifyUs / 1000).toFixed(3)}, route;dur=${(routeUs / 1000).toFixed(3)}`;
  attempts.forEach(({ provider, ms }, index) => {
    timing += `, attempt${index + 1};desc="${provider.replace(/[^\w.-]/g, "_")}";dur=${ms.toFixed(1)}`;
  });
  headers.set("server-timing", timing);
  for (const name in extraHeaders) headers.set(name, headerText(extraHeaders[name] ?? ""));
}

function routed(headers: Headers, { provider, model }: Target): void {
  headers.set("x-routed-model", headerText(model));
  headers.set("x-routed-provider", headerText(provider));
}

/** A provider's answer, for the client. `dropped`: the fields that the provider did not get. */
export function answerOf(asked: Asked, target: Target, answer: Answer, dropped: readonly string[]): Response {
  const headers = new Headers();
  answerHeaders(answer.headers, headers, scrubberOf(asked.exchange.config));
  headers.set("content-type", answer.contentType);
  if (answer.relay !== undefined) {
    headers.set("cache-control", "no-cache");
    // https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering: it holds events back otherwise.
    headers.set("x-accel-buffering", "no");
  }
  routed(headers, target);
  if (dropped.length > 0) headers.set("x-translation-dropped", headerText(dropped.join(", ")));
  explain(asked, headers);
  const body = answer.relay?.body() ?? answer.body;
  return new Response(body as BodyInit, { status: answer.status, headers });
}

/** The proxy's own estimate of a request's tokens, in the client's dialect. */
export function estimate(asked: Asked, tokens: number): Response {
  const headers = new Headers({ "content-type": "application/json", "x-routed-model": "estimate" });
  explain(asked, headers);
  return new Response(JSON.stringify(asked.exchange.dialect.countTokens?.encode(tokens)), { headers });
}

/** An error answer, and the error that it shows. */
export interface ErrorAnswer {
  readonly error: ClientError;
  readonly response: Response;
}

/** The candidate whose cooldown ends first. Epoch milliseconds. */
export interface Soonest {
  readonly because: Cooldown;
  readonly until: number;
}

/**
 * The answer where every target failed, or one failed in a way that no other could do better.
 * @param failures at least one
 * @param now epoch milliseconds
 */
export function allFailed(
  asked: Asked,
  failures: readonly Failure[],
  soonest: Soonest | undefined,
  now: number,
): ErrorAnswer {
  const { exchange } = asked;
  const chief = mostUseful(failures);
  const error = clientErrorOf(failures, chief, exchange.id);
  const resets = soonestReset(failures);
  const reset = soonest === undefined ? resets : Math.min(soonest.until, resets ?? Infinity);
  const headers = new Headers();
  // A single provider's own words pass through to a client of the same dialect.
  const raw = failures.length === 1 && chief.raw?.dialect === exchange.dialect.name ? chief.raw : undefined;
  if (raw !== undefined) answerHeaders(raw.headers, headers, scrubberOf(exchange.config));
  headers.set("content-type", raw === undefined ? "application/json" : raw.contentType);
  routed(headers, chief);
  if (reset !== undefined && error.class !== "bad_request" && error.class !== "content_refused") {
    headers.set("retry-after", retryAfter(reset, now));
  }
  const helps = failures.some((failure) => FAILURE_RULES[failure.class].retry);
  const said = failures.length === 1 ? chief.shouldRetry : undefined;
  if (!helps) headers.set("x-should-retry", "false");
  else if (said !== undefined) headers.set("x-should-retry", String(said));
  explain(asked, headers);
  const body = raw === undefined ? JSON.stringify(exchange.dialect.failure.encode(error)) : raw.bytes;
  return { error, response: new Response(body, { status: error.status, headers }) };
}

/**
 * The answer where no target could be tried: all are skipped, or cooling down.
 * @param skipped why, a line for each
 * @param now epoch milliseconds
 */
export function nothingToTry(
  asked: Asked,
  skipped: readonly string[],
  soonest: Soonest | undefined,
  now: number,
): ErrorAnswer {
  const { plan, id, facts, dialect } = asked.exchange;
  const reasons = (skipped.length === 0 ? plan.why : skipped).join("; ");
  if (soonest === undefined) {
    const instead = facts.operation === "compact" ? `. ${dialect.compactsInstead ?? ""}` : "";
    return errorAnswer(asked, {
      status: 400,
      class: "unsupported",
      message: `No target of route ${plan.route} can take this request. ${reasons}${instead}`,
      requestId: id,
    }, { "x-should-retry": "false" });
  }
  const { because, until } = soonest;
  const wait = span(Math.max(0, Math.ceil((until - now) / 1000)));
  if (because.class === "paused") {
    const message = `All targets of route ${plan.route} are paused or cooling down. ${reasons}`;
    return errorAnswer(asked, { status: 503, class: "overloaded", message, requestId: id }, {
      "x-should-retry": "false",
    });
  }
  return errorAnswer(asked, {
    status: waitStatus(because.class),
    class: because.class,
    message: `All targets of route ${plan.route} are cooling down; next available in ${wait}. ${reasons}`,
    requestId: id,
  }, {
    "retry-after": retryAfter(until, now),
    ...(FAILURE_RULES[because.class].retry ? {} : { "x-should-retry": "false" }),
  });
}

/** The answer where the body itself cannot be carried to a provider of another dialect. */
export function cannotCarry(asked: Asked, { message, param }: UnsupportedRequest): ErrorAnswer {
  const error = { status: 400, class: "unsupported" as const, message, param, requestId: asked.exchange.id };
  return errorAnswer(asked, error, { "x-should-retry": "false" });
}

function errorAnswer(asked: Asked, error: ClientError, more: Readonly<Record<string, string>>): ErrorAnswer {
  const headers = new Headers({ "content-type": "application/json", ...more });
  explain(asked, headers);
  const body = JSON.stringify(asked.exchange.dialect.failure.encode(error));
  return { error, response: new Response(body, { status: error.status, headers }) };
}

/** Whole seconds from now on, at least one. */
function retryAfter(until: number, now: number): string {
  return String(Math.max(1, Math.ceil((until - now) / 1000)));
}

function waitStatus(kind: FailureClass): number {
  return kind === "rate_limited" || kind === "quota_exhausted" ? 429 : FAILURE_RULES[kind].status;
}
