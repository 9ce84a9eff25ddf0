/** The `reasoning` settings of a request ⇄ the neutral ones. */
import type { Reasoning } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { isRecord, stringOf } from "../../json/shape.ts";

/** Asks for reasoning to come back encrypted, for a client that keeps the conversation itself. */
export const INCLUDE_ENCRYPTED = "reasoning.encrypted_content";

/** Thinking budgets of other dialects as efforts: up to so many tokens. Above the last: "high". */
const EFFORTS: readonly (readonly [tokens: number, effort: string])[] = [
  [2048, "low"],
  [12_000, "medium"],
];

/** `reasoning` and what `include` says of it; undefined where neither says anything. */
export function readReasoningSettings(reasoning: Json, encrypted: boolean): Reasoning | undefined {
  const fields = isRecord(reasoning) ? reasoning : {};
  const effort = stringOf(fields.effort);
  const summary = stringOf(fields.summary) ?? stringOf(fields.generate_summary);
  if (effort === undefined && summary === undefined && !encrypted) return undefined;
  return {
    ...(effort === undefined ? {} : { enabled: effort !== "none", effort }),
    ...(summary === undefined ? {} : { summary }),
    ...(encrypted ? { encrypted } : {}),
  };
}

/** `reasoning` for a provider; undefined leaves it to the model's default. */
export function writeReasoningSettings(reasoning: Reasoning): Record<string, Json> | undefined {
  const effort = reasoning.effort ?? effortOf(reasoning);
  const summary = summaryOf(reasoning.summary);
  if (effort === undefined && summary === undefined) return undefined;
  return { ...(effort === undefined ? {} : { effort }), ...(summary === undefined ? {} : { summary }) };
}

/** Not every model can switch reasoning off, so "off" is left to its default. */
function effortOf({ enabled, budgetTokens }: Reasoning): string | undefined {
  if (enabled === false || budgetTokens === undefined) return undefined;
  for (const [tokens, effort] of EFFORTS) if (budgetTokens <= tokens) return effort;
  return "high";
}

/** Anthropic's `display` says whether thinking is shown; in how many words is this dialect's own matter. */
function summaryOf(summary: string | undefined): string | undefined {
  if (summary === "summarized" || summary === "full") return "auto";
  return summary === "omitted" || summary === "none" ? undefined : summary;
}
