/** What the demonstration provider answers: what it was asked, in the name of the model that it was asked for. */
import type { Conversation, Reply } from "../../../model/conversation.ts";

/** Characters a token, about: the figures only have to look like a provider's. */
const CHARS_PER_TOKEN = 4;

const tokensOf = (text: string): number => Math.max(1, Math.ceil(text.length / CHARS_PER_TOKEN));

/** The text of a conversation, and of its last message from the user. */
function wordsOf({ messages }: Conversation): { all: string; asked: string } {
  const texts = messages.map(({ role, parts }) => ({
    role,
    text: parts.flatMap((part) => part.type === "text" ? [part.text] : []).join("\n"),
  }));
  const asked = texts.findLast(({ role, text }) => role === "user" && text !== "")?.text ?? "";
  return { all: texts.map(({ text }) => text).join("\n"), asked };
}

/** The whole answer to a request. */
export function answerTo(conversation: Conversation, id: string): Reply {
  const { model } = conversation;
  const { all, asked } = wordsOf(conversation);
  const prompt = asked.length > 300 ? `${asked.slice(0, 300)}…` : asked;
  const text =
    `You asked ${model}: "${prompt}". This is the demonstration provider answering in its place, ` +
    `so these words cost nothing and never left your machine.`;
  return {
    id,
    model,
    created: Math.floor(Date.now() / 1000),
    parts: [{ type: "text", text }],
    stop: "end_turn",
    usage: { input: tokensOf(all), cacheRead: 0, cacheWrite: 0, output: tokensOf(text), reasoning: 0 },
  };
}

/** A text in the pieces that a stream brings: words with the space before them. */
export function pieces(text: string): string[] {
  return text.match(/\s*\S+/g) ?? [];
}
