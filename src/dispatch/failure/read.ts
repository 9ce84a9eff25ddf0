/** Reading a failure: from a refusal, from an error inside an answer, from a broken connection. */
import type { ProviderError } from "../../model/failure.ts";
import type { AttemptOptions } from "../attempt.ts";
import { connectionError } from "../call.ts";
import type { Deadline } from "../relay/deadline.ts";
import { RelayCut, type RelayEnd } from "../relay/relay.ts";
import { AnswerTooLarge, parseJson, readSome } from "../relay/buffered.ts";
import { classifyFailure, resetInBody } from "./classify.ts";
import type { Failure } from "./failure.ts";
import { resetTime } from "./reset-time.ts";
import { scrubbed, scrubbedBytes } from "./scrub.ts";

/** A connection that failed, or time that ran out. */
export function broken(options: AttemptOptions, error: unknown, deadline: Deadline): Failure {
  const base = { provider: options.target.provider, model: options.target.model };
  if (deadline.expired !== undefined) return { ...base, class: "timeout", message: deadline.describe() };
  if (options.flight.stopped) return { ...base, class: "cancelled", message: "the client hung up" };
  if (error instanceof AnswerTooLarge) {
    return { ...base, class: "server_error", message: "the answer is larger than 64 MiB" };
  }
  if (error instanceof RelayCut) return { ...base, class: "server_error", message: error.message };
  return { ...base, class: "unreachable", message: connectionError(error) };
}

/** A provider's no: a status outside 2xx. */
export async function refused(options: AttemptOptions, response: Response): Promise<Failure> {
  const { target, prepared, dispatcher } = options;
  const { status, headers } = response;
  const bytes = await readSome(response);
  const json = parseJson(bytes);
  const now = dispatcher.clock.now();
  const error = status >= 300 && status < 400
    ? { message: `the provider redirects; check api_base_url` }
    : prepared.dialect.failure.decode(json ?? plainWords(new TextDecoder().decode(bytes)));
  const resetAt = resetTime(headers, now) ?? resetInBody(json, now);
  const kind = classifyFailure(status, error, resetAt === undefined ? undefined : resetAt - now);
  const retry = headers.get("x-should-retry");
  return {
    class: kind,
    provider: target.provider,
    model: target.model,
    status,
    message: scrubbed(error.message, prepared.headers),
    code: error.code ?? error.type,
    param: error.param,
    resetAt,
    shouldRetry: retry === null ? undefined : retry === "true",
    raw: json === undefined || status < 400 ? undefined : {
      dialect: prepared.dialect.name,
      bytes: scrubbedBytes(bytes, prepared.headers),
      contentType: headers.get("content-type") ?? "application/json",
      headers,
    },
  };
}

/** An HTML error page or plain text, in a few words. */
export function plainWords(text: string): string {
  if (!/^\s*</.test(text)) return text.trim().slice(0, 500);
  const title = /<title>([^<]{1,200})<\/title>/i.exec(text)?.[1]?.trim();
  return title === undefined ? "an HTML page instead of JSON" : `an HTML page instead of JSON: ${title}`;
}

/** An error told inside a 200 answer. */
export function told(options: AttemptOptions, error: ProviderError, headers: Headers): Failure {
  const now = options.dispatcher.clock.now();
  const resetAt = resetTime(headers, now);
  return {
    class: classifyFailure(undefined, error, resetAt === undefined ? undefined : resetAt - now),
    provider: options.target.provider,
    model: options.target.model,
    message: scrubbed(error.message, options.prepared.headers),
    code: error.code ?? error.type,
    param: error.param,
    resetAt,
  };
}

/** What a stream's failure is, before or after its first output. */
export function streamFailure(
  options: AttemptOptions,
  failure: NonNullable<RelayEnd["failure"]>,
  deadline: Deadline,
  headers: Headers,
): Failure {
  return failure.kind === "told"
    ? told(options, failure.error, headers)
    : broken(options, failure.error, deadline);
}
