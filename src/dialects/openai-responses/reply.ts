/** A whole answer of the Responses dialect ⇄ a reply. */
import type { Conversation, Part, Reply } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { isRecord, listOf, stringOf } from "../../json/shape.ts";
import { readCall } from "./call-items.ts";
import { CalledTools } from "./called-tool.ts";
import { readContent } from "./content.ts";
import { streamError } from "./failure.ts";
import { ItemIds, messageItem, outputItems, refusalContent } from "./output-items.ts";
import { readReasoning } from "./reasoning-item.ts";
import { beginning, completed, failed, type WireResponse } from "./response-object.ts";
import { readEnd, REFUSED_TEXT } from "./status.ts";
import { readUsage } from "./usage.ts";

/** The parts of one item of an answer. */
export function readOutputItem(item: Json): Part[] {
  if (!isRecord(item)) return [];
  if (item.type === "message") return readContent(item.content, stringOf(item.phase));
  if (item.type === "reasoning") {
    const part = readReasoning(item);
    return part === undefined ? [] : [part];
  }
  const call = readCall(item);
  if (call !== undefined) return [call];
  return [{ type: "opaque", dialect: "openai-responses", name: stringOf(item.type) ?? "item", value: item }];
}

/** The reply that a response holds. */
export function decodeReply(json: Json): Reply {
  const parts = listOf(json?.output).flatMap(readOutputItem);
  const usage = readUsage(json?.usage);
  const error = streamError({ response: isRecord(json) ? json : {} });
  const serviceTier = stringOf(json?.service_tier);
  return {
    id: stringOf(json?.id) ?? "",
    model: stringOf(json?.model) ?? "",
    ...(typeof json?.created_at === "number" ? { created: json.created_at } : {}),
    parts,
    ...readEnd(json, {
      toolCalls: parts.some((part) => part.type === "tool_call"),
      refusal: parts.some((part) => part.type === "refusal"),
    }),
    ...(usage === undefined ? {} : { usage }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(error === undefined ? {} : { error }),
  };
}

/** The response that a client of this dialect reads. */
export function encodeReply(reply: Reply, asked: Conversation): WireResponse {
  const ids = new ItemIds();
  const items = outputItems(reply.parts, new CalledTools(asked), ids);
  const begun = beginning(reply, asked);
  if (reply.error !== undefined) return failed(begun, items, reply.error);
  if (reply.stop === "refusal" && !reply.parts.some((part) => part.type === "refusal")) {
    items.push(messageItem(ids.item("msg_"), undefined, [refusalContent(REFUSED_TEXT)]));
  }
  return completed(begun, asked, items, reply);
}
