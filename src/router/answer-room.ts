/** The room that an answer has beside its request in a model's context window. All counts are tokens. Pure. */
import { numberOf } from "../json/shape.ts";
import type { Json } from "../model/json.ts";
import type { ModelInfo } from "../model/price.ts";
import type { RequestFacts } from "../model/request-facts.ts";

/**
 * The most room that is kept for an answer. Agents allow far more than they use (128,000, whatever they ask for), and a
 * limit that does not fit is lowered when the request is sent: it is not a reason to refuse the target.
 */
const MOST_KEPT = 8192;
/** A request's tokens are an estimate: this much more is kept free. */
const MARGIN = 1.1;
/** An answer's limit is never lowered further. */
const LEAST_ANSWER = 1024;

/** The room that an answer needs for a target to be tried. A limit above the model's own is lowered to it. */
export function roomNeeded({ maxOutputTokens }: RequestFacts, { maxOutput }: ModelInfo): number {
  return Math.min(maxOutputTokens ?? 0, maxOutput || Infinity, MOST_KEPT);
}

/** The tokens that an answer may have: the model's own limit, or what its window has left. Undefined: not known. */
export function roomLeft({ approxTokens }: RequestFacts, info: ModelInfo | undefined): number | undefined {
  const most = info?.maxOutput || Infinity;
  const left = info === undefined || info.context === 0
    ? Infinity
    : Math.max(LEAST_ANSWER, info.context - Math.ceil(approxTokens * MARGIN));
  const room = Math.min(most, left);
  return room === Infinity ? undefined : room;
}

/** The names of an answer's limit, in all dialects. */
const LIMITS = ["max_tokens", "max_completion_tokens", "max_output_tokens"] as const;

/**
 * The lower limit for an answer that has no room beside its request: agents allow 128,000 tokens whatever they ask, and
 * providers refuse what cannot fit. Undefined: it fits, or has to stay because a budget for thinking must be smaller.
 */
export function lowerLimit(
  body: Json,
  facts: RequestFacts,
  info: ModelInfo | undefined,
): Record<string, number> | undefined {
  const { maxOutputTokens: asked, approxTokens } = facts;
  if (asked === undefined || info === undefined || info.context === 0) return undefined;
  if (asked + approxTokens <= info.context) return undefined;
  const name = LIMITS.find((one) => body[one] === asked);
  const room = roomLeft(facts, info);
  if (name === undefined || room === undefined || room >= asked) return undefined;
  return (numberOf(body.thinking?.budget_tokens) ?? 0) < room ? { [name]: room } : undefined;
}
