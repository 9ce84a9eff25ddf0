/**
 * How much a model is to think: `reasoning_effort`, OpenRouter's `reasoning` and the `thinking` of several copies ⇄
 * the neutral settings.
 */
import type { Conversation, Reasoning } from "../../model/conversation.ts";
import type { EncodeTarget } from "../dialect.ts";
import type { Json } from "../../model/json.ts";
import { isRecord, limitOf, stringOf } from "../../json/shape.ts";

type Draft = { -readonly [key in keyof Reasoning]: Reasoning[key] };

/** The settings of a request; undefined where it says nothing of them. */
export function readReasoningSettings(body: Record<string, Json>): Reasoning | undefined {
  const draft: Draft = {};
  if (isRecord(body.thinking)) { // Z.ai, Moonshot, DeepSeek
    if (body.thinking.type === "disabled") draft.enabled = false;
    else if (typeof body.thinking.type === "string") draft.enabled = true;
    const budget = limitOf(body.thinking.budget_tokens);
    if (budget !== undefined) draft.budgetTokens = budget;
  }
  const { reasoning } = body;
  if (isRecord(reasoning)) { // OpenRouter
    if (typeof reasoning.enabled === "boolean") draft.enabled = reasoning.enabled;
    const budget = limitOf(reasoning.max_tokens);
    if (budget !== undefined) Object.assign(draft, { enabled: true, budgetTokens: budget });
    const summary = stringOf(reasoning.summary);
    if (summary !== undefined) draft.summary = summary;
  }
  const effort = stringOf(body.reasoning_effort) ?? stringOf(reasoning?.effort);
  if (effort !== undefined) Object.assign(draft, { enabled: effort !== "none", effort });
  return Object.keys(draft).length === 0 ? undefined : draft;
}

/** Thinking budgets as efforts: up to so many tokens. Above the last: "high". */
const EFFORTS: readonly (readonly [tokens: number, effort: string])[] = [
  [2048, "low"],
  [12_000, "medium"],
];

/** Efforts that only the newest models of OpenAI and OpenRouter know, as the nearest that all know. */
const NEAREST: Readonly<Record<string, string>> = { minimal: "low", xhigh: "high", max: "high" };

/** Models that think and refuse to be told how much. A line a kind. */
const NO_EFFORT: readonly { readonly provider: string; readonly model: RegExp }[] = [
  { provider: "groq", model: /qwen|deepseek/i }, // `none` and `default` only
  { provider: "xai", model: /^grok-(?:4|code)/i },
  { provider: "mistral", model: /./ },
];

/**
 * The settings for a provider. A model that does not think is not told to, nor one of which that is not known, unless
 * the provider itself sees to it; `lost` hears of it.
 */
export function writeReasoningSettings(
  { reasoning, dialect }: Conversation,
  target: EncodeTarget,
  body: Record<string, Json>,
  lost: (name: string) => void,
): void {
  if (reasoning === undefined) return;
  const router = target.quirks.includes("reasoning-details");
  const asked = reasoning.enabled !== false &&
    (reasoning.enabled === true || reasoning.effort !== undefined || reasoning.budgetTokens !== undefined);
  if (!asked && reasoning.effort !== "none") return; // not every model can switch it off: the default holds
  if (target.reasoning === false || (target.reasoning === undefined && !router) || refusesEffort(target)) {
    if (asked) lost("reasoning");
    return;
  }
  if (router) {
    body.reasoning = forRouter(reasoning);
    return;
  }
  const effort = reasoning.effort ?? effortOf(reasoning.budgetTokens);
  if (effort === undefined) return;
  const knowsAll = target.quirks.includes("max-completion-tokens") && dialect !== "anthropic-messages";
  body.reasoning_effort = knowsAll ? effort : NEAREST[effort] ?? effort;
}

/** OpenRouter takes an effort or a budget, and turns each into what the model knows. */
function forRouter({ effort, budgetTokens }: Reasoning): Json {
  if (effort !== undefined) return { effort };
  return budgetTokens === undefined ? { enabled: true } : { max_tokens: budgetTokens };
}

function effortOf(budget: number | undefined): string | undefined {
  if (budget === undefined) return undefined;
  for (const [tokens, effort] of EFFORTS) if (budget <= tokens) return effort;
  return "high";
}

function refusesEffort({ provider, model }: EncodeTarget): boolean {
  return NO_EFFORT.some((row) => row.provider === provider && row.model.test(model));
}
