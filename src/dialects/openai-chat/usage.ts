/**
 * Token counts of a Chat answer (https://platform.openai.com/docs/api-reference/chat/object#chat/object-usage) and
 * what providers made of them. On the wire `prompt_tokens` includes cached tokens; in {@link Usage} `input` does not.
 */
import type { OpenAI } from "openai";
import type { Json } from "../../model/json.ts";
import type { Usage } from "../../model/usage.ts";
import { statedCost } from "../shared/stated-cost.ts";

type WireUsage = OpenAI.CompletionUsage & { cost?: number };

/** Where providers put the tokens read from a cache, first found first taken. */
const CACHE_READ: readonly ((usage: Json) => unknown)[] = [
  (usage) => usage.prompt_tokens_details?.cached_tokens,
  (usage) => usage.prompt_cache_hit_tokens, // DeepSeek
  (usage) => usage.cached_tokens, // Moonshot
  (usage) => usage.cache_read_input_tokens, // gateways before Anthropic
];

/** Where providers put the tokens written to a cache. */
const CACHE_WRITE: readonly ((usage: Json) => unknown)[] = [
  (usage) => usage.prompt_tokens_details?.cache_write_tokens,
  (usage) => usage.prompt_tokens_details?.cache_creation_tokens,
  (usage) => usage.cache_creation_input_tokens,
];

/** Where providers put a `usage` object: beside the choices, in Groq's own field, in the first choice (Moonshot). */
const PLACES: readonly ((json: Json) => Json)[] = [
  (json) => json?.usage,
  (json) => json?.x_groq?.usage,
  (json) => json?.choices?.[0]?.usage,
];

/** The usage of a chunk or of a whole answer, wherever its provider put it; undefined where it has none. */
export function usageOf(json: Json): Usage | undefined {
  let found: Usage | undefined;
  for (const place of PLACES) found = mergeUsage(decodeUsage(place(json)), found);
  return found;
}

/** Usage that a stream reports again. A later count wins unless it is zero: some end with a usage of zeros. */
export function mergeUsage(before: Usage | undefined, later: Usage | undefined): Usage | undefined {
  if (before === undefined || later === undefined) return later ?? before;
  const { input, cacheRead, cacheWrite, output, reasoning } = later;
  const cost = later.cost || before.cost;
  return {
    ...before,
    ...(input + cacheRead + cacheWrite > 0 ? { input, cacheRead, cacheWrite } : {}),
    ...(output > 0 ? { output, reasoning } : {}),
    ...(cost === undefined ? {} : { cost }),
  };
}

/** A `usage` object. Undefined for anything that counts nothing. */
function decodeUsage(usage: Json): Usage | undefined {
  if (typeof usage !== "object" || usage === null) return undefined;
  const prompt = count(usage.prompt_tokens ?? usage.input_tokens);
  const completion = count(usage.completion_tokens ?? usage.output_tokens);
  if (prompt === undefined && completion === undefined) return undefined;
  const cacheRead = firstCount(CACHE_READ, usage);
  const cacheWrite = firstCount(CACHE_WRITE, usage);
  const { output, reasoning } = outputOf(usage, prompt ?? 0, completion ?? 0);
  const read: Usage = {
    input: Math.max(0, (prompt ?? 0) - cacheRead - cacheWrite),
    cacheRead,
    cacheWrite,
    output,
    reasoning,
  };
  const cost = statedCost(usage);
  return cost === undefined ? read : { ...read, cost };
}

/**
 * xAI and Gemini count thinking in `total_tokens` and not in `completion_tokens`; it is output, and paid as
 * such.
 */
function outputOf(usage: Json, prompt: number, completion: number): { output: number; reasoning: number } {
  const reported = count(usage.completion_tokens_details?.reasoning_tokens) ?? count(usage.reasoning_tokens);
  const rest = (count(usage.total_tokens) ?? 0) - prompt - completion;
  if (rest > 0 && (reported === undefined || reported === rest)) {
    return { output: completion + rest, reasoning: rest };
  }
  return { output: completion, reasoning: Math.min(reported ?? 0, completion) };
}

function firstCount(places: readonly ((usage: Json) => unknown)[], usage: Json): number {
  for (const place of places) {
    const found = count(place(usage));
    if (found !== undefined) return found;
  }
  return 0;
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 ? value : undefined;
}

/** Usage for a Chat client. */
export function encodeUsage(usage: Usage): WireUsage {
  const prompt = usage.input + usage.cacheRead + usage.cacheWrite;
  const wire: WireUsage = {
    prompt_tokens: prompt,
    completion_tokens: usage.output,
    total_tokens: prompt + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cacheRead },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  };
  if (usage.cacheWrite > 0) wire.prompt_tokens_details!.cache_write_tokens = usage.cacheWrite;
  if (usage.cost !== undefined) wire.cost = usage.cost;
  return wire;
}
