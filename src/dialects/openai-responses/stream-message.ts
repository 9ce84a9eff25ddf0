/** Message items of a client's stream: texts and refusals in a row are parts of one message. */
import type { Citation } from "../../model/conversation.ts";
import { writeAnnotations } from "./annotations.ts";
import type { WireOutput } from "./content.ts";
import { messageItem, refusalContent, textContent } from "./output-items.ts";
import { place, type StreamWriter } from "./stream-writer.ts";

/** A message under way. It ends when something else begins and all its parts have ended. */
export class StreamMessage {
  readonly outputIndex: number;
  readonly content: WireOutput[] = [];
  /** Parts under way. */
  open = 0;
  #id: string;
  #left = false;
  #done = false;

  constructor(readonly phase: string | undefined, private readonly writer: StreamWriter) {
    this.#id = writer.ids.item("msg_");
    this.outputIndex = writer.put(messageItem(this.#id, phase, this.content));
  }

  added(): string {
    return this.writer.added(this.outputIndex, messageItem(this.#id, this.phase, [], "in_progress"));
  }

  part(refusal: boolean): StreamPart {
    this.open++;
    return new StreamPart(this, this.#id, refusal, this.writer);
  }

  /** Something else began: no further part comes. */
  leave(): string {
    this.#left = true;
    return this.#end();
  }

  partEnded(): string {
    this.open--;
    return this.#end();
  }

  #end(): string {
    if (!this.#left || this.open > 0 || this.#done) return "";
    this.#done = true;
    return this.writer.done(this.outputIndex, messageItem(this.#id, this.phase, this.content));
  }
}

/** A text or a refusal under way. */
export class StreamPart {
  #text = "";
  #citations: Citation[] = [];
  #contentIndex: number;
  #place: string;
  #name: "output_text" | "refusal";

  constructor(
    private readonly message: StreamMessage,
    itemId: string,
    private readonly refusal: boolean,
    private readonly writer: StreamWriter,
  ) {
    this.#name = refusal ? "refusal" : "output_text";
    this.#contentIndex = message.content.push(this.#part()) - 1;
    this.#place = place(itemId, message.outputIndex, `,"content_index":${this.#contentIndex}`);
  }

  added(): string {
    return this.writer.event(
      "response.content_part.added",
      `${this.#place},"part":${JSON.stringify(this.#part())}`,
    );
  }

  delta(text: string): string {
    this.#text += text;
    const logprobs = this.refusal ? "" : `,"logprobs":[]`;
    return this.writer.event(
      this.refusal ? "response.refusal.delta" : "response.output_text.delta",
      `${this.#place},"delta":${JSON.stringify(text)}${logprobs}`,
    );
  }

  /** Told at the end, when the text that it covers is known. */
  citation(citation: Citation): void {
    this.#citations.push(citation);
  }

  end(): string {
    const part = this.#part();
    this.message.content[this.#contentIndex] = part;
    let out = "";
    for (const [i, annotation] of writeAnnotations(this.#citations, this.#text.length).entries()) {
      out += this.writer.event(
        "response.output_text.annotation.added",
        `${this.#place},"annotation_index":${i},"annotation":${JSON.stringify(annotation)}`,
      );
    }
    const text = JSON.stringify(this.#text);
    out += this.writer.event(
      `response.${this.#name}.done`,
      `${this.#place},${this.refusal ? `"refusal":${text}` : `"text":${text},"logprobs":[]`}`,
    );
    out += this.writer.event("response.content_part.done", `${this.#place},"part":${JSON.stringify(part)}`);
    return out + this.message.partEnded();
  }

  /** The part as it is now. */
  #part(): WireOutput {
    return this.refusal ? refusalContent(this.#text) : textContent(this.#text, this.#citations);
  }
}
