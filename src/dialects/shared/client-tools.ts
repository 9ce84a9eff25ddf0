/**
 * Tools that a client runs and that one dialect knows by type alone, without a schema: as functions, with the schema
 * that a model of another dialect needs. A table: a new kind is a new entry.
 *
 * The convention for {@link ToolCallPart.arguments}: free text for `custom`; for every other kind JSON text, namely
 * the Responses item's `action` (`local_shell`, `shell`, `computer`), `operation` (`apply_patch`) or `arguments`
 * (`tool_search`) as it is on the wire. The function's arguments are the same JSON text.
 */
import type { Tool, ToolCallPart, ToolKind } from "../../model/conversation.ts";
import { parseExact } from "../../json/exact.ts";
import { CUSTOM_INPUT_SCHEMA, decodeCustomInput, encodeCustomInput } from "./custom-input.ts";
import type { Json } from "../../model/json.ts";

interface ClientTool {
  readonly description: string;
  readonly parameters: Json;
  /** Fields that the Responses dialect wants in the arguments and no model should have to write. */
  readonly constants?: Readonly<Record<string, Json>>;
}

const text = (description: string) => ({ type: "string", description });

/** What each kind is as a function. `function` and `custom` bring their own description. */
export const CLIENT_TOOLS: Readonly<Record<Exclude<ToolKind, "function" | "custom">, ClientTool>> = {
  local_shell: {
    description: "Runs a command on the user's machine and returns its output.",
    parameters: {
      type: "object",
      properties: {
        command: {
          type: "array",
          items: { type: "string" },
          description: 'The program and its arguments, for example ["bash", "-lc", "ls"].',
        },
        working_directory: text("The folder to run the command in."),
        timeout_ms: { type: "integer", description: "Milliseconds after which the command is stopped." },
        env: {
          type: "object",
          additionalProperties: { type: "string" },
          description: "Environment variables to set.",
        },
      },
      required: ["command"],
    },
    constants: { type: "exec", env: {} },
  },
  shell: {
    description: "Runs shell commands on the user's machine and returns their output.",
    parameters: {
      type: "object",
      properties: {
        commands: {
          type: "array",
          items: { type: "string" },
          description: "Shell command lines, run in order.",
        },
        timeout_ms: { type: "integer", description: "Milliseconds after which the commands are stopped." },
        max_output_length: { type: "integer", description: "Characters of output to return at most." },
      },
      required: ["commands"],
    },
  },
  apply_patch: {
    description: "Creates, changes or deletes one file.",
    parameters: {
      type: "object",
      properties: {
        type: { type: "string", enum: ["create_file", "update_file", "delete_file"] },
        path: text("The file's path, relative to the project."),
        diff: text(
          "The change as a V4A diff: each line begins with ' ' (context), '-' (removed) or '+' (added), sections " +
            "begin with '@@'. For create_file every line begins with '+'. Not used for delete_file.",
        ),
      },
      required: ["type", "path"],
    },
  },
  tool_search: {
    description: "Searches for further tools by what they do.",
    parameters: {
      type: "object",
      properties: { query: text("What the tool should do."), limit: { type: "integer" } },
      required: ["query"],
    },
  },
  computer: {
    description: "Acts on the user's screen: one action a call, answered with a screenshot.",
    parameters: {
      type: "object",
      properties: {
        type: {
          type: "string",
          enum: ["click", "double_click", "drag", "keypress", "move", "screenshot", "scroll", "type", "wait"],
        },
        x: { type: "integer" },
        y: { type: "integer" },
        button: { type: "string", enum: ["left", "right", "wheel", "back", "forward"] },
        scroll_x: { type: "integer" },
        scroll_y: { type: "integer" },
        keys: { type: "array", items: { type: "string" } },
        text: { type: "string" },
        path: {
          type: "array",
          items: { type: "object", properties: { x: { type: "integer" }, y: { type: "integer" } } },
        },
      },
      required: ["type"],
    },
  },
};

/** A tool as a function: its description and the schema of its arguments. */
export interface FunctionShape {
  readonly description?: string;
  /** JSON Schema; undefined where a function came without one. */
  readonly parameters?: Json;
}

/** A tool as a function. */
export function functionShape(tool: Tool): FunctionShape {
  if (tool.kind === "function") return { description: tool.description, parameters: tool.parameters };
  if (tool.kind === "custom") {
    return { description: customDescription(tool), parameters: CUSTOM_INPUT_SCHEMA };
  }
  const known = CLIENT_TOOLS[tool.kind];
  return {
    description: tool.description ?? known.description,
    parameters: tool.parameters ?? known.parameters,
  };
}

/** A custom tool's grammar cannot be enforced by a function's schema, so the description says it. */
function customDescription(tool: Tool): string | undefined {
  const definition = tool.format?.definition;
  if (typeof definition !== "string") return tool.description;
  const syntax = typeof tool.format.syntax === "string" ? tool.format.syntax : "given";
  const grammar = `The input must match this ${syntax} grammar:\n${definition}`;
  return tool.description ? `${tool.description}\n\n${grammar}` : grammar;
}

/** The JSON arguments of a call as a function's, whatever the tool's kind. */
export function functionArguments(call: Pick<ToolCallPart, "kind" | "arguments">): string {
  return call.kind === "custom" ? encodeCustomInput(call.arguments) : call.arguments;
}

/** The way back: a function call's JSON arguments as those of a tool of this kind. */
export function clientArguments(kind: ToolKind, json: string): string {
  if (kind === "function") return json;
  if (kind === "custom") return decodeCustomInput(json);
  const constants = CLIENT_TOOLS[kind].constants;
  if (constants === undefined) return json;
  try {
    return JSON.stringify({ ...constants, ...parseExact(json) });
  } catch {
    return json; // the client reports best what is wrong with it
  }
}
