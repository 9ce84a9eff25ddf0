/** Neutral messages as those of a Chat request, with what the provider cannot take said in another way or left out. */
import type { OpenAI } from "openai";
import { functionArguments } from "../shared/client-tools.ts";
import type {
  ImagePart,
  Message,
  Part,
  ReasoningPart,
  ToolCallPart,
  ToolResultPart,
} from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { type ContentRules, writeContent } from "./content-encode.ts";
import { hasSecretState, reasoningText, writeDetails } from "./reasoning-details.ts";
import { googleSignature } from "./reply.ts";

type WireMessage = OpenAI.Chat.ChatCompletionMessageParam;
type WireCall = OpenAI.Chat.ChatCompletionMessageToolCall;

export interface MessageRules extends ContentRules {
  /** The name under which a tool is sent. */
  readonly name: (call: ToolCallPart) => string;
  readonly callId: (id: string) => string;
  /** The role `developer` is known. */
  readonly developer: boolean;
  /** System messages stand first and nowhere else. */
  readonly systemFirst: boolean;
  /** How earlier reasoning goes back to its model. */
  readonly reasoning: "details" | "content" | "none";
  /** `name` of a message is known. */
  readonly names: boolean;
}

/** The messages in the wire's order. */
export function writeMessages(messages: readonly Message[], rules: MessageRules): WireMessage[] {
  const list: WireMessage[] = [];
  let leading = true;
  for (const message of messages) {
    if (message.role === "system" || message.role === "developer") {
      writeSystem(message, leading, rules, list);
      continue;
    }
    leading = false;
    if (message.role === "assistant") writeAssistant(message, rules, list);
    else writeUser(message, rules, list);
  }
  return list;
}

function writeSystem(message: Message, leading: boolean, rules: MessageRules, list: WireMessage[]): void {
  const content = writeContent(message.parts, rules) as string | undefined; // or a list of texts
  if (content === undefined) return;
  const previous = list.at(-1);
  if (!leading && rules.systemFirst) {
    list.push({ role: "user", content: reminder(content) });
  } else if (rules.systemFirst && previous?.role === "system" && typeof previous.content === "string") {
    previous.content += `\n\n${content}`;
  } else {
    const role = message.role === "developer" && rules.developer ? "developer" : "system";
    list.push({ role, content, ...named(message, rules) });
  }
}

/** A later system message for a provider that takes none: marked, so that it is not taken for the user's words. */
function reminder(content: string | Json[]): string | Json[] {
  if (typeof content !== "string") return content;
  return `<system-reminder>\n${content}\n</system-reminder>`;
}

function named(message: Message, rules: MessageRules): { name?: string } {
  return message.name !== undefined && rules.names ? { name: message.name } : {};
}

/** What marks a result as an error: Chat has no field for it. */
const ERROR_MARK = "[The tool failed]";

function writeUser(message: Message, rules: MessageRules, list: WireMessage[]): void {
  const rest: Part[] = [];
  const moved: Part[] = [];
  for (const part of message.parts) {
    if (part.type !== "tool_result") {
      rest.push(part);
      continue;
    }
    list.push({ role: "tool", tool_call_id: rules.callId(part.id), content: resultText(part, moved) });
    if (part.cache !== undefined) rules.lost("cache_control");
  }
  const content = writeContent(moved.length === 0 ? rest : [...moved, ...rest], rules);
  if (content !== undefined) list.push({ role: "user", content, ...named(message, rules) });
}

/** A result is text alone; its images and files follow in the user's name, with a word on where they belong. */
function resultText(result: ToolResultPart, moved: Part[]): string {
  const texts: string[] = result.isError ? [ERROR_MARK] : [];
  let media = 0;
  for (const part of result.content) {
    if (part.type === "text") texts.push(part.text);
    else if (part.type === "document" && part.source.kind === "text") texts.push(part.source.text);
    else {
      if (media++ === 0) moved.push({ type: "text", text: `[From the result of tool call ${result.id}:]` });
      moved.push(unmarked(part));
    }
  }
  if (media > 0) texts.push(media === 1 ? "[An attachment follows.]" : `[${media} attachments follow.]`);
  return texts.join("\n");
}

function unmarked(part: ToolResultPart["content"][number]): Part {
  const { cache: _cache, ...rest } = part as ImagePart;
  return rest;
}

function writeAssistant(message: Message, rules: MessageRules, list: WireMessage[]): void {
  const calls: WireCall[] = [];
  const reasoning: ReasoningPart[] = [];
  const spoken: Part[] = [];
  for (const part of message.parts) {
    if (part.type === "tool_call") calls.push(writeCall(part, rules));
    else if (part.type === "reasoning") reasoning.push(part);
    else spoken.push(part);
  }
  const content = spokenContent(spoken, rules);
  const thoughts = reasoning.length === 0 ? {} : writeThoughts(reasoning, rules);
  if (content === "" && calls.length === 0 && Object.keys(thoughts).length === 0) return;
  list.push({
    role: "assistant",
    content: content === "" && calls.length > 0 ? null : content as string,
    ...named(message, rules),
    ...thoughts,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  });
}

/** The assistant's own texts are one text: nothing came between them when it spoke. */
function spokenContent(parts: readonly Part[], rules: MessageRules): string | Json[] {
  if (rules.cacheMarks && parts.some((part) => part.type === "text" && part.cache !== undefined)) {
    return writeContent(parts, rules) ?? "";
  }
  let text = "";
  for (const part of parts) {
    if (part.type === "text" || part.type === "refusal") text += part.text;
    else rules.lost(part.type === "opaque" ? part.name : `assistant_${part.type}`);
    if (part.type === "text" && part.cache !== undefined) rules.lost("cache_control");
  }
  return text;
}

function writeCall(part: ToolCallPart, rules: MessageRules): WireCall {
  if (part.cache !== undefined) rules.lost("cache_control");
  return {
    id: rules.callId(part.id),
    type: "function",
    function: { name: rules.name(part), arguments: functionArguments(part) || "{}" },
    ...(part.signature === undefined ? {} : googleSignature(part.signature)),
  };
}

/** Earlier reasoning, in the field that the provider reads it from. */
function writeThoughts(parts: readonly ReasoningPart[], rules: MessageRules): Record<string, Json> {
  if (rules.reasoning === "content") {
    const text = reasoningText(parts);
    if (text !== "") return { reasoning_content: text };
  }
  if (rules.reasoning === "details") {
    const details = parts.filter(hasSecretState).flatMap((part, index) => writeDetails(part, index));
    if (details.length > 0) return { reasoning_details: details };
    const text = reasoningText(parts);
    if (text !== "") return { reasoning: text };
  }
  rules.lost("earlier_reasoning");
  return {};
}
