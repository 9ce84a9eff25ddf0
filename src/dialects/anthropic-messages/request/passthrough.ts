/**
 * Requests that pass through: agents write for the model that they ask for, and the proxy may choose one of another
 * generation or maker.
 */
import { isRecord, listOf } from "../../../json/shape.ts";
import type { Json } from "../../../model/json.ts";
import { type ModelTraits, modelTraits } from "../models.ts";
import { isSealed } from "../../shared/seal.ts";

/** Whether a body must be re-encoded for a provider with these quirks. */
export function needsReencode(body: Json, quirks: readonly string[]): boolean {
  return quirks.includes("system-first-only") && hasLaterSystem(body);
}

/** Why a generation of Claude would reject a field. */
const CHECKS: readonly (readonly [
  field: string,
  refused: (body: Record<string, Json>, traits: ModelTraits) => boolean,
])[] = [
  ["max_tokens", ({ max_tokens }, { maxOutput }) => maxOutput !== undefined && max_tokens > maxOutput],
  ["thinking", ({ thinking }, traits) => isRecord(thinking) && !takesThinking(thinking.type, traits)],
  [
    "output_config.effort",
    ({ output_config }, { efforts }) =>
      typeof output_config?.effort === "string" && !efforts.includes(output_config.effort),
  ],
  [
    "output_config.format",
    ({ output_config }, { structured }) => isRecord(output_config?.format) && !structured,
  ],
  [
    "temperature",
    ({ temperature }, { sampling }) => isSet(temperature) && temperature !== 1 && sampling === "none",
  ],
  [
    "top_p",
    ({ top_p, temperature }, { sampling }) =>
      isSet(top_p) && ((sampling === "none" && top_p !== 1) || (sampling === "one" && isSet(temperature))),
  ],
  ["top_k", ({ top_k }, { sampling }) => isSet(top_k) && sampling === "none"],
  ["system", (body, { laterSystem }) => !laterSystem && hasLaterSystem(body)],
  ["prefill", ({ messages }, { prefill }) => !prefill && listOf(messages).at(-1)?.role === "assistant"],
  [
    "tool_choice",
    ({ tool_choice }, { forcedTools }) =>
      !forcedTools && (tool_choice?.type === "any" || tool_choice?.type === "tool"),
  ],
];

/** Fields that a generation of Claude is known to refuse; empty for models of other makers, of which nothing is known. */
export function rejectedFields(body: Json, model: string): readonly string[] {
  if (!isRecord(body) || !/claude/i.test(model)) return [];
  const traits = modelTraits(model);
  return CHECKS.filter(([, refused]) => refused(body, traits)).map(([field]) => field);
}

function takesThinking(type: unknown, { thinking, thinkingOff }: ModelTraits): boolean {
  switch (type) {
    case "enabled":
      return thinking === "budget" || thinking === "both";
    case "adaptive":
      return thinking === "adaptive" || thinking === "both";
    case "disabled":
      return thinkingOff === "absent" || thinkingOff === "disabled";
    case "between_tools":
      return thinkingOff === "between_tools";
    default:
      return true;
  }
}

function isSet(value: Json): boolean {
  return value !== undefined && value !== null;
}

function hasLaterSystem(body: Json): boolean {
  return listOf(body?.messages).some((message) => message?.role === "system");
}

// Sealed thinking in a body that passes through: its provider would refuse what it did not sign itself.

/** The `messages` without sealed thinking; undefined where there is none. A message of nothing else goes with it. */
export function withoutSealed(body: Json): { readonly messages: readonly Json[] } | undefined {
  const messages = listOf(body?.messages);
  if (!messages.some(holdsSealed)) return undefined;
  return {
    messages: messages.flatMap((message) => {
      if (!holdsSealed(message)) return [message];
      const content = message.content.filter((block: Json) => !isSealedBlock(block));
      return content.length === 0 ? [] : [{ ...message, content }];
    }),
  };
}

function holdsSealed(message: Json): boolean {
  return message?.role === "assistant" && listOf(message.content).some(isSealedBlock);
}

const isSealedBlock = (block: Json) => block?.type === "thinking" && isSealed(block.signature);
