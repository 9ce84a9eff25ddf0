/**
 * `tools` of a request: those that the client runs ⇄ tools, those that the provider runs ⇄ server tools. Namespaces
 * are dissolved into their tools on the way in and put together again on the way out.
 */
import type {
  NamespaceTool,
  ResponseCreateParams,
  Tool as WireTool,
} from "openai/resources/responses/responses";
import { isRecord, listOf, own, stringOf, textOf } from "../../json/shape.ts";
import type { ServerTool, Tool, ToolChoice, ToolKind } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { functionShape } from "../shared/client-tools.ts";
import type { EncodeTarget } from "../dialect.ts";
import { traitsOf } from "../shared/fit.ts";
import { serverToolName } from "../shared/server-tools.ts";

type Definition = Record<string, Json>;

export interface ToolLists {
  readonly tools: Tool[];
  readonly serverTools: ServerTool[];
}

/** Client tools that are fully described by their type. */
const BARE: Readonly<Record<string, ToolKind>> = {
  local_shell: "local_shell",
  shell: "shell",
  apply_patch: "apply_patch",
  tool_search: "tool_search",
  computer: "computer",
  computer_use_preview: "computer",
};

/** Adds the tools of a list. A tool that is there already is not added again. */
export function decodeTools(list: Json, into: ToolLists): void {
  for (const tool of listOf(list)) if (isRecord(tool)) decodeTool(tool, into, undefined);
}

function decodeTool(tool: Definition, into: ToolLists, space: Definition | undefined): void {
  if (tool.type === "namespace") {
    for (const inner of listOf(tool.tools)) if (isRecord(inner)) decodeTool(inner, into, tool);
    return;
  }
  const read = tool.type === "function" || tool.type === "custom" ? named(tool, space) : bare(tool);
  if (read === undefined) {
    into.serverTools.push({
      dialect: "openai-responses",
      name: serverToolName(tool.type) ?? stringOf(tool.type) ?? "tool",
      value: tool,
    });
  } else if (read.name !== "" && !into.tools.some((other) => isSame(other, read))) into.tools.push(read);
}

function isSame(a: Tool, b: Tool): boolean {
  return a.name === b.name && a.namespace === b.namespace && a.kind === b.kind;
}

/** The fields that the neutral form has; a definition with others is kept whole beside it. */
const KNOWN: ReadonlySet<string> = new Set(["type", "name", "description", "parameters", "strict", "format"]);

function named(tool: Definition, space: Definition | undefined): Tool {
  const description = stringOf(tool.description);
  const namespace = stringOf(space?.name);
  const about = stringOf(space?.description);
  return {
    kind: tool.type,
    name: stringOf(tool.name) ?? "",
    ...(namespace === undefined ? {} : { namespace }),
    ...(about === undefined ? {} : { namespaceDescription: about }),
    ...(description === undefined ? {} : { description }),
    ...(isRecord(tool.parameters) ? { parameters: tool.parameters } : {}),
    ...(tool.strict === true ? { strict: true } : {}),
    ...(isRecord(tool.format) ? { format: tool.format } : {}),
    ...native(tool),
  };
}

function bare(tool: Definition): Tool | undefined {
  const kind = own(BARE, tool.type);
  if (kind === undefined || isServerRun(tool)) return undefined;
  const description = stringOf(tool.description);
  return {
    kind,
    name: kind,
    ...(description === undefined ? {} : { description }),
    ...(isRecord(tool.parameters) ? { parameters: tool.parameters } : {}),
    ...native(tool),
  };
}

function native(tool: Definition): Pick<Tool, "native"> {
  for (const key of Object.keys(tool)) {
    if (!KNOWN.has(key)) return { native: { dialect: "openai-responses", value: tool } };
  }
  return {};
}

/** A shell in the provider's container, or a search that the provider does itself. */
function isServerRun(tool: Definition): boolean {
  if (tool.type === "shell") return textOf(tool.environment?.type).startsWith("container");
  return tool.type === "tool_search" && tool.execution !== "client";
}

/** What the provider takes. */
export interface ToolRules {
  /** The name to send for a function outside any namespace. */
  readonly name: (tool: Tool) => string;
  /** Cleans a JSON schema for the provider. */
  readonly schema: (schema: Json) => Json;
  /** The provider knows functions only: no custom tools, no namespaces. */
  readonly functionsOnly: boolean;
}

/** The tools as definitions; a namespace takes the place of its first tool. */
export function encodeTools(tools: readonly Tool[], rules: ToolRules): WireTool[] {
  const list: Definition[] = [];
  const spaces = new Map<string, Definition>();
  for (const tool of tools) {
    const definition = encodeTool(tool, rules);
    if (tool.namespace === undefined || rules.functionsOnly) {
      list.push(definition);
      continue;
    }
    let space = spaces.get(tool.namespace);
    if (space === undefined) {
      const wire: NamespaceTool = {
        type: "namespace",
        name: tool.namespace,
        description: tool.namespaceDescription ?? "",
        tools: [],
      };
      list.push(space = wire as unknown as Definition);
      spaces.set(tool.namespace, space);
    }
    space.tools.push(definition);
  }
  return list as unknown as WireTool[];
}

function encodeTool(tool: Tool, rules: ToolRules): Definition {
  const { native, kind } = tool;
  if (rules.functionsOnly || kind === "function") return encodeFunction(tool, rules);
  if (native?.dialect === "openai-responses") return native.value;
  const description = tool.description === undefined ? {} : { description: tool.description };
  if (kind === "custom") {
    const format = tool.format === undefined ? {} : { format: tool.format };
    return { type: "custom", name: tool.name, ...description, ...format };
  }
  if (kind !== "tool_search") return { type: kind };
  const parameters = tool.parameters === undefined ? {} : { parameters: tool.parameters };
  return { type: "tool_search", execution: "client", ...description, ...parameters };
}

function encodeFunction(tool: Tool, rules: ToolRules): Definition {
  const { description, parameters } = functionShape(tool);
  const extra = tool.kind === "function" && tool.native?.dialect === "openai-responses"
    ? tool.native.value
    : {};
  return {
    ...extra,
    type: "function",
    name: tool.namespace === undefined || rules.functionsOnly ? rules.name(tool) : tool.name,
    ...(description === undefined ? {} : { description }),
    parameters: rules.schema(parameters ?? { type: "object", properties: {} }),
    // Absent it means true here, and false everywhere else.
    strict: tool.strict ?? false,
  };
}

// `tool_choice` (https://platform.openai.com/docs/api-reference/responses/create) ⇄ the neutral choice.

type WireChoice = NonNullable<ResponseCreateParams["tool_choice"]>;

/** Choices of a client's tool that is fully described by its type. */
const BARE_CHOICES: ReadonlySet<string> = new Set([
  "local_shell",
  "shell",
  "apply_patch",
  "tool_search",
  "computer",
]);

/** The choice; undefined where there is none, or where it names a tool that the provider runs. */
export function decodeToolChoice(choice: Json): ToolChoice | undefined {
  if (choice === "auto" || choice === "none" || choice === "required") return { type: choice };
  if (!isRecord(choice)) return undefined;
  const name = stringOf(choice.name);
  if ((choice.type === "function" || choice.type === "custom") && name !== undefined) {
    const namespace = stringOf(choice.namespace);
    return { type: "tool", name, kind: choice.type, ...(namespace === undefined ? {} : { namespace }) };
  }
  if (BARE_CHOICES.has(choice.type)) return { type: "tool", name: choice.type, kind: choice.type };
  if (choice.type === "allowed_tools") {
    const names = listOf(choice.tools).map((tool) => stringOf(tool?.name) ?? stringOf(tool?.type))
      .filter((name) => name !== undefined);
    return { type: "allowed", mode: choice.mode === "required" ? "required" : "auto", names };
  }
  return undefined;
}

/**
 * The choice for a provider.
 * @param name the name under which a tool is sent; `functionsOnly`: as a function, whatever its kind.
 */
export function encodeToolChoice(
  choice: ToolChoice,
  tools: readonly Tool[],
  name: (tool: { name: string; namespace?: string; kind?: ToolKind }) => string,
  functionsOnly: boolean,
): WireChoice {
  switch (choice.type) {
    case "auto":
    case "none":
    case "required":
      return choice.type;
    case "tool":
      return one(choice) as WireChoice;
    case "allowed":
      return {
        type: "allowed_tools",
        mode: choice.mode,
        tools: choice.names.map((allowed) =>
          one(tools.find((tool) => tool.name === allowed) ?? { name: allowed })
        ),
      };
  }

  function one(tool: { name: string; namespace?: string; kind?: ToolKind }): Record<string, Json> {
    const kind = tool.kind ??
      tools.find((other) => other.name === tool.name && other.namespace === tool.namespace)?.kind ??
      "function";
    if (functionsOnly) return { type: "function", name: name({ ...tool, kind }) };
    if (kind !== "function" && kind !== "custom") return { type: kind };
    if (tool.namespace !== undefined) return { type: kind, name: tool.name, namespace: tool.namespace };
    return { type: kind, name: kind === "function" ? name({ ...tool, kind }) : tool.name };
  }
}

/** Whether a provider runs tools of this type itself, though it knows no other tools but functions. */
export function takesServerTool(type: unknown, target: EncodeTarget): boolean {
  return typeof type === "string" &&
    traitsOf(target).takesServerTools?.some((taken) => type.startsWith(taken)) === true;
}
