/** Bodies of this dialect from conversations of another one, and back. */
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/index.ts";
import type { EncodeTarget } from "../../../src/dialects/dialect.ts";
import type { Conversation } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";
import { ASKED } from "./streams.ts";

/** A conversation of a Chat client. */
export const CHAT: Conversation = { ...ASKED, dialect: "openai-chat" };

export const TOOL = {
  kind: "function" as const,
  name: "Bash",
  parameters: { type: "object", properties: {} },
};

/** The body for a model of Anthropic's, and what it lacks. */
export function encode(
  conversation: Partial<Conversation>,
  model = "claude-sonnet-4-5",
  target: Partial<EncodeTarget> = {},
) {
  return anthropicMessages.request.encode({ ...CHAT, ...conversation }, {
    model,
    provider: "anthropic",
    quirks: [],
    ...target,
  });
}

export const decode = (body: Json) =>
  anthropicMessages.request.decode({ model: "claude-opus-5-5", max_tokens: 100, messages: [], ...body });

/** The parts of a message with this content. */
export const partsOf = (content: Json, role = "user") =>
  decode({ messages: [{ role, content }] }).messages[0]!.parts;
