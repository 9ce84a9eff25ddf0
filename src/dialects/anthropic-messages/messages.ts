/**
 * The messages of a request ⇄ neutral ones. Anthropic demands `user` and `assistant` in turn, a user message first, and
 * every call's result first in the message after the call. Conversations of other dialects are looser, and agents that
 * were interrupted leave calls without results: the encoder repairs the order without losing what was said.
 *
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/handle-tool-calls
 */
import { isRecord, listOf } from "../../json/shape.ts";
import type { Message, Part, ToolCallPart, ToolResultPart } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { FILLER } from "../shared/fit.ts";
import { type Exchanged, NO_RESULT, orphanMark, ResultPool } from "../shared/results.ts";
import { CallIds, encodeCall, encodeResult } from "./calls.ts";
import { type Block, type BlockRules, decodeContent, encodePart, isBilling, textBlock } from "./content.ts";
import { uncompacted } from "./history.ts";

export function decodeMessages(body: Record<string, Json>): Message[] {
  const messages: Message[] = [];
  const system = decodeContent(
    Array.isArray(body.system) ? body.system.filter((block) => !isBilling(block)) : body.system,
  );
  if (system.length > 0) messages.push({ role: "system", parts: system });
  for (const message of uncompacted(listOf(body.messages))) {
    if (!isRecord(message)) continue;
    const role = message.role === "assistant" || message.role === "system" ? message.role : "user";
    const parts = decodeContent(message.content);
    if (parts.length > 0) messages.push({ role, parts });
  }
  return messages;
}

export interface WireMessage {
  readonly role: "user" | "assistant" | "system";
  readonly content: Block[];
}

export interface MessageRules extends BlockRules {
  /** `role: "system"` is taken, right after a user message and before an answer. */
  readonly laterSystem: boolean;
  /** The last message may be the beginning of the answer. */
  readonly prefill: boolean;
}

/** Everything after the leading system messages. */
export function encodeMessages(messages: readonly Message[], rules: MessageRules): WireMessage[] {
  const out = new Turns();
  const results = new ResultPool(messages.map(exchangedIn));
  const ids = new CallIds();
  let pending: Block[] = [];
  const answerCalls = () => {
    if (pending.length > 0) out.add("user", pending);
    pending = [];
  };
  for (const [at, message] of messages.entries()) {
    if (message.name !== undefined) rules.lost("name");
    if (message.role === "assistant") {
      const blocks: Block[] = [];
      for (const part of message.parts) {
        const block = part.type === "tool_call" ? call(part, at) : encodePart(part, rules);
        if (block !== undefined) blocks.push(block);
      }
      out.add("assistant", blocks);
      continue;
    }
    answerCalls();
    if (message.role === "user") out.add("user", userBlocks(message.parts));
    else out.addSystem(systemBlocks(message.parts, rules), rules.laterSystem);
  }
  answerCalls();
  return out.finish(rules.prefill);

  function call(part: ToolCallPart, at: number): Block {
    const id = ids.next(part.id);
    const result = results.take(part.id, at);
    pending.push(
      result === undefined
        ? { type: "tool_result", tool_use_id: id, content: NO_RESULT, is_error: true }
        : encodeResult(result, id, rules),
    );
    return encodeCall(part, id, rules);
  }

  function userBlocks(parts: readonly Part[]): Block[] {
    const blocks: Block[] = [];
    for (const part of parts) {
      if (part.type === "tool_result") {
        if (!results.wasTaken(part)) blocks.push(...orphan(part, rules));
        continue;
      }
      const block = encodePart(part, rules);
      if (block !== undefined) blocks.push(block);
    }
    return blocks;
  }
}

function exchangedIn({ parts }: Message): Exchanged<ToolResultPart> {
  return {
    calls: parts.flatMap((part) => part.type === "tool_call" ? [part.id] : []),
    results: parts.flatMap((part) => part.type === "tool_result" ? [{ id: part.id, result: part }] : []),
  };
}

/** A result that answers no call, or one that is answered already: what it says is kept as the user's text. */
function orphan(part: ToolResultPart, rules: BlockRules): Block[] {
  const blocks = part.content.map((inner) => encodePart(inner, rules)).filter((inner) => inner !== undefined);
  return blocks.length === 0 ? [] : [textBlock(orphanMark(part.id)), ...blocks];
}

/** System messages take nothing but text. */
export function systemBlocks(parts: readonly Part[], rules: BlockRules): Block[] {
  const blocks: Block[] = [];
  for (const part of parts) {
    const block = encodePart(part, rules);
    if (block === undefined) continue;
    if (block.type === "text") blocks.push(block);
    else rules.lost(part.type === "opaque" ? part.name : `${part.type}s`);
  }
  return blocks;
}

/** The messages as they grow: turns of the same role become one. */
class Turns {
  readonly #messages: WireMessage[] = [];

  add(role: "user" | "assistant", blocks: Block[]): void {
    if (blocks.length === 0) return;
    // A system message may only precede an answer: before more words of the user it becomes one of them.
    if (role === "user" && this.#last?.role === "system") this.#fold();
    if (this.#last?.role === role) this.#last.content.push(...blocks);
    else this.#messages.push({ role, content: blocks });
  }

  addSystem(blocks: Block[], allowed: boolean): void {
    if (blocks.length === 0) return;
    const last = this.#last;
    if (last?.role === "system") last.content.push(...blocks);
    else if (allowed && last?.role === "user") this.#messages.push({ role: "system", content: blocks });
    else this.add("user", blocks.map(reminder));
  }

  finish(prefill: boolean): WireMessage[] {
    const messages = this.#messages;
    if (messages[0]?.role !== "user") messages.unshift({ role: "user", content: [textBlock(FILLER)] });
    const last = this.#last;
    if (last?.role !== "assistant") return messages;
    const end = last.content.at(-1);
    if (!prefill) messages.push({ role: "user", content: [textBlock(FILLER)] });
    else if (end?.type === "text") end.text = end.text.trimEnd(); // white space at the end is refused
    return messages;
  }

  get #last(): WireMessage | undefined {
    return this.#messages.at(-1);
  }

  #fold(): void {
    const system = this.#messages.pop()!;
    this.add("user", system.content.map(reminder));
  }
}

/** The form in which agents themselves put instructions into the user's message where a model takes no other. */
function reminder(block: Block): Block {
  return { ...block, text: `<system-reminder>\n${block.text}\n</system-reminder>` };
}
