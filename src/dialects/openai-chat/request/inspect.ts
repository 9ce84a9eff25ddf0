/** What routing reads of an OpenAI Chat Completions request. @see https://platform.openai.com/docs/api-reference/chat */
import { isRecord, limitOf, listOf, stringOf } from "../../../json/shape.ts";
import type { Json } from "../../../model/json.ts";
import type { HeaderMap, MessageFacts, RequestFacts, ToolCallFacts } from "../../../model/request-facts.ts";
import { addLeadingTexts, factsOf, type Findings, MediaTally, roleOf } from "../../shared/inspect.ts";
import { serverToolName } from "../../shared/server-tools.ts";

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
  for (const message of listOf(asked.messages)) {
    if (!isRecord(message)) continue;
    const role = roleOf(message.role);
    const texts = textsOf(message.content, media);
    if (role === "assistant") messages.push({ role, texts, calls: callsOf(message) });
    else if (role === "tool") {
      const id = stringOf(message.tool_call_id) ?? stringOf(message.name) ?? "";
      messages.push({ role, texts, results: [{ id, isError: false, text: texts[0] ?? "" }] });
    } else messages.push({ role, texts });
  }
  addLeadingTexts(messages, system);
  const format = isRecord(asked.response_format) ? asked.response_format : {};
  const findings: Findings = {
    dialect: "openai-chat",
    asked,
    system,
    messages,
    media,
    tools: toolFacts(asked),
    schema: isRecord(format.json_schema) ? format.json_schema.schema : undefined,
    maxOutputTokens: limitOf(asked.max_completion_tokens, asked.max_tokens),
  };
  return factsOf(findings, headers, size, operation);
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

/** The calls of an answer; those of `function_call`, the form before `tool_calls`, have no id but the name. */
function callsOf(message: Record<string, Json>): readonly ToolCallFacts[] | undefined {
  const legacy = message.function_call;
  if (isRecord(legacy)) {
    const name = stringOf(legacy.name) ?? "";
    return [{ id: name, name, input: legacy.arguments }];
  }
  let calls: ToolCallFacts[] | undefined;
  for (const call of listOf(message.tool_calls)) {
    if (!isRecord(call)) continue;
    const called = isRecord(call.function) ? call.function : isRecord(call.custom) ? call.custom : {};
    (calls ??= []).push({
      id: stringOf(call.id) ?? "",
      name: stringOf(called.name) ?? "",
      input: called.arguments ?? called.input,
    });
  }
  return calls;
}

function toolFacts(
  asked: Record<string, Json>,
): Pick<RequestFacts, "toolCount" | "toolNames" | "serverTools" | "forcedServerTool"> {
  const tools = listOf(asked.tools);
  const toolNames: string[] = [];
  const serverTools: string[] = [];
  for (const tool of tools.length > 0 ? tools : listOf(asked.functions)) {
    if (!isRecord(tool)) continue;
    const name = serverToolName(tool.type);
    if (name !== undefined) serverTools.push(name);
    const offered = isRecord(tool.function) ? tool.function : isRecord(tool.custom) ? tool.custom : tool;
    toolNames.push(stringOf(offered.name) ?? name ?? "");
  }
  const choice = asked.tool_choice;
  let forcedServerTool = isRecord(choice) ? serverToolName(choice.type) : undefined;
  if (choice === "required" && tools.length === 1) forcedServerTool = serverTools[0];
  if (searches(asked)) {
    serverTools.push("web_search");
    forcedServerTool = "web_search";
  }
  const toolCount = tools.length || listOf(asked.functions).length;
  return { toolCount, toolNames, serverTools, forcedServerTool };
}

/** Some requests switch searching on outside of the tools; a search that is on always runs. */
function searches(asked: Record<string, Json>): boolean {
  return isRecord(asked.web_search_options) ||
    (isRecord(asked.search_parameters) && asked.search_parameters.mode === "on") ||
    listOf(asked.plugins).some((plugin) =>
      isRecord(plugin) && plugin.id === "web" && plugin.enabled !== false
    );
}
