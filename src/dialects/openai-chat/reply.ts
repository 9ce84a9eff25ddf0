/** A whole Chat answer (https://platform.openai.com/docs/api-reference/chat/object) ⇄ a reply. */
import type { OpenAI } from "openai";
import { clientArguments } from "../shared/client-tools.ts";
import type { Conversation, ReasoningPart, Reply, ToolCallPart } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { ReplyCollector } from "../shared/reply-events.ts";
import { type ToolNames, toolNames } from "../shared/tool-names.ts";
import { writeAnnotation } from "./annotations.ts";
import { writeFinishReason } from "./finish-reason.ts";
import { hasSecretState, reasoningText, writeDetails } from "./reasoning-details.ts";
import { ChatStreamDecoder, randomId } from "./stream-decode.ts";
import { writeUsage } from "./usage.ts";

type Completion = OpenAI.Chat.ChatCompletion;
type WireCall = OpenAI.Chat.ChatCompletionMessageToolCall;
/** What today's clients read besides OpenAI's own fields. */
type Message = OpenAI.Chat.ChatCompletionMessage & {
  reasoning_content?: string;
  reasoning_details?: Json[];
  images?: Json[];
};

/**
 * A whole answer. It is read as a stream of one chunk, so that both always mean the same. An answer that holds an
 * error instead has it as `error`.
 */
export function decodeReply(json: Json): Reply {
  const decoder = new ChatStreamDecoder();
  const collector = new ReplyCollector();
  for (const event of decoder.chunk(json)) collector.push(event);
  for (const event of decoder.whole()) collector.push(event);
  return collector.reply();
}

/** The answer for a client that asked in this dialect, under the names of its own tools. */
export function encodeReply(reply: Reply, asked: Conversation): Json {
  const message = writeMessage(reply, asked);
  const seen = {
    toolCalls: message.tool_calls !== undefined || message.function_call !== undefined,
    refusal: message.refusal !== null,
  };
  const completion: Completion = {
    id: reply.id === "" ? randomId("chatcmpl-") : reply.id,
    object: "chat.completion",
    created: reply.created ?? Math.floor(Date.now() / 1000),
    model: reply.model,
    choices: [{
      index: 0,
      message,
      logprobs: null,
      finish_reason: writeFinishReason(reply.stop, seen, asked.legacyFunctions),
    }],
  };
  if (reply.usage !== undefined) completion.usage = writeUsage(reply.usage);
  if (reply.serviceTier !== undefined) {
    completion.service_tier = reply.serviceTier as Completion["service_tier"];
  }
  return completion;
}

function writeMessage(reply: Reply, asked: Conversation): Message {
  const message: Message = { role: "assistant", content: null, refusal: null };
  const names = toolNames(asked.tools);
  const calls: WireCall[] = [];
  const reasoning: ReasoningPart[] = [];
  for (const part of reply.parts) {
    switch (part.type) {
      case "text": {
        const from = message.content?.length ?? 0;
        message.content = (message.content ?? "") + part.text;
        for (const citation of part.citations ?? []) {
          const annotation = writeAnnotation(citation, from, message.content.length);
          if (annotation !== undefined) (message.annotations ??= []).push(annotation);
        }
        break;
      }
      case "refusal":
        message.refusal = (message.refusal ?? "") + part.text;
        break;
      case "reasoning":
        reasoning.push(part);
        break;
      case "tool_call":
        calls.push(writeCall(part, names));
        break;
      case "opaque":
        if (part.dialect === "openai-chat" && part.name === "image") (message.images ??= []).push(part.value);
    }
  }
  if (calls.length > 0) addCalls(message, calls, asked);
  const words = reasoningText(reasoning);
  if (words !== "") message.reasoning_content = words;
  const details = reasoning.filter(hasSecretState).flatMap((part, index) => writeDetails(part, index));
  if (details.length > 0) message.reasoning_details = details;
  return message;
}

function addCalls(message: Message, calls: WireCall[], asked: Conversation): void {
  const first = calls[0];
  if (asked.legacyFunctions && first?.type === "function") message.function_call = first.function;
  else message.tool_calls = calls;
}

function writeCall(part: ToolCallPart, names: ToolNames): WireCall {
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
