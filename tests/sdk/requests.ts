/** A request of each dialect that offers the tools which the recorded answer calls. */
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import type { Json } from "../../src/model/json.ts";
import type { Recording } from "./recordings.ts";

/** A tool that an answer calls, in its own dialect's words. */
export interface Offered {
  readonly name: string;
  readonly kind: "function" | "custom" | "local_shell" | "apply_patch";
}

const PROMPT = "Say what was recorded.";

/** What the recorded answer calls. */
export function toolsOf({ dialect, answer }: Recording): readonly Offered[] {
  const found = new Map<string, Offered>();
  const add = (name: unknown, kind: Offered["kind"]) => {
    if (typeof name === "string" && name !== "") found.set(name, { name, kind });
  };
  const items: Json[] = "whole" in answer ? [answer.whole] : [...answer.events];
  for (const item of items) {
    switch (dialect) {
      case "anthropic-messages":
        for (const block of [item.content_block, ...(item.content ?? [])]) {
          if (block?.type === "tool_use") add(block.name, "function");
        }
        break;
      case "openai-chat":
        for (const { delta, message } of item.choices ?? []) {
          for (const call of (delta ?? message)?.tool_calls ?? []) add(call.function?.name, "function");
        }
        break;
      case "openai-responses":
        for (const one of [item.item, ...(item.output ?? item.response?.output ?? [])]) {
          if (one?.type === "function_call") add(one.name, "function");
          else if (one?.type === "custom_tool_call") add(one.name, "custom");
          else if (one?.type === "local_shell_call") add("local_shell", "local_shell");
          else if (one?.type === "apply_patch_call") add("apply_patch", "apply_patch");
        }
    }
  }
  return [...found.values()];
}

const PARAMETERS = { type: "object", properties: {} };

function toolOf(client: BuiltinDialect, { name, kind }: Offered): Json {
  switch (client) {
    case "anthropic-messages":
      return { name, input_schema: PARAMETERS };
    case "openai-chat":
      return kind === "custom"
        ? { type: "custom", custom: { name } }
        : { type: "function", function: { name, parameters: PARAMETERS } };
    case "openai-responses":
      if (kind === "function") return { type: "function", name, parameters: PARAMETERS, strict: false };
      return kind === "custom" ? { type: "custom", name } : { type: kind };
  }
}

/** The request, without `stream`. */
export function requestOf(client: BuiltinDialect, recording: Recording): Json {
  const tools = toolsOf(recording).map((tool) => toolOf(client, tool));
  const body = { model: "auto", ...(tools.length > 0 && { tools }) };
  if (client === "openai-responses") {
    return { ...body, input: PROMPT, include: ["reasoning.encrypted_content"] };
  }
  const messages = [{ role: "user", content: PROMPT }];
  return client === "anthropic-messages" ? { ...body, messages, max_tokens: 1000 } : { ...body, messages };
}
