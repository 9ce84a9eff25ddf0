/** What an answer used where its provider does not report it, or not all of it. Tokens. */
import { CHARS_PER_TOKEN } from "../dialects/shared/estimate-tokens.ts";
import type { Usage } from "../model/usage.ts";
import type { StreamEnd } from "./relay/relay.ts";

/** The usage of an answer whose provider reports none. */
export function estimatedUsage(input: number, output: number): Usage {
  return { input, cacheRead: 0, cacheWrite: 0, output, reasoning: 0, estimated: true };
}

/**
 * What a stream used. Of one that was cut: the input that the provider reported, and as much output as came, since the
 * provider's own count is only a beginning (Anthropic) or would have come with the end.
 */
export function streamUsage(
  { usage, complete, outputChars }: StreamEnd["received"],
  inputTokens: number,
): Usage {
  const output = Math.ceil(outputChars / CHARS_PER_TOKEN);
  if (usage === undefined) return estimatedUsage(inputTokens, output);
  return complete ? usage : { ...usage, output: Math.max(usage.output, output), estimated: true };
}
