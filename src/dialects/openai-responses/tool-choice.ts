/** `tool_choice` (https://platform.openai.com/docs/api-reference/responses/create) ⇄ the neutral choice. */
import type { ResponseCreateParams } from "openai/resources/responses/responses";
import type { Tool, ToolChoice, ToolKind } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { isRecord, listOf, stringOf } from "../../json/shape.ts";

type WireChoice = NonNullable<ResponseCreateParams["tool_choice"]>;

/** Choices of a client's tool that its type says all about. */
const BARE: ReadonlySet<string> = new Set(["local_shell", "shell", "apply_patch", "tool_search", "computer"]);

/** The choice; undefined where there is none, or where it names a tool that the provider runs. */
export function readToolChoice(choice: Json): ToolChoice | undefined {
  if (choice === "auto" || choice === "none" || choice === "required") return { type: choice };
  if (!isRecord(choice)) return undefined;
  const name = stringOf(choice.name);
  if ((choice.type === "function" || choice.type === "custom") && name !== undefined) {
    const namespace = stringOf(choice.namespace);
    return { type: "tool", name, kind: choice.type, ...(namespace === undefined ? {} : { namespace }) };
  }
  if (BARE.has(choice.type)) return { type: "tool", name: choice.type, kind: choice.type };
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
export function writeToolChoice(
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
