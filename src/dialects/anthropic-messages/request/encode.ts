/** A conversation as a Messages request. @see https://platform.claude.com/docs/en/api/messages */
import { own } from "../../../json/shape.ts";
import type { Conversation, Message } from "../../../model/conversation.ts";
import type { Json } from "../../../model/json.ts";
import type { Encoded, EncodeTarget } from "../../dialect.ts";
import { isLongEnough } from "../../shared/fit.ts";
import { cleanSchema, enforceableSchema } from "../../shared/json-schema.ts";
import { toolNames } from "../../shared/tool-names.ts";
import { type Block, type BlockRules, CacheMarks, textBlock } from "../content.ts";
import { encodeMessages, systemBlocks, type WireMessage } from "../messages.ts";
import { type ModelTraits, modelTraits } from "../models.ts";
import { encodeSignedThinking, encodeThinkingConfig, withThinking } from "../reasoning.ts";
import { encodeTools } from "../tools.ts";

/** The request for a target, and the names of the dropped fields. */
export function encodeRequest(conversation: Conversation, target: EncodeTarget): Encoded {
  const dropped = new Set<string>();
  const lost = (field: string) => void dropped.add(field);
  const traits = modelTraits(target.model);
  const marks = new CacheMarks(!target.quirks.includes("no-cache-control"));
  const names = toolNames(conversation.tools);
  const rules: BlockRules = {
    from: conversation.dialect,
    names,
    marks,
    thinking: (part) => encodeSignedThinking(part, target),
    lost,
  };

  const { tools, choice, forced } = encodeTools(conversation, { ...rules, target, traits });
  const maxTokens = encodeMaxTokens(conversation, target, traits, lost);
  const { thinking, effort, on } = encodeThinkingConfig(
    conversation,
    { target, traits, maxTokens, forced, lost },
  );
  const { format, instruction } = encodeFormat(conversation, target, traits, lost);

  const [leading, rest] = splitSystem(conversation.messages);
  const system = leading.flatMap(({ parts }) => systemBlocks(parts, rules));
  if (instruction !== undefined) system.push(textBlock(instruction));
  const messages = encodeMessages(rest, {
    ...rules,
    laterSystem: traits.laterSystem && !target.quirks.includes("system-first-only"),
    prefill: traits.prefill && !on,
  });

  const body: Record<string, Json> = { model: target.model, max_tokens: maxTokens };
  if (system.length > 0) body.system = system;
  if (tools !== undefined) body.tools = tools;
  if (choice !== undefined) body.tool_choice = choice;
  if (thinking !== undefined) body.thinking = thinking;
  if (effort !== undefined || format !== undefined) {
    body.output_config = { ...(effort !== undefined && { effort }), ...(format !== undefined && { format }) };
  }
  Object.assign(body, encodeSampling(conversation, traits, on, lost), encodeRest(conversation, target, lost));
  body.messages = withThinking(messages, body, target);
  if (conversation.stream) body.stream = true;
  reportNoPlace(conversation, lost);
  const unthinking = conversation.reasoning?.enabled === true && !on;
  for (const [field, value] of Object.entries(conversation.extensions)) {
    const idle = field === "context_management" && unthinking; // clearing thinking is refused without any
    if (conversation.dialect === "anthropic-messages" && !idle) body[field] = value;
    else lost(field);
  }

  if (cachesItself(conversation) && isLongEnough(target)) {
    const users = messages.filter(({ role }) => role === "user").slice(-2);
    marks.markEnds([tools?.findLast(isLoaded), system.findLast(isMarkable), ...users.map(lastBlock)]);
  }
  marks.limit();
  if (marks.seen > 0 && !marks.allowed) lost("cache_control");
  return { body, dropped: [...dropped] };
}

/** System and developer messages before the first other one. */
function splitSystem(messages: readonly Message[]): readonly [readonly Message[], readonly Message[]] {
  const at = messages.findIndex(({ role }) => role !== "system" && role !== "developer");
  return at === -1 ? [messages, []] : [messages.slice(0, at), messages.slice(at)];
}

/**
 * Agents of OpenAI's dialects rely on caching that needs no marks; without any, every step of their loop would pay
 * for the whole conversation again. A single question without tools is not worth a cache write.
 */
function cachesItself({ dialect, tools, promptCacheKey }: Conversation): boolean {
  return dialect !== "anthropic-messages" && (tools.length > 0 || promptCacheKey !== undefined);
}

/** The last block that may carry a mark. */
function lastBlock({ content }: WireMessage): Block | undefined {
  return content.findLast(isMarkable);
}

/** https://platform.claude.com/docs/en/build-with-claude/prompt-caching#what-cannot-be-cached */
function isMarkable({ type, text }: Block): boolean {
  return type !== "thinking" && type !== "redacted_thinking" && (type !== "text" || text !== "");
}

/** Tools that are loaded when they are searched for are not a part of the cached beginning. */
function isLoaded({ defer_loading }: Block): boolean {
  return defer_loading !== true;
}

// The settings of a request: everything except its messages and tools.

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

/** Temperature and its like. Values that change nothing are dropped silently where they are refused. */
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
function encodeFormat(
  { dialect, outputFormat: format }: Conversation,
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
function encodeRest(
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
    const tier = strict ? undefined : own(TIERS, serviceTier);
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

/** Reports the fields that have no place here. Values that ask for nothing are not reported. */
function reportNoPlace(conversation: Conversation, lost: (field: string) => void): void {
  for (const [field, name] of NO_PLACE) {
    const value = conversation[field];
    if (value !== undefined && value !== null && value !== false && value !== 0) lost(name);
  }
  if (conversation.n !== undefined && conversation.n > 1) lost("n");
}
