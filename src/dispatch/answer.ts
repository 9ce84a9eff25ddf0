/** The answers that dispatch gives: with the headers that explain them. */
import type { Target } from "../model/target.ts";
import type { ClientError } from "../model/failure.ts";
import type { UnsupportedRequest } from "../dialects/dialect.ts";
import type { Answered } from "./attempt.ts";
import type { Cooldown } from "./cooldown/cooldowns.ts";
import type { Exchange } from "./exchange.ts";
import { clientErrorOf, type Failure, FAILURE_RULES, soonestReset } from "./failure/failure.ts";
import { headerText } from "./header-text.ts";
import { answerHeaders } from "./headers.ts";
import type { Recording } from "./record.ts";

/** The headers of every answer to a routed request. */
function explain(exchange: Exchange, recording: Recording, headers: Headers): void {
  const { plan, id, classifyUs, routeUs, extraHeaders } = exchange;
  headers.set("x-request-id", id);
  headers.set("x-route", headerText(plan.route));
  headers.set("x-route-reason", headerText(plan.why.join("; ")));
  headers.set("x-attempts", String(recording.attempts.length));
  let timing = `classify;dur=${(classifyUs / 1000).toFixed(3)}, route;dur=${(routeUs / 1000).toFixed(3)}`;
  recording.attempts.forEach(({ provider, ms }, index) => {
    timing += `, attempt${index + 1};desc="${provider.replace(/[^\w.-]/g, "_")}";dur=${ms.toFixed(1)}`;
  });
  headers.set("server-timing", timing);
  for (const name in extraHeaders) headers.set(name, headerText(extraHeaders[name] ?? ""));
}

function routed(headers: Headers, { provider, model }: Target): void {
  headers.set("x-routed-model", headerText(model));
  headers.set("x-routed-provider", headerText(provider));
}

/** A provider's answer, for the client. */
export function answer(
  exchange: Exchange,
  target: Target,
  answered: Answered,
  recording: Recording,
  dropped: readonly string[],
): Response {
  const headers = new Headers();
  answerHeaders(answered.headers, headers);
  headers.set("content-type", answered.contentType);
  if (answered.relay !== undefined) headers.set("cache-control", "no-cache");
  routed(headers, target);
  if (dropped.length > 0) headers.set("x-translation-dropped", headerText(dropped.join(", ")));
  explain(exchange, recording, headers);
  const body = answered.relay?.body() ?? answered.body;
  return new Response(body as BodyInit, { status: answered.status, headers });
}

/** What stands in the way of the soonest target, where one cools. */
export interface Soonest {
  readonly because: Cooldown;
  readonly until: number;
}

/** Every target failed, or one failed in a way that no other could mend. `failures` holds at least one. */
export function allFailed(
  exchange: Exchange,
  failures: readonly Failure[],
  soonest: Soonest | undefined,
  recording: Recording,
  now: number,
): Response {
  const error = clientErrorOf(failures, exchange.id);
  const chief = failures.find((failure) => failure.class === error.class) ?? failures[0];
  const resets = soonestReset(failures);
  const reset = soonest === undefined ? resets : Math.min(soonest.until, resets ?? Infinity);
  const headers = new Headers();
  // A single provider's own words in the client's own dialect go on as they are.
  const raw = failures.length === 1 && chief?.raw?.dialect === exchange.dialect.name ? chief.raw : undefined;
  if (raw !== undefined) answerHeaders(raw.headers, headers);
  headers.set("content-type", raw === undefined ? "application/json" : raw.contentType);
  if (chief !== undefined) routed(headers, chief);
  retryHeaders(headers, failures, error, reset, now);
  recording.finish({ status: error.status, failure: error.class, cancelled: error.class === "cancelled" });
  explain(exchange, recording, headers);
  const body = raw === undefined ? JSON.stringify(exchange.dialect.failure.encode(error)) : raw.bytes;
  return new Response(body, { status: error.status, headers });
}

/** `Retry-After` where somebody said when; `x-should-retry: false` where a retry cannot help. */
function retryHeaders(
  headers: Headers,
  failures: readonly Failure[],
  error: ClientError,
  reset: number | undefined,
  now: number,
): void {
  if (reset !== undefined && error.class !== "bad_request" && error.class !== "content_refused") {
    headers.set("retry-after", String(Math.max(1, Math.ceil((reset - now) / 1000))));
  }
  const told = failures.length === 1 ? failures[0]?.shouldRetry : undefined;
  const helps = failures.some((failure) => FAILURE_RULES[failure.class].retry);
  if (!helps) headers.set("x-should-retry", "false");
  else if (told !== undefined) headers.set("x-should-retry", String(told));
}

/** No target could be tried: all are skipped, or cooling. */
export function nothingToTry(
  exchange: Exchange,
  skipped: readonly string[],
  soonest: Soonest | undefined,
  recording: Recording,
  now: number,
): Response {
  const { plan } = exchange;
  const reasons = skipped.length === 0 ? plan.why.join("; ") : skipped.join("; ");
  const error: ClientError = soonest === undefined
    ? {
      status: 400,
      class: "unsupported",
      message: `No target of route ${plan.route} can take this request. ${reasons}`,
      requestId: exchange.id,
    }
    : {
      status: FAILURE_RULES[soonest.because.class].status === 529 ? 529 : waitStatus(soonest.because),
      class: soonest.because.class,
      message: `Every target of route ${plan.route} is waiting after a failure; the first serves again in ${
        inWords(soonest.until - now)
      }. ${reasons}`,
      requestId: exchange.id,
    };
  const headers = new Headers({ "content-type": "application/json" });
  if (soonest !== undefined) {
    headers.set("retry-after", String(Math.max(1, Math.ceil((soonest.until - now) / 1000))));
  }
  if (soonest === undefined || !FAILURE_RULES[soonest.because.class].retry) {
    headers.set("x-should-retry", "false");
  }
  recording.finish({ status: error.status, failure: error.class });
  explain(exchange, recording, headers);
  return new Response(JSON.stringify(exchange.dialect.failure.encode(error)), {
    status: error.status,
    headers,
  });
}

function waitStatus({ class: kind }: Cooldown): number {
  return kind === "rate_limited" || kind === "quota_exhausted" ? 429 : FAILURE_RULES[kind].status;
}

/** `4 s`, `12 min`, `3 h`, `14 days`. */
export function inWords(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

/** The body itself cannot be carried to a provider of another dialect. */
export function cannotCarry(exchange: Exchange, error: UnsupportedRequest, recording: Recording): Response {
  const told: ClientError = {
    status: 400,
    class: "unsupported",
    message: error.message,
    param: error.param,
    requestId: exchange.id,
  };
  const headers = new Headers({ "content-type": "application/json", "x-should-retry": "false" });
  recording.finish({ status: 400, failure: "unsupported" });
  explain(exchange, recording, headers);
  return new Response(JSON.stringify(exchange.dialect.failure.encode(told)), { status: 400, headers });
}
