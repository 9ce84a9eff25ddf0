/** One content block of a client's stream: opened when it has something to show, closed once. */
import { formatSse } from "../../../bytes/sse.ts";
import type { BlockStart, Maker, ReplyEvent } from "../../../model/conversation.ts";
import type { Json } from "../../../model/json.ts";
import { GAP } from "../../shared/blocks.ts";
import { CustomInputEncoder } from "../../shared/custom-input.ts";
import type { ToolNames } from "../../shared/tool-names.ts";
import { clientToolName } from "../calls.ts";
import { encodeCitation } from "../citations.ts";
import { encodeThinking, sealReasoning } from "../reasoning.ts";

/** Frames an event of this dialect: its name is its type. */
export function frame(data: Json): string {
  return formatSse(JSON.stringify(data), data.type);
}

type SignatureEvent = Extract<ReplyEvent, { type: "signature" }>;

/** A block that is open. `wireIndex` is called when the block is opened: blocks without content get none. */
export class BlockEncoder {
  #index = -1;
  /** The beginning of the frame of the block's usual delta. */
  #prefix = "";
  readonly #custom: CustomInputEncoder | undefined;
  #hasText = false;
  #summary = -1;
  #signature: string | undefined;
  #encrypted: string | undefined;
  #redacted: string | undefined;
  #maker: Maker | undefined;

  constructor(
    readonly start: BlockStart,
    private readonly names: ToolNames,
    private readonly wireIndex: () => number,
  ) {
    this.#custom = start.type === "tool_call" && start.kind === "custom"
      ? new CustomInputEncoder()
      : undefined;
  }

  /** What is written when the block's turn comes. Calls are shown at once, the others with their first content. */
  begin(): string {
    if (this.start.type === "opaque") return this.#opaque(this.start.part);
    return this.start.type === "tool_call" ? this.#open() : "";
  }

  write(event: ReplyEvent): string {
    switch (event.type) {
      case "delta":
        if (event.text === "") return "";
        this.#hasText = true;
        return this.#piece(this.#custom === undefined ? event.text : this.#custom.push(event.text));
      case "summary_delta": {
        const text = this.#summary === -1 || this.#summary === event.summaryIndex
          ? event.text
          : GAP + event.text;
        this.#summary = event.summaryIndex;
        return text === "" ? "" : this.#piece(text);
      }
      case "signature":
        this.#sign(event);
        return "";
      case "citation": {
        const citation = encodeCitation(event.citation);
        return citation === undefined
          ? ""
          : this.#open() + this.#delta({ type: "citations_delta", citation });
      }
      default:
        return "";
    }
  }

  /** The last of the block's events. */
  close(): string {
    let out = "";
    if (this.start.type === "reasoning") out = this.#seal();
    else if (this.#custom !== undefined) out = this.#piece(this.#custom.end());
    if (this.#index === -1) return out;
    return out + frame({ type: "content_block_stop", index: this.#index });
  }

  #sign({ signature, encrypted, redacted, maker }: SignatureEvent): void {
    this.#maker = maker ?? this.#maker;
    if (signature !== undefined) this.#signature = (this.#signature ?? "") + signature;
    this.#encrypted = encrypted ?? this.#encrypted;
    this.#redacted = redacted ?? this.#redacted;
  }

  /** A thinking block ends with its signature: the provider's own, or a seal of what must come back. */
  #seal(): string {
    const shown = this.#index !== -1;
    if (!shown && this.#redacted !== undefined) {
      const { type, data } = encodeThinking({
        type: "reasoning",
        redacted: this.#redacted,
        maker: this.#maker,
      });
      return this.#open({ type, data });
    }
    const carries = this.#signature !== undefined || this.#encrypted !== undefined;
    if (!shown && !carries) return "";
    const own = this.#maker === undefined ? this.#signature : undefined;
    const signature = own ?? sealReasoning({
      ...(this.#hasText ? { text: "" } : { summary: [] }),
      signature: this.#signature,
      maker: this.#maker,
      encrypted: this.#encrypted,
      redacted: this.#redacted,
      itemId: this.start.type === "reasoning" ? this.start.itemId : undefined,
    });
    return this.#open() + this.#delta({ type: "signature_delta", signature });
  }

  #opaque(part: Extract<BlockStart, { type: "opaque" }>["part"]): string {
    if (part.dialect !== "anthropic-messages") return "";
    const { input } = part.value;
    if (input === undefined) return this.#open(part.value);
    // As Anthropic itself streams its server tools: the input comes in a delta.
    const start = this.#open({ ...part.value, input: {} });
    return start + this.#delta({ type: "input_json_delta", partial_json: JSON.stringify(input) });
  }

  #open(block: Json = this.#emptyBlock()): string {
    if (this.#index !== -1) return "";
    this.#index = this.wireIndex();
    const [type, field] = this.#deltaShape();
    this.#prefix = "event: content_block_delta\ndata: " +
      `{"type":"content_block_delta","index":${this.#index},"delta":{"type":"${type}","${field}":`;
    return frame({ type: "content_block_start", index: this.#index, content_block: block });
  }

  #emptyBlock(): Json {
    const { start } = this;
    if (start.type === "reasoning") return { type: "thinking", thinking: "", signature: "" };
    if (start.type !== "tool_call") return { type: "text", text: "" };
    return { type: "tool_use", id: start.id, name: clientToolName(start, this.names), input: {} };
  }

  #deltaShape(): readonly [type: string, field: string] {
    if (this.start.type === "reasoning") return ["thinking_delta", "thinking"];
    return this.start.type === "tool_call" ? ["input_json_delta", "partial_json"] : ["text_delta", "text"];
  }

  #piece(text: string): string {
    const open = this.#open();
    return open + this.#prefix + JSON.stringify(text) + "}}\n\n";
  }

  #delta(delta: Json): string {
    return frame({ type: "content_block_delta", index: this.#index, delta });
  }
}
