/**
 * Items that call a tool of the client ⇄ tool calls, and items that answer one ⇄ results. A call's arguments keep to the
 * convention of `client-tools.ts`: a custom tool's text, a function's JSON text, and for the other kinds the item's
 * `action`, `operation` or `arguments`.
 */
import type { ResponseInputItem, ResponseOutputItem } from "openai/resources/responses/responses";
import { isRecord, listOf, own, parseJsonText, stringOf } from "../../json/shape.ts";
import { parseExactText } from "../../json/exact.ts";
import type { Conversation, Part, ToolCallPart, ToolKind, ToolResultPart } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { type ToolNames, toolNames } from "../shared/tool-names.ts";
import { decodeContent, encodePart } from "./content.ts";

/** What a call needs to become an item. */
export type Call = Pick<ToolCallPart, "id" | "name" | "namespace" | "kind" | "arguments">;

type Item = Record<string, Json>;

interface CallItem {
  readonly kind: ToolKind;
  /** The tool's name, where the item does not say. */
  readonly name?: string;
  readonly arguments: (item: Item) => string;
}

/** Each type of item that calls a tool. A `tool_search_call` that the server runs is not one. */
const CALLS: Readonly<Record<string, CallItem>> = {
  function_call: { kind: "function", arguments: (item) => text(item.arguments) },
  custom_tool_call: { kind: "custom", arguments: (item) => text(item.input) },
  local_shell_call: { kind: "local_shell", name: "local_shell", arguments: (item) => json(item.action) },
  shell_call: { kind: "shell", name: "shell", arguments: (item) => json(item.action) },
  apply_patch_call: { kind: "apply_patch", name: "apply_patch", arguments: (item) => json(item.operation) },
  tool_search_call: { kind: "tool_search", name: "tool_search", arguments: (item) => json(item.arguments) },
  computer_call: {
    kind: "computer",
    name: "computer",
    arguments: (item) => json(item.action ?? item.actions),
  },
};

function text(value: Json): string {
  return typeof value === "string" ? value : json(value);
}

function json(value: Json): string {
  return value === undefined || value === null
    ? ""
    : typeof value === "string"
    ? value
    : JSON.stringify(value);
}

/** The call that an item makes; undefined where the client does not have to answer the item. */
export function decodeCall(item: Item): ToolCallPart | undefined {
  const known = callItem(item);
  if (known === undefined) return undefined;
  const itemId = stringOf(item.id);
  const namespace = stringOf(item.namespace);
  return {
    type: "tool_call",
    id: idOf(item),
    name: known.name ?? stringOf(item.name) ?? "",
    ...(namespace === undefined ? {} : { namespace }),
    kind: known.kind,
    arguments: known.arguments(item),
    ...(itemId === undefined ? {} : { itemId }),
  };
}

/** The id of the call that an item makes; undefined as with {@link decodeCall}. Nothing else of the item is read. */
export function idOfCall(item: Item): string | undefined {
  return callItem(item) === undefined ? undefined : idOf(item);
}

function callItem(item: Item): CallItem | undefined {
  const known = own(CALLS, item.type);
  const isServers = known?.kind === "tool_search" &&
    (item.execution === "server" || stringOf(item.call_id) === undefined);
  return isServers ? undefined : known;
}

const idOf = (item: Item): string => stringOf(item.call_id) ?? stringOf(item.id) ?? "";

/** What begins the id of each kind's item. */
export const ITEM_PREFIX: Readonly<Record<ToolKind, string>> = {
  function: "fc_",
  custom: "ctc_",
  local_shell: "lsh_",
  shell: "sh_",
  apply_patch: "apc_",
  tool_search: "tsc_",
  computer: "cu_",
};

type Status = "in_progress" | "completed";

/**
 * The item that makes a call.
 * @param itemId undefined in a request, where a stateless item needs none.
 */
export function encodeCall(
  call: Call,
  itemId: string | undefined,
  status: Status = "completed",
): ResponseOutputItem {
  const own: Item = itemId === undefined ? {} : { id: itemId, status };
  const { name, id: call_id, namespace } = call;
  const item: Item = { type: "function_call", ...own, call_id, name };
  if (namespace !== undefined) item.namespace = namespace;
  if (call.kind === "function") item.arguments = call.arguments;
  else if (call.kind === "custom") {
    item.type = "custom_tool_call";
    item.input = call.arguments;
  } else {return {
      ...WHOLE[call.kind](parseExactText(call.arguments)),
      ...own,
      call_id,
      status,
    } as ResponseOutputItem;}
  return item as ResponseOutputItem;
}

/**
 * The kinds whose arguments are one object. A model of another dialect may write anything: what cannot be read
 * becomes a call that does nothing, never a guess at a command.
 */
const WHOLE: Readonly<Record<Exclude<ToolKind, "function" | "custom">, (args: Json) => Item>> = {
  local_shell: (args) => ({
    type: "local_shell_call",
    action: isRecord(args) && Array.isArray(args.command) ? args : { type: "exec", command: [], env: {} },
  }),
  shell: (args) => ({
    type: "shell_call",
    action: {
      max_output_length: null,
      timeout_ms: null,
      ...(isRecord(args) && Array.isArray(args.commands) ? args : { commands: [] }),
    },
    environment: null,
  }),
  apply_patch: (args) => ({
    type: "apply_patch_call",
    operation: isRecord(args) && typeof args.type === "string" && typeof args.path === "string"
      ? args
      : { type: "update_file", path: "", diff: "" },
  }),
  tool_search: (args) => ({ type: "tool_search_call", execution: "client", arguments: args ?? {} }),
  computer: (args) => ({
    type: "computer_call",
    ...(Array.isArray(args) ? { actions: args } : { action: args ?? { type: "screenshot" } }),
    pending_safety_checks: [],
  }),
};

type Content = ToolResultPart["content"];

interface ResultItem {
  readonly kind: ToolKind;
  readonly content: (item: Item) => Content;
  readonly isError: (item: Item) => boolean;
}

const incomplete = (item: Item) => item.status === "incomplete";

/** Each type of item that answers a call. */
const RESULTS: Readonly<Record<string, ResultItem>> = {
  function_call_output: { kind: "function", content: outputOf, isError: incomplete },
  custom_tool_call_output: { kind: "custom", content: outputOf, isError: incomplete },
  local_shell_call_output: { kind: "local_shell", content: outputOf, isError: incomplete },
  shell_call_output: { kind: "shell", content: (item) => jsonText(item.output), isError: incomplete },
  apply_patch_call_output: {
    kind: "apply_patch",
    content: outputOf,
    isError: (item) => item.status === "failed",
  },
  tool_search_output: { kind: "tool_search", content: (item) => jsonText(item.tools), isError: incomplete },
  computer_call_output: {
    kind: "computer",
    content: (item) => contentOf(decodeContent([item.output])),
    isError: incomplete,
  },
};

function outputOf(item: Item): Content {
  const { output } = item;
  return isRecord(output) ? jsonText(output) : contentOf(decodeContent(output));
}

/** Structured output becomes JSON text for models of other dialects. */
function jsonText(value: Json): Content {
  if (typeof value === "string") return value === "" ? [] : [{ type: "text", text: value }];
  return [{ type: "text", text: JSON.stringify(value ?? []) }];
}

function contentOf(parts: readonly Part[]): Content {
  return parts.filter((part) =>
    part.type === "text" || part.type === "image" || part.type === "document"
  ) as Content;
}

/** The result that an item holds; undefined where it holds none. */
export function decodeResult(item: Item): ToolResultPart | undefined {
  const known = own(RESULTS, item.type);
  if (known === undefined) return undefined;
  return {
    type: "tool_result",
    id: idOf(item),
    kind: known.kind,
    content: known.content(item),
    ...(known.isError(item) ? { isError: true } : {}),
  };
}

/** The id of the call that an item answers; undefined as with {@link decodeResult}. Nothing else of the item is read. */
export function idOfResult(item: Item): string | undefined {
  return own(RESULTS, item.type) === undefined ? undefined : idOf(item);
}

/** The item that answers a call. `lost` receives parts without a form here. */
export function encodeResult(part: ToolResultPart, lost: (part: Part) => void): ResponseInputItem {
  const item = encodeOutput(part, lost) as Item;
  if (part.isError === true && part.kind !== "apply_patch") item.status = "incomplete";
  return item as ResponseInputItem;
}

function encodeOutput({ kind, id, content, isError }: ToolResultPart, lost: (part: Part) => void): Item {
  switch (kind) {
    case "function":
      return { type: "function_call_output", call_id: id, output: outputFor(content, lost) };
    case "custom":
      return { type: "custom_tool_call_output", call_id: id, output: outputFor(content, lost) };
    case "local_shell":
      // The documentation says `call_id`, the SDK's types say `id`: which is refused with other signs than these.
      return {
        type: "local_shell_call_output",
        ...(/^[\w-]{1,64}$/.test(id) ? { id } : {}),
        call_id: id,
        output: textOf(content),
      };
    case "shell":
      return { type: "shell_call_output", call_id: id, output: shellOutput(textOf(content)) };
    case "apply_patch":
      return {
        type: "apply_patch_call_output",
        call_id: id,
        status: isError === true ? "failed" : "completed",
        output: textOf(content),
      };
    case "tool_search":
      return {
        type: "tool_search_output",
        call_id: id,
        execution: "client",
        status: "completed",
        tools: listOf(parseJsonText(textOf(content))),
      };
    case "computer": {
      const image = content.find((part) => part.type === "image");
      const screenshot = image === undefined ? {} : encodePart(image) as Item;
      return {
        type: "computer_call_output",
        call_id: id,
        output: { ...screenshot, type: "computer_screenshot" },
      };
    }
  }
}

/** A lone text as a string, which every copy of this API takes; anything else as a list of parts. */
function outputFor(content: Content, lost: (part: Part) => void): Json {
  if (content.length === 0) return "";
  const [first] = content;
  if (content.length === 1 && first?.type === "text") return first.text;
  const parts: Json[] = [];
  for (const part of content) {
    const written = encodePart(part);
    if (written === undefined) lost(part);
    else parts.push(written);
  }
  return parts;
}

function textOf(content: Content): string {
  return content.map((part) => part.type === "text" ? part.text : "").filter((text) => text !== "").join(
    "\n",
  );
}

function shellOutput(text: string): Json {
  const value = parseJsonText(text);
  if (Array.isArray(value)) return value;
  return [{ stdout: text, stderr: "", outcome: { type: "exit", exit_code: 0 } }];
}

// The client's tool behind a call: models of other dialects call flat names with JSON, the client knows its own.

/** The tool that a call means. */
export interface CalledTool {
  readonly kind: ToolKind;
  readonly name: string;
  readonly namespace?: string;
  /** The arguments are a function's JSON, and the tool is not a function. */
  readonly asFunction: boolean;
}

interface Called {
  readonly kind: ToolKind;
  readonly name: string;
  readonly namespace?: string;
}

/** Finds the tools of one conversation. Made once an answer; the names are worked out when a call needs them. */
export class CalledTools {
  #tools: Conversation["tools"];
  #names: ToolNames | undefined;

  constructor(asked: Conversation) {
    this.#tools = asked.tools;
  }

  find(call: Called): CalledTool {
    const { kind, name, namespace } = call;
    // From a provider of this dialect: it knows the tool as the client does.
    if (kind !== "function" || namespace !== undefined) {
      return { kind, name, asFunction: false, ...(namespace === undefined ? {} : { namespace }) };
    }
    this.#names ??= toolNames(this.#tools);
    const tool = this.#names.original(name) ?? this.#byBareName(name);
    if (tool === undefined) return { kind, name, asFunction: false };
    return {
      kind: tool.kind,
      name: tool.name,
      asFunction: tool.kind !== "function",
      ...(tool.namespace === undefined ? {} : { namespace: tool.namespace }),
    };
  }

  /** Models leave the namespace out at times; that is clear enough where one tool alone has the name. */
  #byBareName(name: string): Called | undefined {
    const found = this.#tools.filter((tool) => tool.name === name);
    return found.length === 1 ? found[0] : undefined;
  }
}
