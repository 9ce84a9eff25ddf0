/** The blocks of a provider's stream: texts and reasoning, one open at a time, and tool calls, several at a time. */
import { parseJsonText } from "../../../json/shape.ts";
import type { BlockStart, ToolKind } from "../../../model/conversation.ts";
import type { Json } from "../../../model/json.ts";
import { BlockSink } from "../../shared/blocks.ts";
import { unmarkedName } from "../../shared/tool-names.ts";
import { isRedacted, plainReasoning } from "../reasoning.ts";

/** Texts and reasoning, one open at a time; tool calls begin and end independently. */
export class StreamBlocks extends BlockSink {
  #open: { readonly type: BlockStart["type"]; readonly index: number } | undefined;

  /** The index of the open block, where it is of this type. */
  openOf(type: BlockStart["type"]): number | undefined {
    return this.#open?.type === type ? this.#open.index : undefined;
  }

  /** Closes the open block and opens another. @returns its index */
  begin(block: BlockStart): number {
    this.close();
    const index = this.start(block);
    this.#open = { type: block.type, index };
    return index;
  }

  close(): void {
    if (this.#open === undefined) return;
    this.stop(this.#open.index);
    this.#open = undefined;
  }
}

// Joins the pieces of tool calls in a Chat stream: whole or cut, by `index` or without, with the id
// in the first piece, in every one, or nowhere.

interface Call {
  /** The id as the provider gave it. */
  readonly wireId: string | undefined;
  readonly id: string;
  kind: ToolKind;
  name: string;
  signature?: string;
  /** The block's index; -1 while the name has not come. */
  block: number;
  /** The arguments so far. */
  text: string;
}

/** The `index` that a legacy `function_call` gets: none that the wire uses. */
export const LEGACY_INDEX = -1;

export class ToolCallDecoder {
  #byIndex = new Map<number, Call>();
  #all: Call[] = [];
  /** The last call that came under an index of another. */
  #crowded: Call | undefined;
  #sink: BlockSink;
  #newId: () => string;

  /** `newId` makes an id for a call that came without one. */
  constructor(sink: BlockSink, newId: () => string) {
    this.#sink = sink;
    this.#newId = newId;
  }

  get any(): boolean {
    return this.#all.length > 0;
  }

  /** One entry of `tool_calls`. */
  push(piece: Json): void {
    if (typeof piece !== "object" || piece === null) return;
    const body = piece.function ?? piece.custom ?? {};
    const name = nonEmpty(body.name);
    let text = argumentText(body.arguments ?? body.input);
    const call = this.#find(piece, name, text);
    if (repeats(call, piece, text)) text = text.slice(call.text.length);
    if (piece.type === "custom" || piece.custom !== undefined) call.kind = "custom";
    if (call.name === "" && name !== undefined) call.name = unmarkedName(name);
    const signature = nonEmpty(piece.extra_content?.google?.thought_signature);
    if (signature !== undefined) call.signature ??= signature;
    call.text += text;
    if (call.block !== -1) {
      this.#sink.delta(call.block, text);
    } else if (call.name !== "") this.#start(call);
  }

  /** The answer is over: closes every call. A function without arguments gets `{}`, which every client can read. */
  close(): void {
    for (const call of this.#all) {
      if (call.block === -1) {
        if (call.text === "") continue;
        this.#start(call);
      }
      if (call.text === "" && call.kind === "function") this.#sink.delta(call.block, "{}");
      this.#sink.stop(call.block);
    }
  }

  #start(call: Call): void {
    const { id, name, kind, signature } = call;
    const block = { type: "tool_call" as const, id, name, kind };
    call.block = this.#sink.start(signature === undefined ? block : { ...block, signature });
    this.#sink.delta(call.block, call.text);
  }

  #find(piece: Json, name: string | undefined, text: string): Call {
    const id = nonEmpty(piece.id);
    if (typeof piece.index === "number") {
      const call = this.#byIndex.get(piece.index);
      if (call !== undefined && !isAnother(call, id, name, text)) return call;
      const meant = call === undefined ? this.#elsewhere(id, name, text) : undefined;
      const made = meant ?? this.#make(id);
      this.#byIndex.set(piece.index, made);
      if (call !== undefined) this.#crowded = made;
      return made;
    }
    if (id !== undefined) return this.#all.find((call) => call.wireId === id) ?? this.#make(id);
    return (name === undefined ? this.#all.at(-1) : undefined) ?? this.#make(undefined);
  }

  /** The call that the first piece of an index belongs to, where it began under another index. */
  #elsewhere(id: string | undefined, name: string | undefined, text: string): Call | undefined {
    if (id === undefined && name === undefined) {
      // A second call's head comes under the first one's index, the rest under its own (https://github.com/agno-agi/agno/pull/8880).
      return this.#crowded?.text === "" ? this.#crowded : undefined;
    }
    // The whole call once more, under the next index (https://github.com/mudler/LocalAI/issues/9722).
    return text === "" || id === undefined
      ? undefined
      : this.#all.find((call) => call.wireId === id && call.name === name && call.text === text);
  }

  #make(wireId: string | undefined): Call {
    const taken = wireId === undefined || this.#all.some((call) => call.wireId === wireId);
    const call: Call = {
      wireId,
      id: taken ? this.#newId() : wireId,
      kind: "function",
      name: "",
      block: -1,
      text: "",
    };
    this.#all.push(call);
    return call;
  }
}

/** Some providers send several whole calls, all with index 0. A piece with a name of its own begins a new call. */
function isAnother(call: Call, id: string | undefined, name: string | undefined, text: string): boolean {
  if (name === undefined || call.name === "") return false;
  if (id !== undefined && call.wireId !== undefined) {
    // A few give each piece another id: a call whose arguments are not whole yet goes on.
    const goesOn = name === call.name && parseJsonText(call.text) === undefined &&
      (call.text !== "" || parseJsonText(text) === undefined);
    return id !== call.wireId && !goesOn;
  }
  return name !== call.name || (text !== "" && parseJsonText(call.text) !== undefined);
}

/** A few send a call's head and all of its arguments so far in each piece (https://github.com/NousResearch/hermes-agent/pull/35718). */
function repeats(call: Call, piece: Json, text: string): boolean {
  return call.text.length > 1 && call.wireId !== undefined && piece.id === call.wireId &&
    nonEmpty(piece.function?.name) !== undefined && text.startsWith(call.text);
}

/** Arguments are text; a few providers send the object itself. */
function argumentText(value: Json): string {
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null ? JSON.stringify(value) : "";
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

// Reasoning in a Chat stream: plain pieces of text, or OpenRouter's details, or both with the same words.

export class ReasoningDecoder {
  #blocks: StreamBlocks;
  /** The last block written to. */
  #index = -1;
  /** That block has its signature or encrypted content: what comes next is another block. */
  #sealed = false;
  /** That block's words came as plain text: details repeat them. */
  #plain = false;
  #summary = -1;
  #detail: unknown;
  /** This delta had a summary already: another one is not a piece of it. */
  #summarized = false;

  constructor(blocks: StreamBlocks) {
    this.#blocks = blocks;
  }

  /** The reasoning in a delta or message. */
  push(delta: Json): void {
    let hasWords = false;
    const details = delta.reasoning_details;
    if (Array.isArray(details)) {
      this.#summarized = false;
      for (const detail of details) hasWords = this.#push(detail) || hasWords;
    }
    if (hasWords) return;
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

  /** Whether the detail had words of the reasoning. */
  #push(detail: Json): boolean {
    if (typeof detail !== "object" || detail === null) return false;
    const repeats = this.#plain && !this.#sealed && this.#isOpen();
    let hasWords = false;
    if (typeof detail.text === "string" && detail.text !== "") {
      hasWords = true;
      if (!repeats) this.text(detail.text);
    }
    if (typeof detail.summary === "string" && detail.summary !== "") {
      hasWords = true;
      if (!repeats) this.#summarize(detail);
    }
    if (typeof detail.signature === "string" && detail.signature !== "") {
      this.#seal({ signature: detail.signature }, undefined);
    }
    if (typeof detail.data === "string" && detail.data !== "") this.#secret(detail);
    return hasWords;
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
