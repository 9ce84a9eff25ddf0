/** The `reasoning` settings of a request and the reasoning items ⇄ the neutral ones. */
import type { ResponseReasoningItem } from "openai/resources/responses/responses";
import { isRecord, listOf, stringOf } from "../../json/shape.ts";
import type { Reasoning, ReasoningPart } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { GAP } from "../shared/blocks.ts";
import { effortOf } from "../shared/openai.ts";
import type { EncodeTarget } from "../dialect.ts";
import { mayReturn } from "../shared/origins.ts";
import { makerField, makerIn, seal, sealSecret, unseal } from "../shared/seal.ts";

/** Asks for reasoning to come back encrypted, for a client that keeps the conversation itself. */
export const INCLUDE_ENCRYPTED = "reasoning.encrypted_content";

/** `reasoning` and what `include` says of it; undefined where neither says anything. */
export function decodeReasoningSettings(reasoning: Json, encrypted: boolean): Reasoning | undefined {
  const fields = isRecord(reasoning) ? reasoning : {};
  const effort = stringOf(fields.effort);
  const summary = stringOf(fields.summary) ?? stringOf(fields.generate_summary);
  if (effort === undefined && summary === undefined && !encrypted) return undefined;
  return {
    ...(effort === undefined ? {} : { enabled: effort !== "none", effort }),
    ...(summary === undefined ? {} : { summary }),
    ...(encrypted ? { encrypted } : {}),
  };
}

/** `reasoning` for a provider; undefined leaves it to the model's default. */
export function encodeReasoningSettings(reasoning: Reasoning): Record<string, Json> | undefined {
  const effort = reasoning.effort ?? impliedEffort(reasoning);
  const summary = summaryOf(reasoning.summary);
  if (effort === undefined && summary === undefined) return undefined;
  return { ...(effort === undefined ? {} : { effort }), ...(summary === undefined ? {} : { summary }) };
}

/** Not every model can switch reasoning off, so "off" is left to its default. */
function impliedEffort({ enabled, budgetTokens }: Reasoning): string | undefined {
  return enabled === false || budgetTokens === undefined ? undefined : effortOf(budgetTokens);
}

/** Anthropic's `display` says whether thinking is shown; how long it is, this dialect decides itself. */
function summaryOf(summary: string | undefined): string | undefined {
  if (summary === "summarized" || summary === "full") return "auto";
  return summary === "omitted" || summary === "none" ? undefined : summary;
}

// Reasoning items ⇄ reasoning parts: summaries, the full text where given, encrypted content.

/** A reasoning item; undefined where there is nothing in it. */
export function decodeReasoning(item: Record<string, Json>): ReasoningPart | undefined {
  const summary = texts(item.summary);
  const text = texts(item.content).join(GAP);
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

/** Reasoning that a client sends back: the seal holds what was signed, the text beside it is a copy to show. */
export function decodeReasoningInput(item: Record<string, Json>): ReasoningPart | undefined {
  const part = decodeReasoning(item);
  const sealed = part?.encrypted === undefined ? undefined : unsealed(part.encrypted);
  if (sealed === undefined) return part;
  if (sealed.encrypted !== undefined) return { ...part, ...sealed };
  return isEmpty(sealed) ? undefined : sealed;
}

function texts(list: Json): string[] {
  return listOf(list).map((part) => part?.text).filter((text) => typeof text === "string" && text !== "");
}

/** Nothing to show and nothing to send back. */
export function isEmpty(part: ReasoningPart): boolean {
  return !part.text && (part.summary === undefined || part.summary.length === 0) &&
    part.signature === undefined &&
    part.redacted === undefined && part.encrypted === undefined;
}

/** Earlier reasoning for a provider; undefined where the provider cannot verify it. */
export function encodeReasoningInput(
  part: ReasoningPart,
  target: EncodeTarget,
): ResponseReasoningItem | undefined {
  const { encrypted, itemId, maker } = part;
  if (encrypted === undefined || !mayReturn(target, encrypted, "account", maker)) return undefined;
  return {
    type: "reasoning",
    ...(itemId?.startsWith("rs_") ? { id: itemId } : {}),
    summary: summaryParts(part.summary),
    ...(part.text ? { content: [{ type: "reasoning_text", text: part.text }] } : {}),
    encrypted_content: encrypted,
  } as ResponseReasoningItem;
}

/**
 * Reasoning for a client. Agents show summaries and hide raw text, so another dialect's thinking goes out as a
 * summary; text that came from this dialect stays where it was.
 */
export function encodeReasoning(part: ReasoningPart, id: string): ResponseReasoningItem {
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
    summary: summaryParts(summary),
    ...(text ? { content: [{ type: "reasoning_text", text }] } : {}),
    ...(encrypted === undefined ? {} : { encrypted_content: encrypted }),
    status: "completed",
  };
}

function summaryParts(summary: readonly string[] | undefined): ResponseReasoningItem.Summary[] {
  return (summary ?? []).map((text) => ({ type: "summary_text", text }));
}

// Another dialect's thinking must come back with its text and signature unchanged, and clients of this dialect return
// only the `encrypted_content` of a reasoning item unchanged. So that field carries a seal; see shared/seal.ts.

/** The `encrypted_content` of a reasoning part: the provider's own, or the sealed signature; undefined: neither. */
export function sealedContent(part: Omit<ReasoningPart, "type">): string | undefined {
  const { text, signature, redacted, encrypted, maker } = part;
  if (encrypted !== undefined) return sealSecret(encrypted, maker);
  if (signature === undefined && redacted === undefined) return undefined;
  return seal({ text, signature, redacted, ...makerField(maker) });
}

/** The thinking behind a sealed `encrypted_content`; undefined where it is a provider's own. */
export function unsealed(content: string): ReasoningPart | undefined {
  const fields = unseal(content);
  if (fields === undefined) return undefined;
  if (typeof fields.x === "string") return { type: "reasoning", encrypted: fields.x, ...makerIn(fields) };
  const text = typeof fields.text === "string" ? fields.text : undefined;
  const signature = stringOf(fields.signature);
  const redacted = stringOf(fields.redacted);
  return {
    type: "reasoning",
    ...(text === undefined ? {} : { text }),
    ...(signature === undefined ? {} : { signature }),
    ...(redacted === undefined ? {} : { redacted }),
    ...makerIn(fields),
  };
}
