/** The items of a client's stream: messages with their parts, reasoning, tool calls, and the frames of their events. */
import type { ResponseOutputItem } from "openai/resources/responses/responses";
import type { BlockStart, Citation, Maker, ReasoningPart, ReplyEvent } from "../../../model/conversation.ts";
import type { Json } from "../../../model/json.ts";
import { CustomInputDecoder } from "../../shared/custom-input.ts";
import { callItem, ItemIds, messageItem, refusalContent, textContent } from "../answer/encode.ts";
import { type CalledTool, encodeCall, ITEM_PREFIX } from "../calls.ts";
import { encodeCitations } from "../citations.ts";
import type { WireOutput } from "../content.ts";
import { reasoningItem, sealedContent } from "../reasoning.ts";

/** A message that is open. It ends when something else begins and all its parts have ended. */
export class MessageEncoder {
  readonly outputIndex: number;
  readonly content: WireOutput[] = [];
  /** Parts that are open. */
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

  part(refusal: boolean): PartEncoder {
    this.open++;
    return new PartEncoder(this, this.#id, refusal, this.writer);
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

/** A text or a refusal that is open. */
export class PartEncoder {
  #text = "";
  #citations: Citation[] = [];
  #contentIndex: number;
  #place: string;
  #name: "output_text" | "refusal";

  constructor(
    private readonly message: MessageEncoder,
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

  /** Sent at the end, when the text that it covers is known. */
  citation(citation: Citation): void {
    this.#citations.push(citation);
  }

  end(): string {
    const part = this.#part();
    this.message.content[this.#contentIndex] = part;
    let out = "";
    for (const [i, annotation] of encodeCitations(this.#citations, this.#text.length).entries()) {
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

// Calls in a client's stream: functions and custom tools in pieces, tools of one object whole.

type Start = BlockStart & { type: "tool_call" };

/** A call that is open. */
export interface CallEncoder {
  added(): string;
  delta(text: string): string;
  end(): string;
}

export function callEncoder(start: Start, tool: CalledTool, writer: StreamWriter): CallEncoder {
  if (tool.kind === "function" || tool.kind === "custom") return new PiecewiseCall(start, tool, writer);
  return new WholeCall(start, tool, writer);
}

class PiecewiseCall implements CallEncoder {
  #callId: string;
  #id: string;
  #outputIndex: number;
  #given = "";
  #event: string;
  #place: string;
  /** The pieces of a function's JSON as a custom tool's text. */
  #input: CustomInputDecoder | undefined;

  constructor(start: Start, private readonly tool: CalledTool, private readonly writer: StreamWriter) {
    const custom = tool.kind === "custom";
    this.#callId = writer.ids.call(start.id);
    this.#id = writer.ids.item(ITEM_PREFIX[tool.kind], start.itemId);
    this.#outputIndex = writer.put(this.#item("in_progress"));
    this.#place = place(this.#id, this.#outputIndex);
    this.#event = custom ? "response.custom_tool_call_input" : "response.function_call_arguments";
    if (custom && tool.asFunction) this.#input = new CustomInputDecoder();
  }

  added(): string {
    return this.writer.added(this.#outputIndex, this.#item("in_progress"));
  }

  delta(text: string): string {
    return this.#give(this.#input === undefined ? text : this.#input.push(text));
  }

  end(): string {
    let out = this.#input === undefined ? "" : this.#give(this.#input.end());
    // A function without arguments takes an empty object; no JSON at all would not parse.
    if (this.tool.kind === "function" && this.#given === "") out += this.#give("{}");
    const whole = `"${this.tool.kind === "custom" ? "input" : "arguments"}":${JSON.stringify(this.#given)}`;
    out += this.writer.event(`${this.#event}.done`, `${this.#place},${whole}`);
    const item = this.#item("completed");
    this.writer.put(item, this.#outputIndex);
    return out + this.writer.done(this.#outputIndex, item);
  }

  #give(text: string): string {
    if (text === "") return "";
    this.#given += text;
    return this.writer.event(`${this.#event}.delta`, `${this.#place},"delta":${JSON.stringify(text)}`);
  }

  #item(status: "in_progress" | "completed") {
    return encodeCall({ ...this.tool, id: this.#callId, arguments: this.#given }, this.#id, status);
  }
}

/** It is known only as a whole, so it appears when it ends. */
class WholeCall implements CallEncoder {
  #given = "";

  constructor(
    private readonly start: Start,
    private readonly tool: CalledTool,
    private readonly writer: StreamWriter,
  ) {}

  added(): string {
    return "";
  }

  delta(text: string): string {
    this.#given += text;
    return "";
  }

  end(): string {
    const { ids } = this.writer;
    const itemId = ids.item(ITEM_PREFIX[this.tool.kind], this.start.itemId);
    return this.writer.whole(callItem(this.tool, ids.call(this.start.id), itemId, this.#given));
  }
}

// Reasoning items of a client's stream: summaries, and the full text where the provider's own dialect has it.

/** A summary that is open. */
interface OpenSummary {
  /** The block's own number for it; undefined: full text that is shown as a summary. */
  readonly from: number | undefined;
  readonly index: number;
  readonly place: string;
}

export class ReasoningEncoder {
  #id: string;
  #outputIndex: number;
  #place: string;
  #summaries: string[] = [];
  #open: OpenSummary | undefined;
  /** The full text; `#shown`: it went out as a summary. */
  #text = "";
  #shown = false;
  #textPlace: string | undefined;
  #signed: { signature?: string; encrypted?: string; redacted?: string; maker?: Maker } = {};

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

  signature({ signature, encrypted, redacted, maker }: ReplyEvent & { type: "signature" }): void {
    if (signature !== undefined) this.#signed.signature = (this.#signed.signature ?? "") + signature;
    if (encrypted !== undefined) this.#signed.encrypted = encrypted;
    if (redacted !== undefined) this.#signed.redacted = redacted;
    if (maker !== undefined) this.#signed.maker = maker;
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

// The events of a client's stream: numbered and framed, with their items.

/** An item's place in the answer. */
export interface ItemPlace {
  readonly id: string;
  readonly outputIndex: number;
}

export class StreamWriter {
  readonly ids = new ItemIds();
  /** The items; open ones are as they would be if they ended now. */
  readonly output: ResponseOutputItem[] = [];
  #number = 0;

  /** One event. `fields` is the rest of its data, without braces. */
  event(type: string, fields: string): string {
    return `event: ${type}\ndata: {"type":"${type}","sequence_number":${this.#number++},${fields}}\n\n`;
  }

  /** An event with the whole response. */
  response(type: string, response: Json): string {
    return this.event(type, `"response":${JSON.stringify(response)}`);
  }

  /** Puts the item as it is now into the answer; without an index at its end. @returns its index */
  put(item: ResponseOutputItem, outputIndex = this.output.length): number {
    this.output[outputIndex] = item;
    return outputIndex;
  }

  added(outputIndex: number, item: ResponseOutputItem): string {
    return this.event(
      "response.output_item.added",
      `"output_index":${outputIndex},"item":${JSON.stringify(item)}`,
    );
  }

  done(outputIndex: number, item: ResponseOutputItem): string {
    return this.event(
      "response.output_item.done",
      `"output_index":${outputIndex},"item":${JSON.stringify(item)}`,
    );
  }

  /** An item that is sent whole. */
  whole(item: ResponseOutputItem, empty: ResponseOutputItem = item): string {
    const index = this.put(item);
    return this.added(index, empty) + this.done(index, item);
  }
}

/** Where a piece of an item belongs, ready for an event's data. */
function place(itemId: string, outputIndex: number, more = ""): string {
  return `"item_id":${JSON.stringify(itemId)},"output_index":${outputIndex}${more}`;
}
