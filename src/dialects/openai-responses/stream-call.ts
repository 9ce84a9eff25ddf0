/** Calls in a client's stream: functions and custom tools in pieces, tools of one object whole. */
import type { BlockStart } from "../../model/conversation.ts";
import { CustomInputDecoder } from "../shared/custom-input.ts";
import type { CalledTool } from "./called-tool.ts";
import { ITEM_PREFIX, writeCall } from "./call-items.ts";
import { callItem } from "./output-items.ts";
import { place, type StreamWriter } from "./stream-writer.ts";

type Start = BlockStart & { type: "tool_call" };

/** A call under way. */
export interface StreamCall {
  added(): string;
  delta(text: string): string;
  end(): string;
}

export function streamCall(start: Start, tool: CalledTool, writer: StreamWriter): StreamCall {
  if (tool.kind === "function" || tool.kind === "custom") return new PiecewiseCall(start, tool, writer);
  return new WholeCall(start, tool, writer);
}

class PiecewiseCall implements StreamCall {
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
    return writeCall({ ...this.tool, id: this.#callId, arguments: this.#given }, this.#id, status);
  }
}

/** Nothing of it is known before all of it is: it appears when it ends. */
class WholeCall implements StreamCall {
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
