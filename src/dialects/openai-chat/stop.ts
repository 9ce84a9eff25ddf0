/**
 * Why an answer ended: `finish_reason` of the Chat dialect
 * (https://platform.openai.com/docs/api-reference/chat/object#chat/object-choices) ⇄ the neutral reasons.
 */
import { own } from "../../json/shape.ts";
import type { OpenAI } from "openai";
import type { StopReason } from "../../model/conversation.ts";

export type FinishReason = OpenAI.Chat.ChatCompletion.Choice["finish_reason"];

/** Every word seen on the wire; what is not here counts as a normal end. */
const STOP_REASONS: Readonly<Record<string, StopReason>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  function_call: "tool_use",
  content_filter: "content_filter",
  // Other providers' words
  max_tokens: "max_tokens",
  model_length: "context_window", // Mistral
  model_context_window_exceeded: "context_window", // Z.ai
  tool_call: "tool_use",
  tool_use: "tool_use",
  sensitive: "content_filter", // Z.ai
  // Google's words, behind a "content_filter:" where its own endpoint says them
  safety: "content_filter",
  recitation: "content_filter",
  prohibited_content: "content_filter",
  blocklist: "content_filter",
  spii: "content_filter",
  refusal: "refusal",
  pause_turn: "pause_turn",
  stop_sequence: "stop_sequence",
};

/** Words that mean that the provider failed on the way. */
const FAILURES: ReadonlySet<string> = new Set([
  "error",
  "abort",
  "network_error", // Z.ai
  "insufficient_system_resource", // DeepSeek
]);

/** Where OpenRouter's `native_finish_reason` says more than its `finish_reason`. */
const NATIVE: ReadonlySet<string> = new Set(["refusal", "pause_turn", "stop_sequence"]);

const FINISH_REASONS: Readonly<Record<StopReason, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  tool_use: "tool_calls",
  refusal: "content_filter",
  content_filter: "content_filter",
  pause_turn: "stop",
  context_window: "length",
};

/** Whether the word says that the answer broke off by the provider's fault. */
export function isFailedFinish(raw: unknown): boolean {
  return typeof raw === "string" && FAILURES.has(raw);
}

/** What the answer held, as far as its end depends on it. */
export interface Seen {
  readonly toolCalls: boolean;
  readonly refusal: boolean;
}

/**
 * The neutral reason. Providers say "stop" though they call tools, and "tool_calls" though they call none; an agent
 * goes by this word, so the answer's content decides between the two.
 */
export function decodeStop(raw: unknown, native: unknown, seen: Seen): StopReason {
  const word = typeof native === "string" && NATIVE.has(native) ? native : raw;
  // Google: "content_filter: RECITATION", "function_call_filter: MALFORMED_FUNCTION_CALL".
  const known = typeof word === "string" ? word.toLowerCase().split(":", 1)[0] : undefined;
  const stop = own(STOP_REASONS, known) ?? "end_turn";
  if (stop === "end_turn" || stop === "tool_use") {
    if (seen.toolCalls) return "tool_use";
    return seen.refusal ? "refusal" : "end_turn";
  }
  return stop;
}

/**
 * The word for a Chat client. With a refusal's text in the answer the end itself is a normal one. An answer that calls
 * tools stops to have them run: agents run none after "stop".
 */
export function encodeStop(stop: StopReason, seen: Seen, legacy = false): FinishReason {
  if (stop === "refusal" && seen.refusal) return "stop";
  const calls = stop === "tool_use" || (stop === "end_turn" && seen.toolCalls);
  if (calls) return legacy ? "function_call" : "tool_calls";
  return FINISH_REASONS[stop];
}
