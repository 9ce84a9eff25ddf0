/**
 * Finds the words that the user wrote among all that an agent sends along: an agent's request of 60 KB may hold five words
 * of its user. Pure; what agents inject is data in src/clients.
 */
import type { MessageFacts, RequestFacts } from "../../model/request-facts.ts";
import type { Span } from "../../clients/agent.ts";
import { INJECTED_BLOCKS, INJECTED_SPANS, PREAMBLES, UNWRAPPING, WRAPPERS } from "../../clients/agents.ts";
import { SLASH_COMMAND } from "../../clients/claude-code.ts";
import { spanCutter } from "./spans.ts";

export interface OwnWords {
  /** The user's latest prompt; undefined where the request holds none. */
  readonly prompt?: string;
  /** An answer or a tool's result follows the prompt: the request continues the turn that it began. */
  readonly continuesTurn: boolean;
}

const cutSpans = spanCutter(INJECTED_SPANS);

/**
 * The user's own latest prompt, and whether the request continues its turn. Walks backwards over the messages to the first
 * one of the user in which words are left; blocks of one message are joined by a line break.
 */
export function ownWords(facts: RequestFacts): OwnWords {
  const { messages } = facts;
  let continuesTurn = false;
  for (let i = messages.length - 1; i >= 0; i--) {
    const message = messages[i]!;
    if (message.role === "assistant" || message.role === "tool") continuesTurn = true;
    if (message.role !== "user") continue;
    const { words, isCommand } = ownWordsIn(message.texts, followsCommand(messages, i), facts.client);
    if (words !== "") return { prompt: words, continuesTurn };
    // A command without arguments begins a turn of its own, for which an older prompt says nothing.
    if (isCommand) break;
  }
  return { continuesTurn };
}

/** The user's words in the text blocks of one message. */
function ownWordsIn(
  texts: readonly string[],
  startsWithTemplate: boolean,
  client: string,
): { words: string; isCommand: boolean } {
  let words = "";
  let isCommand = false;
  let skipTemplate = startsWithTemplate;
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i]!.trim();
    let own: string;
    if (isSlashCommand(text)) {
      if (ranLocally(texts, i)) continue;
      isCommand = true;
      skipTemplate = true;
      own = between(text, SLASH_COMMAND.args) ?? "";
    } else {
      own = cleanBlock(text, client);
      if (skipTemplate && own !== "") {
        skipTemplate = false;
        continue;
      }
    }
    if (own !== "") words = words === "" ? own : `${words}\n${own}`;
  }
  return { words, isCommand };
}

/** One text block without what is not the user's; "" where nothing is left. */
function cleanBlock(block: string, client: string): string {
  if (block === "" || isInjected(block)) return "";
  let text = cutSpans(block).trim();
  for (const { starts, mark } of PREAMBLES) {
    if (!text.startsWith(starts)) continue;
    const at = text.indexOf(mark);
    text = at < 0 ? "" : text.slice(at + mark.length).trim();
  }
  if (text.startsWith("<")) {
    const wrapper = WRAPPERS.find(({ open }) => text.startsWith(open));
    text = (wrapper && between(text, wrapper)) ?? text;
  }
  for (const { name, unwrap } of UNWRAPPING) text = unwrap(text, name === client);
  // What was unwrapped may have been injected itself.
  return text === block || !isInjected(text) ? text : "";
}

function isInjected(text: string): boolean {
  return INJECTED_BLOCKS.some(({ starts, within }) =>
    text.startsWith(starts) && (within === undefined || text.slice(0, 600).includes(within))
  );
}

function isSlashCommand(text: string): boolean {
  return text.startsWith("<") && SLASH_COMMAND.starts.some((start) => text.startsWith(start));
}

/** Whether the command in block `i` ran in the client: its caveat precedes it, or its output follows it. */
function ranLocally(texts: readonly string[], i: number): boolean {
  const before = texts[i - 1]?.trimStart() ?? "";
  const after = texts[i + 1]?.trimStart() ?? "";
  return SLASH_COMMAND.localBefore.some((start) => before.startsWith(start)) ||
    SLASH_COMMAND.localAfter.some((start) => after.startsWith(start) || texts[i]!.includes(start));
}

/** Whether the user message before message `i` ends with a slash command, so that this one begins with its template. */
function followsCommand(messages: readonly MessageFacts[], i: number): boolean {
  let before = i - 1;
  while (before >= 0 && messages[before]!.role === "system") before--;
  const message = messages[before];
  if (message?.role !== "user" || message.texts.length === 0) return false;
  const last = message.texts.length - 1;
  return isSlashCommand(message.texts[last]!.trimStart()) && !ranLocally(message.texts, last) &&
    !SLASH_COMMAND.localAfter.some((start) => messages[i]!.texts[0]?.trimStart().startsWith(start));
}

/** What a span holds, trimmed; undefined where the text has no such span. */
function between(text: string, { open, close }: Span): string | undefined {
  const start = text.indexOf(open);
  const end = start < 0 ? -1 : text.lastIndexOf(close);
  return end < start + open.length ? undefined : text.slice(start + open.length, end).trim();
}
