/** A conversation as a request of the Responses dialect: stateless, with everything in it. */
import { functionArguments } from "../shared/client-tools.ts";
import type { Conversation, Message } from "../../model/conversation.ts";
import type { Encoded, EncodeTarget } from "../dialect.ts";
import type { Json } from "../../model/json.ts";
import { cleanSchema } from "../shared/json-schema.ts";
import { type ToolNames, toolNames } from "../shared/tool-names.ts";
import { type InputRules, writeInput } from "./input-encode.ts";
import { writeSettings } from "./settings-encode.ts";
import { writeToolChoice } from "./tool-choice.ts";
import { writeTools } from "./tools.ts";

/** The request for a target, and the names of what was left out. */
export function encodeRequest(conversation: Conversation, target: EncodeTarget): Encoded {
  const dropped = new Set<string>();
  const lost = (name: string) => void dropped.add(name);
  const names = toolNames(conversation.tools);
  const functionsOnly = target.quirks.includes("strict-fields");
  const [instructions, messages] = splitInstructions(conversation.messages);
  const body: Record<string, Json> = { model: target.model, stream: conversation.stream };
  // Nothing is to be kept: the client has the whole conversation. Some copies refuse to be told so.
  if (!functionsOnly) body.store = false;
  if (instructions !== undefined) body.instructions = instructions;
  body.input = writeInput(messages, inputRules(target, names, functionsOnly, lost));
  if (hasCacheMarks(conversation)) lost("cache_control");
  writeAllTools(conversation, target, names, functionsOnly, body, lost);
  writeSettings(conversation, target, body, lost);
  writeExtensions(conversation, body, lost);
  return { body, dropped: [...dropped] };
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
  { quirks }: EncodeTarget,
  names: ToolNames,
  functionsOnly: boolean,
  lost: (name: string) => void,
): InputRules {
  const noDeveloper = quirks.includes("no-developer-role");
  const systemFirst = quirks.includes("system-first-only");
  let leading = true;
  return {
    lost,
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

function writeAllTools(
  conversation: Conversation,
  { quirks }: EncodeTarget,
  names: ToolNames,
  functionsOnly: boolean,
  body: Record<string, Json>,
  lost: (name: string) => void,
): void {
  const { tools, serverTools, toolChoice, parallelToolCalls } = conversation;
  const list: Json[] = writeTools(tools, {
    name: names.wire,
    schema: (schema) => cleanSchema(schema, quirks),
    functionsOnly,
  });
  for (const tool of serverTools) {
    if (tool.dialect === "openai-responses" && !functionsOnly) list.push(tool.value);
    else lost(tool.name);
  }
  if (list.length === 0) return;
  body.tools = list;
  if (toolChoice !== undefined) {
    body.tool_choice = writeToolChoice(toolChoice, tools, names.wire, functionsOnly);
  }
  if (parallelToolCalls !== undefined) body.parallel_tool_calls = parallelToolCalls;
}

/** What only the source dialect knows: its own again, or left out. */
function writeExtensions(
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
