/** A call as an Anthropic client knows it: the name that it gave the tool, and JSON arguments. */
import type { ToolKind } from "../../model/conversation.ts";
import type { ToolNames } from "../shared/tool-names.ts";

/** The name for the client: its own where the provider was given a shorter or flatter one. */
export function clientName(
  call: { readonly name: string; readonly namespace?: string; readonly kind: ToolKind },
  names: ToolNames,
): string {
  if (call.namespace !== undefined) return names.wire(call);
  return names.original(call.name)?.name ?? call.name;
}
