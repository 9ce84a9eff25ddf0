/** What routing reads of an Anthropic Messages request. @see https://docs.anthropic.com/en/api/messages */
import { clientFacts } from "../../../clients/recognise.ts";
import { isRecord, limitOf, listOf, NO_TEXTS, schemaKeys, stringOf } from "../../../json/shape.ts";
import type { Json } from "../../../model/json.ts";
import type { HeaderMap, MessageFacts, RequestFacts } from "../../../model/request-facts.ts";
import { MediaTally } from "../../shared/media-tally.ts";
import { serverToolName } from "../../shared/server-tools.ts";

/**
 * The facts of a parsed body; never throws. A user message that holds tool results becomes a `tool` message, followed by
 * a `user` message where it holds text too.
 *
 * @param size bytes of the body.
 */
export function inspectAnthropicMessages(
  body: Json,
  headers: HeaderMap,
  size: number,
  operation: RequestFacts["operation"] = "generate",
): RequestFacts {
  const asked: Record<string, Json> = isRecord(body) ? body : {};
  const media = new MediaTally();
  const system = contentFacts(asked.system, media).texts;
  const messages: MessageFacts[] = [];
  for (const message of listOf(asked.messages)) if (isRecord(message)) pushMessage(messages, message, media);

  const output = isRecord(asked.output_config) ? asked.output_config : {};
  const format = isRecord(output.format)
    ? output.format
    : isRecord(asked.output_format)
    ? asked.output_format
    : {};
  const tools = toolFacts(asked);
  const thinking = isRecord(asked.thinking) ? asked.thinking.type : undefined;
  return {
    dialect: "anthropic-messages",
    operation,
    model: stringOf(asked.model) ?? "",
    stream: asked.stream === true,
    system,
    messages,
    hasImages: media.hasImages,
    hasDocuments: media.hasDocuments,
    ...tools,
    structuredOutput: format.type === "json_schema",
    outputKeys: schemaKeys(format.schema),
    thinking: thinking === "enabled" || thinking === "adaptive",
    approxTokens: media.tokens(size),
    maxOutputTokens: limitOf(asked.max_tokens),
    ...clientFacts(asked, headers, system, messages),
  };
}

function pushMessage(messages: MessageFacts[], message: Record<string, Json>, media: MediaTally): void {
  const { texts, results } = contentFacts(message.content, media);
  if (message.role === "user") {
    if (results) messages.push({ role: "tool", texts: NO_TEXTS });
    if (!results || texts.length > 0) messages.push({ role: "user", texts });
  } else {
    // A role that nobody knows is not the user's.
    messages.push({ role: message.role === "assistant" ? "assistant" : "system", texts });
  }
}

/** The texts of a content list (or string), and whether tool results stand among them. */
function contentFacts(content: unknown, media: MediaTally): { texts: readonly string[]; results: boolean } {
  if (typeof content === "string") return { texts: [content], results: false };
  const texts: string[] = [];
  let results = false;
  for (const block of listOf(content)) {
    if (!isRecord(block)) continue;
    if (block.type === "text") {
      if (typeof block.text === "string") texts.push(block.text);
    } else if (block.type === "image" || block.type === "document") {
      addMedia(block, media);
    } else if (typeof block.type === "string" && block.type.endsWith("tool_result")) {
      results = true;
      for (const part of listOf(block.content)) if (isRecord(part)) addMedia(part, media);
    }
  }
  return { texts, results };
}

function addMedia(block: Record<string, Json>, media: MediaTally): void {
  const source = isRecord(block.source) ? block.source : {};
  const data = source.type === "base64" ? source.data : undefined;
  if (block.type === "image") media.image(data);
  else if (block.type === "document") media.document(data);
}

function toolFacts(
  asked: Record<string, Json>,
): Pick<RequestFacts, "toolCount" | "serverTools" | "forcedServerTool"> {
  const tools = listOf(asked.tools);
  const serverTools: string[] = [];
  const choice = isRecord(asked.tool_choice) ? asked.tool_choice : {};
  let forcedServerTool: string | undefined;
  for (const tool of tools) {
    const name = isRecord(tool) ? serverToolName(tool.type) : undefined;
    if (name === undefined) continue;
    serverTools.push(name);
    // "any" with nothing else to choose from forces as well.
    const isForced = choice.type === "tool"
      ? choice.name === tool.name
      : choice.type === "any" && tools.length === 1;
    if (isForced) forcedServerTool = name;
  }
  return { toolCount: tools.length, serverTools, forcedServerTool };
}
