/** The client's tool behind a call: models of other dialects call flat names with JSON, the client knows its own. */
import type { Conversation, ToolKind } from "../../model/conversation.ts";
import { type ToolNames, toolNames } from "../shared/tool-names.ts";

/** The tool that a call means. */
export interface CalledTool {
  readonly kind: ToolKind;
  readonly name: string;
  readonly namespace?: string;
  /** The arguments are a function's JSON, and the tool is none. */
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
