/** One content block of a provider's stream: what its start, its deltas and its end mean. */
import { parseExact } from "../../../json/exact.ts";
import { isRecord, own, textOf } from "../../../json/shape.ts";
import type { BlockStart, ReplyEvent } from "../../../model/conversation.ts";
import type { Json } from "../../../model/json.ts";
import { decodeCitation } from "../citations.ts";
import { decodeContent } from "../content.ts";
import { openSeal } from "../reasoning.ts";

/** A block that is open. */
export class BlockDecoder {
  readonly #kind: "text" | "reasoning" | "tool_call" | "opaque";
  /** Calls: a piece of the arguments came. */
  #hasArguments = false;
  /** Opaque blocks: the pieces of their input. */
  #json = "";

  /** `index` is the block's place in the answer; `wire` the block as its start has it. */
  constructor(readonly index: number, private readonly wire: Record<string, Json>) {
    this.#kind = own(KINDS, wire.type) ?? "opaque";
  }

  /** Some providers send content with the start already. Opaque blocks are passed on when they are whole. */
  start(): ReplyEvent[] {
    const { index, wire } = this;
    switch (wire.type) {
      case "text":
        return [this.#open({ type: "text" }), ...text(index, wire.text)];
      case "thinking":
        return [
          this.#open({ type: "reasoning" }),
          ...text(index, wire.thinking),
          ...signed(index, wire.signature),
        ];
      case "redacted_thinking":
        return [this.#open({ type: "reasoning" }), {
          type: "signature",
          index,
          redacted: textOf(wire.data),
        }];
      case "tool_use": {
        const id = textOf(wire.id);
        return [this.#open({ type: "tool_call", id, name: textOf(wire.name), kind: "function" })];
      }
      default:
        return [];
    }
  }

  #open(block: BlockStart): ReplyEvent {
    return { type: "block_start", index: this.index, block };
  }

  delta(delta: Record<string, Json>): ReplyEvent[] {
    const { index } = this;
    switch (delta.type) {
      case "text_delta":
        return text(index, delta.text);
      case "thinking_delta":
        return text(index, delta.thinking);
      case "input_json_delta": {
        const piece = text(index, delta.partial_json);
        if (piece.length > 0) this.#hasArguments = true;
        if (this.#kind !== "opaque") return piece;
        this.#json += textOf(delta.partial_json);
        return [];
      }
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

  stop(): ReplyEvent[] {
    const { index, wire } = this;
    const stop: ReplyEvent = { type: "block_stop", index };
    if (this.#kind === "opaque") return [...this.#opaque(), stop];
    if (this.#kind === "tool_call" && !this.#hasArguments) {
      // A call without arguments has no pieces; its input is an empty object.
      return [{ type: "delta", index, text: JSON.stringify(isRecord(wire.input) ? wire.input : {}) }, stop];
    }
    return [stop];
  }

  /** A block that only this dialect knows, with the input that came in pieces. */
  #opaque(): ReplyEvent[] {
    let whole = this.wire;
    if (this.#json !== "") {
      try {
        whole = { ...whole, input: parseExact(this.#json) };
      } catch {
        // input that was cut off is not added
      }
    }
    return decodeContent([whole]).flatMap((part) =>
      part.type === "opaque" ? [this.#open({ type: "opaque", part })] : []
    );
  }
}

const KINDS: Readonly<Record<string, "text" | "reasoning" | "tool_call">> = {
  text: "text",
  thinking: "reasoning",
  redacted_thinking: "reasoning",
  tool_use: "tool_call",
};

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
