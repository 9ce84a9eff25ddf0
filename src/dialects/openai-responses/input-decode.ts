/**
 * The `input` of a request as messages. Reasoning, texts and calls in a row are one message of the assistant; results
 * in a row are one message of the user, and a message of the user after them belongs to it.
 */
import type { Message, Part } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { UnsupportedRequest } from "../dialect.ts";
import { isRecord, listOf, stringOf } from "../../json/shape.ts";
import { readCall } from "./call-items.ts";
import { readContent } from "./content.ts";
import { readReasoningInput } from "./reasoning-item.ts";
import { readResult } from "./result-items.ts";

type Item = Record<string, Json>;

const ROLES: Readonly<Record<string, Message["role"]>> = {
  system: "system",
  developer: "developer",
  user: "user",
  assistant: "assistant",
};

/** Items that stand for something only the server has, with what to do instead. */
const REFUSED: Readonly<Record<string, string>> = {
  item_reference: "refers to an item that another server stores; send the item itself",
  compaction: "holds a history that only its provider can decrypt; compact by a summary instead",
  compaction_trigger: "asks the server to compact the history; compact by a summary instead",
};

/** Items of the user's side among those that only this dialect knows. */
const USER_ITEMS: ReadonlySet<string> = new Set(["mcp_approval_response", "program_output"]);

/** What a request's items say besides the messages. */
export interface InputSink {
  /** Tools that an item brings along. */
  readonly tools: (tools: Json) => void;
  /** A `configuration_update`. */
  readonly update: (item: Item) => void;
}

interface Draft {
  readonly role: Message["role"];
  readonly parts: Part[];
}

/**
 * The messages of a request's input.
 * @throws UnsupportedRequest at an item that a stateless translation cannot carry.
 */
export function readInput(input: Json, sink: InputSink): Message[] {
  if (typeof input === "string") {
    return input === "" ? [] : [{ role: "user", parts: [{ type: "text", text: input }] }];
  }
  const messages: Draft[] = [];
  /** The side whose items the last message still takes on. */
  let open: "assistant" | "results" | undefined;
  for (const [index, item] of listOf(input).entries()) {
    if (!isRecord(item)) continue;
    const type = stringOf(item.type) ?? (item.role === undefined ? "item_reference" : "message");
    if (Object.hasOwn(REFUSED, type)) {
      throw new UnsupportedRequest(`input[${index}]`, `input[${index}] of type "${type}" ${REFUSED[type]}`);
    }
    if (type === "additional_tools") sink.tools(item.tools);
    else if (type === "configuration_update") sink.update(item);
    else if (type === "message") open = readMessage(item, messages, open);
    else {
      if (type === "tool_search_output") sink.tools(item.tools);
      const part = readPart(item, type);
      if (part === undefined) continue;
      const side = part.type === "tool_result" || USER_ITEMS.has(type) ? "results" : "assistant";
      if (open === side) messages.at(-1)!.parts.push(part);
      else messages.push({ role: side === "results" ? "user" : "assistant", parts: [part] });
      open = side;
    }
  }
  return messages;
}

/** Adds a message item, to the last message where it belongs to it; says what the last message still takes on. */
function readMessage(item: Item, messages: Draft[], open: "assistant" | "results" | undefined): typeof open {
  const role = ROLES[item.role] ?? "user";
  const parts = readContent(item.content, role === "assistant" ? stringOf(item.phase) : undefined);
  if (parts.length === 0) return open;
  const joins = role === "assistant" ? open === "assistant" : role === "user" && open === "results";
  if (joins) messages.at(-1)!.parts.push(...parts);
  else messages.push({ role, parts });
  return role === "assistant" ? "assistant" : undefined;
}

/** An item that is no message. What only this dialect knows goes on as it came. */
function readPart(item: Item, type: string): Part | undefined {
  if (type === "reasoning") return readReasoningInput(item);
  const part = readCall(item) ?? readResult(item);
  return part ?? { type: "opaque", dialect: "openai-responses", name: type, value: item };
}
