/** Requests that pass through: copies of the API know function tools only, and not each other's reasoning. */
import { isRecord, listOf } from "../../../json/shape.ts";
import type { Json } from "../../../model/json.ts";
import { isSealed } from "../../shared/seal.ts";

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

/** Whether a body must be re-encoded for a provider with these quirks, though it speaks the dialect. */
export function needsReencode(body: Json, quirks: readonly string[]): boolean {
  if (!quirks.includes("strict-fields")) return false;
  return listOf(body?.tools).some((tool) => isRecord(tool) && tool.type !== "function") ||
    listOf(body?.input).some((item) => isRecord(item) && ITEMS.has(item.type));
}

/**
 * The `input` without sealed reasoning, for a body that passes through unread: its provider would refuse what it did
 * not encrypt itself. Undefined where there is none.
 */
export function withoutSealed(body: Json): { readonly input: readonly Json[] } | undefined {
  const input = listOf(body?.input);
  if (!input.some(isSealedItem)) return undefined;
  return { input: input.filter((item) => !isSealedItem(item)) };
}

const isSealedItem = (item: Json) => item?.type === "reasoning" && isSealed(item.encrypted_content);
