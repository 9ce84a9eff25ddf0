/**
 * Neutral events as a client's stream
 * (https://platform.openai.com/docs/api-reference/responses-streaming), in the order that the official SDK demands:
 * each `added` before what belongs to it, each with its `done`, the whole response last.
 */
import type { BlockStart, Conversation, ReplyEvent } from "../../../model/conversation.ts";
import type { ProviderError } from "../../../model/failure.ts";
import type { StreamEncoder } from "../../dialect.ts";
import { beginning, completed, failed, type WireResponse } from "../answer/encode.ts";
import { CalledTools } from "../calls.ts";
import { REFUSED_TEXT } from "../stop.ts";
import {
  type CallEncoder,
  callEncoder,
  MessageEncoder,
  type PartEncoder,
  ReasoningEncoder,
  StreamWriter,
} from "./encode-blocks.ts";

/** A block that is open. Texts and reasoning begin on the wire with their first content: an empty one is not sent. */
type Open =
  | { readonly type: "text" | "refusal"; readonly phase: string | undefined; part: PartEncoder | undefined }
  | { readonly type: "reasoning"; readonly itemId: string | undefined; item: ReasoningEncoder | undefined }
  | { readonly type: "tool_call"; readonly call: CallEncoder };

/** Keeps the connection open; every client skips comments. */
const PING = ": ping\n\n";

export class ResponsesStreamEncoder implements StreamEncoder {
  #writer = new StreamWriter();
  #tools: CalledTools;
  #open = new Map<number, Open>();
  /** The message that a further text may join. */
  #message: MessageEncoder | undefined;
  #begun: WireResponse | undefined;
  #ended = false;
  #refused = false;

  constructor(private readonly asked: Conversation) {
    this.#tools = new CalledTools(asked);
  }

  push(event: ReplyEvent): string {
    if (this.#ended) return "";
    switch (event.type) {
      case "delta":
        return event.text === "" ? "" : this.#delta(event.index, event.text);
      case "summary_delta":
        return event.text === ""
          ? ""
          : this.#withReasoning(event.index, (item) => item.summary(event.summaryIndex, event.text));
      case "signature":
        if (!event.signature && !event.encrypted && !event.redacted) return "";
        return this.#withReasoning(event.index, (item) => {
          item.signature(event);
          return "";
        });
      case "citation":
        return this.#withPart(event.index, (part) => {
          part.citation(event.citation);
          return "";
        });
      case "block_start":
        return this.#begin(event, event.block);
      case "block_stop":
        return this.#stop(event.index);
      case "start":
        return this.#start(event);
      case "finish":
        return this.#finish(event);
      case "error":
        return this.#fail(event.error);
      case "ping":
        return PING;
    }
  }

  end(): string {
    if (this.#ended) return "";
    return this.#fail({ message: "the answer ended before it was whole", type: "server_error" });
  }

  #start(answer: Parameters<typeof beginning>[0]): string {
    if (this.#begun !== undefined) return "";
    this.#begun = beginning(answer, this.asked);
    return this.#writer.response("response.created", this.#begun) +
      this.#writer.response("response.in_progress", this.#begun);
  }

  #begin({ index }: { readonly index: number }, block: BlockStart): string {
    const out = this.#start({ id: "", model: this.asked.model });
    switch (block.type) {
      case "text":
      case "refusal":
        this.#open.set(index, {
          type: block.type,
          phase: block.type === "text" ? block.phase : undefined,
          part: undefined,
        });
        return out;
      case "reasoning":
        this.#open.set(index, { type: "reasoning", itemId: block.itemId, item: undefined });
        return out;
      case "tool_call": {
        const left = this.#leaveMessage();
        const call = callEncoder(block, this.#tools.find(block), this.#writer);
        this.#open.set(index, { type: "tool_call", call });
        return out + left + call.added();
      }
      case "opaque":
        if (block.part.dialect !== "openai-responses") return out;
        return out + this.#leaveMessage() + this.#writer.whole(block.part.value);
    }
  }

  #delta(index: number, text: string): string {
    const open = this.#open.get(index);
    if (open === undefined) return "";
    if (open.type === "tool_call") return open.call.delta(text);
    if (open.type === "reasoning") return this.#withReasoning(index, (item) => item.text(text));
    return this.#withPart(index, (part) => part.delta(text));
  }

  #withPart(index: number, use: (part: PartEncoder) => string): string {
    const open = this.#open.get(index);
    if (open?.type !== "text" && open?.type !== "refusal") return "";
    if (open.part !== undefined) return use(open.part);
    let out = "";
    if (this.#message === undefined || this.#message.phase !== open.phase) {
      out += this.#leaveMessage();
      this.#message = new MessageEncoder(open.phase, this.#writer);
      out += this.#message.added();
    }
    if (open.type === "refusal") this.#refused = true;
    open.part = this.#message.part(open.type === "refusal");
    return out + open.part.added() + use(open.part);
  }

  #withReasoning(index: number, use: (item: ReasoningEncoder) => string): string {
    const open = this.#open.get(index);
    if (open?.type !== "reasoning") return "";
    if (open.item !== undefined) return use(open.item);
    const out = this.#leaveMessage();
    open.item = new ReasoningEncoder(open.itemId, this.#writer);
    return out + open.item.added() + use(open.item);
  }

  #leaveMessage(): string {
    const out = this.#message?.leave() ?? "";
    this.#message = undefined;
    return out;
  }

  #stop(index: number): string {
    const open = this.#open.get(index);
    if (open === undefined) return "";
    this.#open.delete(index);
    if (open.type === "tool_call") return open.call.end();
    return (open.type === "reasoning" ? open.item?.end() : open.part?.end()) ?? "";
  }

  #stopAll(): string {
    let out = "";
    for (const index of [...this.#open.keys()]) out += this.#stop(index);
    return out + this.#leaveMessage();
  }

  #finish(event: ReplyEvent & { type: "finish" }): string {
    let out = this.#start({ id: "", model: this.asked.model }) + this.#stopAll();
    if (event.stop === "refusal" && !this.#refused) out += this.#refuse();
    this.#ended = true;
    const response = completed(this.#begun!, this.asked, this.#writer.output, event);
    return out + this.#writer.response(`response.${response.status}`, response);
  }

  /** The model refused without a text: an empty answer would look like an error. */
  #refuse(): string {
    this.#open.set(-1, { type: "refusal", phase: undefined, part: undefined });
    return this.#withPart(-1, (part) => part.delta(REFUSED_TEXT)) + this.#stopAll();
  }

  #fail(error: ProviderError): string {
    // Open calls must not be run: they get no `done`.
    const out = this.#start({ id: "", model: this.asked.model }) + this.#stopTold();
    this.#ended = true;
    const finished = this.#writer.output.filter((item) => !("status" in item) || item.status === "completed");
    return out + this.#writer.response("response.failed", failed(this.#begun!, finished, error));
  }

  #stopTold(): string {
    for (const [index, open] of this.#open) if (open.type === "tool_call") this.#open.delete(index);
    return this.#stopAll();
  }
}
