/**
 * The messages of a Chat request ⇄ neutral ones. On the wire the results of tools are messages of their own; here they
 * are parts of the user's next message, together with what the user says right after them.
 */
import type { OpenAI } from "openai";
import { isRecord, listOf, stringOf, textOf } from "../../json/shape.ts";
import type {
  ImagePart,
  Message,
  Part,
  ReasoningPart,
  ToolCallPart,
  ToolKind,
  ToolResultPart,
} from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { argumentsOf, type CallRules, decodeCall, encodeCall, type WireCall } from "./calls.ts";
import { type ContentRules, decodeCache, decodeContent, encodeContent } from "./content.ts";
import { decodeReasoning, encodeDetails, hasSecretState, reasoningText } from "./reasoning.ts";

type Fields = Record<string, Json>;

/** The messages in their order. Anything else in the list is dropped. */
export function decodeMessages(list: Json): Message[] {
  const reader = new MessageDecoder();
  for (const message of listOf(list)) if (isRecord(message)) reader.push(message);
  return reader.messages;
}

class MessageDecoder {
  readonly messages: Message[] = [];
  #kinds = new Map<string, ToolKind>();
  /** Ids of legacy calls that have no result yet, by function name. */
  #legacy: { readonly name: string; readonly id: string }[] = [];
  #legacyCount = 0;
  /** The user message that takes the next results. */
  #results: Part[] | undefined;

  push(message: Fields): void {
    switch (message.role) {
      case "tool":
        return this.#result(textOf(message.tool_call_id), message);
      case "function":
        return this.#result(this.#legacyResult(message.name), message);
      case "assistant":
        return this.#add("assistant", this.#assistant(message), message);
      case "system":
      case "developer":
        return this.#add(message.role, marked(decodeContent(message.content), message), message);
      default:
        return this.#user(message);
    }
  }

  #add(role: Message["role"], parts: Part[], message: Fields): void {
    this.#results = undefined;
    if (parts.length === 0) return;
    const name = stringOf(message.name);
    this.messages.push(name === undefined ? { role, parts } : { role, parts, name });
  }

  #user(message: Fields): void {
    const parts = marked(decodeContent(message.content), message);
    if (this.#results === undefined || stringOf(message.name) !== undefined) {
      return this.#add("user", parts, message);
    }
    this.#results.push(...parts);
    this.#results = undefined;
  }

  #result(id: string, message: Fields): void {
    if (this.#results === undefined) {
      this.#results = [];
      this.messages.push({ role: "user", parts: this.#results });
    }
    const content = decodeContent(message.content).filter((part) =>
      part.type === "text" || part.type === "image" || part.type === "document"
    ) as ToolResultPart["content"];
    this.#results.push({
      type: "tool_result",
      id,
      kind: this.#kinds.get(id) ?? "function",
      content,
      ...decodeCache(message),
    });
  }

  #assistant(message: Fields): Part[] {
    const parts: Part[] = [...decodeReasoning(message), ...decodeContent(message.content)];
    if (typeof message.refusal === "string" && message.refusal !== "") {
      parts.push({ type: "refusal", text: message.refusal });
    }
    if (isRecord(message.audio)) {
      parts.push({ type: "opaque", dialect: "openai-chat", name: "audio", value: message.audio });
    }
    for (const call of listOf(message.tool_calls)) {
      const read = isRecord(call) ? decodeCall(call) : undefined;
      if (read === undefined) continue;
      this.#kinds.set(read.id, read.kind);
      parts.push(read);
    }
    if (isRecord(message.function_call)) parts.push(this.#legacyCall(message.function_call));
    return marked(parts, message);
  }

  /** Legacy calls have no ids: they are counted. */
  #legacyCall(call: Fields): ToolCallPart {
    const name = stringOf(call.name) ?? "";
    const id = `call_legacy_${++this.#legacyCount}`;
    this.#legacy.push({ name, id });
    return { type: "tool_call", id, name, kind: "function", arguments: argumentsOf(call.arguments) };
  }

  #legacyResult(name: Json): string {
    const at = this.#legacy.findIndex((call) => call.name === name);
    return at === -1 ? `call_legacy_${++this.#legacyCount}` : this.#legacy.splice(at, 1)[0]!.id;
  }
}

/** Some clients put the cache mark on the message: it means its end. */
function marked(parts: Part[], message: Fields): Part[] {
  const { cache } = decodeCache(message);
  const last = parts.at(-1);
  if (cache !== undefined && last !== undefined && "text" in last && last.type === "text") {
    parts[parts.length - 1] = { ...last, cache };
  }
  return parts;
}

// Neutral messages as those of a Chat request. What the provider cannot take is said in another way, or dropped.

type WireMessage = OpenAI.Chat.ChatCompletionMessageParam;

export interface MessageRules extends ContentRules, CallRules {
  /** The role `developer` is known. */
  readonly developer: boolean;
  /** System messages come first and nowhere else. */
  readonly systemFirst: boolean;
  /** How earlier reasoning is sent back to its model. */
  readonly reasoning: "details" | "content" | "none";
  /** `name` of a message is known. */
  readonly names: boolean;
}

/** The messages in the wire's order. */
export function encodeMessages(messages: readonly Message[], rules: MessageRules): WireMessage[] {
  const list: WireMessage[] = [];
  let leading = true;
  for (const message of messages) {
    if (message.role === "system" || message.role === "developer") {
      encodeSystem(message, leading, rules, list);
      continue;
    }
    leading = false;
    if (message.role === "assistant") encodeAssistant(message, rules, list);
    else encodeUser(message, rules, list);
  }
  return list;
}

function encodeSystem(message: Message, leading: boolean, rules: MessageRules, list: WireMessage[]): void {
  const content = encodeContent(message.parts, rules) as string | undefined; // or a list of texts
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

/** A later system message for a provider that takes none: marked, so that it does not look like the user's words. */
function reminder(content: string | Json[]): string | Json[] {
  if (typeof content !== "string") return content;
  return `<system-reminder>\n${content}\n</system-reminder>`;
}

function named(message: Message, rules: MessageRules): { name?: string } {
  return message.name !== undefined && rules.names ? { name: message.name } : {};
}

/** What marks a result as an error: Chat has no field for it. */
const ERROR_MARK = "[The tool failed]";

function encodeUser(message: Message, rules: MessageRules, list: WireMessage[]): void {
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
  const content = encodeContent(moved.length === 0 ? rest : [...moved, ...rest], rules);
  if (content !== undefined) list.push({ role: "user", content, ...named(message, rules) });
}

/** A result is text alone; its images and files follow in a user message that says where they belong. */
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

function encodeAssistant(message: Message, rules: MessageRules, list: WireMessage[]): void {
  const calls: WireCall[] = [];
  const reasoning: ReasoningPart[] = [];
  const spoken: Part[] = [];
  for (const part of message.parts) {
    if (part.type === "tool_call") calls.push(encodeCall(part, rules));
    else if (part.type === "reasoning") reasoning.push(part);
    else spoken.push(part);
  }
  const content = spokenContent(spoken, rules);
  const thoughts = reasoning.length === 0 ? {} : encodeThoughts(reasoning, rules);
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
    return encodeContent(parts, rules) ?? "";
  }
  let text = "";
  for (const part of parts) {
    if (part.type === "text" || part.type === "refusal") text += part.text;
    else rules.lost(part.type === "opaque" ? part.name : `assistant_${part.type}`);
    if (part.type === "text" && part.cache !== undefined) rules.lost("cache_control");
  }
  return text;
}

/** Earlier reasoning, in the field that the provider reads it from. */
function encodeThoughts(parts: readonly ReasoningPart[], rules: MessageRules): Record<string, Json> {
  if (rules.reasoning === "content") {
    const text = reasoningText(parts);
    if (text !== "") return { reasoning_content: text };
  }
  if (rules.reasoning === "details") {
    // The history's fit decides which of them the provider gets.
    const details = parts.filter(hasSecretState).flatMap((part, index) => encodeDetails(part, index));
    if (details.length > 0) return { reasoning_details: details };
    const text = reasoningText(parts);
    if (text !== "") return { reasoning: text };
  }
  rules.lost("earlier_reasoning");
  return {};
}
