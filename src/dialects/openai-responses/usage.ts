/**
 * Token counts of a response (https://platform.openai.com/docs/api-reference/responses/object#responses/object-usage).
 * On the wire `input_tokens` includes cached tokens; in {@link Usage} `input` does not.
 */
import type { ResponseUsage } from "openai/resources/responses/responses";
import { isRecord } from "../../json/shape.ts";
import type { Json } from "../../model/json.ts";
import type { Usage } from "../../model/usage.ts";
import { statedCost } from "../shared/stated-cost.ts";

/** The `usage` object of a response; undefined where it counts nothing. */
export function decodeUsage(usage: Json): Usage | undefined {
  if (!isRecord(usage)) return undefined;
  // Some copies of this API use Chat's field names.
  const input = count(usage.input_tokens ?? usage.prompt_tokens);
  const output = count(usage.output_tokens ?? usage.completion_tokens);
  if (input === undefined && output === undefined) return undefined;
  const into = usage.input_tokens_details ?? usage.prompt_tokens_details;
  const cacheRead = count(into?.cached_tokens) ?? 0;
  const cacheWrite = count(into?.cache_write_tokens) ?? 0;
  const reasoning =
    count((usage.output_tokens_details ?? usage.completion_tokens_details)?.reasoning_tokens) ?? 0;
  const read: Usage = {
    input: Math.max(0, (input ?? 0) - cacheRead - cacheWrite),
    cacheRead,
    cacheWrite,
    output: output ?? 0,
    reasoning: Math.min(reasoning, output ?? 0),
  };
  const cost = statedCost(usage);
  return cost === undefined ? read : { ...read, cost };
}

/** Usage as a client of this dialect reads it. */
export function encodeUsage(usage: Usage): ResponseUsage {
  const input = usage.input + usage.cacheRead + usage.cacheWrite;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: input + usage.output,
  };
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 ? value : undefined;
}
