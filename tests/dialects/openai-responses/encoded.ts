/** Conversations as requests of this dialect. */
import type { Conversation } from "../../../src/model/conversation.ts";
import type { EncodeTarget } from "../../../src/dialects/dialect.ts";
import type { Json } from "../../../src/model/json.ts";
import { openAiResponses } from "../../../src/dialects/openai-responses/index.ts";

/** A target without oddities. */
export const TARGET: EncodeTarget = { model: "model-x", provider: "openai", quirks: [] };

/** A conversation of an Anthropic client with these fields. */
export function from(fields: Partial<Conversation>): Conversation {
  return {
    dialect: "anthropic-messages",
    model: "asked",
    stream: false,
    messages: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
    tools: [],
    serverTools: [],
    extensions: {},
    ...fields,
  };
}

/** Such a conversation as a request for a target. */
export function encode(
  fields: Partial<Conversation>,
  target: Partial<EncodeTarget> = {},
): { body: Json; dropped: readonly string[] } {
  return openAiResponses.request.encode(from(fields), { ...TARGET, ...target });
}
