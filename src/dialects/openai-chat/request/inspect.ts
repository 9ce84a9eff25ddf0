/** What routing reads of an OpenAI Chat Completions request. @see https://platform.openai.com/docs/api-reference/chat */
import { clientFacts } from "../../../clients/recognise.ts";
import { isRecord, limitOf, listOf, schemaKeys, stringOf } from "../../../json/shape.ts";
import type { Json } from "../../../model/json.ts";
import type { HeaderMap, MessageFacts, RequestFacts } from "../../../model/request-facts.ts";
import { MediaTally } from "../../shared/media-tally.ts";
import { serverToolName } from "../../shared/server-tools.ts";

const ROLES: Readonly<Record<string, MessageFacts["role"]>> = {
  system: "system",
  developer: "developer",
  user: "user",
  assistant: "assistant",
  tool: "tool",
  function: "tool",
};

/**
 * The facts of a parsed body; never throws. System and developer messages ahead of the conversation are in `system` as
 * well as, in their place, in `messages`.
 *
 * @param size bytes of the body.
 */
export function inspectOpenAiChat(
  body: Json,
  headers: HeaderMap,
  size: number,
  operation: RequestFacts["operation"] = "generate",
): RequestFacts {
  const asked: Record<string, Json> = isRecord(body) ? body : {};
  const media = new MediaTally();
  const messages: MessageFacts[] = [];
  const system: string[] = [];
  let leading = true;
  for (const message of listOf(asked.messages)) {
    if (!isRecord(message)) continue;
    const name = message.role;
    // A role that nobody knows is not the user's.
    const role = typeof name === "string" && Object.hasOwn(ROLES, name) ? ROLES[name]! : "system";
    const texts = textsOf(message.content, media);
    leading &&= role === "system" || role === "developer";
    if (leading) { for (const text of texts) system.push(text); }
    messages.push({ role, texts });
  }

  const format = isRecord(asked.response_format) ? asked.response_format : {};
  const schema = isRecord(format.json_schema) ? format.json_schema.schema : undefined;
  return {
    dialect: "openai-chat",
    operation,
    model: stringOf(asked.model) ?? "",
    stream: asked.stream === true,
    system,
    messages,
    hasImages: media.hasImages,
    hasDocuments: media.hasDocuments,
    ...toolFacts(asked),
    structuredOutput: format.type === "json_schema" || format.type === "json_object",
    outputKeys: schemaKeys(schema),
    thinking: thinks(asked),
    approxTokens: media.tokens(size),
    maxOutputTokens: limitOf(asked.max_completion_tokens, asked.max_tokens),
    ...clientFacts(asked, headers, system, messages),
  };
}

function textsOf(content: unknown, media: MediaTally): readonly string[] {
  if (typeof content === "string") return [content];
  const texts: string[] = [];
  for (const part of listOf(content)) {
    if (!isRecord(part)) continue;
    if (typeof part.text === "string") texts.push(part.text);
    else if (part.type === "image_url") media.image(urlOf(part.image_url));
    else if (part.type === "file") media.document(isRecord(part.file) ? part.file.file_data : undefined);
    else if (part.type === "input_audio") {
      media.audio(isRecord(part.input_audio) ? part.input_audio.data : undefined);
    }
  }
  return texts;
}

function urlOf(image: unknown): unknown {
  return isRecord(image) ? image.url : image;
}

/** `reasoning_effort`, or OpenRouter's `reasoning`, unless it says none. */
function thinks(asked: Record<string, Json>): boolean {
  const effort = stringOf(asked.reasoning_effort);
  if (effort !== undefined) return effort !== "none";
  return isRecord(asked.reasoning) && asked.reasoning.enabled !== false && asked.reasoning.effort !== "none";
}

function toolFacts(
  asked: Record<string, Json>,
): Pick<RequestFacts, "toolCount" | "serverTools" | "forcedServerTool"> {
  const tools = listOf(asked.tools);
  const serverTools: string[] = [];
  for (const tool of tools) {
    const name = isRecord(tool) ? serverToolName(tool.type) : undefined;
    if (name !== undefined) serverTools.push(name);
  }
  const choice = asked.tool_choice;
  let forcedServerTool = isRecord(choice) ? serverToolName(choice.type) : undefined;
  if (choice === "required" && tools.length === 1) forcedServerTool = serverTools[0];
  if (searches(asked)) {
    serverTools.push("web_search");
    forcedServerTool = "web_search";
  }
  return { toolCount: tools.length || listOf(asked.functions).length, serverTools, forcedServerTool };
}

/** Providers switch searching on outside of the tools; where it is on, it always runs. */
function searches(asked: Record<string, Json>): boolean {
  return isRecord(asked.web_search_options) ||
    (isRecord(asked.search_parameters) && asked.search_parameters.mode === "on") ||
    listOf(asked.plugins).some((plugin) =>
      isRecord(plugin) && plugin.id === "web" && plugin.enabled !== false
    );
}
