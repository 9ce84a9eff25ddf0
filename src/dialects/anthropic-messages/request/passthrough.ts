/** Requests that pass through: their history is made fit for the provider, and thinking goes off where it would be refused. */
import { listOf } from "../../../json/shape.ts";
import type { Json } from "../../../model/json.ts";
import type { EncodeTarget } from "../../dialect.ts";
import { fitMessages, turnsOf, withoutForeign } from "../history.ts";
import { isClaude } from "../reasoning.ts";

/** A target of which nothing is known but that it checks signatures. */
const STRICT: EncodeTarget = { model: "claude", provider: "", quirks: [] };

/** The members of a body to replace for a target; undefined: none, as nearly always. */
export function historyEdits(
  body: Json,
  target?: EncodeTarget,
): Readonly<Record<string, Json>> | undefined {
  const before = listOf(body?.messages);
  const messages = target === undefined ? withoutForeign(before, STRICT) : fitMessages(before, body, target);
  const off = target !== undefined && isClaude(target) && body?.thinking?.type === "enabled" &&
    callsWithoutThinking(messages);
  if (messages === before && !off) return undefined;
  return {
    ...(messages === before ? {} : { messages }),
    ...(off ? thinkingOff(body) : {}),
  };
}

// Thinking is on, and the last answer calls tools without any: Anthropic would refuse it.

function callsWithoutThinking(messages: readonly Json[]): boolean {
  const turns = turnsOf(messages);
  const results = turns.at(-1);
  const answer = turns.at(-2);
  if (results?.role !== "user" || !results.blocks.some((block) => block?.type === "tool_result")) {
    return false;
  }
  const type = answer?.blocks[0]?.type;
  return type !== "thinking" && type !== "redacted_thinking";
}

/** What turns thinking off, and what is refused without it. */
function thinkingOff({ context_management: managed }: Json): Readonly<Record<string, Json>> {
  const edits = listOf(managed?.edits);
  const kept = edits.filter((edit) => !String(edit?.type).startsWith("clear_thinking"));
  return {
    thinking: { type: "disabled" },
    ...(kept.length < edits.length && { context_management: { ...managed, edits: kept } }),
  };
}
