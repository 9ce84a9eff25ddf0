/** Reasoning in a Chat stream: plain pieces of text, or OpenRouter's details, or both at once telling the same. */
import type { Json } from "../../model/json.ts";
import { isRedacted, plainReasoning } from "./reasoning-details.ts";
import type { StreamBlocks } from "./stream-blocks.ts";

export class StreamReasoning {
  #blocks: StreamBlocks;
  /** The last block written to. */
  #index = -1;
  /** That block has its signature or encrypted content: what comes next is another block. */
  #sealed = false;
  /** That block's words came as plain text: details repeat them. */
  #plain = false;
  #summary = -1;
  #detail: unknown;
  /** This delta told a summary already: another one is no piece of it. */
  #summarized = false;

  constructor(blocks: StreamBlocks) {
    this.#blocks = blocks;
  }

  /** What a delta or message says of the reasoning. */
  push(delta: Json): void {
    let told = false;
    const details = delta.reasoning_details;
    if (Array.isArray(details)) {
      this.#summarized = false;
      for (const detail of details) told = this.#push(detail) || told;
    }
    if (told) return;
    const text = plainReasoning(delta);
    if (text === "") return;
    this.text(text);
    this.#plain = true;
  }

  /** A piece of the thinking itself. */
  text(text: unknown): void {
    if (typeof text !== "string" || text === "") return;
    const index = this.#ensure();
    this.#blocks.out.push({ type: "delta", index, text });
  }

  /** Whether the detail told words of the reasoning. */
  #push(detail: Json): boolean {
    if (typeof detail !== "object" || detail === null) return false;
    const repeats = this.#plain && !this.#sealed && this.#isOpen();
    let told = false;
    if (typeof detail.text === "string" && detail.text !== "") {
      told = true;
      if (!repeats) this.text(detail.text);
    }
    if (typeof detail.summary === "string" && detail.summary !== "") {
      told = true;
      if (!repeats) this.#summarize(detail);
    }
    if (typeof detail.signature === "string" && detail.signature !== "") {
      this.#seal({ signature: detail.signature }, undefined);
    }
    if (typeof detail.data === "string" && detail.data !== "") this.#secret(detail);
    return told;
  }

  #summarize(detail: Json): void {
    const index = this.#ensure(idOf(detail));
    if (this.#summary === -1 || this.#summarized || detail.index !== this.#detail) this.#summary++;
    this.#summarized = true;
    this.#detail = detail.index;
    this.#blocks.out.push({
      type: "summary_delta",
      index,
      summaryIndex: this.#summary,
      text: detail.summary,
    });
  }

  #secret(detail: Json): void {
    if (isRedacted(detail)) {
      this.#begin(undefined);
      this.#seal({ redacted: detail.data }, undefined);
      this.#blocks.close();
    } else this.#seal({ encrypted: detail.data }, idOf(detail));
  }

  #seal(
    secret: { signature?: string; encrypted?: string; redacted?: string },
    itemId: string | undefined,
  ): void {
    const index = this.#ensure(itemId);
    this.#blocks.out.push({ type: "signature", index, ...secret });
    this.#sealed = true;
  }

  #isOpen(): boolean {
    return this.#index !== -1 && this.#blocks.openOf("reasoning") === this.#index;
  }

  /** The block to write to. */
  #ensure(itemId?: string): number {
    return this.#isOpen() && !this.#sealed ? this.#index : this.#begin(itemId);
  }

  #begin(itemId: string | undefined): number {
    this.#index = this.#blocks.begin(
      itemId === undefined ? { type: "reasoning" } : { type: "reasoning", itemId },
    );
    this.#sealed = false;
    this.#plain = false;
    this.#summary = -1;
    return this.#index;
  }
}

function idOf(detail: Json): string | undefined {
  return typeof detail.id === "string" && detail.id !== "" ? detail.id : undefined;
}
