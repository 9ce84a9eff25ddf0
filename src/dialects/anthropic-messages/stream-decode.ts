/** Reads a provider's stream. @see https://platform.claude.com/docs/en/build-with-claude/streaming */
import type { BlockStart, ReplyEvent } from "../conversation.ts";
import type { Json, StreamDecoder, Usage } from "../dialect.ts";
import { isRecord } from "../json-shape.ts";
import type { SseEvent } from "../sse.ts";
import { decodeCitation } from "./citations.ts";
import { decodeContent } from "./content-decode.ts";
import { decodeFailure } from "./failure.ts";
import { refusalText } from "./reply.ts";
import { openSeal } from "./reasoning-seal.ts";
import { decodeStop } from "./stop-reason.ts";
import { decodeTier, mergeUsage } from "./usage.ts";

/** A block under way, by its index on the wire. */
interface OpenBlock {
  readonly index: number;
  readonly kind: "text" | "reasoning" | "tool_call" | "opaque";
  /** Calls: the input that came with the start, for providers that send it whole there. */
  readonly input?: Json;
  /** Something was given out for the block (calls: a piece of the arguments). */
  told: boolean;
  /** Opaque blocks: the block as it came, and the pieces of its input. */
  readonly value?: Json;
  json: string;
}

type Finish = Extract<ReplyEvent, { type: "finish" }>;

const CUT = "the provider's stream ended before the answer was complete";

/** The decoder of one answer. */
export class AnthropicStreamDecoder implements StreamDecoder {
  readonly #blocks = new Map<number, OpenBlock>();
  #next = 0;
  #usage: Usage | undefined;
  #tier: string | undefined;
  /** The end, as `message_delta` told it; given out at `message_stop`. */
  #finish: Finish | undefined;
  #ended = false;

  push(event: SseEvent): ReplyEvent[] {
    if (this.#ended || event.data === "" || event.data === "[DONE]") return [];
    let data: Json;
    try {
      data = JSON.parse(event.data);
    } catch {
      return this.#fail({ message: "the provider sent an event that is no JSON" });
    }
    if (!isRecord(data)) return [];
    switch (data.type) {
      case "content_block_delta":
        return this.#delta(data.index, data.delta);
      case "content_block_start":
        return isRecord(data.content_block) ? this.#start(data.index, data.content_block) : [];
      case "content_block_stop":
        return this.#stop(data.index);
      case "ping":
        return [{ type: "ping" }];
      case "message_start":
        return this.#begin(data.message);
      case "message_delta":
        return this.#messageDelta(data);
      case "message_stop":
        return this.#end();
      case "error":
        return this.#fail(decodeFailure(data));
      default:
        // An error without its type (from gateways in between), or an event of times to come.
        return data.type === undefined && data.error ? this.#fail(decodeFailure(data)) : [];
    }
  }

  end(): ReplyEvent[] {
    if (this.#ended) return [];
    return this.#finish === undefined ? this.#fail({ message: CUT, type: "stream_cut" }) : this.#end();
  }

  #begin(message: Json): ReplyEvent[] {
    if (!isRecord(message)) return [];
    this.#usage = mergeUsage(this.#usage, message.usage);
    this.#tier = decodeTier(message.usage);
    return [{
      type: "start",
      id: String(message.id ?? ""),
      model: String(message.model ?? ""),
      ...(this.#usage !== undefined && { usage: this.#usage }),
      ...(this.#tier !== undefined && { serviceTier: this.#tier }),
    }];
  }

  #start(at: number, wire: Record<string, Json>): ReplyEvent[] {
    const before = this.#stop(at); // a block that was never closed
    const index = this.#next++;
    switch (wire.type) {
      case "text":
        return [
          ...before,
          ...this.#open(at, { index, kind: "text", told: false, json: "" }, { type: "text" }, wire.text),
        ];
      case "thinking":
        return [
          ...before,
          ...this.#open(
            at,
            { index, kind: "reasoning", told: false, json: "" },
            { type: "reasoning" },
            wire.thinking,
          ),
          ...signed(index, wire.signature),
        ];
      case "redacted_thinking":
        return [
          ...before,
          ...this.#open(at, { index, kind: "reasoning", told: false, json: "" }, { type: "reasoning" }, ""),
          { type: "signature", index, redacted: String(wire.data ?? "") },
        ];
      case "tool_use": {
        const block: BlockStart = {
          type: "tool_call",
          id: String(wire.id ?? ""),
          name: String(wire.name ?? ""),
          kind: "function",
        };
        return [
          ...before,
          ...this.#open(
            at,
            { index, kind: "tool_call", told: false, json: "", input: wire.input },
            block,
            "",
          ),
        ];
      }
      default:
        // Its content may still grow: it is given out when it is whole.
        this.#blocks.set(at, { index, kind: "opaque", told: false, json: "", value: wire });
        return before;
    }
  }

  #open(at: number, open: OpenBlock, block: BlockStart, text: Json): ReplyEvent[] {
    this.#blocks.set(at, open);
    const start: ReplyEvent = { type: "block_start", index: open.index, block };
    return typeof text === "string" && text !== ""
      ? [start, { type: "delta", index: open.index, text }]
      : [start];
  }

  #delta(at: number, delta: Json): ReplyEvent[] {
    const block = this.#blocks.get(at);
    if (block === undefined || !isRecord(delta)) return [];
    const { index } = block;
    switch (delta.type) {
      case "text_delta":
        return text(index, delta.text);
      case "thinking_delta":
        return text(index, delta.thinking);
      case "input_json_delta":
        if (typeof delta.partial_json !== "string" || delta.partial_json === "") return [];
        if (block.kind === "opaque") {
          block.json += delta.partial_json;
          return [];
        }
        block.told = true;
        return [{ type: "delta", index, text: delta.partial_json }];
      case "signature_delta":
        return signed(index, delta.signature);
      case "citations_delta": {
        const citation = decodeCitation(delta.citation);
        return citation === undefined ? [] : [{ type: "citation", index, citation }];
      }
      default:
        return [];
    }
  }

  #stop(at: number): ReplyEvent[] {
    const block = this.#blocks.get(at);
    if (block === undefined) return [];
    this.#blocks.delete(at);
    const { index } = block;
    const stop: ReplyEvent = { type: "block_stop", index };
    if (block.kind === "opaque") return [...opaque(block), stop];
    if (block.kind === "tool_call" && !block.told) {
      // A call without arguments has none of its pieces; it is an empty object all the same.
      return [{ type: "delta", index, text: JSON.stringify(isRecord(block.input) ? block.input : {}) }, stop];
    }
    return [stop];
  }

  #messageDelta(data: Record<string, Json>): ReplyEvent[] {
    this.#usage = mergeUsage(this.#usage, data.usage);
    this.#tier = decodeTier(data.usage) ?? this.#tier;
    const { delta } = data;
    if (!isRecord(delta) || typeof delta.stop_reason !== "string") return [];
    const stopSequence = typeof delta.stop_sequence === "string" ? delta.stop_sequence : undefined;
    this.#finish = {
      type: "finish",
      ...decodeStop(delta.stop_reason),
      ...(stopSequence !== undefined && { stopSequence }),
    };
    const explanation = refusalText(delta.stop_details);
    if (explanation === undefined) return [];
    const index = this.#next++;
    return [
      ...this.#closeAll(),
      { type: "block_start", index, block: { type: "refusal" } },
      { type: "delta", index, text: explanation },
      { type: "block_stop", index },
    ];
  }

  #end(): ReplyEvent[] {
    this.#ended = true;
    const finish = this.#finish ?? { type: "finish", stop: "end_turn" };
    return [...this.#closeAll(), {
      ...finish,
      ...(this.#usage !== undefined && { usage: this.#usage }),
      ...(this.#tier !== undefined && { serviceTier: this.#tier }),
    }];
  }

  #fail(error: Extract<ReplyEvent, { type: "error" }>["error"]): ReplyEvent[] {
    this.#ended = true;
    return [...this.#closeAll(), { type: "error", error }];
  }

  #closeAll(): ReplyEvent[] {
    return [...this.#blocks.keys()].flatMap((at) => this.#stop(at));
  }
}

function text(index: number, piece: Json): ReplyEvent[] {
  return typeof piece === "string" && piece !== "" ? [{ type: "delta", index, text: piece }] : [];
}

/** A signature, or what a seal in its place carries. */
function signed(index: number, signature: Json): ReplyEvent[] {
  if (typeof signature !== "string" || signature === "") return [];
  const sealed = openSeal(signature);
  if (sealed === undefined) return [{ type: "signature", index, signature }];
  const { signature: inner, encrypted } = sealed;
  if (inner === undefined && encrypted === undefined) return [];
  return [{
    type: "signature",
    index,
    ...(inner !== undefined && { signature: inner }),
    ...(encrypted !== undefined && { encrypted }),
  }];
}

/** A block that only this dialect knows, with the input that came in pieces. */
function opaque({ index, value, json }: OpenBlock): ReplyEvent[] {
  let whole = value;
  if (json !== "") {
    try {
      whole = { ...value, input: JSON.parse(json) };
    } catch {
      // what was cut off stays away
    }
  }
  return decodeContent([whole]).flatMap((part) =>
    part.type === "opaque" ? [{ type: "block_start", index, block: { type: "opaque", part } } as const] : []
  );
}
