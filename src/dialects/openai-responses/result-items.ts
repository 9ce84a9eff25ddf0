/**
 * Items that answer a tool call ⇄ tool results. The dialect has no mark for a failed function: `status: "incomplete"`
 * is the nearest that it takes and gives back.
 */
import type { ResponseInputItem } from "openai/resources/responses/responses";
import type { Part, ToolKind, ToolResultPart } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { isRecord, listOf, stringOf } from "../../json/shape.ts";
import { readContent, writeInputPart } from "./content.ts";

type Item = Record<string, Json>;
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
    content: (item) => contentOf(readContent([item.output])),
    isError: incomplete,
  },
};

function outputOf(item: Item): Content {
  const { output } = item;
  return isRecord(output) ? jsonText(output) : contentOf(readContent(output));
}

/** Structured output is told to models of other dialects as JSON. */
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
export function readResult(item: Item): ToolResultPart | undefined {
  const known = Object.hasOwn(RESULTS, item.type) ? RESULTS[item.type] : undefined;
  if (known === undefined) return undefined;
  const id = stringOf(item.call_id) ?? stringOf(item.id) ?? "";
  return {
    type: "tool_result",
    id,
    kind: known.kind,
    content: known.content(item),
    ...(known.isError(item) ? { isError: true } : {}),
  };
}

/** The item that answers a call. Parts without a form here are told to `lost`. */
export function writeResult(part: ToolResultPart, lost: (part: Part) => void): ResponseInputItem {
  const item = write(part, lost) as Item;
  if (part.isError === true && part.kind !== "apply_patch") item.status = "incomplete";
  return item as ResponseInputItem;
}

function write({ kind, id, content, isError }: ToolResultPart, lost: (part: Part) => void): Item {
  switch (kind) {
    case "function":
      return { type: "function_call_output", call_id: id, output: outputFor(content, lost) };
    case "custom":
      return { type: "custom_tool_call_output", call_id: id, output: outputFor(content, lost) };
    case "local_shell":
      // The documentation says `call_id`, the SDK's types say `id`.
      return { type: "local_shell_call_output", id, call_id: id, output: textOf(content) };
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
        tools: listOf(parsed(textOf(content))),
      };
    case "computer": {
      const image = content.find((part) => part.type === "image");
      const screenshot = image === undefined ? {} : writeInputPart(image) as Item;
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
    const written = writeInputPart(part);
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
  const value = parsed(text);
  if (Array.isArray(value)) return value;
  return [{ stdout: text, stderr: "", outcome: { type: "exit", exit_code: 0 } }];
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
