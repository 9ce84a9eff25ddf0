/** What a provider says that an answer cost. */
import type { Json } from "../../model/json.ts";

/**
 * Dollars; undefined: it says nothing. With a key of the user's own at the maker, OpenRouter charges a fee, and the maker the
 * rest (https://openrouter.ai/docs/use-cases/byok).
 */
export function statedCost(usage: Json): number | undefined {
  if (typeof usage?.cost !== "number") return undefined;
  const upstream: Json = usage.is_byok === true ? usage.cost_details?.upstream_inference_cost : 0;
  return usage.cost + (typeof upstream === "number" ? upstream : 0);
}
