/**
 * Puts the pieces of tool calls together that a Chat stream brings: whole or cut, by `index` or without, with the id
 * in the first piece, in every one, or nowhere.
 */
import type { ReplyEvent, ToolKind } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";

interface Call {
  /** The id as the provider gave it. */
  readonly wireId: string | undefined;
  readonly id: string;
  kind: ToolKind;
  name: string;
  signature?: string;
  /** The block's index; -1 while the name has not come. */
  block: number;
  /** The arguments so far. */
  text: string;
}

/** The `index` that a legacy `function_call` gets: none that the wire uses. */
export const LEGACY_INDEX = -1;

export class StreamToolCalls {
  #byIndex = new Map<number, Call>();
  #all: Call[] = [];
  #nextBlock: () => number;
  #newId: () => string;

  /** `nextBlock` gives out block indices; `newId` makes an id for a call that came without one. */
  constructor(nextBlock: () => number, newId: () => string) {
    this.#nextBlock = nextBlock;
    this.#newId = newId;
  }

  get any(): boolean {
    return this.#all.length > 0;
  }

  /** One entry of `tool_calls`. */
  push(piece: Json, out: ReplyEvent[]): void {
    if (typeof piece !== "object" || piece === null) return;
    const body = piece.function ?? piece.custom ?? {};
    const name = nonEmpty(body.name);
    const text = textOf(body.arguments ?? body.input);
    const call = this.#find(piece, name, text);
    if (piece.type === "custom" || piece.custom !== undefined) call.kind = "custom";
    if (call.name === "" && name !== undefined) call.name = name;
    const signature = nonEmpty(piece.extra_content?.google?.thought_signature);
    if (signature !== undefined) call.signature ??= signature;
    call.text += text;
    if (call.block !== -1) {
      if (text !== "") out.push({ type: "delta", index: call.block, text });
    } else if (call.name !== "") this.#start(call, out);
  }

  /** The answer is over: closes every call. A function without arguments gets `{}`, which every client can read. */
  close(out: ReplyEvent[]): void {
    for (const call of this.#all) {
      if (call.block === -1) {
        if (call.text === "") continue;
        this.#start(call, out);
      }
      if (call.text === "" && call.kind === "function") {
        out.push({ type: "delta", index: call.block, text: "{}" });
      }
      out.push({ type: "block_stop", index: call.block });
    }
  }

  #start(call: Call, out: ReplyEvent[]): void {
    call.block = this.#nextBlock();
    const { id, name, kind, signature } = call;
    const block = { type: "tool_call" as const, id, name, kind };
    out.push({
      type: "block_start",
      index: call.block,
      block: signature === undefined ? block : { ...block, signature },
    });
    if (call.text !== "") out.push({ type: "delta", index: call.block, text: call.text });
  }

  #find(piece: Json, name: string | undefined, text: string): Call {
    const id = nonEmpty(piece.id);
    if (typeof piece.index === "number") {
      const call = this.#byIndex.get(piece.index);
      if (call !== undefined && !isAnother(call, id, name, text)) return call;
      const made = this.#make(id);
      this.#byIndex.set(piece.index, made);
      return made;
    }
    if (id !== undefined) return this.#all.find((call) => call.wireId === id) ?? this.#make(id);
    return (name === undefined ? this.#all.at(-1) : undefined) ?? this.#make(undefined);
  }

  #make(wireId: string | undefined): Call {
    const taken = wireId === undefined || this.#all.some((call) => call.wireId === wireId);
    const call: Call = {
      wireId,
      id: taken ? this.#newId() : wireId,
      kind: "function",
      name: "",
      block: -1,
      text: "",
    };
    this.#all.push(call);
    return call;
  }
}

/** Some providers send several whole calls, all with index 0. A piece with a name of its own tells a new call. */
function isAnother(call: Call, id: string | undefined, name: string | undefined, text: string): boolean {
  if (name === undefined || call.name === "") return false;
  if (id !== undefined && call.wireId !== undefined) return id !== call.wireId;
  return name !== call.name || (text !== "" && isWhole(call.text));
}

function isWhole(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}

/** Arguments are text; a few providers send the object itself. */
function textOf(value: Json): string {
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null ? JSON.stringify(value) : "";
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
