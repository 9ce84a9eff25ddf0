/** opencode, as its requests show it. Observed on the wire with 1.18.33. */
import type { Agent } from "./agent.ts";

export const OPENCODE: Agent = {
  name: "opencode",
  userAgents: ["opencode"],
  titles: ["opencode"],
  headers: ["x-opencode-"],
  injected: {
    blocks: [
      { starts: "Called the Read tool with the following input:" },
      { starts: "<path>", within: "<type>" },
      { starts: "<file>\n00001| " },
      { starts: "Use the above message and context to generate a prompt and call the task tool" },
    ],
  },
  unwrap: (text, isSender) => isSender ? unquoted(text) : text,
  housekeeping: [
    { why: "title", tools: 0, system: ["You are a title generator"] },
    { why: "title", tools: 0, firstUser: "Generate a title for this conversation" },
    { why: "compaction", prompt: ["Provide a detailed prompt for continuing our conversation above"] },
    {
      why: "compaction",
      tools: 0,
      system: ["You are an anchored context summarization assistant"],
    },
  ],
};

/** Arguments with spaces come in quotes. Quotes within the words stay: they are the user's. */
function unquoted(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  const inner = text.slice(1, -1).replaceAll('\\"', "\0");
  return inner.includes('"') ? text : inner.replaceAll("\0", '"').trim();
}
