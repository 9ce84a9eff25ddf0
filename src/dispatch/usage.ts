/** The usage of an answer whose provider does not report it, or only in part. Tokens. */
import { CHARS_PER_TOKEN } from "../dialects/shared/estimate-tokens.ts";
import type { Usage } from "../model/usage.ts";
import type { StreamEnd } from "./relay/relay.ts";

/** The usage of an answer whose provider reports none. */
export function estimatedUsage(input: number, output: number): Usage {
  return { input, cacheRead: 0, cacheWrite: 0, output, reasoning: 0, estimated: true };
}

/** More tokens than this are not believed where the model's window is not known. */
const MOST_TOKENS = 1e9;
/** More than this many windows are not believed, where it is known. */
const MOST_WINDOWS = 10;
/** The catalog's window may be out of date: up to this many tokens are believed of any model. */
const LEAST_BOUND = 2_000_000;
/** The most that one request may cost to be believed. Dollars. */
const MOST_COST = 1e6;

/**
 * What a provider reports, where it can be true: budgets and the ledger count by it. A number that is not finite, negative
 * or beyond all sense makes the whole report worthless, and so do zeros everywhere.
 * @param window the model's, in tokens; undefined or 0: not known
 * @returns undefined: an estimate is better
 */
export function believable(usage: Usage | undefined, window: number | undefined): Usage | undefined {
  if (usage === undefined || usage.estimated === true) return usage;
  const { input, cacheRead, cacheWrite, output, reasoning, cacheWrite1h, webSearches, webFetches, cost } =
    usage;
  const most = window ? Math.max(window * MOST_WINDOWS, LEAST_BOUND) : MOST_TOKENS;
  const can = (value: number | undefined, bound: number): value is number =>
    value !== undefined && value >= 0 && value <= bound;
  if (![input, cacheRead, cacheWrite, output, reasoning].every((tokens) => can(tokens, most))) {
    return undefined;
  }
  if (input + cacheRead + cacheWrite + output === 0) return undefined; // an answer took something
  return {
    input: Math.round(input),
    cacheRead: Math.round(cacheRead),
    cacheWrite: Math.round(cacheWrite),
    output: Math.round(output),
    reasoning: Math.round(Math.min(reasoning, output)),
    ...(can(cacheWrite1h, cacheWrite) ? { cacheWrite1h: Math.round(cacheWrite1h) } : {}),
    ...(can(webSearches, most) ? { webSearches } : {}),
    ...(can(webFetches, most) ? { webFetches } : {}),
    ...(can(cost, MOST_COST) ? { cost } : {}),
  };
}

/**
 * What a stream used. Of one that was cut: the input that the provider reported, and as much output as came, since the
 * provider's own count is only a beginning (Anthropic) or would have come with the end.
 * @param window the model's, in tokens; undefined: not known
 */
export function streamUsage(
  { usage: reported, complete, outputChars }: StreamEnd["received"],
  inputTokens: number,
  window: number | undefined,
): Usage {
  const usage = believable(reported, window);
  const output = Math.ceil(outputChars / CHARS_PER_TOKEN);
  if (usage === undefined) return estimatedUsage(inputTokens, output);
  return complete ? usage : { ...usage, output: Math.max(usage.output, output), estimated: true };
}
