/** The blocks of a streamed answer that follow each other: text, refusal, reasoning. One is open at a time. */
import type { BlockStart, ReplyEvent } from "../../model/conversation.ts";

export class StreamBlocks {
  /** Where events go; replaced with each chunk. */
  out: ReplyEvent[] = [];
  #next = 0;
  #open: { readonly type: BlockStart["type"]; readonly index: number } | undefined;

  /** Whether any block was begun. */
  get any(): boolean {
    return this.#next > 0;
  }

  /** An index for a block that somebody else opens and closes. */
  claim(): number {
    return this.#next++;
  }

  /** The index of the open block, where it is of this type. */
  openOf(type: BlockStart["type"]): number | undefined {
    return this.#open?.type === type ? this.#open.index : undefined;
  }

  /** Closes the open block and opens another; its index. */
  begin(block: BlockStart): number {
    this.close();
    const index = this.#next++;
    this.#open = { type: block.type, index };
    this.out.push({ type: "block_start", index, block });
    return index;
  }

  close(): void {
    if (this.#open === undefined) return;
    this.out.push({ type: "block_stop", index: this.#open.index });
    this.#open = undefined;
  }
}
