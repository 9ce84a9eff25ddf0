/** Tool calls and their results for a provider. @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview */
import { isRecord } from "../../json/shape.ts";
import { parseExactText } from "../../json/exact.ts";
import type { ToolCallPart, ToolKind, ToolResultPart } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { callArguments, RAW_ARGUMENTS } from "../shared/arguments.ts";
import { functionArguments } from "../shared/client-tools.ts";
import type { ToolNames } from "../shared/tool-names.ts";
import { type Block, type BlockRules, encodePart } from "./content.ts";

const ILLEGAL = /[^a-zA-Z0-9_-]/g;

/** The ids of one request. */
export class CallIds {
  readonly #given = new Set<string>();

  /** A call's id: its own where it is legal and free. The caller remembers it for the call's result. */
  next(id: string): string {
    const legal = id.replace(ILLEGAL, "_") || "call";
    let free = legal;
    for (let n = 2; this.#given.has(free); n++) free = `${legal}_${n}`;
    this.#given.add(free);
    return free;
  }
}

/** A call, under an id that is legal and its own in the conversation. */
export function encodeCall(part: ToolCallPart, id: string, { names, marks }: BlockRules): Block {
  const input = parseInput(functionArguments(part));
  return marks.mark({ type: "tool_use", id, name: names.wire(part), input }, part.cache);
}

/** A call's result. */
export function encodeResult(part: ToolResultPart, id: string, rules: BlockRules): Block {
  const block: Block = { type: "tool_result", tool_use_id: id };
  const [only] = part.content;
  if (part.native?.dialect === "anthropic-messages") block.content = part.native.value;
  else if (part.content.length === 1 && only?.type === "text" && only.cache === undefined) {
    if (only.text !== "") block.content = only.text;
  } else {
    const content = part.content.map((inner) => encodePart(inner, rules)).filter((inner) =>
      inner !== undefined
    );
    if (content.length > 0) block.content = content;
  }
  if (part.isError === true) block.is_error = true;
  return rules.marks.mark(block, part.cache);
}

// A call's arguments: JSON text in the neutral form, an object on this wire.

/** The arguments as an object. Other text (cut off, say, when the output limit was reached) is kept whole. */
export function parseInput(json: string): Record<string, Json> {
  if (json.trim() === "") return {};
  const [text] = callArguments(json);
  const value = parseExactText(text);
  return isRecord(value) ? value : { [RAW_ARGUMENTS]: json };
}

/** A call's input as an object, whatever a gateway made of it. */
export function inputObject(input: Json): Record<string, Json> {
  return isRecord(input)
    ? input
    : parseInput(typeof input === "string" ? input : JSON.stringify(input ?? {}));
}

// A call as an Anthropic client knows it: the name that it gave the tool, and JSON arguments.

/** The name for the client: its own where the provider got a shorter or flatter one. */
export function clientToolName(
  call: { readonly name: string; readonly namespace?: string; readonly kind: ToolKind },
  names: ToolNames,
): string {
  if (call.namespace !== undefined) return names.wire(call);
  return names.original(call.name)?.name ?? call.name;
}
