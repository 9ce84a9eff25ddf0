/** The dialects, by name. */
import { anthropicMessages } from "./anthropic-messages/dialect.ts";
import type { Dialect } from "./dialect.ts";
import type { DialectName } from "../model/request-facts.ts";
import { openAiChat } from "./openai-chat/dialect.ts";
import { openAiResponses } from "./openai-responses/dialect.ts";

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  "anthropic-messages": anthropicMessages,
  "openai-chat": openAiChat,
  "openai-responses": openAiResponses,
};
