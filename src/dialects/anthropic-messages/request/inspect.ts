/** What routing reads of an Anthropic Messages request. @see https://docs.anthropic.com/en/api/messages */
import { firstText, isRecord, limitOf, listOf, NO_TEXTS, stringOf } from "../../../json/shape.ts";
import type { Json } from "../../../model/json.ts";
import type {
  HeaderMap,
  MessageFacts,
  RequestFacts,
  ToolCallFacts,
  ToolResultFacts,
} from "../../../model/request-facts.ts";
import { factsOf, type Findings, MediaTally } from "../../shared/inspect.ts";
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
  const findings: Findings = {
    dialect: "anthropic-messages",
    asked,
    system,
    messages,
    media,
    tools: toolFacts(asked),
    schema: format.schema,
    maxOutputTokens: limitOf(asked.max_tokens),
  };
  return factsOf(findings, headers, size, operation);
}

function pushMessage(messages: MessageFacts[], message: Record<string, Json>, media: MediaTally): void {
  const { texts, calls, results } = contentFacts(message.content, media);
  if (message.role === "user") {
    if (results !== undefined) messages.push({ role: "tool", texts: NO_TEXTS, results });
    if (results === undefined || texts.length > 0) messages.push({ role: "user", texts });
  } else {
    // An unknown role is not the user's.
    const role = message.role === "assistant" ? "assistant" : "system";
    messages.push(calls === undefined ? { role, texts } : { role, texts, calls });
  }
}

interface ContentFacts {
  readonly texts: readonly string[];
  readonly calls?: readonly ToolCallFacts[];
  readonly results?: readonly ToolResultFacts[];
}

/** The texts of a content list (or string), and the calls and results of tools in it. */
function contentFacts(content: unknown, media: MediaTally): ContentFacts {
  if (typeof content === "string") return { texts: [content] };
  const texts: string[] = [];
  let calls: ToolCallFacts[] | undefined;
  let results: ToolResultFacts[] | undefined;
  for (const block of listOf(content)) {
    if (!isRecord(block)) continue;
    if (block.type === "text") {
      if (typeof block.text === "string") texts.push(block.text);
    } else if (block.type === "image" || block.type === "document") {
      addMedia(block, media);
    } else if (typeof block.type === "string" && block.type.endsWith("tool_result")) {
      (results ??= []).push({
        id: stringOf(block.tool_use_id) ?? "",
        isError: block.is_error === true,
        text: firstText(block.content),
      });
      for (const part of listOf(block.content)) if (isRecord(part)) addMedia(part, media);
    } else if (typeof block.type === "string" && block.type.endsWith("tool_use")) {
      (calls ??= []).push({
        id: stringOf(block.id) ?? "",
        name: stringOf(block.name) ?? "",
        input: block.input,
      });
    }
  }
  return { texts, calls, results };
}

function addMedia(block: Record<string, Json>, media: MediaTally): void {
  const source = isRecord(block.source) ? block.source : {};
  const data = source.type === "base64" ? source.data : undefined;
  if (block.type === "image") media.image(data);
  else if (block.type === "document") media.document(data);
}

function toolFacts(
  asked: Record<string, Json>,
): Pick<RequestFacts, "toolCount" | "toolNames" | "serverTools" | "forcedServerTool"> {
  const tools = listOf(asked.tools);
  const toolNames: string[] = [];
  const serverTools: string[] = [];
  const choice = isRecord(asked.tool_choice) ? asked.tool_choice : {};
  let forcedServerTool: string | undefined;
  for (const tool of tools) {
    if (!isRecord(tool)) continue;
    const name = serverToolName(tool.type);
    toolNames.push(stringOf(tool.name) ?? name ?? "");
    if (name === undefined) continue;
    serverTools.push(name);
    // "any" with nothing else to choose from forces as well.
    const isForced = choice.type === "tool"
      ? choice.name === tool.name
      : choice.type === "any" && tools.length === 1;
    if (isForced) forcedServerTool = name;
  }
  return { toolCount: tools.length, toolNames, serverTools, forcedServerTool };
}
