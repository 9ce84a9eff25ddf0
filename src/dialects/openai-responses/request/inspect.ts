/** What routing reads of an OpenAI Responses request. @see https://platform.openai.com/docs/api-reference/responses */
import { firstText, isRecord, limitOf, listOf, NO_TEXTS, stringOf } from "../../../json/shape.ts";
import type { Json } from "../../../model/json.ts";
import type { HeaderMap, MessageFacts, RequestFacts } from "../../../model/request-facts.ts";
import { addLeadingTexts, factsOf, type Findings, MediaTally, roleOf } from "../../shared/inspect.ts";
import { serverToolName } from "../../shared/server-tools.ts";

interface Tools {
  count: number;
  readonly names: string[];
  readonly server: string[];
}

/**
 * The facts of a parsed body; never throws. `system` holds the instructions and the system and developer messages ahead
 * of the conversation, which are, in their place, in `messages` as well. Tools count wherever they are listed: at the top,
 * inside a namespace, or in an `additional_tools` item.
 *
 * @param size bytes of the body.
 */
export function inspectOpenAiResponses(
  body: Json,
  headers: HeaderMap,
  size: number,
  operation: RequestFacts["operation"] = "generate",
): RequestFacts {
  const asked: Record<string, Json> = isRecord(body) ? body : {};
  const media = new MediaTally();
  const tools: Tools = { count: 0, names: [], server: [] };
  countTools(asked.tools, tools);

  const system: string[] = typeof asked.instructions === "string" ? [asked.instructions] : [];
  const messages: MessageFacts[] = [];
  if (typeof asked.input === "string") messages.push({ role: "user", texts: [asked.input] });
  for (const item of listOf(asked.input)) {
    if (!isRecord(item)) continue;
    if (item.type === "additional_tools") {
      countTools(item.tools, tools);
      continue;
    }
    messages.push(messageOf(item, media));
  }
  addLeadingTexts(messages, system);

  const format = isRecord(asked.text) && isRecord(asked.text.format) ? asked.text.format : {};
  const findings: Findings = {
    dialect: "openai-responses",
    asked,
    system,
    messages,
    media,
    tools: {
      toolCount: tools.count,
      toolNames: tools.names,
      serverTools: tools.server,
      forcedServerTool: forced(asked.tool_choice, tools),
    },
    schema: format.schema,
    maxOutputTokens: limitOf(asked.max_output_tokens),
  };
  const continues = stringOf(asked.previous_response_id);
  const facts = factsOf(findings, headers, size, operation);
  return continues === undefined ? facts : { ...facts, continues };
}

/** A message, or one of the items that an agent's work is made of: calls and reasoning, and the results of calls. */
function messageOf(item: Record<string, Json>, media: MediaTally): MessageFacts {
  if (item.type === undefined || item.type === "message") {
    return { role: roleOf(item.role), texts: textsOf(item.content, media) };
  }
  if (typeof item.type === "string" && item.type.endsWith("_output")) {
    const output = isRecord(item.output) ? [item.output] : item.output;
    if (Array.isArray(output)) textsOf(output, media);
    const isError = item.status === "failed" || hasBadOutcome(output);
    const result = { id: stringOf(item.call_id) ?? "", isError, text: firstText(output) };
    return { role: "tool", texts: NO_TEXTS, results: [result] };
  }
  if (typeof item.type !== "string" || !item.type.endsWith("_call")) {
    return { role: "assistant", texts: NO_TEXTS };
  }
  const name = stringOf(item.name) ?? item.type.slice(0, -"_call".length);
  const input = item.arguments ?? item.input ?? item.action ?? item.operation;
  return { role: "assistant", texts: NO_TEXTS, calls: [{ id: stringOf(item.call_id) ?? "", name, input }] };
}

/** The shell tool's results have their exit codes in fields of their own. */
function hasBadOutcome(output: unknown): boolean {
  return Array.isArray(output) &&
    output.some((part) =>
      isRecord(part) && isRecord(part.outcome) &&
      (part.outcome.type !== "exit" || part.outcome.exit_code !== 0)
    );
}

function textsOf(content: unknown, media: MediaTally): readonly string[] {
  if (typeof content === "string") return [content];
  const texts: string[] = [];
  for (const part of listOf(content)) {
    if (!isRecord(part)) continue;
    if (typeof part.text === "string") texts.push(part.text);
    else if (part.type === "input_image" || part.type === "computer_screenshot") media.image(part.image_url);
    else if (part.type === "input_file") media.document(part.file_data);
    else if (part.type === "input_audio") {
      media.audio(isRecord(part.input_audio) ? part.input_audio.data : undefined);
    }
  }
  return texts;
}

function countTools(list: unknown, tools: Tools): void {
  for (const tool of listOf(list)) {
    if (!isRecord(tool)) continue;
    if (tool.type === "namespace") {
      // Namespaces do not nest.
      const inner = listOf(tool.tools);
      tools.count += inner.length;
      for (const one of inner) tools.names.push(isRecord(one) ? stringOf(one.name) ?? "" : "");
      continue;
    }
    tools.count++;
    const name = serverToolName(tool.type);
    tools.names.push(stringOf(tool.name) ?? name ?? stringOf(tool.type) ?? "");
    if (name !== undefined) tools.server.push(name);
  }
}

function forced(choice: unknown, tools: Tools): string | undefined {
  const only = tools.count === 1 ? tools.server[0] : undefined;
  if (choice === "required") return only;
  if (!isRecord(choice)) return undefined;
  if (choice.type !== "allowed_tools") return serverToolName(choice.type);
  const allowed = listOf(choice.tools);
  if (choice.mode !== "required" || allowed.length !== 1) return undefined;
  return isRecord(allowed[0]) ? serverToolName(allowed[0].type) : undefined;
}
