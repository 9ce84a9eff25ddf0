/** Stop reasons. @see https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons */
import type { Anthropic } from "@anthropic-ai/sdk";
import type { StopReason } from "../../model/conversation.ts";

type WireStop = Anthropic.Messages.StopReason;

const DECODED: Readonly<Record<WireStop, StopReason>> = {
  end_turn: "end_turn",
  max_tokens: "max_tokens",
  stop_sequence: "stop_sequence",
  tool_use: "tool_use",
  pause_turn: "pause_turn",
  refusal: "refusal",
  model_context_window_exceeded: "context_window",
};

const ENCODED: Readonly<Record<StopReason, WireStop>> = {
  end_turn: "end_turn",
  max_tokens: "max_tokens",
  stop_sequence: "stop_sequence",
  tool_use: "tool_use",
  pause_turn: "pause_turn",
  refusal: "refusal",
  content_filter: "refusal",
  context_window: "model_context_window_exceeded",
};

/** What a provider's word means; an unknown word is a normal end, and is kept as `rawStop`. */
export function decodeStop(word: unknown): { readonly stop: StopReason; readonly rawStop?: string } {
  if (typeof word !== "string") return { stop: "end_turn" };
  const stop = Object.hasOwn(DECODED, word) ? DECODED[word as WireStop] : undefined;
  return stop === undefined ? { stop: "end_turn", rawStop: word } : { stop };
}

/**
 * The word for a client. An answer that calls tools stops to have them run, whatever the provider called it: agents
 * run no tool after `end_turn`.
 */
export function encodeStop(stop: StopReason, callsTools: boolean): WireStop {
  return callsTools && stop === "end_turn" ? "tool_use" : ENCODED[stop];
}
