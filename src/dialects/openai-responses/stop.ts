/** Why an answer ended: `status` and `incomplete_details` of a response ⇄ the neutral reasons. */
import type { Response } from "openai/resources/responses/responses";
import { own, stringOf } from "../../json/shape.ts";
import type { StopReason } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";

/** What the answer held, as far as its end depends on it. */
export interface Seen {
  readonly toolCalls: boolean;
  readonly refusal: boolean;
}

/** The reasons of incomplete answers. Others count as a normal end. */
const INCOMPLETE: Readonly<Record<string, StopReason>> = {
  max_output_tokens: "max_tokens",
  max_messages: "max_tokens",
  max_tokens: "max_tokens",
  content_filter: "content_filter",
  context_length_exceeded: "context_window",
};

export interface End {
  readonly stop: StopReason;
  readonly rawStop?: string;
}

/** The end of a response that did not fail. */
export function decodeStop(response: Json, seen: Seen): End {
  if (response?.status === "incomplete") {
    const reason = stringOf(response.incomplete_details?.reason) ?? "incomplete";
    return { stop: own(INCOMPLETE, reason) ?? "end_turn", rawStop: reason };
  }
  return { stop: seen.toolCalls ? "tool_use" : seen.refusal ? "refusal" : "end_turn" };
}

export type Outcome = Pick<Response, "incomplete_details"> & { readonly status: "completed" | "incomplete" };

const CUT: Partial<Readonly<Record<StopReason, NonNullable<Response.IncompleteDetails["reason"]>>>> = {
  max_tokens: "max_output_tokens",
  context_window: "max_output_tokens",
  content_filter: "content_filter",
};

/** The status for a client. A refusal is a complete answer here: its content says so. */
export function encodeStop(stop: StopReason): Outcome {
  const reason = CUT[stop];
  if (reason === undefined) return { status: "completed", incomplete_details: null };
  return { status: "incomplete", incomplete_details: { reason } };
}

/** The text for a client where a model refused without one. */
export const REFUSED_TEXT = "The model declined to answer.";
