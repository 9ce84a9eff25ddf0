/** A whole answer for a client. @see https://platform.claude.com/docs/en/api/messages#response */
import type { Anthropic } from "@anthropic-ai/sdk";
import type { Conversation, Part, Reply } from "../../../model/conversation.ts";
import type { Json } from "../../../model/json.ts";
import type { Usage } from "../../../model/usage.ts";
import { functionArguments } from "../../shared/client-tools.ts";
import { roughReplyTokens, roughTokens } from "../../shared/estimate-tokens.ts";
import { type ToolNames, toolNames } from "../../shared/tool-names.ts";
import { clientToolName, parseInput } from "../calls.ts";
import { encodeCitation } from "../citations.ts";
import { encodeThinking } from "../reasoning.ts";
import { encodeStop } from "../stop.ts";
import { encodeUsage } from "../usage.ts";

type WireMessage = Anthropic.Messages.Message;

/** An answer for a client. */
export function encodeReply(reply: Reply, asked: Conversation): Json {
  const names = toolNames(asked.tools);
  const content = reply.parts.map((part) => encodeAnswerPart(part, names)).filter((block) =>
    block !== undefined
  );
  const calls = content.some(({ type }) => type === "tool_use");
  const usage = reply.usage ?? estimatedUsage(reply, asked);
  const message: Partial<WireMessage> = {
    id: reply.id || newMessageId(),
    type: "message",
    role: "assistant",
    model: reply.model,
    content: content as WireMessage["content"],
    stop_reason: encodeStop(reply.stop, calls),
    stop_sequence: reply.stopSequence ?? null,
    usage: encodeUsage(usage, reply.serviceTier),
  };
  return message;
}

/** An id in Anthropic's form, for answers of providers that give none. */
export function newMessageId(): string {
  return `msg_${crypto.randomUUID().replaceAll("-", "")}`;
}

function encodeAnswerPart(part: Part, names: ToolNames): Json | undefined {
  switch (part.type) {
    case "text": {
      if (part.text === "") return undefined;
      const citations = part.citations?.map(encodeCitation).filter((citation) => citation !== undefined) ??
        [];
      return { type: "text", text: part.text, ...(citations.length > 0 && { citations }) };
    }
    case "refusal":
      return part.text === "" ? undefined : { type: "text", text: part.text };
    case "reasoning":
      return encodeThinking(part);
    case "tool_call":
      return {
        type: "tool_use",
        id: part.id,
        name: clientToolName(part, names),
        input: parseInput(functionArguments(part)),
      };
    case "opaque":
      return part.dialect === "anthropic-messages" ? part.value : undefined;
    default:
      return undefined; // images, documents, audio and results are not part of an answer here
  }
}

/** The dialect requires usage: where the provider reports none, it is estimated. */
function estimatedUsage(reply: Reply, asked: Conversation): Usage {
  return {
    input: roughTokens(asked),
    cacheRead: 0,
    cacheWrite: 0,
    output: roughReplyTokens(reply),
    reasoning: 0,
    estimated: true,
  };
}
