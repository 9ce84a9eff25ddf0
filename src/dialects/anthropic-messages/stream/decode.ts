/** A provider's stream as neutral events. @see https://platform.claude.com/docs/en/build-with-claude/streaming */
import type { SseEvent } from "../../../bytes/sse.ts";
import { parseExact } from "../../../json/exact.ts";
import { isRecord, own, textOf } from "../../../json/shape.ts";
import type { ReplyEvent } from "../../../model/conversation.ts";
import type { Json } from "../../../model/json.ts";
import type { Usage } from "../../../model/usage.ts";
import type { StreamDecoder } from "../../dialect.ts";
import { refusalText } from "../answer/decode.ts";
import { decodeFailure } from "../../shared/error.ts";
import { decodeStop } from "../stop.ts";
import { decodeTier, mergeUsage } from "../usage.ts";
import { BlockDecoder } from "./decode-blocks.ts";

type Finish = Extract<ReplyEvent, { type: "finish" }>;

/** The blocks that deltas belong to. */
const IMPLIED: Readonly<Record<string, string | undefined>> = {
  text_delta: "text",
  thinking_delta: "thinking",
  signature_delta: "thinking",
};

/** A block's index on the wire. A provider may send anything, or none. */
const placeOf = ({ index }: Record<string, Json>): number => typeof index === "number" ? index : 0;

const CUT = "the provider's stream ended before the answer was complete";

/** The decoder of one answer. */
export class AnthropicStreamDecoder implements StreamDecoder {
  /** The open blocks, by their index on the wire. */
  readonly #blocks = new Map<number, BlockDecoder>();
  #next = 0;
  /** The index on the wire that the next block should have. */
  #expected = 0;
  #usage: Usage | undefined;
  #tier: string | undefined;
  /** The end, from `message_delta`; passed on at `message_stop`. */
  #finish: Finish | undefined;
  #ended = false;

  push(event: SseEvent): ReplyEvent[] {
    if (this.#ended || event.data === "" || event.data === "[DONE]") return [];
    let data: Json;
    try {
      data = event.event === "content_block_start" ? parseExact(event.data) : JSON.parse(event.data);
    } catch {
      return this.#fail({ message: "the provider sent an event that is not JSON" });
    }
    if (!isRecord(data)) return [];
    switch (data.type) {
      case "content_block_delta":
        return this.#delta(placeOf(data), data.delta);
      case "content_block_start":
        return isRecord(data.content_block) ? this.#start(placeOf(data), data.content_block) : [];
      case "content_block_stop":
        return this.#stop(placeOf(data));
      case "ping":
        return [{ type: "ping" }];
      case "message_start":
        return this.#begin(data.message);
      case "message_delta":
        return this.#messageDelta(data);
      case "message_stop":
        this.#usage = mergeUsage(this.#usage, data.usage);
        return this.#end();
      case "error":
        return this.#fail(decodeFailure(data));
      default:
        // An error without its type (from gateways in between), or an event that is not known yet.
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
      id: textOf(message.id),
      model: textOf(message.model),
      ...(this.#usage !== undefined && { usage: this.#usage }),
      ...(this.#tier !== undefined && { serviceTier: this.#tier }),
    }];
  }

  #start(at: number, wire: Record<string, Json>): ReplyEvent[] {
    this.#expected = at + 1;
    const before = this.#stop(at); // a block that was never closed
    const block = new BlockDecoder(this.#next++, wire);
    this.#blocks.set(at, block);
    return before.length === 0 ? block.start() : [...before, ...block.start()];
  }

  #delta(at: number, delta: Json): ReplyEvent[] {
    if (!isRecord(delta)) return [];
    const block = this.#blocks.get(at);
    if (block !== undefined) return block.delta(delta);
    // Some copies send no start of the next block. A call cannot begin so: nobody knows its name.
    const type = at === this.#expected ? own(IMPLIED, delta.type) : undefined;
    if (type === undefined) return [];
    const begun = this.#start(at, { type });
    return [...begun, ...this.#blocks.get(at)!.delta(delta)];
  }

  #stop(at: number): ReplyEvent[] {
    const block = this.#blocks.get(at);
    if (block === undefined) return [];
    this.#blocks.delete(at);
    return block.stop();
  }

  #messageDelta(data: Record<string, Json>): ReplyEvent[] {
    this.#usage = mergeUsage(
      this.#usage,
      data.usage ?? (isRecord(data.delta) ? data.delta.usage : undefined),
    );
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
