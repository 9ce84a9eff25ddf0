/** A conversation as a request of the Responses dialect: stateless, with everything in it. */
import { own } from "../../../json/shape.ts";
import type { ResponseFormatTextConfig } from "openai/resources/responses/responses";
import type { Conversation, Message, OutputFormat } from "../../../model/conversation.ts";
import type { Json } from "../../../model/json.ts";
import type { Encoded, EncodeTarget } from "../../dialect.ts";
import { functionArguments } from "../../shared/client-tools.ts";
import { cleanSchema } from "../../shared/json-schema.ts";
import { LONGEST_USER, SERVICE_TIERS } from "../../shared/openai.ts";
import { type ToolNames, toolNames } from "../../shared/tool-names.ts";
import { fitInput } from "../history.ts";
import { encodeMessages, type InputRules } from "../messages.ts";
import { encodeReasoningInput, encodeReasoningSettings, INCLUDE_ENCRYPTED } from "../reasoning.ts";
import { encodeToolChoice, encodeTools, takesServerTool } from "../tools.ts";

/** The request for a target, and the names of the dropped fields. */
export function encodeRequest(conversation: Conversation, target: EncodeTarget): Encoded {
  const dropped = new Set<string>();
  const lost = (name: string) => void dropped.add(name);
  const names = toolNames(conversation.tools);
  const functionsOnly = isFunctionsOnly(target.quirks);
  const [instructions, messages] = splitInstructions(conversation.messages);
  const body: Record<string, Json> = { model: target.model, stream: conversation.stream };
  // Nothing is stored: the client has the whole conversation. Some copies refuse the field.
  if (!target.quirks.includes("strict-fields")) body.store = false;
  if (instructions !== undefined) body.instructions = instructions;
  body.input = fitInput(
    encodeMessages(messages, inputRules(target, names, functionsOnly, lost)),
    target,
    { lost },
  );
  if (hasCacheMarks(conversation)) lost("cache_control");
  Object.assign(body, encodeAllTools(conversation, target, names, lost));
  encodeSettings(conversation, target, body, lost);
  encodeExtensions(conversation, body, lost);
  return { body, dropped: [...dropped] };
}

/** Whether the provider knows no tools but functions. */
function isFunctionsOnly(quirks: readonly string[]): boolean {
  return quirks.includes("functions-only") || quirks.includes("strict-fields");
}

/** A system prompt of one text goes out as `instructions`; several texts stay apart in a message. */
function splitInstructions(messages: readonly Message[]): [string | undefined, readonly Message[]] {
  const [first] = messages;
  const [part] = first?.parts ?? [];
  if (first?.role !== "system" || first.parts.length !== 1 || part?.type !== "text") {
    return [undefined, messages];
  }
  return [part.text, messages.slice(1)];
}

function inputRules(
  target: EncodeTarget,
  names: ToolNames,
  functionsOnly: boolean,
  lost: (name: string) => void,
): InputRules {
  const { quirks } = target;
  const noDeveloper = quirks.includes("no-developer-role");
  const systemFirst = quirks.includes("system-first-only");
  let leading = true;
  return {
    lost,
    reasoning: (part) => encodeReasoningInput(part, target) as Record<string, Json> | undefined,
    call: (call) => {
      const { id, namespace, kind } = call;
      if (functionsOnly) {
        return { id, name: names.wire(call), kind: "function", arguments: functionArguments(call) };
      }
      const name = namespace === undefined && kind === "function" ? names.wire(call) : call.name;
      return { id, name, kind, arguments: call.arguments, ...(namespace === undefined ? {} : { namespace }) };
    },
    role: ({ role }) => {
      if (role !== "system" && role !== "developer") {
        leading = false;
        return role;
      }
      if (systemFirst && !leading) return "user";
      return noDeveloper ? "system" : role;
    },
  };
}

/** The fields that offer tools; none where there are no tools. */
function encodeAllTools(
  conversation: Conversation,
  target: EncodeTarget,
  names: ToolNames,
  lost: (name: string) => void,
): Record<string, Json> {
  const { quirks } = target;
  const { tools, serverTools, toolChoice, parallelToolCalls } = conversation;
  const functionsOnly = isFunctionsOnly(quirks);
  const list: Json[] = encodeTools(tools, {
    name: names.wire,
    schema: (schema) => cleanSchema(schema, quirks),
    functionsOnly,
  });
  for (const tool of serverTools) {
    const taken = !functionsOnly || takesServerTool(tool.value.type, target);
    if (tool.dialect === "openai-responses" && taken) list.push(tool.value);
    else lost(tool.name);
  }
  if (list.length === 0) return {};
  const body: Record<string, Json> = { tools: list };
  if (toolChoice !== undefined) {
    body.tool_choice = encodeToolChoice(toolChoice, tools, names.wire, functionsOnly);
  }
  if (parallelToolCalls !== undefined) body.parallel_tool_calls = parallelToolCalls;
  return body;
}

/** Fields that only the source dialect knows: kept for that dialect, else dropped. */
function encodeExtensions(
  { dialect, extensions }: Conversation,
  body: Record<string, Json>,
  lost: (name: string) => void,
): void {
  for (const [key, value] of Object.entries(extensions)) {
    if (dialect !== "openai-responses") lost(key);
    else if (!key.startsWith("reasoning.")) body[key] = value;
    else body.reasoning = { ...body.reasoning, [key.slice("reasoning.".length)]: value };
  }
}

function hasCacheMarks({ messages, tools }: Conversation): boolean {
  return messages.some(({ parts }) => parts.some((part) => "cache" in part && part.cache !== undefined)) ||
    tools.some((tool) => tool.cache !== undefined);
}

// A conversation's settings as top-level fields of a request, and the tables of what this dialect has no field for.

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

/** This dialect alone has the last one. */
const TIERS: Readonly<Record<string, string>> = { ...SERVICE_TIERS, ultrafast: "ultrafast" };

/** OpenAI refuses limits below this. */
const LEAST_OUTPUT = 16;

/** Writes the settings into a body. `lost` receives the name of each dropped field. */
function encodeSettings(
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
    const tier = own(TIERS, conversation.serviceTier);
    if (tier === undefined || strict) lost("service_tier");
    else body.service_tier = tier;
  }
  encodeSampling(conversation, target, body, lost);
  encodeReasoningFields(conversation, target, body, lost);
  encodeTextSettings(conversation, target, body, lost);
}

function limit(asked: number, most: number | undefined): number {
  return Math.max(LEAST_OUTPUT, most === undefined ? asked : Math.min(asked, most));
}

function encodeSampling(
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

function encodeReasoningFields(
  { reasoning }: Conversation,
  target: EncodeTarget,
  body: Record<string, Json>,
  lost: (name: string) => void,
): void {
  const asked = reasoning !== undefined && reasoning.enabled !== false;
  if (target.reasoning === false) {
    if (asked && (reasoning.enabled === true || reasoning.effort !== undefined)) lost("reasoning");
    return;
  }
  const settings = reasoning === undefined ? undefined : encodeReasoningSettings(reasoning);
  if (settings !== undefined) body.reasoning = settings;
  // Stateless: the reasoning must come back with the next request, so the answer must hold it.
  if ((asked || target.reasoning === true) && !target.quirks.includes("strict-fields")) {
    body.include = [INCLUDE_ENCRYPTED];
  }
}

function encodeTextSettings(
  { outputFormat, verbosity }: Conversation,
  target: EncodeTarget,
  body: Record<string, Json>,
  lost: (name: string) => void,
): void {
  const text: Record<string, Json> = {};
  if (outputFormat !== undefined) {
    text.format = encodeFormat(outputFormat, (schema) => cleanSchema(schema, target.quirks));
  }
  if (verbosity !== undefined) {
    if (target.quirks.includes("strict-fields")) lost("verbosity");
    else text.verbosity = verbosity;
  }
  if (Object.keys(text).length > 0) body.text = text;
}

// `text.format` of a request ⇄ the form that the answer must have.

/** The form for a provider. The name is required here and says nothing to the model. */
export function encodeFormat(format: OutputFormat, schema: (schema: Json) => Json): ResponseFormatTextConfig {
  if (format.type === "text") return { type: "text" };
  if (format.type === "json") return { type: "json_object" };
  return {
    type: "json_schema",
    name: format.name ?? "answer",
    ...(format.description === undefined ? {} : { description: format.description }),
    schema: schema(format.schema),
    ...(format.strict === true ? { strict: true } : {}),
  };
}
