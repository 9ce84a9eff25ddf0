/** Tool calls in a Chat message (https://platform.openai.com/docs/api-reference/chat/object) ⇄ tool calls, and their ids. */
import type { OpenAI } from "openai";
import { isRecord, stringOf, textOf } from "../../json/shape.ts";
import type { ToolCallPart } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { fnv1a } from "../../text/hash.ts";
import { clientArguments, functionArguments } from "../shared/client-tools.ts";
import type { ToolNames } from "../shared/tool-names.ts";
import { decodeCache } from "./content.ts";

export type WireCall = OpenAI.Chat.ChatCompletionMessageToolCall;

/** How a provider takes calls. */
export interface CallRules {
  /** The name under which a tool is sent. */
  readonly name: (call: ToolCallPart) => string;
  readonly callId: (id: string) => string;
  /** Receives the name of each dropped field. */
  readonly lost: (name: string) => void;
}

/** A call of a message; undefined where it is not one. */
export function decodeCall(call: Record<string, Json>): ToolCallPart | undefined {
  const custom = isRecord(call.custom);
  const body = custom ? call.custom : call.function;
  if (!isRecord(body)) return undefined;
  const signature = stringOf(call.extra_content?.google?.thought_signature);
  return {
    type: "tool_call",
    id: textOf(call.id),
    name: stringOf(body.name) ?? "",
    kind: custom ? "custom" : "function",
    arguments: custom ? stringOf(body.input) ?? "" : argumentsOf(body.arguments),
    ...(signature === undefined ? {} : { signature }),
    ...decodeCache(call),
  };
}

/** JSON text; a few clients send the object itself, or nothing for a function without arguments. */
export function argumentsOf(value: Json): string {
  if (typeof value === "string") return value.trim() === "" ? "{}" : value;
  return isRecord(value) ? JSON.stringify(value) : "{}";
}

/** A call for a provider. */
export function encodeCall(part: ToolCallPart, rules: CallRules): WireCall {
  if (part.cache !== undefined) rules.lost("cache_control");
  return {
    id: rules.callId(part.id),
    type: "function",
    function: { name: rules.name(part), arguments: functionArguments(part) || "{}" },
    ...(part.signature === undefined ? {} : googleSignature(part.signature)),
  };
}

/** A call for a client, under its own tool's name. */
export function encodeClientCall(part: ToolCallPart, names: ToolNames): WireCall {
  const known = names.original(part.name);
  const name = known?.name ?? part.name;
  if (part.kind !== "custom" && known?.kind !== "custom") {
    const call: WireCall = { id: part.id, type: "function", function: { name, arguments: part.arguments } };
    if (part.signature !== undefined) Object.assign(call, googleSignature(part.signature));
    return call;
  }
  const input = part.kind === "custom" ? part.arguments : clientArguments("custom", part.arguments);
  return { id: part.id, type: "custom", custom: { name, input } };
}

/** Gemini's thought signature, where its compatible endpoint has it. */
export function googleSignature(signature: string): { extra_content: Json } {
  return { extra_content: { google: { thought_signature: signature } } };
}

// Tool call ids that a provider takes. The same id always becomes the same one, so that results find their calls.

/** OpenAI refuses longer ids. */
export const LONGEST_ID = 40;

const SHORT = /^[a-zA-Z0-9]{9}$/;

/**
 * The id to send. `short`: nine letters and digits, as Mistral demands
 * (https://docs.mistral.ai/capabilities/function_calling).
 */
export function callId(id: string, short: boolean): string {
  if (short) return SHORT.test(id) ? id : hashed(id).slice(0, 9);
  return id.length <= LONGEST_ID ? id : `call_${hashed(id)}`;
}

/** Fourteen letters and digits: the hashes of the id and of the id read backwards. */
function hashed(id: string): string {
  const part = (text: string) => fnv1a(text).toString(36).padStart(7, "0");
  return part(id) + part([...id].reverse().join(""));
}
