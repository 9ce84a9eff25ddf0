/** A conversation's settings as fields of a Chat request, from tables of who knows which. */
import type { Conversation, OutputFormat } from "../../model/conversation.ts";
import type { EncodeTarget } from "../dialect.ts";
import type { Json } from "../../model/json.ts";
import { cleanSchema } from "../shared/json-schema.ts";
import { writeReasoningSettings } from "./reasoning-settings.ts";

/**
 * Settings that go out as they are. `all`: every provider takes them; `openai`: refused by providers with the quirk
 * "strict-fields"; `top-k`: only taken by providers with that quirk.
 */
const FIELDS:
  readonly (readonly [setting: keyof Conversation, field: string, takenBy: "all" | "openai" | "top-k"])[] = [
    ["temperature", "temperature", "all"],
    ["topP", "top_p", "all"],
    ["topK", "top_k", "top-k"],
    ["minP", "min_p", "top-k"],
    ["frequencyPenalty", "frequency_penalty", "all"],
    ["presencePenalty", "presence_penalty", "all"],
    ["seed", "seed", "all"],
    ["logitBias", "logit_bias", "openai"],
    ["verbosity", "verbosity", "openai"],
    ["user", "user", "openai"],
    ["safetyIdentifier", "safety_identifier", "openai"],
    ["promptCacheKey", "prompt_cache_key", "openai"],
    ["promptCacheRetention", "prompt_cache_retention", "openai"],
  ];

/** OpenAI's reasoning models refuse these; 1 is what a temperature is for them anyway. */
const FIXED_SAMPLING: ReadonlySet<string> = new Set([
  "temperature",
  "top_p",
  "frequency_penalty",
  "presence_penalty",
  "logit_bias",
]);

/** Service tiers, and other dialects' words for them. */
const SERVICE_TIERS: Readonly<Record<string, string>> = {
  auto: "auto",
  default: "default",
  standard: "default",
  standard_only: "default",
  flex: "flex",
  scale: "scale",
  priority: "priority",
  fast: "fast",
};

/** More stop sequences than this are refused. */
const MOST_STOPS = 4;
/** OpenAI refuses a longer `user`; Claude Code's is about 150 characters. */
const LONGEST_USER = 64;

/** Writes the settings into a body. `lost` is told what is left out. */
export function writeSettings(
  conversation: Conversation,
  target: EncodeTarget,
  body: Record<string, Json>,
  lost: (name: string) => void,
): void {
  const { quirks } = target;
  const fixed = target.reasoning === true && quirks.includes("fixed-sampling") &&
    conversation.reasoning?.effort !== "none";
  const strict = quirks.includes("strict-fields");
  for (const [setting, field, takenBy] of FIELDS) {
    const value = conversation[setting];
    if (value === undefined) continue;
    const refused = (takenBy === "openai" && strict) || (takenBy === "top-k" && !quirks.includes("top-k"));
    if (refused || (fixed && FIXED_SAMPLING.has(field))) {
      if (!(field === "temperature" && value === 1)) lost(field);
    } else body[field] = field === "user" ? (value as string).slice(0, LONGEST_USER) : value;
  }
  writeLimit(conversation, target, body);
  writeStop(conversation, fixed, body, lost);
  writeFormat(conversation.outputFormat, quirks, body);
  writeReasoningSettings(conversation, target, body, lost);
  writeAccount(conversation, strict, body, lost);
  // Answers carry one choice, and no probabilities.
  if (conversation.n !== undefined && conversation.n > 1) lost("n");
  if (conversation.logprobs === true || conversation.topLogprobs !== undefined) lost("logprobs");
}

function writeLimit({ maxTokens }: Conversation, target: EncodeTarget, body: Record<string, Json>): void {
  if (maxTokens === undefined) return;
  const field = target.quirks.includes("max-completion-tokens") ? "max_completion_tokens" : "max_tokens";
  body[field] = target.maxOutput === undefined ? maxTokens : Math.min(maxTokens, target.maxOutput);
}

function writeStop(
  { stop }: Conversation,
  fixed: boolean,
  body: Record<string, Json>,
  lost: (name: string) => void,
): void {
  if (stop === undefined || stop.length === 0) return;
  if (fixed || stop.length > MOST_STOPS) lost("stop");
  if (!fixed) body.stop = stop.slice(0, MOST_STOPS);
}

/** https://platform.openai.com/docs/guides/structured-outputs */
function writeFormat(
  format: OutputFormat | undefined,
  quirks: readonly string[],
  body: Record<string, Json>,
): void {
  if (format?.type === "json") body.response_format = { type: "json_object" };
  if (format?.type !== "json_schema") return;
  const { name, description, strict } = format;
  body.response_format = {
    type: "json_schema",
    json_schema: {
      name: name ?? "answer",
      ...(description === undefined ? {} : { description }),
      schema: cleanSchema(format.schema, quirks),
      ...(strict === undefined ? {} : { strict }),
    },
  };
}

/** What concerns the account: tier, storage, metadata (which OpenAI takes for stored answers only). */
function writeAccount(
  { serviceTier, store, metadata }: Conversation,
  strict: boolean,
  body: Record<string, Json>,
  lost: (name: string) => void,
): void {
  if (serviceTier !== undefined) {
    const tier = SERVICE_TIERS[serviceTier];
    if (tier === undefined || strict) lost("service_tier");
    else if (tier !== "auto") body.service_tier = tier;
  }
  if (store === true) {
    if (strict) lost("store");
    else body.store = true;
  }
  if (metadata === undefined) return;
  if (store === true && !strict) body.metadata = metadata;
  else lost("metadata");
}
