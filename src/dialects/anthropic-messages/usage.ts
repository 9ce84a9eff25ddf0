/** Usage on the Messages wire. @see https://platform.claude.com/docs/en/api/messages#response-usage */
import { isRecord, own } from "../../json/shape.ts";
import type { Json } from "../../model/json.ts";
import type { Usage } from "../../model/usage.ts";
import { statedCost } from "../shared/stated-cost.ts";

type Draft = { -readonly [key in keyof Usage]: Usage[key] };

/** Usage as it is on the wire; undefined where there is none. */
export function decodeUsage(wire: Json): Usage | undefined {
  return isRecord(wire) ? mergeUsage(undefined, wire) : undefined;
}

/**
 * Usage reported in steps: `message_start` has the input, `message_delta` the output and, from some providers, the input
 * again or for the first time. A later count wins unless it is zero; output only grows.
 */
export function mergeUsage(before: Usage | undefined, wire: Json): Usage | undefined {
  if (!isRecord(wire)) return before;
  const cacheWrite = count(wire.cache_creation_input_tokens) || sumOf(wire.cache_creation) ||
    before?.cacheWrite || 0;
  const usage: Draft = {
    input: count(wire.input_tokens) || before?.input || 0,
    cacheRead: count(wire.cache_read_input_tokens) || before?.cacheRead || 0,
    cacheWrite,
    output: Math.max(count(wire.output_tokens), before?.output ?? 0),
    reasoning: count(wire.output_tokens_details?.thinking_tokens) || before?.reasoning || 0,
  };
  const hour = count(wire.cache_creation?.ephemeral_1h_input_tokens) || before?.cacheWrite1h;
  if (hour) usage.cacheWrite1h = hour;
  const searches = count(wire.server_tool_use?.web_search_requests) || before?.webSearches;
  if (searches) usage.webSearches = searches;
  const fetches = count(wire.server_tool_use?.web_fetch_requests) || before?.webFetches;
  if (fetches) usage.webFetches = fetches;
  const cost = statedCost(wire) || before?.cost;
  if (cost !== undefined) usage.cost = cost;
  return usage;
}

function count(value: Json): number {
  return typeof value === "number" && value > 0 ? value : 0;
}

/** The sum of `cache_creation` by life, where it is not reported itself. */
function sumOf(creation: Json): number {
  return count(creation?.ephemeral_5m_input_tokens) + count(creation?.ephemeral_1h_input_tokens);
}

/** Usage of a whole answer and of `message_start`: every field that clients read is there. */
export function encodeUsage(usage: Usage, serviceTier: string | undefined): Json {
  const hour = Math.min(usage.cacheWrite1h ?? 0, usage.cacheWrite);
  return {
    ...encodeDeltaUsage(usage),
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite - hour,
      ephemeral_1h_input_tokens: hour,
    },
    service_tier: serviceTier === "priority" || serviceTier === "batch" ? serviceTier : "standard",
  };
}

/** Usage of `message_delta`: the whole counts, not what was added. */
export function encodeDeltaUsage(usage: Usage): Json {
  const wire: Record<string, Json> = {
    input_tokens: usage.input,
    cache_creation_input_tokens: usage.cacheWrite,
    cache_read_input_tokens: usage.cacheRead,
    output_tokens: usage.output,
  };
  if (usage.reasoning > 0) wire.output_tokens_details = { thinking_tokens: usage.reasoning };
  if (usage.webSearches || usage.webFetches) {
    wire.server_tool_use = {
      web_search_requests: usage.webSearches ?? 0,
      web_fetch_requests: usage.webFetches ?? 0,
    };
  }
  return wire;
}

const TIERS: Readonly<Record<string, string>> = { standard: "default", priority: "priority", batch: "batch" };

/** The service tier that answered, in the neutral words (those of OpenAI). */
export function decodeTier(usage: Json): string | undefined {
  const tier = usage?.service_tier;
  return typeof tier === "string" ? own(TIERS, tier) ?? tier : undefined;
}
