/** A request as a conversation (https://platform.openai.com/docs/api-reference/responses/create). */
import { isRecord, limitOf, listOf, stringOf } from "../../../json/shape.ts";
import type { Conversation, Message, OutputFormat, ServerTool, Tool } from "../../../model/conversation.ts";
import type { Json } from "../../../model/json.ts";
import { bodyObject, UnsupportedRequest } from "../../dialect.ts";
import { decodeMessages } from "../messages.ts";
import { decodeReasoningSettings, INCLUDE_ENCRYPTED } from "../reasoning.ts";
import { decodeToolChoice, decodeTools } from "../tools.ts";

type Draft = { -readonly [key in keyof Conversation]: Conversation[key] };

type Body = Record<string, Json>;

/** Fields that need a server with a memory, with what to do instead. */
const STATEFUL: readonly (readonly [field: string, message: string])[] = [
  [
    "previous_response_id",
    "needs the server that gave the earlier answer; send the whole conversation as `input`",
  ],
  ["conversation", "needs the server that keeps the conversation; send the whole conversation as `input`"],
  ["prompt", "needs the server that keeps the prompt template; send its text as `instructions` or `input`"],
  ["background", "needs a server that keeps the answer; send the request without it"],
];

/** Fields that the neutral form has under another name, with how they are read. */
const FIELDS: Readonly<Record<string, (value: Json, into: Draft) => void>> = {
  max_output_tokens: (value, into) => number(into, "maxTokens", limitOf(value)),
  temperature: (value, into) => number(into, "temperature", value),
  top_p: (value, into) => number(into, "topP", value),
  top_logprobs: (value, into) => number(into, "topLogprobs", value),
  parallel_tool_calls: (value, into) => {
    if (typeof value === "boolean") into.parallelToolCalls = value;
  },
  store: (value, into) => {
    if (typeof value === "boolean") into.store = value;
  },
  service_tier: (value, into) => text(into, "serviceTier", value),
  user: (value, into) => text(into, "user", value),
  safety_identifier: (value, into) => text(into, "safetyIdentifier", value),
  prompt_cache_key: (value, into) => text(into, "promptCacheKey", value),
  prompt_cache_retention: (value, into) => text(into, "promptCacheRetention", value),
  metadata: (value, into) => {
    if (isRecord(value) && Object.keys(value).length > 0) into.metadata = value;
  },
};

/** Fields that are decoded elsewhere, or that ask for the default. */
const DECODED: ReadonlySet<string> = new Set([
  "model",
  "stream",
  "stream_options",
  "input",
  "instructions",
  "tools",
  "tool_choice",
  "reasoning",
  "text",
  "include",
  ...STATEFUL.map(([field]) => field),
]);

/** The value that means "not set", by field. */
const DEFAULTS: Readonly<Record<string, Json>> = { truncation: "disabled" };

/**
 * The conversation of a request.
 * @throws UnsupportedRequest where the request needs a server that remembers.
 */
export function decodeRequest(json: Json): Conversation {
  const body = bodyObject(json);
  for (const [field, message] of STATEFUL) {
    const value = body[field];
    if (value !== undefined && value !== null && value !== false && value !== "") {
      throw new UnsupportedRequest(field, `\`${field}\` ${message}`);
    }
  }
  const tools: Tool[] = [];
  const serverTools: ServerTool[] = [];
  decodeTools(body.tools, { tools, serverTools });
  const settings: { reasoning: Json; format: Json } = {
    reasoning: body.reasoning,
    format: body.text?.format,
  };
  const messages = decodeMessages(body.input, {
    tools: (list) => decodeTools(list, { tools, serverTools }),
    update: (item) => {
      if (isRecord(item.reasoning)) settings.reasoning = { ...settings.reasoning, ...item.reasoning };
      if (isRecord(item.text) && isRecord(item.text.format)) settings.format = item.text.format;
    },
  });
  const instructions = stringOf(body.instructions);
  const system: Message[] = instructions === undefined
    ? []
    : [{ role: "system", parts: [{ type: "text", text: instructions }] }];
  const draft: Draft = {
    dialect: "openai-responses",
    model: stringOf(body.model) ?? "",
    stream: body.stream === true,
    messages: system.length === 0 ? messages : [...system, ...messages],
    tools,
    serverTools,
    extensions: extensionsOf(body),
  };
  for (const key of Object.keys(body)) {
    if (Object.hasOwn(FIELDS, key) && body[key] !== null) FIELDS[key]!(body[key], draft);
  }
  decodeGrouped(body, settings, draft);
  return draft;
}

/** Fields that hold several settings. */
function decodeGrouped(body: Body, settings: { reasoning: Json; format: Json }, draft: Draft): void {
  const include: readonly Json[] = listOf(body.include);
  const reasoning = decodeReasoningSettings(settings.reasoning, include.includes(INCLUDE_ENCRYPTED));
  if (reasoning !== undefined) draft.reasoning = reasoning;
  if (include.includes("message.output_text.logprobs")) draft.logprobs = true;
  const format = decodeFormat(settings.format);
  if (format !== undefined) draft.outputFormat = format;
  text(draft, "verbosity", body.text?.verbosity);
  const choice = decodeToolChoice(body.tool_choice);
  if (choice !== undefined) draft.toolChoice = choice;
}

/** Everything else, as it came. */
function extensionsOf(body: Body): Record<string, Json> {
  const extensions: Record<string, Json> = {};
  for (const [key, value] of Object.entries(body)) {
    if (value === null || value === undefined || DECODED.has(key) || Object.hasOwn(FIELDS, key)) continue;
    if (value !== DEFAULTS[key]) extensions[key] = value;
  }
  // A choice of a tool that the provider runs.
  if (isRecord(body.tool_choice) && decodeToolChoice(body.tool_choice) === undefined) {
    extensions.tool_choice = body.tool_choice;
  }
  const { effort: _effort, summary: _summary, generate_summary: _old, ...more } = isRecord(body.reasoning)
    ? body.reasoning
    : {} as Body;
  for (const [key, value] of Object.entries(more)) if (value !== null) extensions[`reasoning.${key}`] = value;
  return extensions;
}

function number<K extends "maxTokens" | "temperature" | "topP" | "topLogprobs">(
  into: Draft,
  key: K,
  value: Json,
): void {
  if (typeof value === "number") into[key] = value;
}

function text<
  K extends
    | "serviceTier"
    | "user"
    | "safetyIdentifier"
    | "promptCacheKey"
    | "promptCacheRetention"
    | "verbosity",
>(into: Draft, key: K, value: Json): void {
  if (typeof value === "string" && value !== "") into[key] = value;
}

/** The form; undefined for plain text. */
function decodeFormat(format: Json): OutputFormat | undefined {
  if (!isRecord(format)) return undefined;
  if (format.type === "json_object") return { type: "json" };
  if (format.type !== "json_schema") return undefined;
  const name = stringOf(format.name);
  const description = stringOf(format.description);
  return {
    type: "json_schema",
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    schema: format.schema,
    ...(format.strict === true ? { strict: true } : {}),
  };
}
