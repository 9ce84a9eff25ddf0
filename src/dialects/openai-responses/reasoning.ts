/** The `reasoning` settings of a request and the reasoning items ⇄ the neutral ones. */
import { Buffer } from "node:buffer";
import type { ResponseReasoningItem } from "openai/resources/responses/responses";
import { isRecord, listOf, stringOf } from "../../json/shape.ts";
import type { Reasoning, ReasoningPart } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";

/** Asks for reasoning to come back encrypted, for a client that keeps the conversation itself. */
export const INCLUDE_ENCRYPTED = "reasoning.encrypted_content";

/** Thinking budgets of other dialects as efforts: up to so many tokens. Above the last: "high". */
const EFFORTS: readonly (readonly [tokens: number, effort: string])[] = [
  [2048, "low"],
  [12_000, "medium"],
];

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
  const effort = reasoning.effort ?? effortOf(reasoning);
  const summary = summaryOf(reasoning.summary);
  if (effort === undefined && summary === undefined) return undefined;
  return { ...(effort === undefined ? {} : { effort }), ...(summary === undefined ? {} : { summary }) };
}

/** Not every model can switch reasoning off, so "off" is left to its default. */
function effortOf({ enabled, budgetTokens }: Reasoning): string | undefined {
  if (enabled === false || budgetTokens === undefined) return undefined;
  for (const [tokens, effort] of EFFORTS) if (budgetTokens <= tokens) return effort;
  return "high";
}

/** Anthropic's `display` says whether thinking is shown; in how many words is this dialect's own matter. */
function summaryOf(summary: string | undefined): string | undefined {
  if (summary === "summarized" || summary === "full") return "auto";
  return summary === "omitted" || summary === "none" ? undefined : summary;
}

// Reasoning items ⇄ reasoning parts: summaries, the full text where given, encrypted content.

/** Stands between the parts of a reasoning's text, which is one in the neutral form. */
export const TEXT_GAP = "\n\n";

/** A reasoning item; undefined where there is nothing in it. */
export function decodeReasoning(item: Record<string, Json>): ReasoningPart | undefined {
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
export function decodeReasoningInput(item: Record<string, Json>): ReasoningPart | undefined {
  const part = decodeReasoning(item);
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
export function encodeReasoningInput(part: ReasoningPart): ResponseReasoningItem | undefined {
  if (part.encrypted === undefined) return undefined;
  const { itemId } = part;
  return {
    type: "reasoning",
    ...(itemId?.startsWith("rs_") ? { id: itemId } : {}),
    summary: summaryParts(part.summary),
    ...(part.text ? { content: [{ type: "reasoning_text", text: part.text }] } : {}),
    encrypted_content: part.encrypted,
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

// Another dialect's thinking, kept for it by a Responses client. Anthropic's thinking must come back with its text and
// signature unchanged, and clients of this dialect hand back nothing of a reasoning item but its `encrypted_content`
// faithfully. So that field carries the thinking, behind a prefix that no provider's own content begins with.

/** Begins every sealed `encrypted_content`; no provider's own content begins so, and none can read what follows. */
export const SEAL_PREFIX = "tlp1.";

/** The `encrypted_content` of a reasoning part: the provider's own, or the sealed signature; undefined: neither. */
export function sealedContent(part: Omit<ReasoningPart, "type">): string | undefined {
  if (part.encrypted !== undefined) return part.encrypted;
  const { text, signature, redacted } = part;
  if (signature === undefined && redacted === undefined) return undefined;
  return SEAL_PREFIX + Buffer.from(JSON.stringify({ text, signature, redacted })).toString("base64url");
}

/** The thinking behind a sealed `encrypted_content`; undefined where it is a provider's own. */
export function unsealed(content: string): ReasoningPart | undefined {
  if (!content.startsWith(SEAL_PREFIX)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(content.slice(SEAL_PREFIX.length), "base64url").toString());
  } catch {
    return { type: "reasoning" }; // damaged on its way: worthless to everybody
  }
  const fields = isRecord(value) ? value : {};
  const text = typeof fields.text === "string" ? fields.text : undefined;
  const signature = stringOf(fields.signature);
  const redacted = stringOf(fields.redacted);
  return {
    type: "reasoning",
    ...(text === undefined ? {} : { text }),
    ...(signature === undefined ? {} : { signature }),
    ...(redacted === undefined ? {} : { redacted }),
  };
}
