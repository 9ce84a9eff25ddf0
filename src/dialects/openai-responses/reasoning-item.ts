/** Reasoning items ⇄ reasoning parts: summaries, the full text where given, encrypted content. */
import type { ResponseReasoningItem } from "openai/resources/responses/responses";
import type { ReasoningPart } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { listOf, stringOf } from "../../json/shape.ts";
import { sealedContent, unsealed } from "./thinking-seal.ts";

/** Stands between the parts of a reasoning's text, which is one in the neutral form. */
export const TEXT_GAP = "\n\n";

/** A reasoning item; undefined where there is nothing in it. */
export function readReasoning(item: Record<string, Json>): ReasoningPart | undefined {
  const summary = texts(item.summary);
  const text = texts(item.content).join(TEXT_GAP);
  const encrypted = stringOf(item.encrypted_content);
  const itemId = stringOf(item.id);
  const part: ReasoningPart = {
    type: "reasoning",
    ...(text === "" ? {} : { text }),
    ...(summary.length > 0 ? { summary } : {}),
    ...(encrypted === undefined ? {} : { encrypted }),
    ...(itemId === undefined ? {} : { itemId }),
  };
  return isEmpty(part) ? undefined : part;
}

/** Reasoning that a client hands back: what the seal holds was signed, what stands beside it is a copy to show. */
export function readReasoningInput(item: Record<string, Json>): ReasoningPart | undefined {
  const part = readReasoning(item);
  const sealed = part?.encrypted === undefined ? undefined : unsealed(part.encrypted);
  if (sealed === undefined) return part;
  return isEmpty(sealed) ? undefined : sealed;
}

function texts(list: Json): string[] {
  return listOf(list).map((part) => part?.text).filter((text) => typeof text === "string" && text !== "");
}

/** Nothing to show and nothing to hand back. */
export function isEmpty(part: ReasoningPart): boolean {
  return !part.text && (part.summary === undefined || part.summary.length === 0) &&
    part.signature === undefined &&
    part.redacted === undefined && part.encrypted === undefined;
}

/** Earlier reasoning for a provider; undefined where it cannot verify it as its own. */
export function writeReasoningInput(part: ReasoningPart): ResponseReasoningItem | undefined {
  if (part.encrypted === undefined) return undefined;
  const { itemId } = part;
  return {
    type: "reasoning",
    ...(itemId?.startsWith("rs_") ? { id: itemId } : {}),
    summary: summaryOf(part.summary),
    ...(part.text ? { content: [{ type: "reasoning_text", text: part.text }] } : {}),
    encrypted_content: part.encrypted,
  } as ResponseReasoningItem;
}

/**
 * Reasoning for a client. Agents show summaries and hide raw text, so another dialect's thinking goes out as a
 * summary; text that came from this dialect stays where it was.
 */
export function writeReasoning(part: ReasoningPart, id: string): ResponseReasoningItem {
  const { text, summary = [] } = part;
  const encrypted = sealedContent(part);
  if (!text) return reasoningItem(id, summary, undefined, encrypted);
  const own = part.itemId !== undefined || summary.length > 0;
  return own ? reasoningItem(id, summary, text, encrypted) : reasoningItem(id, [text], undefined, encrypted);
}

/** A finished item. */
export function reasoningItem(
  id: string,
  summary: readonly string[],
  text: string | undefined,
  encrypted: string | undefined,
): ResponseReasoningItem {
  return {
    type: "reasoning",
    id,
    summary: summaryOf(summary),
    ...(text ? { content: [{ type: "reasoning_text", text }] } : {}),
    ...(encrypted === undefined ? {} : { encrypted_content: encrypted }),
    status: "completed",
  };
}

function summaryOf(summary: readonly string[] | undefined): ResponseReasoningItem.Summary[] {
  return (summary ?? []).map((text) => ({ type: "summary_text", text }));
}
