/** How long an answer may become beside its request in a model's window. */
import type { ModelInfo } from "../model/price.ts";
import type { Json } from "../model/json.ts";
import type { RequestFacts } from "../model/request-facts.ts";

/** The tokens of a request are estimated: so much of them is kept free besides. */
const MARGIN = 1.1;
/** An answer is never cut down to less. Tokens. */
const LEAST_ANSWER = 1024;

/** The tokens that an answer may have: the model's own limit, or what its window has left. Undefined: not known. */
export function answerRoom({ approxTokens }: RequestFacts, info: ModelInfo | undefined): number | undefined {
  const most = info?.maxOutput || Infinity;
  const left = info === undefined || info.context === 0
    ? Infinity
    : Math.max(LEAST_ANSWER, info.context - Math.ceil(approxTokens * MARGIN));
  const room = Math.min(most, left);
  return room === Infinity ? undefined : room;
}

/** The names of the limit of an answer, in all dialects. */
const LIMITS = ["max_tokens", "max_completion_tokens", "max_output_tokens"] as const;

/**
 * The limit of an answer where the model's window has no room for it beside the request: agents allow 128,000 tokens
 * whatever they ask, and providers refuse what cannot fit. Undefined: it fits, or has to stay for the sake of a budget
 * of thinking that must be smaller.
 */
export function cutLimit(
  body: Json,
  facts: RequestFacts,
  info: ModelInfo | undefined,
): Record<string, number> | undefined {
  const { maxOutputTokens: asked, approxTokens } = facts;
  if (asked === undefined || info === undefined || info.context === 0) return undefined;
  if (asked + approxTokens <= info.context) return undefined;
  const name = LIMITS.find((one) => body[one] === asked);
  const room = answerRoom(facts, info);
  if (name === undefined || room === undefined || room >= asked) return undefined;
  return (body.thinking?.budget_tokens ?? 0) < room ? { [name]: room } : undefined;
}
