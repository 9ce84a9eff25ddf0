/** Tool definitions and the choice among them. @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools */
import { functionShape } from "../shared/client-tools.ts";
import type { Conversation, ServerTool, Tool, ToolChoice } from "../../model/conversation.ts";
import type { EncodeTarget } from "../dialect.ts";
import type { Json } from "../../model/json.ts";
import { isRecord, listOf, stringOf } from "../../json/shape.ts";
import { cleanSchema, objectSchema } from "../shared/json-schema.ts";
import { serverToolName } from "../shared/server-tools.ts";
import type { ToolNames } from "../shared/tool-names.ts";
import { type CacheMarks, decodeCache } from "./cache.ts";
import type { ModelTraits } from "./models.ts";
import { nativeTool } from "./native-tools.ts";

/** Fields of a definition that the neutral form has; one with others is kept whole beside it. */
const KNOWN: ReadonlySet<string> = new Set([
  "type",
  "name",
  "description",
  "input_schema",
  "strict",
  "cache_control",
]);

/** `tools`, apart by who runs them. */
export function decodeTools(list: Json): { readonly tools: Tool[]; readonly serverTools: ServerTool[] } {
  const tools: Tool[] = [];
  const serverTools: ServerTool[] = [];
  for (const wire of listOf(list)) {
    if (!isRecord(wire)) continue;
    const type = wire.type ?? "custom";
    const native = nativeTool(type);
    if (native !== undefined) {
      const { description, parameters } = native;
      tools.push({ ...decodeTool(wire), description, parameters, native: nativeOf(wire) });
    } else if (type === "custom") {
      const bare = Object.keys(wire).every((key) => KNOWN.has(key));
      tools.push(bare ? decodeTool(wire) : { ...decodeTool(wire), native: nativeOf(wire) });
    } else {
      const name = serverToolName(type) ?? stringOf(wire.name) ?? String(type);
      serverTools.push({ dialect: "anthropic-messages", name, value: wire });
    }
  }
  return { tools, serverTools };
}

function nativeOf(value: Json): Tool["native"] {
  return { dialect: "anthropic-messages", value };
}

function decodeTool(wire: Json): Tool {
  const description = stringOf(wire.description);
  return {
    kind: "function",
    name: String(wire.name ?? ""),
    ...(description !== undefined && { description }),
    ...(isRecord(wire.input_schema) && { parameters: wire.input_schema }),
    ...(typeof wire.strict === "boolean" && { strict: wire.strict }),
    ...decodeCache(wire),
  };
}

/** `tool_choice`, and what it says of parallel calls. */
export function decodeToolChoice(
  wire: Json,
): { readonly toolChoice?: ToolChoice; readonly parallelToolCalls?: boolean } {
  if (!isRecord(wire)) return {};
  const choice = choiceOf(wire);
  return {
    ...(choice !== undefined && { toolChoice: choice }),
    ...(wire.disable_parallel_tool_use === true && { parallelToolCalls: false }),
  };
}

function choiceOf(wire: Json): ToolChoice | undefined {
  switch (wire.type) {
    case "auto":
    case "none":
      return { type: wire.type };
    case "any":
      return { type: "required" };
    case "tool":
      return { type: "tool", name: String(wire.name ?? "") };
    default:
      return undefined;
  }
}

/** What tools and choice become on the wire. */
export interface WireTools {
  readonly tools?: Json[];
  readonly choice?: Json;
  /** The choice forces a call. */
  readonly forced: boolean;
}

/** Tools and choice for a provider. `lost` is told what is left out. */
export function encodeTools(
  conversation: Conversation,
  target: EncodeTarget,
  traits: ModelTraits,
  names: ToolNames,
  marks: CacheMarks,
  lost: (field: string) => void,
): WireTools {
  const { toolChoice } = conversation;
  const own = conversation.dialect === "anthropic-messages";
  const offered = toolChoice?.type === "allowed"
    ? conversation.tools.filter(({ name }) => toolChoice.names.includes(name))
    : conversation.tools;
  const tools: Record<string, Json>[] = offered.map((tool) =>
    encodeTool(tool, own, target, names, marks, lost)
  );
  for (const tool of conversation.serverTools) {
    if (tool.dialect === "anthropic-messages") tools.push(tool.value);
    else lost(tool.name);
  }
  if (tools.length === 0) return { forced: false };
  const choice = encodeChoice(conversation, traits, names, lost);
  return {
    tools,
    forced: choice?.type === "any" || choice?.type === "tool",
    ...(choice !== undefined && { choice }),
  };
}

function encodeTool(
  tool: Tool,
  own: boolean,
  target: EncodeTarget,
  names: ToolNames,
  marks: CacheMarks,
  lost: (field: string) => void,
): Record<string, Json> {
  if (tool.native?.dialect === "anthropic-messages") {
    const { cache_control: _mark, ...native } = tool.native.value;
    return marks.mark(native, tool.cache);
  }
  const { description, parameters } = functionShape(tool);
  const wire: Record<string, Json> = { name: names.wire(tool) };
  if (description !== undefined) wire.description = description;
  wire.input_schema = objectSchema(cleanSchema(parameters, target.quirks));
  // Anthropic takes few and simple strict schemas and refuses the request for the rest: the proxy does not gamble.
  if (tool.strict !== undefined) {
    if (own) wire.strict = tool.strict;
    else if (tool.strict) lost("strict");
  }
  return marks.mark(wire, tool.cache);
}

function encodeChoice(
  { toolChoice, parallelToolCalls, tools }: Conversation,
  traits: ModelTraits,
  names: ToolNames,
  lost: (field: string) => void,
): Json {
  let choice = toolChoice === undefined ? undefined : wireChoice(toolChoice, tools, names);
  if ((choice?.type === "any" || choice?.type === "tool") && !traits.forcedTools) {
    lost("tool_choice");
    choice = { type: "auto" };
  }
  if (parallelToolCalls !== false || choice?.type === "none") return choice;
  return { ...(choice ?? { type: "auto" }), disable_parallel_tool_use: true };
}

function wireChoice(choice: ToolChoice, tools: readonly Tool[], names: ToolNames): Record<string, Json> {
  switch (choice.type) {
    case "auto":
    case "none":
      return { type: choice.type };
    case "required":
      return { type: "any" };
    case "allowed":
      return { type: choice.mode === "required" ? "any" : "auto" };
    case "tool": {
      const kind = choice.kind ??
        tools.find((tool) => tool.name === choice.name && tool.namespace === choice.namespace)?.kind;
      return { type: "tool", name: names.wire({ ...choice, kind }) };
    }
  }
}
