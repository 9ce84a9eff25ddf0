/**
 * Items that call a tool of the client ⇄ tool calls. The arguments keep to the convention of `client-tools.ts`: a
 * custom tool's text, a function's JSON text, and of the other kinds the item's `action`, `operation` or `arguments`.
 */
import type { ResponseOutputItem } from "openai/resources/responses/responses";
import type { ToolCallPart, ToolKind } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { isRecord, stringOf } from "../../json/shape.ts";

/** What a call needs to become an item. */
export type Call = Pick<ToolCallPart, "id" | "name" | "namespace" | "kind" | "arguments">;

type Item = Record<string, Json>;

interface CallItem {
  readonly kind: ToolKind;
  /** The tool's name, where the item does not say. */
  readonly name?: string;
  readonly arguments: (item: Item) => string;
}

/** Each type of item that calls a tool. A `tool_search_call` that the server runs is none. */
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

/** The call that an item makes; undefined where the item is no call that the client has to answer. */
export function readCall(item: Item): ToolCallPart | undefined {
  const known = Object.hasOwn(CALLS, item.type) ? CALLS[item.type] : undefined;
  if (known === undefined) return undefined;
  const itemId = stringOf(item.id);
  const callId = stringOf(item.call_id);
  if (known.kind === "tool_search" && (item.execution === "server" || callId === undefined)) return undefined;
  const id = callId ?? itemId ?? "";
  const namespace = stringOf(item.namespace);
  return {
    type: "tool_call",
    id,
    name: known.name ?? stringOf(item.name) ?? "",
    ...(namespace === undefined ? {} : { namespace }),
    kind: known.kind,
    arguments: known.arguments(item),
    ...(itemId === undefined ? {} : { itemId }),
  };
}

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
export function writeCall(
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
      ...WHOLE[call.kind](parsed(call.arguments)),
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

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
