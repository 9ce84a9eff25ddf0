/** `tools` and `tool_choice` of a Chat request, and their legacy forms `functions` and `function_call`. */
import type { OpenAI } from "openai";
import { isRecord, listOf, stringOf } from "../../json/shape.ts";
import type { ServerTool, Tool, ToolChoice } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { functionShape } from "../shared/client-tools.ts";
import { serverToolName } from "../shared/server-tools.ts";
import type { ToolNames } from "../shared/tool-names.ts";
import { type ContentRules, decodeCache, encodeCache } from "./content.ts";

type WireTool = OpenAI.Chat.ChatCompletionFunctionTool;

type WireChoice = OpenAI.Chat.ChatCompletionToolChoiceOption;

type Fields = Record<string, Json>;

export interface ToolLists {
  readonly tools: readonly Tool[];
  readonly serverTools: readonly ServerTool[];
}

/** The tools that a request offers, in either form. */
export function decodeTools(body: Fields): ToolLists {
  const tools: Tool[] = [];
  const serverTools: ServerTool[] = [];
  for (const tool of listOf(body.tools)) {
    if (!isRecord(tool)) continue;
    const read = decodeTool(tool);
    if (read === undefined) {
      const name = serverToolName(tool.type) ?? stringOf(tool.type) ?? "tool";
      serverTools.push({ dialect: "openai-chat", name, value: tool });
    } else if (read.name !== "") tools.push(read);
  }
  for (const fn of listOf(body.functions)) if (isRecord(fn)) tools.push(decodeFunction(fn, {}));
  return { tools, serverTools };
}

function decodeTool(tool: Fields): Tool | undefined {
  if (tool.type === "custom") return decodeCustom(isRecord(tool.custom) ? tool.custom : tool, tool);
  if (tool.type !== "function" && !isRecord(tool.function)) return undefined;
  // The flat form is that of the Responses dialect; clients mix them up.
  return decodeFunction(isRecord(tool.function) ? tool.function : tool, tool);
}

function decodeFunction(fn: Fields, tool: Fields): Tool {
  const description = stringOf(fn.description);
  return {
    kind: "function",
    name: stringOf(fn.name) ?? "",
    ...(description === undefined ? {} : { description }),
    ...(isRecord(fn.parameters) ? { parameters: fn.parameters } : {}),
    ...(typeof fn.strict === "boolean" ? { strict: fn.strict } : {}),
    ...decodeCache(tool),
  };
}

/** A grammar is one level deeper here than in the neutral form, which is that of the Responses dialect. */
function decodeCustom(custom: Fields, tool: Fields): Tool {
  const description = stringOf(custom.description);
  const format = isRecord(custom.format?.grammar)
    ? { type: "grammar", ...custom.format.grammar }
    : custom.format;
  return {
    kind: "custom",
    name: stringOf(custom.name) ?? "",
    ...(description === undefined ? {} : { description }),
    ...(isRecord(format) ? { format } : {}),
    ...decodeCache(tool),
  };
}

/** The choice, in either form; undefined where there is none. */
export function decodeToolChoice(body: Fields): ToolChoice | undefined {
  const choice = body.tool_choice ?? body.function_call;
  if (choice === "auto" || choice === "none" || choice === "required") return { type: choice };
  if (choice === "any") return { type: "required" }; // Mistral
  if (!isRecord(choice)) return undefined;
  if (choice.type === "allowed_tools") {
    const allowed = isRecord(choice.allowed_tools) ? choice.allowed_tools : choice;
    const names = listOf(allowed.tools).map((tool) => nameOf(tool)).filter((name) => name !== undefined);
    return { type: "allowed", mode: allowed.mode === "required" ? "required" : "auto", names };
  }
  if (choice.type === "auto" || choice.type === "none") return { type: choice.type };
  if (choice.type === "any" || choice.type === "required") return { type: "required" };
  const name = nameOf(choice);
  if (name === undefined) return undefined;
  return { type: "tool", name, kind: choice.type === "custom" ? "custom" : "function" };
}

function nameOf(choice: Json): string | undefined {
  return stringOf(choice?.function?.name) ?? stringOf(choice?.custom?.name) ?? stringOf(choice?.name);
}

/** What the provider takes. */
export interface ToolRules extends ContentRules {
  readonly names: ToolNames;
  /** Cleans a JSON schema for the provider. */
  readonly schema: (schema: Json) => Json;
}

/** The tools as functions: every Chat provider has those, and few have more. */
export function encodeTools(tools: readonly Tool[], rules: ToolRules): WireTool[] {
  return tools.map((tool) => {
    const { description, parameters } = functionShape(tool);
    return {
      type: "function",
      function: {
        name: rules.names.wire(tool),
        ...(description === undefined ? {} : { description }),
        parameters: rules.schema(parameters),
        ...(tool.strict === true ? { strict: true } : {}),
      },
      ...encodeCache(tool.cache, rules),
    };
  });
}

/**
 * The choice for a provider, and the tools to offer with it: "only these tools" is said by offering only those, which
 * every provider understands. No choice where it names a tool that is not offered.
 */
export function encodeToolChoice(
  choice: ToolChoice | undefined,
  tools: readonly Tool[],
  names: ToolNames,
): { readonly choice?: WireChoice; readonly tools: readonly Tool[] } {
  if (choice === undefined) return { tools };
  switch (choice.type) {
    case "allowed": {
      const allowed = tools.filter((tool) => choice.names.includes(tool.name));
      return { choice: choice.mode, tools: allowed.length === 0 ? tools : allowed };
    }
    case "tool": {
      const known = tools.some((tool) => tool.name === choice.name && tool.namespace === choice.namespace);
      return known
        ? { choice: { type: "function", function: { name: names.wire(choice) } }, tools }
        : { tools };
    }
    default:
      return { choice: choice.type, tools };
  }
}
