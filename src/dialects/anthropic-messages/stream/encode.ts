/**
 * A client's stream, in the order that Anthropic keeps: one block open at a time, under indices that grow by
 * one. Providers of other dialects run several blocks at once; events of a later block wait until the
 * earlier ones are closed.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming#event-types
 */
import type { Conversation, ReplyEvent } from "../../../model/conversation.ts";
import type { Usage } from "../../../model/usage.ts";
import type { StreamEncoder } from "../../dialect.ts";
import { CHARS_PER_TOKEN, roughTokens } from "../../shared/estimate-tokens.ts";
import { type ToolNames, toolNames } from "../../shared/tool-names.ts";
import { newMessageId } from "../answer/encode.ts";
import { providerErrorEvent } from "../error.ts";
import { encodeStop } from "../stop.ts";
import { encodeDeltaUsage, encodeUsage } from "../usage.ts";
import { BlockEncoder, frame } from "./encode-blocks.ts";

const PING = frame({ type: "ping" });

const MESSAGE_STOP = frame({ type: "message_stop" });

interface Waiting {
  readonly block: BlockEncoder;
  readonly events: ReplyEvent[];
  closed: boolean;
}

type Start = Extract<ReplyEvent, { type: "start" }>;

type Finish = Extract<ReplyEvent, { type: "finish" }>;

/** The encoder of one answer. */
export class AnthropicStreamEncoder implements StreamEncoder {
  readonly #names: ToolNames;
  #started = false;
  #ended = false;
  #usage: Usage | undefined;
  /** The active block, and the later ones, in their order. */
  #active: number | undefined;
  readonly #blocks = new Map<number, Waiting>();
  #nextIndex = 0;
  #callsTools = false;
  #chars = 0;

  constructor(private readonly asked: Conversation) {
    this.#names = toolNames(asked.tools);
  }

  push(event: ReplyEvent): string {
    if (this.#ended) return "";
    switch (event.type) {
      case "start":
        return this.#start(event);
      case "ping":
        return this.#started ? PING : "";
      case "finish":
        return this.#finish(event);
      case "error":
        this.#ended = true;
        return providerErrorEvent(event.error);
      case "block_start":
        return this.#blockStart(event.index, event.block);
      case "block_stop":
        return this.#blockStop(event.index);
      default:
        return this.#content(event);
    }
  }

  end(): string {
    if (this.#ended) return "";
    this.#ended = true;
    return providerErrorEvent({ message: "the answer ended before it was complete" });
  }

  #start(event: Pick<Start, "id" | "model" | "usage" | "serviceTier">): string {
    if (this.#started) return "";
    this.#started = true;
    this.#usage = event.usage;
    const usage = event.usage ??
      { input: roughTokens(this.asked), cacheRead: 0, cacheWrite: 0, output: 1, reasoning: 0 };
    return frame({
      type: "message_start",
      message: {
        id: event.id || newMessageId(),
        type: "message",
        role: "assistant",
        model: event.model || this.asked.model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: encodeUsage(usage, event.serviceTier),
      },
    });
  }

  /** Providers that begin without a start: the client must have one. */
  #ensureStarted(): string {
    return this.#started ? "" : this.#start({ id: "", model: "" });
  }

  #blockStart(index: number, start: Extract<ReplyEvent, { type: "block_start" }>["block"]): string {
    const out = this.#ensureStarted();
    if (this.#blocks.has(index)) return out;
    if (start.type === "tool_call") this.#callsTools = true;
    const block = new BlockEncoder(start, this.#names, () => this.#nextIndex++);
    this.#blocks.set(index, { block, events: [], closed: false });
    if (this.#active !== undefined) return out;
    this.#active = index;
    return out + block.begin();
  }

  #content(event: Extract<ReplyEvent, { index: number }>): string {
    const waiting = this.#blocks.get(event.index);
    if (waiting === undefined || waiting.closed) return "";
    if (event.type === "delta" || event.type === "summary_delta") this.#chars += event.text.length;
    if (event.index === this.#active) return waiting.block.write(event);
    waiting.events.push(event);
    return "";
  }

  #blockStop(index: number): string {
    const waiting = this.#blocks.get(index);
    if (waiting === undefined) return "";
    waiting.closed = true;
    return index === this.#active ? this.#advance() : "";
  }

  /** Closes the active block and activates the next one, and so on while they are closed already. */
  #advance(): string {
    let out = "";
    for (const [index, { block, events, closed }] of this.#blocks) {
      if (index !== this.#active) {
        this.#active = index;
        out += block.begin();
        for (const event of events) out += block.write(event);
      }
      if (!closed) return out;
      out += block.close();
      this.#blocks.delete(index);
    }
    this.#active = undefined;
    return out;
  }

  #finish(event: Finish): string {
    let out = this.#ensureStarted();
    for (const waiting of this.#blocks.values()) waiting.closed = true;
    out += this.#advance();
    this.#ended = true;
    const usage = event.usage ?? this.#usage ?? this.#estimate();
    out += frame({
      type: "message_delta",
      delta: {
        stop_reason: encodeStop(event.stop, this.#callsTools),
        stop_sequence: event.stopSequence ?? null,
      },
      usage: encodeDeltaUsage(usage),
    });
    return out + MESSAGE_STOP;
  }

  /** The dialect requires usage: where the provider reports none, it is estimated. */
  #estimate(): Usage {
    const output = Math.ceil(this.#chars / CHARS_PER_TOKEN);
    return {
      input: roughTokens(this.asked),
      cacheRead: 0,
      cacheWrite: 0,
      output,
      reasoning: 0,
      estimated: true,
    };
  }
}
