/** Events of answers as other dialects give them, and a client that offers a tool of each kind. */
import type { BlockStart, ReplyEvent } from "../../../src/model/conversation.ts";

/** What a Codex client offers, in one of each kind. */
export const CODEX_TOOLS = [
  { type: "function", name: "exec_command", parameters: { type: "object", properties: {} }, strict: false },
  {
    type: "custom",
    name: "apply_patch",
    format: { type: "grammar", syntax: "lark", definition: "start: x" },
  },
  { type: "local_shell" },
  { type: "tool_search", execution: "client", parameters: { type: "object" } },
  {
    type: "namespace",
    name: "agents",
    description: "Sub-agents.",
    tools: [{ type: "function", name: "spawn" }, { type: "custom", name: "exec" }],
  },
];

export const START: ReplyEvent = {
  type: "start",
  id: "chatcmpl-1",
  model: "some-model",
  created: 1_795_000_000,
};
export const finish = (
  stop: "end_turn" | "tool_use" | "max_tokens" | "refusal" | "content_filter",
): ReplyEvent => ({
  type: "finish",
  stop,
  usage: { input: 10, cacheRead: 5, cacheWrite: 1, output: 7, reasoning: 2 },
});

export function block(index: number, start: BlockStart, ...texts: string[]): ReplyEvent[] {
  return [
    { type: "block_start", index, block: start },
    ...texts.map((text): ReplyEvent => ({ type: "delta", index, text })),
    { type: "block_stop", index },
  ];
}

/** A call as a model of another dialect makes it: a function of a flat name, with JSON. */
export function flatCall(id: string, name: string): BlockStart {
  return { type: "tool_call", id, name, kind: "function" };
}
