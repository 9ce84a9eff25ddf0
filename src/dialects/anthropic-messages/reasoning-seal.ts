/**
 * Reasoning that no Anthropic provider signed, packed into the one opaque string that a client hands back
 * unread: the `signature` of a thinking block. So another provider's reasoning survives an Anthropic client
 * and goes back to its own provider, and Anthropic never sees a signature that is not its own.
 */
import { Buffer } from "node:buffer";
import type { ReasoningPart } from "../../model/conversation.ts";

/** What a seal carries. The text itself travels in the clear, beside it. */
export interface Sealed {
  readonly signature?: string;
  readonly redacted?: string;
  readonly encrypted?: string;
  readonly itemId?: string;
  /** The text beside the seal is a summary. */
  readonly summarised?: boolean;
}

/** The beginning of every seal; no provider's own signature begins so. */
export const SEAL_PREFIX = "tlp1.";

/** Packs what must come back. Reasoning with nothing to carry gets a seal too: it says that nobody signed the text. */
export function sealReasoning(part: Omit<ReasoningPart, "type">): string {
  const sealed: Record<string, string | number> = {};
  if (part.signature !== undefined) sealed.g = part.signature;
  if (part.redacted !== undefined) sealed.r = part.redacted;
  if (part.encrypted !== undefined) sealed.e = part.encrypted;
  if (part.itemId !== undefined) sealed.i = part.itemId;
  if (part.text === undefined && part.summary !== undefined) sealed.s = 1;
  return SEAL_PREFIX + Buffer.from(JSON.stringify(sealed)).toString("base64url");
}

/** What a seal carries; undefined where the string is none (a provider's own signature, say). */
export function openSeal(seal: string): Sealed | undefined {
  if (!seal.startsWith(SEAL_PREFIX)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(seal.slice(SEAL_PREFIX.length), "base64url").toString());
  } catch {
    return {}; // damaged on its way: still nobody's signature
  }
  if (typeof value !== "object" || value === null) return {};
  const { g, r, e, i, s } = value as Record<string, unknown>;
  return {
    ...(typeof g === "string" && { signature: g }),
    ...(typeof r === "string" && { redacted: r }),
    ...(typeof e === "string" && { encrypted: e }),
    ...(typeof i === "string" && { itemId: i }),
    ...(s === 1 && { summarised: true }),
  };
}
