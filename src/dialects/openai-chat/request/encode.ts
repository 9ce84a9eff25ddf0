/** A conversation as a Chat request (https://platform.openai.com/docs/api-reference/chat/create) for one provider. */
import { own } from "../../../json/shape.ts";
import type { Conversation, OutputFormat } from "../../../model/conversation.ts";
import type { Json } from "../../../model/json.ts";
import type { Encoded, EncodeTarget } from "../../dialect.ts";
import { cleanSchema } from "../../shared/json-schema.ts";
import { LONGEST_USER, SERVICE_TIERS } from "../../shared/openai.ts";
import { toolNames } from "../../shared/tool-names.ts";
import { callId } from "../calls.ts";
import { fitMessages } from "../history.ts";
import { encodeMessages, type MessageRules } from "../messages.ts";
import { encodeReasoningSettings } from "../reasoning.ts";
import { encodeToolChoice, encodeTools } from "../tools.ts";

/** The request, and the names of the dropped fields. */
export function encodeRequest(conversation: Conversation, target: EncodeTarget): Encoded {
  const dropped = new Set<string>();
  const lost = (name: string) => void dropped.add(name);
  const names = toolNames(conversation.tools);
  const rules = messageRules(target, lost, names.wire);
  const body: Record<string, Json> = {
    model: target.model,
    messages: encodeMessages(conversation.messages, rules),
  };
  if (conversation.stream) {
    body.stream = true;
    if (!target.quirks.includes("no-stream-options")) body.stream_options = { include_usage: true };
  }
  const { choice, tools } = encodeToolChoice(conversation.toolChoice, conversation.tools, names);
  const list: Json[] = encodeTools(tools, {
    ...rules,
    names,
    schema: (schema) => cleanSchema(schema, target.quirks),
  });
  for (const tool of conversation.serverTools) {
    if (tool.dialect === "openai-chat") list.push(tool.value);
    else lost(tool.name);
  }
  if (list.length > 0) {
    body.tools = list;
    if (choice !== undefined) body.tool_choice = choice;
    if (conversation.parallelToolCalls !== undefined) {
      body.parallel_tool_calls = conversation.parallelToolCalls;
    }
  }
  encodeSettings(conversation, target, body, lost);
  body.messages = fitMessages(body.messages, body, target, lost);
  for (const [key, value] of Object.entries(conversation.extensions)) {
    if (conversation.dialect === "openai-chat") body[key] = value;
    else lost(key);
  }
  return { body, dropped: [...dropped] };
}

function messageRules(
  { quirks }: EncodeTarget,
  lost: (name: string) => void,
  name: MessageRules["name"],
): MessageRules {
  const shortIds = quirks.includes("short-call-ids");
  return {
    lost,
    name,
    callId: (id) => callId(id, shortIds),
    cacheMarks: !quirks.includes("no-cache-control"),
    files: !quirks.includes("no-files"),
    fileUrls: quirks.includes("file-urls"),
    developer: !quirks.includes("no-developer-role"),
    systemFirst: quirks.includes("system-first-only"),
    reasoning: quirks.includes("reasoning-details")
      ? "details"
      : quirks.includes("reasoning-content")
      ? "content"
      : "none",
    names: !quirks.includes("strict-fields"),
  };
}

// A conversation's settings as fields of a Chat request, from tables of the providers that take each.

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

/** More stop sequences than this are refused. */
const MOST_STOPS = 4;

/** Writes the settings into a body. `lost` receives the name of each dropped field. */
function encodeSettings(
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
  encodeLimit(conversation, target, body);
  encodeStops(conversation, fixed, body, lost);
  encodeFormat(conversation.outputFormat, quirks, body);
  encodeReasoningSettings(conversation, target, body, lost);
  encodeAccount(conversation, strict, body, lost);
  // Answers carry one choice, and no probabilities.
  if (conversation.n !== undefined && conversation.n > 1) lost("n");
  if (conversation.logprobs === true || conversation.topLogprobs !== undefined) lost("logprobs");
}

function encodeLimit({ maxTokens }: Conversation, target: EncodeTarget, body: Record<string, Json>): void {
  if (maxTokens === undefined) return;
  const field = target.quirks.includes("max-completion-tokens") ? "max_completion_tokens" : "max_tokens";
  body[field] = target.maxOutput === undefined ? maxTokens : Math.min(maxTokens, target.maxOutput);
}

function encodeStops(
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
function encodeFormat(
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
function encodeAccount(
  { serviceTier, store, metadata }: Conversation,
  strict: boolean,
  body: Record<string, Json>,
  lost: (name: string) => void,
): void {
  if (serviceTier !== undefined) {
    const tier = own(SERVICE_TIERS, serviceTier);
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
