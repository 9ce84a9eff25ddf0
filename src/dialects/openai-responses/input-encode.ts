/** Messages as the `input` of a request. */
import type { ResponseInputItem } from "openai/resources/responses/responses";
import type { Message, Part, ToolCallPart, ToolKind } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { writeAnnotations } from "./annotations.ts";
import { type Call, writeCall } from "./call-items.ts";
import { writeInputPart } from "./content.ts";
import { writeReasoningInput } from "./reasoning-item.ts";
import { writeResult } from "./result-items.ts";

/** What the provider takes. */
export interface InputRules {
  /** The call as the provider is to see it. */
  readonly call: (call: ToolCallPart) => Call;
  /** The role that carries a system or developer message; `index` is the message's place. */
  readonly role: (message: Message, index: number) => Message["role"];
  /** Told of everything without a form here, by the name under which it is reported. */
  readonly lost: (name: string) => void;
}

/** What a part is called when it is left out. */
const LOST_AS: Partial<Readonly<Record<Part["type"], string>>> = {
  image: "images",
  document: "documents",
};

type Item = Record<string, Json>;

/** The messages as items, in order. */
export function writeInput(messages: readonly Message[], rules: InputRules): ResponseInputItem[] {
  return new InputWriter(rules).write(messages);
}

class InputWriter {
  #rules: InputRules;
  #items: Item[] = [];
  /** Which kind of tool each call means to the provider: its result must be of the same kind. */
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
      const written = role === "assistant" ? writeOutputPart(part) : writeInputPart(part);
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
        return writeCall(call, undefined) as unknown as Item;
      }
      case "tool_result": {
        const called = this.#kinds.get(part.id);
        // Other dialects do not say of a result which kind of tool it comes from. A function may answer any kind.
        const kind = called === "custom" || called === "function" ? called : part.kind;
        return writeResult({ ...part, kind }, (lost) => this.#lost(lost)) as unknown as Item;
      }
      case "reasoning": {
        const item = writeReasoningInput(part);
        if (item === undefined) this.#lost(part);
        return item as unknown as Item | undefined;
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

function writeOutputPart(part: Part): Json {
  if (part.type === "refusal") return { type: "refusal", refusal: part.text };
  if (part.type !== "text") return undefined;
  const annotations = writeAnnotations(part.citations, part.text.length);
  return { type: "output_text", text: part.text, ...(annotations.length > 0 ? { annotations } : {}) };
}
