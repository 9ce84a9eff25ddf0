/** Reading a failure: what went wrong with a call, as a {@link Failure}. Pure. */
import type { Config } from "../../config/config.ts";
import type { Dialect } from "../../dialects/dialect.ts";
import { unquoted } from "../../dialects/shared/error.ts";
import { parseJsonText, stringOf } from "../../json/shape.ts";
import type { OverflowTokens, ProviderError } from "../../model/failure.ts";
import type { Json } from "../../model/json.ts";
import type { Target } from "../../model/target.ts";
import { beginning } from "../../text/format.ts";
import { connectionError, NEEDS_LOGIN } from "../call.ts";
import { type Classified, classifyFailure, offsetOf } from "./classify.ts";
import { type Failure, FAILURE_RULES } from "./failure.ts";
import { resetTime } from "./reset-time.ts";
import { scrubbedBytes, scrubberFor, withoutQuotes } from "./scrub.ts";

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
    /** Where the request went. */
    readonly url?: string;
  };

/** The call that failed. */
export interface FailedCall {
  readonly target: Target;
  /** What the provider speaks. */
  readonly dialect: Dialect;
  /** The headers that went out: an error may quote the credentials in them. */
  readonly sent: Readonly<Record<string, string>>;
  /** The configuration, with every other secret. */
  readonly config?: Config;
  /** What the client asked: an error may quote it. */
  readonly asked?: { readonly body: Uint8Array; readonly model: string };
  /** Epoch milliseconds. */
  readonly now: number;
}

/** An end that the proxy itself decided on. Its message is for the client. */
export class ProxyCut extends Error {
  override name = "ProxyCut";
}

/** Characters of a message, and of a code or a parameter's name. */
const LONGEST_MESSAGE = 2000;
const LONGEST_NAME = 200;

/**
 * The failure of a call. This is the only place that classifies one, and the only one where a provider's words become
 * ours: they are scrubbed first, and cut afterwards.
 */
export function readFailure(cause: Cause, call: FailedCall): Failure {
  if (cause.kind === "broken") return { ...base(call), ...broken(cause) };
  const scrub = scrubberFor(call.config, call.sent);
  const failure = cause.kind === "refused"
    ? refused(cause, call, scrub)
    : cause.kind === "reported"
    ? reported(cause, call)
    : { ...base(call), class: "server_error" as const, message: unreadable(cause, scrub) };
  return worded(failure, call, scrub);
}

type Scrub = (text: string) => string;

/** A number of tokens in a sentence. */
const NUMBER = /\d{1,3}(?:[,_]\d{3})+|\d{3,}/g;
/** Words around the limit, on either side of it. */
const LIMIT =
  /(?:maximum|max|limit|window|up to|at most|>|≤|<=)\D{0,60}?(\d[\d,_]{2,})|(\d[\d,_]{2,})(?: tokens?)? (?:maximum|limit|context)/i;

/** The numbers of a refusal that says how long the prompt is and may be; undefined: it has none that make sense. */
export function overflowTokens(message: string): OverflowTokens | undefined {
  const valueOf = (text: string) => Number(text.replace(/[,_]/g, ""));
  const [, after, before] = LIMIT.exec(message) ?? [];
  const limit = after ?? before;
  if (limit === undefined) return undefined;
  const most = valueOf(limit);
  const asked = Math.max(...(message.match(NUMBER) ?? []).map(valueOf));
  return asked > most && asked < MOST_TOKENS ? { asked, most } : undefined;
}

/** No prompt has more. */
const MOST_TOKENS = 1e9;

/** A failure whose every word is scrubbed, and cut; with what may be kept of its message. */
function worded(failure: Failure, { asked }: FailedCall, scrub: Scrub): Failure {
  const message = cut(scrub(failure.message), LONGEST_MESSAGE);
  const kept = asked === undefined ? message : withoutQuotes(message, asked.body, asked.model);
  const name = (text: string | undefined) => text === undefined ? undefined : cut(scrub(text), LONGEST_NAME);
  const tokens = failure.class === "context_overflow" ? overflowTokens(message) : undefined;
  return {
    ...failure,
    message,
    ...(tokens === undefined ? {} : { tokens }),
    ...(kept === message ? {} : { kept }),
    code: name(failure.code),
    param: name(failure.param),
  };
}

const cut = (text: string, most: number): string => text.length > most ? beginning(text, most) : text;

function base({ target: { provider, model } }: FailedCall): Pick<Failure, "provider" | "model"> {
  return { provider, model };
}

function refused(
  { status, headers, bytes }: Extract<Cause, { kind: "refused" }>,
  call: FailedCall,
  scrub: Scrub,
): Failure {
  const { dialect } = call;
  const clean = scrubbedBytes(bytes, scrub) as Uint8Array<ArrayBuffer>;
  const text = new TextDecoder().decode(clean);
  const json = unquoted(parseJsonText(text));
  const blocked = isBlock(text, json);
  const error = status >= 300 && status < 400
    ? { message: "the provider redirects; check api_base_url" }
    : status === 407
    ? { message: NEEDS_LOGIN }
    : blocked
    ? { message: `Cloudflare answered in the provider's place: ${stringOf(json?.title) ?? text.trim()}` }
    : dialect.failure.decode(json ?? inFewWords(text));
  const page = blocked || /^\s*</.test(text);
  const retry = headers.get("x-should-retry");
  return {
    ...base(call),
    ...understood({ status, headers, error, page, body: json }, call),
    status,
    message: error.message,
    code: error.code ?? error.type,
    param: error.param,
    shouldRetry: retry === null ? undefined : retry === "true",
    raw: json === undefined || status < 400 ? undefined : {
      dialect: dialect.name,
      bytes: clean,
      contentType: jsonType(headers.get("content-type")),
      headers,
    },
  };
}

/** Whether Cloudflare itself answered without a page: it then says nothing about the API's key. */
function isBlock(text: string, json: Json | undefined): boolean {
  // https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/
  return json === undefined ? /^error code: \d{3,4}\s*$/.test(text) : json?.cloudflare_error === true;
}

function reported({ error, headers }: Extract<Cause, { kind: "reported" }>, call: FailedCall): Failure {
  return {
    ...base(call),
    ...understood({ status: undefined, headers, error, body: error.details }, call),
    message: error.message,
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
  const resetAt = resetTime({ headers, body, message: error.message, limited, offset: offsetOf(error) }, now);
  const resetInMs = resetAt === undefined ? undefined : resetAt - now;
  return { ...classifyFailure({ ...evidence, resetInMs }), resetAt };
}

/** The models that a subscription's own limit is for: `seven_day_opus` is the week of those with "opus" in their names. */
function familyIn(headers: Headers): string | undefined {
  if (headers.get("anthropic-ratelimit-unified-status") !== "rejected") return undefined;
  const claim = headers.get("anthropic-ratelimit-unified-representative-claim");
  return /^seven_day_([a-z]+)$/.exec(claim ?? "")?.[1];
}

function unreadable({ bytes, contentType }: Extract<Cause, { kind: "unreadable" }>, scrub: Scrub): string {
  return contentType.includes("html") || bytes[0] === 60 // "<"
    ? inFewWords(scrub(new TextDecoder().decode(bytes.subarray(0, 65_536))))
    : "the answer is not JSON";
}

/** The content type of a body that is JSON, whatever else the provider put into the header. */
function jsonType(header: string | null): string {
  return header !== null && /^application\/json(; ?charset=[\w-]{1,20})?$/i.test(header)
    ? header
    : "application/json";
}

function broken(
  { error, expired, stopped, unconnected, url }: Extract<Cause, { kind: "broken" }>,
): Pick<Failure, "class" | "message" | "scope"> {
  if (expired !== undefined) {
    return { class: "timeout", message: expired, ...(unconnected === true ? { scope: "provider" } : {}) };
  }
  if (stopped) return { class: "cancelled", message: "the client hung up" };
  if (error instanceof ProxyCut) return { class: "server_error", message: error.message };
  return { class: "unreachable", message: connectionError(error, url) };
}

/** An HTML error page or plain text, in a few words. */
function inFewWords(text: string): string {
  if (!/^\s*</.test(text)) return text.trim().slice(0, 500);
  const title = /<title>([^<]{1,200})<\/title>/i.exec(text)?.[1]?.trim();
  return title === undefined ? "an HTML page instead of JSON" : `an HTML page instead of JSON: ${title}`;
}
