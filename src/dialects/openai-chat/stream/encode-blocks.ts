/** The blocks of a client's stream: what each remembers, and the deltas of tool calls, written as text. */
import type { BlockStart, ReplyEvent } from "../../../model/conversation.ts";
import { CustomInputDecoder } from "../../shared/custom-input.ts";
import type { ToolNames } from "../../shared/tool-names.ts";
import type { ReasoningDraft } from "../reasoning.ts";

export type ToolStart = Extract<BlockStart, { type: "tool_call" }>;

/** A block that is open. */
export interface WireBlock {
  readonly type: BlockStart["type"];
  /** Text: where it begins in the whole content. */
  readonly from: number;
  /** Tools: the index on the wire. */
  readonly tool: number;
  /** Tools: the client's own name for it. */
  readonly name?: string;
  /** Tools: turns a function's arguments into the input of the client's custom tool. */
  readonly convert?: { push(piece: string): string; end(): string };
  readonly custom: boolean;
  /** Reasoning: what `reasoning_details` needs whole. */
  readonly reasoning?: ReasoningDraft;
}

/** A text or refusal. `from`: where it begins in the whole content. */
export function textBlock(type: BlockStart["type"], from: number): WireBlock {
  return { type, from, tool: -1, custom: false };
}

export function reasoningBlock(itemId: string | undefined): WireBlock {
  const reasoning: ReasoningDraft = itemId === undefined
    ? { type: "reasoning" }
    : { type: "reasoning", itemId };
  return { ...textBlock("reasoning", 0), reasoning };
}

/** A call. `tool`: its index on the wire. */
export function toolBlock(start: ToolStart, tool: number, names: ToolNames): WireBlock {
  const known = names.original(start.name);
  const custom = start.kind === "custom" || known?.kind === "custom";
  const convert = start.kind !== "custom" && custom ? new CustomInputDecoder() : undefined;
  const name = known?.name ?? start.name;
  return { type: "tool_call", from: 0, tool, name, custom, ...(convert && { convert }) };
}

/** The first delta of a call; "" for a second call in the legacy form, which knows only one. */
export function startDelta(start: ToolStart, { tool, custom, name }: WireBlock, legacy = false): string {
  if (legacy) {
    return tool === 0 ? `{"function_call":{"name":${JSON.stringify(name)},"arguments":""}}` : "";
  }
  const body = custom
    ? `"type":"custom","custom":{"name":${JSON.stringify(name)},"input":""}`
    : `"type":"function","function":{"name":${JSON.stringify(name)},"arguments":""}`;
  const extra = start.signature === undefined
    ? ""
    : `,"extra_content":{"google":{"thought_signature":${JSON.stringify(start.signature)}}}`;
  return `{"tool_calls":[{"index":${tool},"id":${JSON.stringify(start.id)},${body}${extra}}]}`;
}

/** A piece of a call's arguments; "" as in {@link startDelta}. */
export function argumentsDelta({ tool, custom }: WireBlock, text: string, legacy = false): string {
  const piece = JSON.stringify(text);
  if (legacy) return tool === 0 ? `{"function_call":{"arguments":${piece}}}` : "";
  const body = custom ? `"custom":{"input":${piece}}` : `"function":{"arguments":${piece}}`;
  return `{"tool_calls":[{"index":${tool},${body}}]}`;
}

/** Adds what must come back with the reasoning. */
export function sign(reasoning: ReasoningDraft, event: ReplyEvent & { type: "signature" }): void {
  if (event.signature !== undefined) reasoning.signature = (reasoning.signature ?? "") + event.signature;
  if (event.encrypted !== undefined) reasoning.encrypted = event.encrypted;
  if (event.redacted !== undefined) reasoning.redacted = event.redacted;
  if (event.maker !== undefined) reasoning.maker = event.maker;
}
