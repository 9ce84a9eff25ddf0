/** Everything of a request but its messages and tools, as a provider of this dialect takes it. */
import type { Conversation, OutputFormat } from "../../model/conversation.ts";
import type { EncodeTarget } from "../dialect.ts";
import type { Json } from "../../model/json.ts";
import { cleanSchema, enforceableSchema } from "../shared/json-schema.ts";
import type { ModelTraits } from "./models.ts";

/** The limit on output where neither client nor model has one. */
const DEFAULT_MAX_TOKENS = 32_000;
/** The limit for clients that set none: an answer that runs away ends somewhere, long before most models' own limit. */
const MOST_UNASKED = 64_000;

/** `max_tokens`, which this dialect requires. */
export function encodeMaxTokens(
  { maxTokens }: Conversation,
  target: EncodeTarget,
  traits: ModelTraits,
  lost: (field: string) => void,
): number {
  const limit = target.maxOutput ?? traits.maxOutput;
  if (maxTokens === undefined) return Math.min(limit ?? DEFAULT_MAX_TOKENS, MOST_UNASKED);
  if (limit === undefined || maxTokens <= limit) return maxTokens;
  lost("max_tokens"); // more than the model can would be refused
  return limit;
}

/** Temperature and its like. Values that change nothing are left out where they are refused, without a word. */
export function encodeSampling(
  { temperature, topP, topK }: Conversation,
  traits: ModelTraits,
  thinking: boolean,
  lost: (field: string) => void,
): Record<string, Json> {
  const body: Record<string, Json> = {};
  const none = traits.sampling === "none";
  if (temperature !== undefined) {
    if (!none && !thinking) body.temperature = Math.min(Math.max(temperature, 0), 1); // OpenAI's goes to 2
    else if (temperature !== 1) lost("temperature");
  }
  if (topP !== undefined) {
    const beside = body.temperature !== undefined && traits.sampling === "one";
    // https://platform.claude.com/docs/en/build-with-claude/extended-thinking#feature-compatibility
    if (!none && !beside && (!thinking || topP >= 0.95)) body.top_p = topP;
    else if (topP !== 1) lost("top_p");
  }
  if (topK !== undefined) {
    if (none || thinking) lost("top_k");
    else body.top_k = topK;
  }
  return body;
}

/** What an output format becomes: a field, or words for a model that knows no such field. */
export interface WireFormat {
  readonly format?: Json;
  readonly instruction?: string;
}

/** The output format. */
export function encodeFormat(
  format: OutputFormat | undefined,
  { dialect }: Conversation,
  target: EncodeTarget,
  traits: ModelTraits,
  lost: (field: string) => void,
): WireFormat {
  if (format === undefined || format.type === "text") return {};
  if (format.type === "json") {
    lost("response_format");
    return { instruction: "Answer with one JSON object and nothing else." };
  }
  const clean = cleanSchema(format.schema, target.quirks);
  if (traits.structured) {
    return {
      format: {
        type: "json_schema",
        schema: dialect === "anthropic-messages" ? clean : enforceableSchema(clean),
      },
    };
  }
  lost("structured_output");
  return {
    instruction: "Answer with nothing but JSON that matches this JSON Schema:\n" + JSON.stringify(clean),
  };
}

/** OpenAI's words for service tiers, in this dialect's. */
const TIERS: Readonly<Record<string, string>> = {
  auto: "auto",
  priority: "auto",
  default: "standard_only",
  standard: "standard_only",
};

/** Stop sequences, tier and user. */
export function encodeRest(
  conversation: Conversation,
  { quirks }: EncodeTarget,
  lost: (field: string) => void,
): Record<string, Json> {
  const { stop, serviceTier, user, safetyIdentifier } = conversation;
  const body: Record<string, Json> = {};
  const sequences = stop?.filter((text) => /\S/.test(text)) ?? []; // blank ones are refused
  if (sequences.length < (stop?.length ?? 0)) lost("stop");
  if (sequences.length > 0) body.stop_sequences = sequences;
  const strict = quirks.includes("strict-fields");
  if (serviceTier !== undefined) {
    const tier = strict ? undefined : TIERS[serviceTier];
    if (tier === undefined) lost("service_tier");
    else body.service_tier = tier;
  }
  const id = user ?? safetyIdentifier;
  if (id !== undefined) {
    if (strict) lost("user");
    else body.metadata = { user_id: id };
  }
  return body;
}

/** Neutral fields that have no place in this dialect, with the names that clients know them by. */
const NO_PLACE: readonly (readonly [field: keyof Conversation, name: string])[] = [
  ["minP", "min_p"],
  ["seed", "seed"],
  ["frequencyPenalty", "frequency_penalty"],
  ["presencePenalty", "presence_penalty"],
  ["logitBias", "logit_bias"],
  ["logprobs", "logprobs"],
  ["topLogprobs", "top_logprobs"],
  ["verbosity", "verbosity"],
  ["metadata", "metadata"],
  ["promptCacheRetention", "prompt_cache_retention"],
  ["store", "store"],
];

/** Names what is left out of a request for want of a place. Values that ask for nothing are not missed. */
export function reportNoPlace(conversation: Conversation, lost: (field: string) => void): void {
  for (const [field, name] of NO_PLACE) {
    const value = conversation[field];
    if (value !== undefined && value !== null && value !== false && value !== 0) lost(name);
  }
  if (conversation.n !== undefined && conversation.n > 1) lost("n");
}
