/** Requests that a provider of this dialect cannot read as they are: copies of the API know function tools only. */
import type { Json } from "../../model/json.ts";
import { isRecord, listOf } from "../../json/shape.ts";

/** Items that only OpenAI itself reads. */
const ITEMS: ReadonlySet<string> = new Set([
  "additional_tools",
  "apply_patch_call",
  "apply_patch_call_output",
  "custom_tool_call",
  "custom_tool_call_output",
  "local_shell_call",
  "local_shell_call_output",
  "shell_call",
  "shell_call_output",
  "tool_search_call",
  "tool_search_output",
]);

/** Whether a body must be written anew for a provider with these quirks, though it speaks the dialect. */
export function isBeyond(body: Json, quirks: readonly string[]): boolean {
  if (!quirks.includes("strict-fields")) return false;
  return listOf(body?.tools).some((tool) => isRecord(tool) && tool.type !== "function") ||
    listOf(body?.input).some((item) => isRecord(item) && ITEMS.has(item.type));
}
