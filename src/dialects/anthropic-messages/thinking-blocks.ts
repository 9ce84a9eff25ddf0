/** Thinking blocks ⇄ reasoning. @see https://platform.claude.com/docs/en/build-with-claude/extended-thinking */
import type { ReasoningPart } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { openSeal, sealReasoning } from "./reasoning-seal.ts";

/** A thinking block. A signature that is a seal gives back what another dialect's provider said. */
export function decodeThinking(block: Json): ReasoningPart {
  const text = typeof block.thinking === "string" && block.thinking !== "" ? block.thinking : undefined;
  const signature = typeof block.signature === "string" && block.signature !== ""
    ? block.signature
    : undefined;
  const sealed = signature === undefined ? undefined : openSeal(signature);
  if (sealed === undefined) {
    return {
      type: "reasoning",
      ...(text !== undefined && { text }),
      ...(signature !== undefined && { signature }),
    };
  }
  const { summarised, ...carried } = sealed;
  const words = text === undefined ? {} : summarised ? { summary: [text] } : { text };
  return { type: "reasoning", ...words, ...carried };
}

/**
 * The block that goes to a provider; undefined where the reasoning cannot be handed back: Anthropic refuses thinking
 * that it did not sign.
 */
export function encodeSignedThinking(part: ReasoningPart): Json | undefined {
  if (part.redacted !== undefined) return { type: "redacted_thinking", data: part.redacted };
  if (part.signature === undefined) return undefined;
  return { type: "thinking", thinking: part.text ?? "", signature: part.signature };
}

/** The block for a client: every kind of reasoning, sealed where Anthropic did not sign it. */
export function encodeThinking(part: ReasoningPart): Json {
  if (part.redacted !== undefined) return { type: "redacted_thinking", data: part.redacted };
  return {
    type: "thinking",
    thinking: reasoningText(part),
    signature: part.signature ?? sealReasoning(part),
  };
}

/** The words of a reasoning part: its text, else its summaries. */
export function reasoningText(part: ReasoningPart): string {
  return part.text ?? part.summary?.join(SUMMARY_BREAK) ?? "";
}

/** Stands between two summaries. */
export const SUMMARY_BREAK = "\n\n";
