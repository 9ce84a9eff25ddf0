/**
 * The messages of a Chat request as neutral ones. Results of tools stand in messages of their own on the wire; here
 * they are parts of the user's next message, together with what the user says right after them.
 */
import type { Message, Part, ToolCallPart, ToolKind, ToolResultPart } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { isRecord, listOf, stringOf } from "../../json/shape.ts";
import { cacheOf, readContent } from "./content-decode.ts";
import { readReasoning } from "./reasoning-details.ts";

type Fields = Record<string, Json>;

/** The messages in their order. What is no message is left out. */
export function readMessages(list: Json): Message[] {
  const reader = new MessageReader();
  for (const message of listOf(list)) if (isRecord(message)) reader.push(message);
  return reader.messages;
}

class MessageReader {
  readonly messages: Message[] = [];
  #kinds = new Map<string, ToolKind>();
  /** Ids of legacy calls that have no result yet, by function name. */
  #legacy: { readonly name: string; readonly id: string }[] = [];
  #legacyCount = 0;
  /** The user message that results are being added to. */
  #results: Part[] | undefined;

  push(message: Fields): void {
    switch (message.role) {
      case "tool":
        return this.#result(String(message.tool_call_id ?? ""), message);
      case "function":
        return this.#result(this.#legacyResult(message.name), message);
      case "assistant":
        return this.#add("assistant", this.#assistant(message), message);
      case "system":
      case "developer":
        return this.#add(message.role, marked(readContent(message.content), message), message);
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
    const parts = marked(readContent(message.content), message);
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
    const content = readContent(message.content).filter((part) =>
      part.type === "text" || part.type === "image" || part.type === "document"
    ) as ToolResultPart["content"];
    this.#results.push({
      type: "tool_result",
      id,
      kind: this.#kinds.get(id) ?? "function",
      content,
      ...cacheOf(message),
    });
  }

  #assistant(message: Fields): Part[] {
    const parts: Part[] = [...readReasoning(message), ...readContent(message.content)];
    if (typeof message.refusal === "string" && message.refusal !== "") {
      parts.push({ type: "refusal", text: message.refusal });
    }
    if (isRecord(message.audio)) {
      parts.push({ type: "opaque", dialect: "openai-chat", name: "audio", value: message.audio });
    }
    for (const call of listOf(message.tool_calls)) {
      const read = isRecord(call) ? readCall(call) : undefined;
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
  const { cache } = cacheOf(message);
  const last = parts.at(-1);
  if (cache !== undefined && last !== undefined && "text" in last && last.type === "text") {
    parts[parts.length - 1] = { ...last, cache };
  }
  return parts;
}

function readCall(call: Fields): ToolCallPart | undefined {
  const custom = isRecord(call.custom);
  const body = custom ? call.custom : call.function;
  if (!isRecord(body)) return undefined;
  const signature = stringOf(call.extra_content?.google?.thought_signature);
  return {
    type: "tool_call",
    id: String(call.id ?? ""),
    name: stringOf(body.name) ?? "",
    kind: custom ? "custom" : "function",
    arguments: custom ? stringOf(body.input) ?? "" : argumentsOf(body.arguments),
    ...(signature === undefined ? {} : { signature }),
    ...cacheOf(call),
  };
}

/** JSON text; a few clients send the object itself, or nothing for a function without arguments. */
function argumentsOf(value: Json): string {
  if (typeof value === "string") return value.trim() === "" ? "{}" : value;
  return isRecord(value) ? JSON.stringify(value) : "{}";
}
