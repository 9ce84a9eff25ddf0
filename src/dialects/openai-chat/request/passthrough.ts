/** Requests that pass through: a Chat stream reports usage only where the request asks for it. */
import { isRecord, listOf } from "../../../json/shape.ts";
import type { Json } from "../../../model/json.ts";
import type { Dialect, EncodeTarget } from "../../dialect.ts";
import { fitMessages } from "../history.ts";
import { isUsageOnlyChunk } from "../stream/watch.ts";

/** Usage for the proxy where the client does not ask for it. */
export const usageOnDemand: Dialect["usageOnDemand"] = {
  edits: askForUsage,
  marks: ['"choices"', '"usage"'],
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

/** Whether a body must be re-encoded for a provider: custom tools and their calls become functions there, and come back as they were. */
export function needsReencode(body: Json, { quirks }: EncodeTarget): boolean {
  if (!quirks.includes("functions-only")) return false;
  return listOf(body?.tools).some((tool) => tool?.type === "custom") ||
    listOf(body?.messages).some((message) =>
      listOf(message?.tool_calls).some((call) => call?.type === "custom")
    );
}

/** The members of a body to replace for a target; undefined: none, as nearly always. */
export function historyEdits(
  body: Json,
  target?: EncodeTarget,
): Readonly<Record<string, Json>> | undefined {
  if (target === undefined) return undefined;
  const before = listOf(body?.messages);
  const messages = fitMessages(before, body, target);
  return messages === before ? undefined : { messages };
}
