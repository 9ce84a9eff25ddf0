/** Reasoning items of a client's stream: summaries, and the full text where the provider's own dialect has it. */
import type { ReasoningPart, ReplyEvent } from "../../model/conversation.ts";
import { reasoningItem } from "./reasoning-item.ts";
import { place, type StreamWriter } from "./stream-writer.ts";
import { sealedContent } from "./thinking-seal.ts";

/** A summary under way. */
interface OpenSummary {
  /** The block's own number for it; undefined: full text that is shown as a summary. */
  readonly from: number | undefined;
  readonly index: number;
  readonly place: string;
}

export class StreamReasoning {
  #id: string;
  #outputIndex: number;
  #place: string;
  #summaries: string[] = [];
  #open: OpenSummary | undefined;
  /** The full text; `#shown`: it went out as a summary. */
  #text = "";
  #shown = false;
  #textPlace: string | undefined;
  #signed: { signature?: string; encrypted?: string; redacted?: string } = {};

  constructor(private readonly own: string | undefined, private readonly writer: StreamWriter) {
    this.#id = writer.ids.item("rs_", own);
    this.#outputIndex = writer.put(this.#item());
    this.#place = place(this.#id, this.#outputIndex);
  }

  added(): string {
    return this.writer.added(this.#outputIndex, {
      type: "reasoning",
      id: this.#id,
      summary: [],
      status: "in_progress",
    });
  }

  summary(summaryIndex: number, text: string): string {
    const out = this.#open?.from === summaryIndex ? "" : this.#openSummary(summaryIndex);
    return out + this.#summaryDelta(text);
  }

  text(text: string): string {
    this.#text += text;
    // Agents show summaries and hide full texts: another dialect's thinking goes out as a summary.
    if (this.#shown || (this.own === undefined && this.#summaries.length === 0)) {
      const out = this.#shown && this.#open?.from === undefined ? "" : this.#openSummary(undefined);
      this.#shown = true;
      return out + this.#summaryDelta(text);
    }
    let out = "";
    if (this.#textPlace === undefined) {
      this.#textPlace = `${this.#place},"content_index":0`;
      out = this.writer.event(
        "response.content_part.added",
        `${this.#textPlace},"part":${part("reasoning_text", "")}`,
      );
    }
    return out +
      this.writer.event(
        "response.reasoning_text.delta",
        `${this.#textPlace},"delta":${JSON.stringify(text)}`,
      );
  }

  signature({ signature, encrypted, redacted }: ReplyEvent & { type: "signature" }): void {
    if (signature !== undefined) this.#signed.signature = (this.#signed.signature ?? "") + signature;
    if (encrypted !== undefined) this.#signed.encrypted = encrypted;
    if (redacted !== undefined) this.#signed.redacted = redacted;
  }

  end(): string {
    let out = this.#closeSummary();
    if (this.#textPlace !== undefined) {
      const at = this.#textPlace;
      out += this.writer.event("response.reasoning_text.done", `${at},"text":${JSON.stringify(this.#text)}`);
      out += this.writer.event(
        "response.content_part.done",
        `${at},"part":${part("reasoning_text", this.#text)}`,
      );
    }
    const item = this.#item();
    this.writer.put(item, this.#outputIndex);
    return out + this.writer.done(this.#outputIndex, item);
  }

  #item() {
    const signed: Omit<ReasoningPart, "type"> = this.#text === ""
      ? this.#signed
      : { ...this.#signed, text: this.#text };
    const text = this.#shown ? undefined : this.#text;
    return reasoningItem(this.#id, this.#summaries, text, sealedContent(signed));
  }

  #openSummary(from: number | undefined): string {
    const out = this.#closeSummary();
    const index = this.#summaries.push("") - 1;
    this.#open = { from, index, place: `${this.#place},"summary_index":${index}` };
    return out + this.writer.event(
      "response.reasoning_summary_part.added",
      `${this.#open.place},"part":${part("summary_text", "")}`,
    );
  }

  #summaryDelta(text: string): string {
    const { index, place } = this.#open!;
    this.#summaries[index] += text;
    return this.writer.event(
      "response.reasoning_summary_text.delta",
      `${place},"delta":${JSON.stringify(text)}`,
    );
  }

  #closeSummary(): string {
    if (this.#open === undefined) return "";
    const { index, place } = this.#open;
    this.#open = undefined;
    const text = this.#summaries[index]!;
    return this.writer.event(
      "response.reasoning_summary_text.done",
      `${place},"text":${JSON.stringify(text)}`,
    ) +
      this.writer.event(
        "response.reasoning_summary_part.done",
        `${place},"part":${part("summary_text", text)}`,
      );
  }
}

function part(type: string, text: string): string {
  return JSON.stringify({ type, text });
}
