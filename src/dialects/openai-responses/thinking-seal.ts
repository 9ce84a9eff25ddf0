/**
 * Another dialect's thinking, kept for it by a Responses client. Anthropic's thinking must come back with its text and
 * signature unchanged, and clients of this dialect hand back nothing of a reasoning item but its `encrypted_content`
 * faithfully. So that field carries the thinking, behind a prefix that no provider's own content begins with.
 */
import { Buffer } from "node:buffer";
import type { ReasoningPart } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { isRecord, listOf, stringOf } from "../../json/shape.ts";

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

/**
 * The `input` without sealed reasoning, for a body that passes through unread: its provider would refuse what it did
 * not encrypt itself. Undefined where there is none.
 */
export function withoutSealed(body: Json): { readonly input: readonly Json[] } | undefined {
  const input = listOf(body?.input);
  if (!input.some(isSealed)) return undefined;
  return { input: input.filter((item) => !isSealed(item)) };
}

function isSealed(item: Json): boolean {
  return item?.type === "reasoning" && typeof item.encrypted_content === "string" &&
    item.encrypted_content.startsWith(SEAL_PREFIX);
}
