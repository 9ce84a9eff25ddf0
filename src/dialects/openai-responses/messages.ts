/**
 * The `input` of a request ⇄ messages. Reasoning, texts and calls in a row are one message of the assistant; results in a
 * row are one message of the user, and a user message right after them belongs to it.
 */
import type { ResponseInputItem } from "openai/resources/responses/responses";
import { isRecord, listOf, own, stringOf } from "../../json/shape.ts";
import type { Message, Part, ReasoningPart, ToolCallPart, ToolKind } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { UnsupportedRequest } from "../dialect.ts";
import { type Call, decodeCall, decodeResult, encodeCall, encodeResult } from "./calls.ts";
import { encodeCitations } from "./citations.ts";
import { decodeContent, encodePart } from "./content.ts";
import { decodeReasoningInput } from "./reasoning.ts";

type Item = Record<string, Json>;

const ROLES: Readonly<Record<string, Message["role"]>> = {
  system: "system",
  developer: "developer",
  user: "user",
  assistant: "assistant",
};

/** Items that refer to something only the server has, with what to do instead. */
const REFUSED: Readonly<Record<string, string>> = {
  item_reference: "refers to an item that another server stores; send the item itself",
  compaction: "holds a history that only its provider can decrypt; compact by a summary instead",
  compaction_trigger: "asks the server to compact the history; compact by a summary instead",
};

/** Items of the user's side among those that only this dialect knows. */
const USER_ITEMS: ReadonlySet<string> = new Set(["mcp_approval_response", "program_output"]);

/** What a request's items hold other than messages. */
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
export function decodeMessages(input: Json, sink: InputSink): Message[] {
  if (typeof input === "string") {
    return input === "" ? [] : [{ role: "user", parts: [{ type: "text", text: input }] }];
  }
  const messages: Draft[] = [];
  /** The side whose items the last message still takes. */
  let open: "assistant" | "results" | undefined;
  for (const [index, item] of listOf(input).entries()) {
    if (!isRecord(item)) continue;
    const type = stringOf(item.type) ?? (item.role === undefined ? "item_reference" : "message");
    if (Object.hasOwn(REFUSED, type)) {
      throw new UnsupportedRequest(`input[${index}]`, `input[${index}] of type "${type}" ${REFUSED[type]}`);
    }
    if (type === "additional_tools") sink.tools(item.tools);
    else if (type === "configuration_update") sink.update(item);
    else if (type === "message") open = decodeMessage(item, messages, open);
    else {
      if (type === "tool_search_output") sink.tools(item.tools);
      const part = decodeItem(item, type);
      if (part === undefined) continue;
      const side = part.type === "tool_result" || USER_ITEMS.has(type) ? "results" : "assistant";
      if (open === side) messages.at(-1)!.parts.push(part);
      else messages.push({ role: side === "results" ? "user" : "assistant", parts: [part] });
      open = side;
    }
  }
  return messages;
}

/** Adds a message item, to the last message where it belongs to it; returns what the last message still takes. */
function decodeMessage(
  item: Item,
  messages: Draft[],
  open: "assistant" | "results" | undefined,
): typeof open {
  const role = own(ROLES, item.role) ?? "user";
  const parts = decodeContent(item.content, role === "assistant" ? stringOf(item.phase) : undefined);
  if (parts.length === 0) return open;
  const joins = role === "assistant" ? open === "assistant" : role === "user" && open === "results";
  if (joins) messages.at(-1)!.parts.push(...parts);
  else messages.push({ role, parts });
  return role === "assistant" ? "assistant" : undefined;
}

/** An item other than a message. One that only this dialect knows is kept as it came. */
function decodeItem(item: Item, type: string): Part | undefined {
  if (type === "reasoning") return decodeReasoningInput(item);
  const part = decodeCall(item) ?? decodeResult(item);
  return part ?? { type: "opaque", dialect: "openai-responses", name: type, value: item };
}

// Messages as the `input` of a request.

/** What the provider takes. */
export interface InputRules {
  /** The call for the provider. */
  readonly call: (call: ToolCallPart) => Call;
  /** The role that carries a system or developer message; `index` is the message's place. */
  readonly role: (message: Message, index: number) => Message["role"];
  /** The item for earlier reasoning; undefined where the provider did not encrypt it. */
  readonly reasoning: (part: ReasoningPart) => Item | undefined;
  /** Receives the name of each dropped part. */
  readonly lost: (name: string) => void;
}

/** The name of a part when it is dropped. */
const LOST_AS: Partial<Readonly<Record<Part["type"], string>>> = {
  image: "images",
  document: "documents",
};

/** The messages as items, in order. */
export function encodeMessages(messages: readonly Message[], rules: InputRules): ResponseInputItem[] {
  return new InputEncoder(rules).write(messages);
}

class InputEncoder {
  #rules: InputRules;
  #items: Item[] = [];
  /** The kind of tool of each call at the provider: its result must be of the same kind. */
  #kinds = new Map<string, ToolKind>();

  constructor(rules: InputRules) {
    this.#rules = rules;
  }

  write(messages: readonly Message[]): ResponseInputItem[] {
    for (const [index, message] of messages.entries()) {
      this.#message(message, this.#rules.role(message, index));
    }
    return this.#items as unknown as ResponseInputItem[];
  }

  #message({ parts }: Message, role: Message["role"]): void {
    /** The content of the message item that is being written. */
    let content: Json[] | undefined;
    let phase: string | undefined;
    for (const part of parts) {
      if (isItem(part)) {
        const item = this.#item(part);
        if (item === undefined) continue;
        this.#items.push(item);
        content = undefined;
        continue;
      }
      const written = role === "assistant" ? encodeOutputPart(part) : encodePart(part);
      if (written === undefined) {
        this.#lost(part);
        continue;
      }
      const itsPhase = part.type === "text" ? part.phase : undefined;
      if (content === undefined || phase !== itsPhase) {
        content = [];
        phase = itsPhase;
        this.#items.push({ type: "message", role, content, ...(phase === undefined ? {} : { phase }) });
      }
      content.push(written);
    }
  }

  #item(part: ItemPart): Item | undefined {
    switch (part.type) {
      case "tool_call": {
        const call = this.#rules.call(part);
        this.#kinds.set(call.id, call.kind);
        return encodeCall(call, undefined) as unknown as Item;
      }
      case "tool_result": {
        const called = this.#kinds.get(part.id);
        // Other dialects do not say of a result which kind of tool it comes from. A function may answer any kind.
        const kind = called === "custom" || called === "function" ? called : part.kind;
        return encodeResult({ ...part, kind }, (lost) => this.#lost(lost)) as unknown as Item;
      }
      case "reasoning": {
        const item = this.#rules.reasoning(part);
        if (item === undefined) this.#lost(part);
        return item;
      }
      case "opaque":
        if (part.dialect === "openai-responses") return part.value;
        this.#rules.lost(part.name);
        return undefined;
    }
  }

  #lost(part: Part): void {
    this.#rules.lost(LOST_AS[part.type] ?? part.type);
  }
}

type ItemPart = Extract<Part, { type: "tool_call" | "tool_result" | "reasoning" | "opaque" }>;

/** Whether a part is an item by itself, not content of a message. */
function isItem(part: Part): part is ItemPart {
  return part.type === "tool_call" || part.type === "tool_result" || part.type === "reasoning" ||
    part.type === "opaque";
}

function encodeOutputPart(part: Part): Json {
  if (part.type === "refusal") return { type: "refusal", refusal: part.text };
  if (part.type !== "text") return undefined;
  const annotations = encodeCitations(part.citations, part.text.length);
  return { type: "output_text", text: part.text, annotations };
}
