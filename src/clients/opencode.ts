/** opencode, as its requests show it. Observed on the wire with 1.18.33. */
import { type Agent, NEITHER_429_NOR_5XX } from "./agent.ts";

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
  refusals: {
    version: "1.18.33",
    source:
      "429, 5xx and some words are tried five times, after 2 to 40 s, whatever x-should-retry says; otherwise the message " +
      "is shown (github.com/sst/opencode, session/retry.ts; seen)",
    longestWait: 10,
    finalAtOnce: ["unreachable"],
    triesAgainAt:
      /429|50[0234]|524|rate increased too quickly|rate[ _-]limit|too many requests|overloaded|service[ _-]unavailable|internal[ _]error|(?:internal )?server[ _-]error|provider[ _-]returned[ _-]error|terminated|fetch failed|failed to fetch|network[-_\s]error|upstream connect|connection (?:error|refused|lost)|socket (?:connection was closed|hang up)|reset before headers|getaddrinfo|enotfound|eai_again|econn(?:refused|reset)|etimedout|(?:request|response|connection|network|stream|read) (?:timeout|timed out|time out)|^timeout$|(?:try|retry) your request|resource[ _]exhausted|try again (?:later|in)|(?:currently|temporarily) at capacity/gi,
    final: NEITHER_429_NOR_5XX,
  },
};

/** Arguments with spaces come in quotes. Quotes within the words stay: they are the user's. */
function unquoted(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  const inner = text.slice(1, -1).replaceAll('\\"', "\0");
  return inner.includes('"') ? text : inner.replaceAll("\0", '"').trim();
}
