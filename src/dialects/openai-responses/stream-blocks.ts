/** The neutral events that a stream's items become: blocks get their index here, in the order in which they begin. */
import type { BlockStart, ReplyEvent } from "../../model/conversation.ts";

export class BlockSink {
  /** What the current event gave; taken by the decoder. */
  out: ReplyEvent[] = [];
  /** What the answer held: its end depends on it. */
  toolCalls = false;
  refusal = false;
  #next = 0;

  /** Begins a block. Returns its index. */
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

/** What a `done` tells beyond what the deltas gave. Text that cannot be taken back is left as it is. */
export function rest(sent: string, whole: unknown): string {
  if (typeof whole !== "string" || whole.length <= sent.length) return "";
  return whole.startsWith(sent) ? whole.slice(sent.length) : "";
}
