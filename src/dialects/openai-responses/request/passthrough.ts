/** Requests that pass through: copies of the API know function tools only, and not each other's reasoning. */
import { isRecord, listOf } from "../../../json/shape.ts";
import type { Json } from "../../../model/json.ts";
import type { EncodeTarget, HistoryEdits } from "../../dialect.ts";
import { fitInput, isPartOfHistory } from "../history.ts";
import { takesName } from "../../shared/tool-names.ts";
import { takesServerTool } from "../tools.ts";

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

/** Whether a body must be re-encoded for a provider, though it speaks the dialect: it has tools that the provider does not know. */
export function needsReencode(body: Json, target: EncodeTarget): boolean {
  if (listOf(body?.tools).some((tool) => isMisnamed(tool, target.quirks))) return true;
  if (!target.quirks.includes("functions-only") && !target.quirks.includes("strict-fields")) return false;
  return listOf(body?.tools).some((tool) =>
    isRecord(tool) && tool.type !== "function" && !takesServerTool(tool.type, target)
  ) || listOf(body?.input).some((item) => isRecord(item) && ITEMS.has(item.type));
}

const isMisnamed = (tool: Json, quirks: readonly string[]): boolean =>
  tool?.type === "function" && typeof tool.name === "string" && !takesName(tool.name, quirks);

/** What changes in a body's history for a target; undefined: nothing, as nearly always. */
export function historyEdits(body: Json, target: EncodeTarget): HistoryEdits | undefined {
  const dropped = new Set<string>();
  const before = listOf(body?.input);
  const input = fitInput(before, target, {
    lost: (name) => dropped.add(name),
    isPart: () => isPartOfHistory(body),
    tools: body?.tools,
    stored: body?.store !== false,
  });
  return input === before ? undefined : { members: { input }, dropped: [...dropped] };
}
