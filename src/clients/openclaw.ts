/** OpenClaw, as its requests show it. Observed on the wire with 2026.9.6. */
import { type Agent, type ClientRequest, NEITHER_429_NOR_5XX, type SessionFacts } from "./agent.ts";

/** OpenClaw calls through the official SDKs and shows itself in its system prompt only. */
const SYSTEM_STARTS = ["<!-- openclaw:", "You are a personal assistant running inside OpenClaw"];

export const OPENCLAW: Agent = {
  name: "openclaw",
  userAgents: ["openclaw"],
  titles: ["openclaw"],
  headers: ["x-openclaw-"],
  isSender: (_, system) =>
    system.slice(0, 2).some((text) => SYSTEM_STARTS.some((start) => text.startsWith(start))),
  session,
  injected: {
    spans: [{ open: "<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>", close: "<<<END_OPENCLAW_INTERNAL_CONTEXT>>>" }],
    blocks: [
      { starts: "[System] Your previous turn was interrupted" },
      { starts: "[Inter-session message]" },
      { starts: "Continue the current task from the existing transcript" },
    ],
    preambles: [
      {
        starts: "[Chat messages since your last reply - for context]",
        marks: ["[Current message - respond to this]"],
      },
    ],
  },
  unwrap,
  refusals: {
    version: "2026.9.6",
    source:
      "429 and 5xx, also in the message, are tried seven times, for a minute; its user reads a text of its own for the kind of failure, never the " +
      "message (dist/assistant-request-failure-copy; seen)",
    longestWait: 10,
    finalAtOnce: ["unreachable"],
    triesAgainAt: /429|5\d\d|rate[ _-]limit|too many requests|overloaded|temporarily/gi,
    final: NEITHER_429_NOR_5XX,
  },
  housekeeping: [
    {
      why: "title",
      tools: 0,
      prompt: ["Based on this conversation, generate a short 1-2 word filename slug"],
    },
    { why: "compaction", tools: 0, system: ["You are a context summarization assistant"] },
    { why: "memory", prompt: ["Pre-compaction memory flush"] },
    {
      why: "heartbeat",
      client: "openclaw",
      prompt: ["Read HEARTBEAT.md if it exists", "[OpenClaw heartbeat poll]"],
    },
  ],
};

/** What OpenClaw puts around a message. */
const ENVELOPE = {
  /** `[Sun 2026-11-22 21:09 UTC] `, after the channel's and the sender's names where there are any. */
  time:
    /^\[(?:[^\]\n]{1,100} )?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?(?: [^\]\n]{1,40})?\] ?/,
  /** Regular expressions see no more of a text than this. */
  timeWithin: 200,
  /** The start of a message that follows another one in the same text. */
  nextTime: /\n\n\[(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{4}-\d\d-\d\d \d\d:\d\d/g,
  /** Precedes a message that was sent while the agent worked; it ends with "]". */
  queued: "[Queued user message ",
  /** First lines that are OpenClaw's. */
  headings: ["[Queued messages while agent was busy]", "---\nQueued #", "System: [", "[message_id: "],
  /** Headings of a fenced block of JSON before the words. */
  metadata: ["(untrusted metadata):", "(untrusted, for context):"],
  /** The line with the session, after the words of a session's first message. */
  runtime: "\n\nRuntime: agent=",
  /** What a retry asks for instead of the words that it repeats. */
  retry: "\n\nContinue the current task from the existing transcript",
  /** After the words, to the end. */
  trailers: ["\n[message_id: ", "\nUntrusted context (metadata"],
};

/** `Runtime: agent=main | session=agent:main:main | sessionId=…` ends the system prompt or the first user message. */
function session({ system, messages }: ClientRequest): SessionFacts {
  const first = messages.find((message) => message.role === "user")?.texts[0];
  for (const text of [first, system.at(-1)]) {
    const tail = text?.slice(-2000) ?? "";
    const at = tail.lastIndexOf("Runtime: agent=");
    if (at < 0) continue;
    const fields = tail.slice(at).split(/ \| |\n/);
    const field = (name: string) => fields.find((part) => part.startsWith(name))?.slice(name.length);
    const key = field("session=");
    const hints = key?.includes(":subagent:") ? { subagent: true } : {};
    return { session: field("sessionId=") ?? key, hints };
  }
  return { hints: {} };
}

/** The words alone. Where the client is not known to be OpenClaw, only a text with its unmistakable first line is unwrapped. */
function unwrap(text: string, isSender: boolean): string {
  if (!isSender && !text.startsWith("[")) return text;
  const wasQueued = text.startsWith(ENVELOPE.queued);
  if (!isSender && !wasQueued && timeLength(text) === 0) return text;
  let words = text;
  for (let before = ""; before !== words;) {
    before = words;
    words = withoutFirstLine(words.slice(timeLength(words)).trimStart());
  }
  for (const trailer of ENVELOPE.trailers) words = upTo(words, words.lastIndexOf(trailer));
  const retried = words.lastIndexOf(ENVELOPE.retry);
  words = withoutRuntimeLine(upTo(words, retried));
  // A queued message that was not retried comes before the one that the user sent since.
  return wasQueued && retried < 0 ? newest(words) : words.trim();
}

/** How much of the text's beginning is a time prefix. */
function timeLength(text: string): number {
  return text.startsWith("[") ? ENVELOPE.time.exec(text.slice(0, ENVELOPE.timeWithin))?.[0].length ?? 0 : 0;
}

/** Without the first line, or the heading with its fenced block, that is OpenClaw's own. */
function withoutFirstLine(text: string): string {
  if (text.startsWith(ENVELOPE.queued)) return text.slice(text.indexOf("]") + 1).trimStart();
  const heading = ENVELOPE.headings.find((start) => text.startsWith(start));
  if (heading !== undefined) {
    const end = text.indexOf("\n", heading.length);
    return end < 0 ? "" : text.slice(end).trimStart();
  }
  const line = text.slice(0, 200).indexOf("\n");
  if (line < 0 || !ENVELOPE.metadata.some((end) => text.slice(0, line).trimEnd().endsWith(end))) return text;
  const fence = text.startsWith("```", line + 1) ? text.indexOf("\n```", line + 4) : -1;
  return fence < 0 ? text : text.slice(fence + 4).trimStart();
}

/** Without the line `Runtime: agent=… | session=…`, and with what follows it. */
function withoutRuntimeLine(text: string): string {
  const start = text.lastIndexOf(ENVELOPE.runtime);
  if (start < 0) return text;
  const end = text.indexOf("\n", start + ENVELOPE.runtime.length);
  return end < 0 ? text.slice(0, start) : text.slice(0, start) + text.slice(end);
}

/** The last of several messages in one text. */
function newest(text: string): string {
  let at = 0;
  for (const match of text.matchAll(ENVELOPE.nextTime)) at = match.index;
  const words = text.slice(at).trim();
  return words.slice(timeLength(words)).trimStart();
}

function upTo(text: string, end: number): string {
  return end < 0 ? text : text.slice(0, end);
}
