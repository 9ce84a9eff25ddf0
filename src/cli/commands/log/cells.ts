/** What the log says of one request, piece by piece. */
import type { AttemptRecord } from "../../../model/request-end.ts";
import type { LoggedRequest } from "../../../ledger/row.ts";
import { money, tokenCount } from "../../../text/amounts.ts";
import { duration } from "../../../text/figures.ts";
import type { Style } from "../../output/style.ts";
import type { Cell } from "../../output/table.ts";

/** The route; a question about tokens has none. */
export function routeOf({ operation, route }: LoggedRequest, { dim }: Style): Cell {
  return operation === "count_tokens" ? { text: "count tokens", paint: dim } : route;
}

/** The target that answered; red where the answer was a failure, yellow where the client did not wait for it. */
export function targetOf(request: LoggedRequest, style: Style): Cell {
  const { provider, model, cancelled, failed } = request;
  const text = provider !== null && model !== null ? `${provider},${model}` : nobody(request);
  return failed
    ? { text, paint: style.red }
    : cancelled
    ? { text, paint: style.yellow }
    : provider === null
    ? { text, paint: style.dim }
    : text;
}

function nobody({ status, failure, failed, cancelled }: LoggedRequest): string {
  if (failed) return `failed: ${status}${failure === null ? "" : ` ${words(failure)}`}`;
  return cancelled ? "hung up before an answer" : "the proxy itself";
}

/** The HTTP status, or that the client hung up. */
export function statusOf({ status, failed, cancelled }: LoggedRequest, { red, yellow }: Style): Cell {
  if (cancelled) return { text: "hung up", paint: yellow };
  return failed ? { text: String(status), paint: red } : String(status);
}

/** Input and output: `12.3k+1.2k`; estimated ones with a tilde. */
export function tokensOf({ tokens, estimated }: LoggedRequest): string {
  return tokens === null
    ? ""
    : `${estimated ? "~" : ""}${tokenCount(inputOf(tokens))}+${tokenCount(tokens.output)}`;
}

const inputOf = ({ input, cache_read, cache_write }: NonNullable<LoggedRequest["tokens"]>): number =>
  input + cache_read + cache_write;

/** Dollars. */
export function costOf({ cost_usd: cost }: LoggedRequest, { dim }: Style): Cell {
  return cost === null ? { text: "unknown", paint: dim } : money(cost);
}

/** How long it took. */
export const timeOf = ({ duration_ms }: LoggedRequest): string => duration(duration_ms);

/** Who asked. */
export const clientOf = ({ client }: LoggedRequest): string => client;

/** Client, tokens and time in words, for where they have no column. */
export function sizeOf(request: LoggedRequest): string {
  const { tokens, estimated, cancelled, client, failed, provider, status } = request;
  return [
    client,
    ...tokens === null
      ? []
      : [`${estimated ? "about " : ""}${tokenCount(inputOf(tokens))} in, ${tokenCount(tokens.output)} out`],
    ...cancelled ? ["hung up"] : failed && provider !== null ? [`answered ${status}`] : [],
    duration(request.duration_ms),
  ].join(", ");
}

/** Why it went where it went, then who had to pass it on, then how it failed. */
export function reasonsOf({ why, attempts, failure, failed }: LoggedRequest): string[] {
  const passed = attempts.filter((one) => one.failure !== undefined).map(attemptText);
  const last = failed && failure !== null && passed.length === 0 ? [words(failure)] : [];
  return [...why, ...passed, ...last];
}

function attemptText({ provider, model, status, failure, message }: AttemptRecord): string {
  const what = words(String(failure));
  const answered = status === undefined ? what : `${status} ${what}`;
  return `${provider},${model}: ${
    message === undefined || message === "" ? answered : `${answered} (${message})`
  }`;
}

const words = (name: string): string => name.replaceAll("_", " ");
