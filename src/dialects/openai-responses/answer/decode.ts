/** A provider's whole answer (https://platform.openai.com/docs/api-reference/responses/object). */
import { isRecord, listOf, stringOf } from "../../../json/shape.ts";
import type { Part, Reply } from "../../../model/conversation.ts";
import type { Json } from "../../../model/json.ts";
import { decodeCall } from "../calls.ts";
import { decodeContent } from "../content.ts";
import { streamError } from "../error.ts";
import { decodeReasoning } from "../reasoning.ts";
import { decodeStop } from "../stop.ts";
import { decodeUsage } from "../usage.ts";

/** The parts of one item of an answer. */
export function decodeOutputItem(item: Json): Part[] {
  if (!isRecord(item)) return [];
  if (item.type === "message") return decodeContent(item.content, stringOf(item.phase));
  if (item.type === "reasoning") {
    const part = decodeReasoning(item);
    return part === undefined ? [] : [part];
  }
  const call = decodeCall(item);
  if (call !== undefined) return [call];
  return [{ type: "opaque", dialect: "openai-responses", name: stringOf(item.type) ?? "item", value: item }];
}

/** The reply that a response holds. */
export function decodeReply(json: Json): Reply {
  const parts = listOf(json?.output).flatMap(decodeOutputItem);
  const usage = decodeUsage(json?.usage);
  const error = streamError({ response: isRecord(json) ? json : {} });
  const serviceTier = stringOf(json?.service_tier);
  return {
    id: stringOf(json?.id) ?? "",
    model: stringOf(json?.model) ?? "",
    ...(typeof json?.created_at === "number" ? { created: json.created_at } : {}),
    parts,
    ...decodeStop(json, {
      toolCalls: parts.some((part) => part.type === "tool_call"),
      refusal: parts.some((part) => part.type === "refusal"),
    }),
    ...(usage === undefined ? {} : { usage }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(error === undefined ? {} : { error }),
  };
}
