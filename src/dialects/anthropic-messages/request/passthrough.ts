/** Requests that pass through: their history is made fit for the provider, and thinking goes off where it would be refused. */
import { isRecord, listOf, textOf } from "../../../json/shape.ts";
import type { Json } from "../../../model/json.ts";
import type { EncodeTarget, HistoryEdits } from "../../dialect.ts";
import { fitMessages, turnsOf } from "../history.ts";
import { isClaude } from "../reasoning.ts";
import { takesName } from "../../shared/tool-names.ts";

/** Claude's names of tools (https://platform.claude.com/docs/en/api/messages#body-tools). */
const CLAUDE_NAME = /^[a-zA-Z0-9_-]{1,128}$/;

/** Whether a body must be re-encoded for a provider: tools whose names are refused get others, and come back as they were. */
export function needsReencode(body: Json, target: EncodeTarget): boolean {
  const claude = isClaude(target);
  return listOf(body?.tools).some((tool) =>
    typeof tool?.name === "string" &&
    !(claude ? CLAUDE_NAME.test(tool.name) : takesName(tool.name, target.quirks))
  );
}

/** What changes in a body's history for a target; undefined: nothing, as nearly always. */
export function historyEdits(body: Json, target: EncodeTarget): HistoryEdits | undefined {
  if (!isRecord(body)) return undefined;
  const dropped = new Set<string>();
  const before = listOf(body?.messages);
  const messages = fitMessages(before, body, target, (name) => dropped.add(name));
  const off = isClaude(target) && body?.thinking?.type === "enabled" && callsWithoutThinking(messages);
  if (messages === before && !off) return undefined;
  if (off) dropped.add("reasoning");
  return {
    members: {
      ...(messages === before ? {} : { messages }),
      ...(off ? thinkingOff(body) : {}),
    },
    dropped: [...dropped],
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
  const kept = edits.filter((edit) => !textOf(edit?.type).startsWith("clear_thinking"));
  return {
    thinking: { type: "disabled" },
    ...(kept.length < edits.length && { context_management: { ...managed, edits: kept } }),
  };
}
