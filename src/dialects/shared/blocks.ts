/** The blocks of an answer, as a stream's decoder gives them out. */
import type { BlockStart, ReplyEvent } from "../../model/conversation.ts";

/** Between two texts, thoughts or summaries that become one. */
export const GAP = "\n\n";

/** Collects the events of a stream. Blocks get their index here, in the order in which they begin. */
export class BlockSink {
  /** The events of the current chunk; the decoder takes them. */
  out: ReplyEvent[] = [];
  /** Whether the answer has any; its stop reason depends on it. */
  toolCalls = false;
  refusal = false;
  #next = 0;

  /** Whether any block began. */
  get any(): boolean {
    return this.#next > 0;
  }

  /** Begins a block. @returns its index */
  start(block: BlockStart): number {
    if (block.type === "tool_call") this.toolCalls = true;
    else if (block.type === "refusal") this.refusal = true;
    const index = this.#next++;
    this.out.push({ type: "block_start", index, block });
    return index;
  }

  delta(index: number, text: string): void {
    if (text !== "") this.out.push({ type: "delta", index, text });
  }

  push(event: ReplyEvent): void {
    this.out.push(event);
  }

  stop(index: number): void {
    this.out.push({ type: "block_stop", index });
  }
}
