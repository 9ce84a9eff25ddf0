/** Requests that pass through: a Chat stream reports usage only where the request asks for it. */
import { isRecord, listOf } from "../../../json/shape.ts";
import type { Json } from "../../../model/json.ts";
import type { Dialect, EncodeTarget, HistoryEdits } from "../../dialect.ts";
import { fitMessages } from "../history.ts";
import { isUsageOnlyChunk } from "../stream/watch.ts";
import { takesName } from "../../shared/tool-names.ts";

/** Usage for the proxy where the client does not ask for it. */
export const usageOnDemand: Dialect["usageOnDemand"] = {
  edits: askForUsage,
  marks: ['"usage"', '"choices"'], // the rarer one first: without it the other is not looked for
  isUsageOnly: isUsageOnlyChunk,
};

/** `stream_options` with usage asked for. @see https://platform.openai.com/docs/api-reference/chat/create#chat-create-stream_options */
function askForUsage(
  body: Json,
  quirks: readonly string[],
): Readonly<Record<string, Json>> | undefined {
  const options: Json = body.stream_options;
  if (options?.include_usage === true || quirks.includes("no-stream-options")) return undefined;
  return { stream_options: { ...(isRecord(options) ? options : {}), include_usage: true } };
}

/**
 * Whether a body must be re-encoded for a provider: custom tools and their calls become functions there, and tools whose
 * names are refused get others; they come back as they were.
 */
export function needsReencode(body: Json, { quirks }: EncodeTarget): boolean {
  const tools = listOf(body?.tools);
  if (tools.some((tool) => isMisnamed(tool, quirks))) return true;
  if (!quirks.includes("functions-only")) return false;
  return tools.some((tool) => tool?.type === "custom") ||
    listOf(body?.messages).some((message) =>
      listOf(message?.tool_calls).some((call) => call?.type === "custom")
    );
}

const isMisnamed = (tool: Json, quirks: readonly string[]): boolean =>
  typeof tool?.function?.name === "string" && !takesName(tool.function.name, quirks);

/** What changes in a body's history for a target; undefined: nothing, as nearly always. */
export function historyEdits(body: Json, target: EncodeTarget): HistoryEdits | undefined {
  const dropped = new Set<string>();
  const before = listOf(body?.messages);
  const messages = fitMessages(before, body, target, (name) => dropped.add(name));
  return messages === before ? undefined : { members: { messages }, dropped: [...dropped] };
}
