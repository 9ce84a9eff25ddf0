/**
 * The items of a provider's stream. Providers send an item's content as deltas, in `done` events, in the finished item, in
 * the finished response, or in all of these: each decoder remembers what it gave, and gives only the rest.
 */
import { isRecord, listOf, stringOf } from "../../../json/shape.ts";
import type { Json } from "../../../model/json.ts";
import { type BlockSink, GAP } from "../../shared/blocks.ts";
import { decodeOutputItem } from "../answer/decode.ts";
import { decodeCall } from "../calls.ts";
import { decodeCitation } from "../citations.ts";

type Item = Record<string, Json>;

/** An item that is open. */
export interface ItemDecoder {
  readonly item: Item;
  closed: boolean;
  /** Adds what is missing of the finished item, and closes it. */
  finish(item: Item): void;
  /** Closes it as it is: the stream ended, well or badly, without finishing it. */
  close(failed: boolean): void;
}

/** The item that an added or finished one begins. */
export function itemDecoder(item: Item, sink: BlockSink): ItemDecoder {
  switch (item.type) {
    case "message":
      return new MessageDecoder(item, sink);
    case "reasoning":
      return new ReasoningDecoder(item, sink);
    case "function_call":
    case "custom_tool_call":
      return new CallDecoder(item, sink);
    default:
      return new WholeDecoder(item, sink);
  }
}

interface ContentPart {
  readonly index: number;
  readonly refusal: boolean;
  sent: string;
  citations: number;
  closed: boolean;
}

export class MessageDecoder implements ItemDecoder {
  closed = false;
  #parts: ContentPart[] = [];

  constructor(readonly item: Item, private readonly sink: BlockSink) {}

  delta(contentIndex: number, refusal: boolean, text: Json): void {
    if (typeof text !== "string" || text === "") return;
    const part = this.#part(contentIndex, refusal);
    part.sent += text;
    this.sink.delta(part.index, text);
  }

  /** A part's whole text. */
  text(contentIndex: number, refusal: boolean, whole: Json): void {
    const known = this.#parts[contentIndex];
    this.delta(contentIndex, refusal, known === undefined ? whole : rest(known.sent, whole));
  }

  annotation(contentIndex: number, annotation: Json): void {
    const citation = decodeCitation(annotation);
    if (citation === undefined) return;
    const part = this.#part(contentIndex, false);
    part.citations++;
    this.sink.push({ type: "citation", index: part.index, citation });
  }

  /** A part is whole. */
  partDone(contentIndex: number, content: Json): void {
    if (!isRecord(content)) return;
    const refusal = content.type === "refusal";
    this.text(contentIndex, refusal, refusal ? content.refusal : content.text);
    const annotations = listOf(content.annotations);
    for (let i = this.#parts[contentIndex]?.citations ?? 0; i < annotations.length; i++) {
      this.annotation(contentIndex, annotations[i]);
    }
    const part = this.#parts[contentIndex];
    if (part !== undefined) this.#close(part);
  }

  finish({ content }: Item): void {
    if (typeof content === "string") this.partDone(0, { type: "output_text", text: content });
    else for (const [i, part] of listOf(content).entries()) this.partDone(i, part);
    this.close();
  }

  close(): void {
    for (const part of this.#parts) if (part !== undefined) this.#close(part);
    this.closed = true;
  }

  #part(contentIndex: number, refusal: boolean): ContentPart {
    const known = this.#parts[contentIndex];
    if (known !== undefined && !known.closed) return known;
    const phase = stringOf(this.item.phase);
    const index = this.sink.start(
      refusal ? { type: "refusal" } : phase === undefined ? { type: "text" } : { type: "text", phase },
    );
    return this.#parts[contentIndex] = { index, refusal, sent: "", citations: 0, closed: false };
  }

  #close(part: ContentPart): void {
    if (part.closed) return;
    part.closed = true;
    this.sink.stop(part.index);
  }
}

/** A call whose arguments come in pieces. */
export class CallDecoder implements ItemDecoder {
  closed = false;
  #sent = "";
  #index: number;

  constructor(readonly item: Item, private readonly sink: BlockSink) {
    const { arguments: given, ...start } = decodeCall(item)!;
    this.#index = sink.start(start);
    this.delta(given);
  }

  delta(text: Json): void {
    if (typeof text !== "string" || text === "") return;
    this.#sent += text;
    this.sink.delta(this.#index, text);
  }

  /** The whole arguments. */
  text(whole: Json): void {
    this.delta(rest(this.#sent, whole));
  }

  finish(item: Item): void {
    if (!this.closed) this.text(decodeCall(item)?.arguments);
    this.close();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.sink.stop(this.#index);
  }
}

export class ReasoningDecoder implements ItemDecoder {
  closed = false;
  #index = -1;
  #summary: string[] = [];
  #texts: string[] = [];

  constructor(readonly item: Item, private readonly sink: BlockSink) {}

  summary(summaryIndex: number, text: Json): void {
    if (typeof text !== "string" || text === "") return;
    this.#summary[summaryIndex] = (this.#summary[summaryIndex] ?? "") + text;
    this.sink.push({ type: "summary_delta", index: this.#block(), summaryIndex, text });
  }

  summaryText(summaryIndex: number, whole: Json): void {
    this.summary(summaryIndex, rest(this.#summary[summaryIndex] ?? "", whole));
  }

  delta(contentIndex: number, text: Json): void {
    if (typeof text !== "string" || text === "") return;
    const known = this.#texts[contentIndex];
    this.#texts[contentIndex] = (known ?? "") + text;
    const gap = known === undefined && Object.keys(this.#texts).length > 1 ? GAP : "";
    this.sink.delta(this.#block(), gap + text);
  }

  text(contentIndex: number, whole: Json): void {
    this.delta(contentIndex, rest(this.#texts[contentIndex] ?? "", whole));
  }

  finish(item: Item): void {
    if (this.closed) return;
    for (const [i, part] of listOf(item.summary).entries()) this.summaryText(i, part?.text);
    for (const [i, part] of listOf(item.content).entries()) this.text(i, part?.text);
    // Only the finished item has it whole: the one that was added holds a beginning.
    const encrypted = stringOf(item.encrypted_content);
    if (encrypted !== undefined) this.sink.push({ type: "signature", index: this.#block(), encrypted });
    this.close();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.#index !== -1) this.sink.stop(this.#index);
  }

  /** The block begins with its first content: empty reasoning has none. */
  #block(): number {
    if (this.#index === -1) {
      const itemId = stringOf(this.item.id);
      this.#index = this.sink.start(
        itemId === undefined ? { type: "reasoning" } : { type: "reasoning", itemId },
      );
    }
    return this.#index;
  }
}

/** An item that is passed on when it is whole: calls of one object, and items that only this dialect knows. */
class WholeDecoder implements ItemDecoder {
  closed = false;

  constructor(readonly item: Item, private readonly sink: BlockSink) {}

  /** Copies that send an item once, as added, have it whole there. */
  close(failed: boolean): void {
    if (!failed) this.finish(this.item);
    this.closed = true;
  }

  finish(item: Item): void {
    if (this.closed) return;
    this.closed = true;
    for (const part of decodeOutputItem(item)) {
      if (part.type === "opaque") this.sink.stop(this.sink.start({ type: "opaque", part }));
      if (part.type !== "tool_call") continue;
      const { arguments: given, ...start } = part;
      const index = this.sink.start(start);
      this.sink.delta(index, given);
      this.sink.stop(index);
    }
  }
}

/** What a `done` adds to the deltas. Text that was sent already stays as it is. */
export function rest(sent: string, whole: unknown): string {
  if (typeof whole !== "string" || whole.length <= sent.length) return "";
  return whole.startsWith(sent) ? whole.slice(sent.length) : "";
}
