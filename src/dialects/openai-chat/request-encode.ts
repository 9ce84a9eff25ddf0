/** A conversation as a Chat request (https://platform.openai.com/docs/api-reference/chat/create) for one provider. */
import type { Conversation } from "../../model/conversation.ts";
import type { Encoded, EncodeTarget } from "../dialect.ts";
import type { Json } from "../../model/json.ts";
import { cleanSchema } from "../shared/json-schema.ts";
import { toolNames } from "../shared/tool-names.ts";
import { callId } from "./call-ids.ts";
import { type MessageRules, writeMessages } from "./messages-encode.ts";
import { writeSettings } from "./settings-encode.ts";
import { writeToolChoice, writeTools } from "./tools.ts";

/** Providers that fetch a document from its address. */
const FETCHES_FILES: ReadonlySet<string> = new Set(["openrouter"]);

/** The request, and the names of what was left out. */
export function encodeRequest(conversation: Conversation, target: EncodeTarget): Encoded {
  const dropped = new Set<string>();
  const lost = (name: string) => void dropped.add(name);
  const names = toolNames(conversation.tools);
  const rules = messageRules(target, lost, names.wire);
  const body: Record<string, Json> = {
    model: target.model,
    messages: writeMessages(conversation.messages, rules),
  };
  if (conversation.stream) {
    body.stream = true;
    if (!target.quirks.includes("no-stream-options")) body.stream_options = { include_usage: true };
  }
  const { choice, tools } = writeToolChoice(conversation.toolChoice, conversation.tools, names);
  const list: Json[] = writeTools(tools, {
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
  writeSettings(conversation, target, body, lost);
  for (const [key, value] of Object.entries(conversation.extensions)) {
    if (conversation.dialect === "openai-chat") body[key] = value;
    else lost(key);
  }
  return { body, dropped: [...dropped] };
}

function messageRules(
  { quirks, provider }: EncodeTarget,
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
    fileUrls: FETCHES_FILES.has(provider),
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
