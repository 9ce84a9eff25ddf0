/** Tool definitions and the choice among them. @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools */
import { isRecord, listOf, stringOf, textOf } from "../../json/shape.ts";
import type { Conversation, ServerTool, Tool, ToolChoice } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import type { EncodeTarget } from "../dialect.ts";
import { functionShape } from "../shared/client-tools.ts";
import { cleanSchema, objectSchema, standardSchema } from "../shared/json-schema.ts";
import { serverToolName } from "../shared/server-tools.ts";
import type { ToolNames } from "../shared/tool-names.ts";
import { type BlockRules, decodeCache } from "./content.ts";
import type { ModelTraits } from "./models.ts";

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
      const name = serverToolName(type) ?? stringOf(wire.name) ?? textOf(type);
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
    name: textOf(wire.name),
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
      return { type: "tool", name: textOf(wire.name) };
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

/** What the encoder of tools needs to know. */
export interface ToolRules extends BlockRules {
  readonly target: EncodeTarget;
  readonly traits: ModelTraits;
}

/** Tools and choice for a provider. */
export function encodeTools(conversation: Conversation, rules: ToolRules): WireTools {
  const { toolChoice } = conversation;
  const { lost } = rules;
  const offered = toolChoice?.type === "allowed"
    ? conversation.tools.filter(({ name }) => toolChoice.names.includes(name))
    : conversation.tools;
  const tools: Record<string, Json>[] = offered.map((tool) => encodeTool(tool, rules));
  for (const tool of conversation.serverTools) {
    if (tool.dialect === "anthropic-messages") tools.push(tool.value);
    else lost(tool.name);
  }
  if (tools.length === 0) return { forced: false };
  const choice = encodeChoice(conversation, rules);
  return {
    tools,
    forced: choice?.type === "any" || choice?.type === "tool",
    ...(choice !== undefined && { choice }),
  };
}

function encodeTool(tool: Tool, { from, target, names, marks, lost }: ToolRules): Record<string, Json> {
  if (tool.native?.dialect === "anthropic-messages") {
    const { cache_control: _mark, ...native } = tool.native.value;
    return marks.mark(native, tool.cache);
  }
  const { description, parameters } = functionShape(tool);
  const wire: Record<string, Json> = { name: names.wire(tool) };
  if (description !== undefined) wire.description = description;
  wire.input_schema = objectSchema(standardSchema(cleanSchema(parameters, target.quirks)));
  // Anthropic takes few and simple strict schemas and refuses the request for the rest: the proxy does not gamble.
  if (tool.strict !== undefined) {
    if (from === "anthropic-messages") wire.strict = tool.strict;
    else if (tool.strict) lost("strict");
  }
  return marks.mark(wire, tool.cache);
}

function encodeChoice(
  { toolChoice, parallelToolCalls, tools }: Conversation,
  { traits, names, lost }: ToolRules,
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

// Anthropic's own client tools: the request names only their type, and Claude knows the rest. For a model of another
// kind they need this description and schema. Data: one line for each tool, by the beginning of its type, which
// ends in a date.
// @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview#client-tools

interface NativeTool {
  readonly typeStart: string;
  readonly description: string;
  readonly parameters: Json;
}

const text = (description: string) => ({ type: "string", description });

const whole = (description: string) => ({ type: "integer", description });

const pair = (description: string) => ({ type: "array", items: { type: "integer" }, description });

const NATIVE_TOOLS: readonly NativeTool[] = [
  {
    typeStart: "bash_",
    description: "Runs a command in a bash session that lives on between the calls, and returns its output.",
    parameters: {
      type: "object",
      properties: {
        command: text("The command to run. Needed unless restart is true."),
        restart: { type: "boolean", description: "Start a new session." },
      },
    },
  },
  {
    typeStart: "text_editor_",
    description: "Views, creates and edits text files.",
    parameters: {
      type: "object",
      properties: {
        command: { type: "string", enum: ["view", "create", "str_replace", "insert"] },
        path: text("The path of the file, or of the folder to view."),
        file_text: text("create: the file's whole content."),
        old_str: text("str_replace: the text to replace; it must occur exactly once."),
        new_str: text("str_replace: the text to put in its place."),
        insert_line: whole("insert: the line after which to insert; 0 for the beginning."),
        insert_text: text("insert: the text to insert."),
        view_range: pair("view: the first and the last line; -1 for the end."),
      },
      required: ["command", "path"],
    },
  },
  {
    typeStart: "memory_",
    description: "Keeps notes between conversations as files under /memories.",
    parameters: {
      type: "object",
      properties: {
        command: { type: "string", enum: ["view", "create", "str_replace", "insert", "delete", "rename"] },
        path: text("A path that begins with /memories."),
        view_range: pair("view: the first and the last line."),
        file_text: text("create: the file's whole content."),
        old_str: text("str_replace: the text to replace."),
        new_str: text("str_replace: the text to put in its place."),
        insert_line: whole("insert: the line after which to insert."),
        insert_text: text("insert: the text to insert."),
        old_path: text("rename: the path now."),
        new_path: text("rename: the path afterwards."),
      },
      required: ["command"],
    },
  },
  {
    typeStart: "computer_",
    description: "Acts on a screen with mouse and keyboard, one action a call, and returns a screenshot.",
    parameters: {
      type: "object",
      properties: {
        action: {
          type: "string",
          enum: [
            "screenshot",
            "left_click",
            "right_click",
            "middle_click",
            "double_click",
            "triple_click",
            "left_click_drag",
            "mouse_move",
            "cursor_position",
            "scroll",
            "type",
            "key",
            "hold_key",
            "wait",
            "zoom",
          ],
        },
        coordinate: pair("The x and y to act at, in pixels from the left and the top."),
        start_coordinate: pair("left_click_drag: where the drag begins."),
        text: text("type: the text; key and hold_key: the keys, such as ctrl+s."),
        scroll_direction: { type: "string", enum: ["up", "down", "left", "right"] },
        scroll_amount: whole("scroll: how many steps."),
        duration: { type: "number", description: "wait and hold_key: seconds." },
        region: pair("zoom: x and y of two corners."),
      },
      required: ["action"],
    },
  },
];

/** The description and schema of a tool that Anthropic defines and the client runs; undefined: not such a tool. */
export function nativeTool(type: unknown): NativeTool | undefined {
  if (typeof type !== "string") return undefined;
  return NATIVE_TOOLS.find(({ typeStart }) => type.startsWith(typeStart));
}
