/**
 * Neutral events as a Chat stream (https://platform.openai.com/docs/api-reference/chat-streaming). Chunks are written
 * as text around the one value that differs: a stream has thousands of them.
 */
import { formatSse } from "../../../bytes/sse.ts";
import type { BlockStart, Conversation, ReplyEvent } from "../../../model/conversation.ts";
import type { StreamEncoder } from "../../dialect.ts";
import { GAP } from "../../shared/blocks.ts";
import { type ToolNames, toolNames } from "../../shared/tool-names.ts";
import { encodeCitation } from "../citations.ts";
import { providerErrorEvent } from "../error.ts";
import { encodeDetails, hasSecretState } from "../reasoning.ts";
import { encodeStop } from "../stop.ts";
import { encodeUsage } from "../usage.ts";
import { randomId } from "./decode.ts";
import {
  argumentsDelta,
  reasoningBlock,
  sign,
  startDelta,
  textBlock,
  toolBlock,
  type ToolStart,
  type WireBlock,
} from "./encode-blocks.ts";

export class ChatStreamEncoder implements StreamEncoder {
  #asked: Conversation;
  #names: ToolNames;
  #head = "";
  #tail = "";
  #done = false;
  #blocks = new Map<number, WireBlock>();
  #tools = 0;
  #details = 0;
  #content = 0;
  #refused = false;
  #thought = false;

  constructor(asked: Conversation) {
    this.#asked = asked;
    this.#names = toolNames(asked.tools);
  }

  push(event: ReplyEvent): string {
    if (this.#done) return "";
    switch (event.type) {
      case "start":
        return this.#head === "" ? this.#start(event.id, event.model, event.created, event.serviceTier) : "";
      case "block_start":
        return this.#begin() + this.#open(event.index, event.block);
      case "block_stop":
        return this.#close(event.index);
      case "ping":
        return ": ping\n\n";
      case "finish":
        return this.#finish(event);
      case "error":
        this.#done = true;
        return providerErrorEvent(event.error);
    }
    const block = this.#blocks.get(event.index);
    if (block === undefined) return "";
    switch (event.type) {
      case "delta":
        return event.text === "" ? "" : this.#delta(block, event.text);
      case "summary_delta":
        return this.#summary(block, event.summaryIndex, event.text);
      case "signature":
        if (block.reasoning !== undefined) sign(block.reasoning, event);
        return "";
      case "citation": {
        const annotation = encodeCitation(event.citation, block.from, this.#content);
        return annotation === undefined ? "" : this.#chunk(`{"annotations":[${JSON.stringify(annotation)}]}`);
      }
    }
  }

  end(): string {
    if (this.#done || this.#head === "") return "";
    this.#done = true;
    return providerErrorEvent({ message: "The answer ended before it was complete.", code: "stream_cut" });
  }

  /** Everything of a chunk but its delta, and the first chunk: the role. */
  #start(id: string, model: string, created: number | undefined, serviceTier: string | undefined): string {
    const seconds = created ?? Math.floor(Date.now() / 1000);
    const tier = serviceTier === undefined ? "" : `,"service_tier":${JSON.stringify(serviceTier)}`;
    this.#head = `data: {"id":${JSON.stringify(id)},"object":"chat.completion.chunk","created":${seconds},` +
      `"model":${JSON.stringify(model)}${tier},"choices":[`;
    this.#tail = this.#asked.includeUsage ? `],"usage":null}\n\n` : `]}\n\n`;
    return this.#chunk(`{"role":"assistant","content":""}`);
  }

  #begin(): string {
    return this.#head === ""
      ? this.#start(randomId("chatcmpl-"), this.#asked.model, undefined, undefined)
      : "";
  }

  #chunk(delta: string, finish = "null"): string {
    return `${this.#head}{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}${this.#tail}`;
  }

  #open(index: number, start: BlockStart): string {
    switch (start.type) {
      case "tool_call":
        return this.#openTool(index, start);
      case "reasoning":
        this.#blocks.set(index, reasoningBlock(start.itemId));
        return "";
      case "opaque":
        return start.part.dialect === "openai-chat" && start.part.name === "image"
          ? this.#chunk(`{"images":[${JSON.stringify(start.part.value)}]}`)
          : "";
      default:
        if (start.type === "refusal") this.#refused = true;
        this.#blocks.set(index, textBlock(start.type, this.#content));
        return "";
    }
  }

  #openTool(index: number, start: ToolStart): string {
    const block = toolBlock(start, this.#tools++, this.#names);
    this.#blocks.set(index, block);
    const delta = startDelta(start, block, this.#asked.legacyFunctions);
    return delta === "" ? "" : this.#chunk(delta);
  }

  #delta(block: WireBlock, text: string): string {
    switch (block.type) {
      case "text":
        this.#content += text.length;
        return this.#chunk(`{"content":${JSON.stringify(text)}}`);
      case "refusal":
        return this.#chunk(`{"refusal":${JSON.stringify(text)}}`);
      case "reasoning": {
        const reasoning = block.reasoning!;
        const begins = reasoning.text === undefined;
        reasoning.text = (reasoning.text ?? "") + text;
        return this.#think(text, begins);
      }
      case "tool_call":
        return this.#arguments(block, block.convert === undefined ? text : block.convert.push(text));
      default:
        return "";
    }
  }

  #arguments(block: WireBlock, text: string): string {
    const delta = text === "" ? "" : argumentsDelta(block, text, this.#asked.legacyFunctions);
    return delta === "" ? "" : this.#chunk(delta);
  }

  #summary(block: WireBlock, summaryIndex: number, text: string): string {
    const { reasoning } = block;
    if (reasoning === undefined || text === "") return "";
    const summary = reasoning.summary ??= [];
    const begins = summary[summaryIndex] === undefined;
    summary[summaryIndex] = (summary[summaryIndex] ?? "") + text;
    return this.#think(text, begins);
  }

  /** Words of the reasoning; a blank line separates one thought or summary from the next. */
  #think(text: string, begins: boolean): string {
    const gap = begins && this.#thought ? GAP : "";
    this.#thought = true;
    return this.#chunk(`{"reasoning_content":${JSON.stringify(gap + text)}}`);
  }

  #close(index: number): string {
    const block = this.#blocks.get(index);
    if (block === undefined) return "";
    this.#blocks.delete(index);
    if (block.convert !== undefined) return this.#arguments(block, block.convert.end());
    if (block.reasoning === undefined) return "";
    if (!hasSecretState(block.reasoning)) return "";
    const details = encodeDetails(block.reasoning, this.#details++);
    return this.#chunk(`{"reasoning_details":${JSON.stringify(details)}}`);
  }

  #finish(event: Extract<ReplyEvent, { type: "finish" }>): string {
    let out = this.#begin();
    for (const index of [...this.#blocks.keys()]) out += this.#close(index);
    const seen = { toolCalls: this.#tools > 0, refusal: this.#refused };
    const reason = encodeStop(event.stop, seen, this.#asked.legacyFunctions);
    out += this.#chunk("{}", JSON.stringify(reason));
    if (this.#asked.includeUsage && event.usage !== undefined) {
      out += `${this.#head}],"usage":${JSON.stringify(encodeUsage(event.usage))}}\n\n`;
    }
    this.#done = true;
    return out + formatSse("[DONE]");
  }
}
