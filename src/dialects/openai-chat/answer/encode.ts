/** A whole Chat answer for a client (https://platform.openai.com/docs/api-reference/chat/object). */
import type { OpenAI } from "openai";
import type { Conversation, ReasoningPart, Reply } from "../../../model/conversation.ts";
import type { Json } from "../../../model/json.ts";
import { toolNames } from "../../shared/tool-names.ts";
import { encodeClientCall, type WireCall } from "../calls.ts";
import { encodeCitation } from "../citations.ts";
import { encodeDetails, hasSecretState, reasoningText } from "../reasoning.ts";
import { encodeStop } from "../stop.ts";
import { randomId } from "../stream/decode.ts";
import { encodeUsage } from "../usage.ts";

type Completion = OpenAI.Chat.ChatCompletion;

/** What today's clients read in addition to OpenAI's own fields. */
type Message = OpenAI.Chat.ChatCompletionMessage & {
  reasoning_content?: string;
  reasoning_details?: Json[];
  images?: Json[];
};

/** The answer for a client that asked in this dialect, under the names of its own tools. */
export function encodeReply(reply: Reply, asked: Conversation): Json {
  const message = encodeMessage(reply, asked);
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
      finish_reason: encodeStop(reply.stop, seen, asked.legacyFunctions),
    }],
  };
  if (reply.usage !== undefined) completion.usage = encodeUsage(reply.usage);
  if (reply.serviceTier !== undefined) {
    completion.service_tier = reply.serviceTier as Completion["service_tier"];
  }
  return completion;
}

function encodeMessage(reply: Reply, asked: Conversation): Message {
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
          const annotation = encodeCitation(citation, from, message.content.length);
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
        calls.push(encodeClientCall(part, names));
        break;
      case "opaque":
        if (part.dialect === "openai-chat" && part.name === "image") (message.images ??= []).push(part.value);
    }
  }
  if (calls.length > 0) addCalls(message, calls, asked);
  const words = reasoningText(reasoning);
  if (words !== "") message.reasoning_content = words;
  const details = reasoning.filter(hasSecretState).flatMap((part, index) => encodeDetails(part, index));
  if (details.length > 0) message.reasoning_details = details;
  return message;
}

function addCalls(message: Message, calls: WireCall[], asked: Conversation): void {
  const first = calls[0];
  if (asked.legacyFunctions && first?.type === "function") message.function_call = first.function;
  else message.tool_calls = calls;
}
