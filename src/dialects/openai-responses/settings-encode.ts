/** A conversation's settings as top-level fields of a request, and the tables of what this dialect has no field for. */
import type { Conversation } from "../../model/conversation.ts";
import type { EncodeTarget } from "../dialect.ts";
import type { Json } from "../../model/json.ts";
import { cleanSchema } from "../shared/json-schema.ts";
import { INCLUDE_ENCRYPTED, writeReasoningSettings } from "./reasoning.ts";
import { writeFormat } from "./text-format.ts";

/** Settings without a field here, by the name under which they are reported. */
const NO_FIELD: readonly (readonly [setting: keyof Conversation, name: string])[] = [
  ["topK", "top_k"],
  ["minP", "min_p"],
  ["stop", "stop"],
  ["seed", "seed"],
  ["frequencyPenalty", "frequency_penalty"],
  ["presencePenalty", "presence_penalty"],
  ["logitBias", "logit_bias"],
];

/** Settings that go out as they are. `openai`: only OpenAI knows the field. */
const AS_IS: readonly (readonly [setting: keyof Conversation, field: string, knownTo: "all" | "openai"])[] = [
  ["metadata", "metadata", "openai"],
  ["safetyIdentifier", "safety_identifier", "openai"],
  ["promptCacheKey", "prompt_cache_key", "openai"],
  ["promptCacheRetention", "prompt_cache_retention", "openai"],
];

/** Other dialects' words for a service tier. */
const SERVICE_TIERS: Readonly<Record<string, string>> = {
  auto: "auto",
  default: "default",
  standard: "default",
  standard_only: "default",
  flex: "flex",
  scale: "scale",
  priority: "priority",
  fast: "fast",
  ultrafast: "ultrafast",
};

/** OpenAI refuses limits below this. */
const LEAST_OUTPUT = 16;
/** OpenAI refuses a longer `user`; Claude Code's is about 150 characters. */
const LONGEST_USER = 64;

/** Writes the settings into a body. `lost` is told what is left out. */
export function writeSettings(
  conversation: Conversation,
  target: EncodeTarget,
  body: Record<string, Json>,
  lost: (name: string) => void,
): void {
  const strict = target.quirks.includes("strict-fields");
  for (const [setting, name] of NO_FIELD) if (conversation[setting] !== undefined) lost(name);
  if (conversation.n !== undefined && conversation.n > 1) lost("n");
  if (conversation.logprobs === true || conversation.topLogprobs !== undefined) lost("logprobs");
  if (conversation.store === true) lost("store");
  for (const [setting, field, knownTo] of AS_IS) {
    if (conversation[setting] === undefined) continue;
    if (strict && knownTo === "openai") lost(field);
    else body[field] = conversation[setting];
  }
  if (conversation.maxTokens !== undefined) {
    body.max_output_tokens = limit(conversation.maxTokens, target.maxOutput);
  }
  if (conversation.user !== undefined) body.user = conversation.user.slice(0, LONGEST_USER);
  if (conversation.serviceTier !== undefined) {
    const tier = SERVICE_TIERS[conversation.serviceTier];
    if (tier === undefined || strict) lost("service_tier");
    else body.service_tier = tier;
  }
  writeSampling(conversation, target, body, lost);
  writeReasoning(conversation, target, body, strict, lost);
  writeText(conversation, target, body, strict, lost);
}

function limit(asked: number, most: number | undefined): number {
  return Math.max(LEAST_OUTPUT, most === undefined ? asked : Math.min(asked, most));
}

function writeSampling(
  { temperature, topP, reasoning }: Conversation,
  target: EncodeTarget,
  body: Record<string, Json>,
  lost: (name: string) => void,
): void {
  const fixed = target.reasoning === true && reasoning?.effort !== "none" &&
    target.quirks.includes("fixed-sampling");
  if (temperature !== undefined) {
    if (fixed) lost("temperature");
    // Anthropic ends at 1, this dialect at 2.
    else body.temperature = temperature;
  }
  if (topP !== undefined) {
    if (fixed) lost("top_p");
    else body.top_p = topP;
  }
}

function writeReasoning(
  { reasoning }: Conversation,
  target: EncodeTarget,
  body: Record<string, Json>,
  strict: boolean,
  lost: (name: string) => void,
): void {
  const asked = reasoning !== undefined && reasoning.enabled !== false;
  if (target.reasoning === false) {
    if (asked && (reasoning.enabled === true || reasoning.effort !== undefined)) lost("reasoning");
    return;
  }
  const settings = reasoning === undefined ? undefined : writeReasoningSettings(reasoning);
  if (settings !== undefined) body.reasoning = settings;
  // Stateless: the reasoning must come back with the next request, so it must be given out.
  if ((asked || target.reasoning === true) && !strict) body.include = [INCLUDE_ENCRYPTED];
}

function writeText(
  { outputFormat, verbosity }: Conversation,
  target: EncodeTarget,
  body: Record<string, Json>,
  strict: boolean,
  lost: (name: string) => void,
): void {
  const text: Record<string, Json> = {};
  if (outputFormat !== undefined) {
    text.format = writeFormat(outputFormat, (schema) => cleanSchema(schema, target.quirks));
  }
  if (verbosity !== undefined) {
    if (strict) lost("verbosity");
    else text.verbosity = verbosity;
  }
  if (Object.keys(text).length > 0) body.text = text;
}
