/** Reading a failure: what went wrong with a call, as a {@link Failure}. Pure. */
import type { Dialect } from "../../dialects/dialect.ts";
import type { ProviderError } from "../../model/failure.ts";
import type { Json } from "../../model/json.ts";
import type { Target } from "../../model/target.ts";
import { connectionError } from "../call.ts";
import { type Classified, classifyFailure } from "./classify.ts";
import { type Failure, FAILURE_RULES } from "./failure.ts";
import { resetTime } from "./reset-time.ts";
import { scrubbed, scrubbedBytes } from "./scrub.ts";

/** What went wrong, before it is classified. */
export type Cause =
  /** A status outside 2xx. `bytes`: the body, or its beginning. */
  | {
    readonly kind: "refused";
    readonly status: number;
    readonly headers: Headers;
    readonly bytes: Uint8Array<ArrayBuffer>;
  }
  /** An error inside a 200 answer. */
  | { readonly kind: "reported"; readonly error: ProviderError; readonly headers: Headers }
  /** A 200 answer that is not JSON. */
  | { readonly kind: "unreadable"; readonly bytes: Uint8Array; readonly contentType: string }
  /** The connection broke, or somebody ended it. `expired`: the time limit that ran out, in words. */
  | {
    readonly kind: "broken";
    readonly error: unknown;
    readonly expired: string | undefined;
    readonly stopped: boolean;
    /** No connection came about. */
    readonly unconnected?: boolean;
  };

/** The call that failed. */
export interface FailedCall {
  readonly target: Target;
  /** What the provider speaks. */
  readonly dialect: Dialect;
  /** The headers that went out: an error may quote the credentials in them. */
  readonly sent: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** An end that the proxy itself decided on. Its message is for the client. */
export class ProxyCut extends Error {
  override name = "ProxyCut";
}

/** The failure of a call. This is the only place that classifies one. */
export function readFailure(cause: Cause, call: FailedCall): Failure {
  switch (cause.kind) {
    case "refused":
      return refused(cause, call);
    case "reported":
      return reported(cause, call);
    case "unreadable":
      return { ...base(call), class: "server_error", message: unreadable(cause) };
    case "broken":
      return { ...base(call), ...broken(cause) };
  }
}

function base({ target: { provider, model } }: FailedCall): Pick<Failure, "provider" | "model"> {
  return { provider, model };
}

function refused(
  { status, headers, bytes }: Extract<Cause, { kind: "refused" }>,
  call: FailedCall,
): Failure {
  const { dialect, sent } = call;
  const text = new TextDecoder().decode(bytes);
  const json = parsed(text);
  const error = status >= 300 && status < 400
    ? { message: "the provider redirects; check api_base_url" }
    : dialect.failure.decode(json ?? inFewWords(text));
  const page = /^\s*</.test(text);
  const retry = headers.get("x-should-retry");
  return {
    ...base(call),
    ...understood({ status, headers, error, page, body: json }, call),
    status,
    message: scrubbed(error.message, sent),
    code: error.code ?? error.type,
    param: error.param,
    shouldRetry: retry === null ? undefined : retry === "true",
    raw: json === undefined || status < 400 ? undefined : {
      dialect: dialect.name,
      bytes: scrubbedBytes(bytes, sent),
      contentType: headers.get("content-type") ?? "application/json",
      headers,
    },
  };
}

function reported({ error, headers }: Extract<Cause, { kind: "reported" }>, call: FailedCall): Failure {
  return {
    ...base(call),
    ...understood({ status: undefined, headers, error, body: error.details }, call),
    message: scrubbed(error.message, call.sent),
    code: error.code ?? error.type,
    param: error.param,
  };
}

interface Said {
  readonly status: number | undefined;
  readonly headers: Headers;
  readonly error: ProviderError;
  readonly page?: boolean;
  readonly body: Json | undefined;
}

/**
 * The class, what it concerns, and its reset. A reset makes a used-up quota of a rate limit, and the class decides which
 * resets are believed: so the class is read first without, then with the reset.
 */
function understood(
  { status, headers, error, page = false, body }: Said,
  { target: { model }, now }: FailedCall,
): Classified & Pick<Failure, "resetAt"> {
  const evidence = { status, error, model, page, family: familyIn(headers) };
  const { class: kind } = classifyFailure(evidence);
  const limited = FAILURE_RULES[kind].reset === true;
  const resetAt = resetTime({ headers, body, message: error.message, limited }, now);
  const resetInMs = resetAt === undefined ? undefined : resetAt - now;
  return { ...classifyFailure({ ...evidence, resetInMs }), resetAt };
}

/** The models that a subscription's own limit is for: `seven_day_opus` is the week of those with "opus" in their names. */
function familyIn(headers: Headers): string | undefined {
  const claim = headers.get("anthropic-ratelimit-unified-representative-claim");
  return /^seven_day_([a-z]+)$/.exec(claim ?? "")?.[1];
}

function unreadable({ bytes, contentType }: Extract<Cause, { kind: "unreadable" }>): string {
  return contentType.includes("html") || bytes[0] === 60 // "<"
    ? inFewWords(new TextDecoder().decode(bytes.subarray(0, 4096)))
    : "the answer is not JSON";
}

function broken(
  { error, expired, stopped, unconnected }: Extract<Cause, { kind: "broken" }>,
): Pick<Failure, "class" | "message" | "scope"> {
  if (expired !== undefined) {
    return { class: "timeout", message: expired, ...(unconnected === true ? { scope: "provider" } : {}) };
  }
  if (stopped) return { class: "cancelled", message: "the client hung up" };
  if (error instanceof ProxyCut) return { class: "server_error", message: error.message };
  return { class: "unreachable", message: connectionError(error) };
}

/** An HTML error page or plain text, in a few words. */
function inFewWords(text: string): string {
  if (!/^\s*</.test(text)) return text.trim().slice(0, 500);
  const title = /<title>([^<]{1,200})<\/title>/i.exec(text)?.[1]?.trim();
  return title === undefined ? "an HTML page instead of JSON" : `an HTML page instead of JSON: ${title}`;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
