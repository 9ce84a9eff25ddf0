/** A Chat request (https://platform.openai.com/docs/api-reference/chat/create) as a conversation. */
import { isRecord, limitOf, listOf, stringOf } from "../../../json/shape.ts";
import type { Conversation, OutputFormat } from "../../../model/conversation.ts";
import type { Json } from "../../../model/json.ts";
import { bodyObject, UnsupportedRequest } from "../../dialect.ts";
import { decodeMessages } from "../messages.ts";
import { decodeReasoningSettings } from "../reasoning.ts";
import { decodeToolChoice, decodeTools } from "../tools.ts";

type Draft = { -readonly [key in keyof Conversation]: Conversation[key] };

type Body = Record<string, Json>;

type Decode = (value: Json) => Json;

const asNumber: Decode = (value) => typeof value === "number" ? value : undefined;

const asBoolean: Decode = (value) => typeof value === "boolean" ? value : undefined;

const asObject: Decode = (value) => isRecord(value) && Object.keys(value).length > 0 ? value : undefined;

/** Fields with a setting of their own. */
const FIELDS: Readonly<Record<string, readonly [setting: keyof Draft, read: Decode]>> = {
  temperature: ["temperature", asNumber],
  top_p: ["topP", asNumber],
  top_k: ["topK", asNumber],
  min_p: ["minP", asNumber],
  seed: ["seed", asNumber],
  n: ["n", asNumber],
  frequency_penalty: ["frequencyPenalty", asNumber],
  presence_penalty: ["presencePenalty", asNumber],
  logit_bias: ["logitBias", asObject],
  logprobs: ["logprobs", asBoolean],
  top_logprobs: ["topLogprobs", asNumber],
  verbosity: ["verbosity", stringOf],
  service_tier: ["serviceTier", stringOf],
  metadata: ["metadata", asObject],
  user: ["user", stringOf],
  prompt_cache_key: ["promptCacheKey", stringOf],
  prompt_cache_retention: ["promptCacheRetention", stringOf],
  safety_identifier: ["safetyIdentifier", stringOf],
  store: ["store", asBoolean],
  parallel_tool_calls: ["parallelToolCalls", asBoolean],
  response_format: ["outputFormat", decodeFormat],
};

/** Fields that are decoded together with others, or that ask for the default. */
const DECODED: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "stream",
  "stream_options",
  "tools",
  "functions",
  "tool_choice",
  "function_call",
  "max_tokens",
  "max_completion_tokens",
  "stop",
  "reasoning_effort",
  "reasoning",
  "thinking",
  "modalities",
  "audio",
]);

/**
 * The conversation of a request.
 * @throws UnsupportedRequest where there is nothing to translate, or where the answer is to be audio.
 */
export function decodeRequest(json: Json): Conversation {
  const body = bodyObject(json);
  if (!Array.isArray(body.messages)) {
    throw new UnsupportedRequest("messages", "`messages` must be a list of messages");
  }
  if (listOf(body.modalities).some((kind) => kind !== "text")) {
    throw new UnsupportedRequest(
      "modalities",
      "only text answers can be had from a provider of another dialect",
    );
  }
  const draft: Draft = {
    dialect: "openai-chat",
    model: stringOf(body.model) ?? "",
    stream: body.stream === true,
    messages: decodeMessages(body.messages),
    ...decodeTools(body),
    extensions: extensionsOf(body),
  };
  for (const key of Object.keys(body)) {
    if (!Object.hasOwn(FIELDS, key)) continue;
    const [setting, read] = FIELDS[key]!;
    const value = read(body[key]);
    if (value !== undefined) Object.assign(draft, { [setting]: value });
  }
  decodeTogether(body, draft);
  return draft;
}

function decodeTogether(body: Body, draft: Draft): void {
  const choice = decodeToolChoice(body);
  if (choice !== undefined) draft.toolChoice = choice;
  const limit = limitOf(body.max_completion_tokens, body.max_tokens);
  if (limit !== undefined) draft.maxTokens = limit;
  const stop = typeof body.stop === "string" ? [body.stop] : listOf(body.stop);
  const stops = stop.filter((sequence) => typeof sequence === "string" && sequence !== "");
  if (stops.length > 0) draft.stop = stops;
  const reasoning = decodeReasoningSettings(body);
  if (reasoning !== undefined) draft.reasoning = reasoning;
  if (body.stream_options?.include_usage === true) draft.includeUsage = true;
  if (Array.isArray(body.functions) && !Array.isArray(body.tools)) draft.legacyFunctions = true;
}

function decodeFormat(format: Json): OutputFormat | undefined {
  if (!isRecord(format)) return undefined;
  if (format.type === "json_object") return { type: "json" };
  const asked = format.json_schema;
  if (format.type !== "json_schema" || !isRecord(asked)) return undefined;
  const name = stringOf(asked.name);
  const description = stringOf(asked.description);
  return {
    type: "json_schema",
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    // Some clients put the schema itself here.
    schema: isRecord(asked.schema) ? asked.schema : asked,
    ...(typeof asked.strict === "boolean" ? { strict: asked.strict } : {}),
  };
}

/** Everything else, as it came. */
function extensionsOf(body: Body): Record<string, Json> {
  const extensions: Record<string, Json> = {};
  for (const [key, value] of Object.entries(body)) {
    if (value === null || value === undefined || DECODED.has(key) || Object.hasOwn(FIELDS, key)) continue;
    extensions[key] = value;
  }
  return extensions;
}
