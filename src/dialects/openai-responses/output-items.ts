/** The items of an answer, as a client of this dialect reads them, streamed or whole. */
import type { ResponseOutputItem, ResponseOutputMessage } from "openai/resources/responses/responses";
import { clientArguments } from "../shared/client-tools.ts";
import type { Citation, Part, ToolCallPart } from "../../model/conversation.ts";
import { writeAnnotations } from "./annotations.ts";
import type { CalledTool, CalledTools } from "./called-tool.ts";
import { ITEM_PREFIX, writeCall } from "./call-items.ts";
import type { WireOutput } from "./content.ts";
import { isEmpty, writeReasoning } from "./reasoning-item.ts";

/**
 * Gives out ids for items. They must be unique over a whole conversation, whose client sends them all back, so they
 * hang on a random number and not on the provider's id, which some providers repeat.
 */
export class ItemIds {
  #base = crypto.randomUUID().replaceAll("-", "");
  #count = 0;
  #callIds = new Set<string>();

  /** The item's own id where it is of this dialect, else a new one. */
  item(prefix: string, own?: string): string {
    if (own !== undefined && own.startsWith(prefix)) return own;
    return `${prefix}${this.#base}${this.#count++}`;
  }

  /** The call's own id, unless it has none or has been given out before: clients tell calls apart by it. */
  call(own: string): string {
    let id = own === "" ? `call_${this.#base}${this.#count++}` : own;
    while (this.#callIds.has(id)) id = `${own}_${this.#count++}`;
    this.#callIds.add(id);
    return id;
  }
}

export function textContent(text: string, citations: readonly Citation[] | undefined): WireOutput {
  return { type: "output_text", annotations: writeAnnotations(citations, text.length), logprobs: [], text };
}

export function refusalContent(text: string): WireOutput {
  return { type: "refusal", refusal: text };
}

export function messageItem(
  id: string,
  phase: string | undefined,
  content: WireOutput[],
  status: ResponseOutputMessage["status"] = "completed",
): ResponseOutputMessage {
  return {
    type: "message",
    id,
    status,
    role: "assistant",
    ...(phase === undefined ? {} : { phase: phase as "commentary" }),
    content,
  };
}

/** The arguments of a call as the client's tool takes them. A function without arguments takes an empty object. */
export function argumentsFor(tool: CalledTool, given: string): string {
  if (tool.kind === "function") return given === "" ? "{}" : given;
  return tool.asFunction ? clientArguments(tool.kind, given) : given;
}

/** The item of a call to the client's tool. */
export function callItem(tool: CalledTool, id: string, itemId: string, given: string): ResponseOutputItem {
  return writeCall({ ...tool, id, arguments: argumentsFor(tool, given) }, itemId);
}

/** The items of a whole answer: texts in a row are one message, as long as they are of one phase. */
export function outputItems(parts: readonly Part[], tools: CalledTools, ids: ItemIds): ResponseOutputItem[] {
  const items: ResponseOutputItem[] = [];
  let message: { phase: string | undefined; content: WireOutput[] } | undefined;
  const content = (phase: string | undefined): WireOutput[] => {
    if (message === undefined || message.phase !== phase) {
      message = { phase, content: [] };
      items.push(messageItem(ids.item("msg_"), phase, message.content));
    }
    return message.content;
  };
  for (const part of parts) {
    switch (part.type) {
      case "text":
        if (part.text === "" && part.citations === undefined) continue;
        content(part.phase).push(textContent(part.text, part.citations));
        continue;
      case "refusal":
        content(undefined).push(refusalContent(part.text));
        continue;
      case "reasoning":
        if (isEmpty(part)) continue;
        items.push(writeReasoning(part, ids.item("rs_", part.itemId)));
        break;
      case "tool_call":
        items.push(call(part, tools, ids));
        break;
      case "opaque":
        if (part.dialect !== "openai-responses") continue;
        items.push(part.value);
        break;
      default:
        continue;
    }
    message = undefined;
  }
  return items;
}

function call(part: ToolCallPart, tools: CalledTools, ids: ItemIds): ResponseOutputItem {
  const tool = tools.find(part);
  return callItem(tool, ids.call(part.id), ids.item(ITEM_PREFIX[tool.kind], part.itemId), part.arguments);
}
