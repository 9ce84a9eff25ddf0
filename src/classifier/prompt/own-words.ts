/**
 * Finds the words that the user wrote among all that an agent sends along: an agent's request of 60 KB may hold five words
 * of its user. Pure; what agents inject is data in src/clients.
 */
import type { MessageFacts, RequestFacts } from "../../model/request-facts.ts";
import type { Span } from "../../clients/agent.ts";
import {
  INJECTED_BLOCKS,
  INJECTED_SPANS,
  INNER_WRAPPERS,
  LEADS,
  PREAMBLES,
  SUMMARIES,
  UNWRAPPING,
  WRAPPERS,
} from "../../clients/agents.ts";
import { HOOK_ELEMENT, SLASH_COMMAND } from "../../clients/claude-code.ts";
import { type Command, type CommandPrompt, template } from "../../clients/templates.ts";
import { opensAt, spanCutter } from "./spans.ts";

export interface OwnWords {
  /** The user's latest prompt; undefined where the request holds none. */
  readonly prompt?: string;
  /** An answer or a tool's result follows the prompt: the request continues the turn that it began. */
  readonly continuesTurn: boolean;
}

/** What the user wrote in one message. */
export interface Prompt {
  /** "" for a command without arguments. */
  readonly words: string;
  /** The command that the user gave, where the message holds its template. */
  readonly command?: Command;
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
    const { role } = messages[i]!;
    if (role === "assistant" || role === "tool") continuesTurn = true;
    if (role !== "user") continue;
    const prompt = promptAt(messages, i, facts.client);
    if (prompt === undefined) continue;
    // A command without arguments begins a turn of its own, for which an older prompt says nothing.
    return prompt.words === "" ? { continuesTurn } : { prompt: prompt.words, continuesTurn };
  }
  return { continuesTurn };
}

/** What the user wrote in message `i`, which is one of the user's; undefined: nothing in it is. */
export function promptAt(messages: readonly MessageFacts[], i: number, client: string): Prompt | undefined {
  const { texts } = messages[i]!;
  let words = "";
  let command: Command | undefined;
  let skipTemplate = followsCommand(messages, i);
  for (let k = 0; k < texts.length; k++) {
    const text = texts[k]!.trim();
    let own: string;
    if (isSlashCommand(text)) {
      if (ranLocally(texts, k)) continue;
      command = { name: commandName(text), from: "slash" };
      skipTemplate = true;
      own = between(text, SLASH_COMMAND.args) ?? "";
    } else {
      const cleaned = cleanBlock(text, client);
      own = cleaned.words;
      if (skipTemplate && (own !== "" || cleaned.command !== undefined)) {
        skipTemplate = false;
        continue;
      }
      command = cleaned.command ?? command;
    }
    if (own !== "") words = words === "" ? own : `${words}\n${own}`;
  }
  if (command !== undefined) return { words, command };
  return words === "" ? undefined : { words };
}

/**
 * The user's messages that the summary of a compacted conversation quotes, the latest first; undefined: the message has no
 * such summary. The summary was written by a model: a message may be shortened, and a note is not a message.
 */
export function quotedPrompts({ texts }: MessageFacts): string[] | undefined {
  for (const text of texts) {
    const start = text.trimStart();
    const summary = SUMMARIES.find(({ starts }) => start.startsWith(starts));
    if (summary !== undefined) return quotedUnder(summary.quotes, start);
  }
  return undefined;
}

/** A line of a list whose item is in quotes, after which a note may follow. */
const QUOTED_ITEM = /^\s*[-*]\s+[^"“\n]{0,40}["“](.*)$/;

/** What begins the next part of a summary. */
const NEXT_HEADING = /\n(?:\d+\.|#|\*\*\d)/;

/** Characters of a list that are read: its end, where the latest messages are. */
const LONGEST_LIST = 20_000;

/** The quoted items of the list under a heading, the last one first; the next heading ends it. */
function quotedUnder(heading: string, text: string): string[] {
  const at = text.toLowerCase().indexOf(heading.toLowerCase());
  if (at < 0) return [];
  const rest = text.slice(at + heading.length);
  const list = rest.slice(0, NEXT_HEADING.exec(rest)?.index ?? rest.length).slice(-LONGEST_LIST);
  const prompts: string[] = [];
  for (const line of list.split("\n")) {
    const item = QUOTED_ITEM.exec(line)?.[1];
    if (item === undefined) continue;
    const end = Math.max(item.lastIndexOf('"'), item.lastIndexOf("”"));
    const words = item.slice(0, end < 0 ? item.length : end).trim();
    if (words !== "") prompts.push(words);
  }
  return prompts.reverse();
}

const NOTHING: Prompt = { words: "" };

/** One text block without what is not the user's. */
function cleanBlock(block: string, client: string): Prompt | CommandPrompt {
  if (block === "" || isInjected(block)) return NOTHING;
  let text = withoutHooks(withoutLeads(cutSpans(block).trim()));
  for (const { starts, marks } of PREAMBLES) {
    if (text.startsWith(starts)) text = afterFirst(text, marks);
  }
  if (text.startsWith("<")) text = unwrapped(text);
  for (const { name, unwrap } of UNWRAPPING) text = unwrap(text, name === client);
  // What was unwrapped may have been injected itself.
  if (text === "" || text !== block && isInjected(text)) return NOTHING;
  return template(text) ?? { words: withoutMarks(text) };
}

function isInjected(text: string): boolean {
  const blocks = BLOCKS_BY_SIGN.get(text.charCodeAt(0));
  return blocks !== undefined &&
    blocks.some(({ starts, within, isWhole }) =>
      text.startsWith(starts) && (within === undefined || text.slice(0, 600).includes(within)) &&
      (isWhole !== true || text === starts)
    );
}

/** Those blocks by the first character that they begin with: most texts begin with none of them. */
const BLOCKS_BY_SIGN = Map.groupBy(INJECTED_BLOCKS, ({ starts }) => starts.charCodeAt(0));

/** Without what agents put at a text's beginning, however often. */
function withoutLeads(text: string): string {
  let words = text;
  for (let k = 0; k < LEADS.length; k++) {
    const { starts, ends } = LEADS[k]!;
    if (!words.startsWith(starts)) continue;
    const end = words.indexOf(ends, starts.length);
    words = end < 0 ? "" : words.slice(end + ends.length).trimStart();
    k = -1;
  }
  return words;
}

/** Without the elements of hooks at a text's beginning. */
function withoutHooks(text: string): string {
  let words = text;
  while (words.startsWith("<")) {
    const opened = HOOK_ELEMENT.exec(words.slice(0, 500));
    const close = `</${opened?.[1]}>`;
    const end = opened === null ? -1 : words.indexOf(close);
    if (end < 0) break;
    words = words.slice(end + close.length).trimStart();
  }
  return words;
}

function afterFirst(text: string, marks: readonly string[]): string {
  let from = -1;
  let first = text.length;
  for (const mark of marks) {
    const at = text.indexOf(mark);
    if (at < 0 || at >= first) continue;
    first = at;
    from = at + mark.length;
  }
  return from < 0 ? "" : text.slice(from).trim();
}

/** The inside of the element that holds the user's words. */
function unwrapped(text: string): string {
  const wrapper = WRAPPERS.find((span) => opensAt(text, span, 0)) ??
    INNER_WRAPPERS.find(({ open }) => text.includes(open));
  return (wrapper && between(text, wrapper)) ?? text;
}

/**
 * What people attach at the beginning of a prompt: `[Image #1]`, `#terminalSelection`, `#file:main.ts`, `@agent`,
 * `@main.ts (12-40)`. It names what is attached and says nothing about what is asked.
 */
const MARK =
  /^(?:\[(?:Image|Pasted text|File) #\d+[^\]\n]{0,60}\]\s*|#(?:file|folder|sym|terminal\w*|selection|codebase|changes|problems|editor|fetch|usages|testFailure)(?::\S{1,200})?\s+|@(?:"[^"\n]{1,200}"|[\w./~:#-]{1,200})(?:\s*\(\d+(?:-\d+)?\))?\s+)/;

/** Without such marks at the beginning; a text of marks alone stays. */
function withoutMarks(text: string): string {
  let words = text;
  while (words.startsWith("[") || words.startsWith("#") || words.startsWith("@")) {
    const mark = MARK.exec(words.slice(0, 500));
    if (mark === null) break;
    words = words.slice(mark[0].length);
  }
  return words === "" ? text : words;
}

function isSlashCommand(text: string): boolean {
  return text.startsWith("<") && SLASH_COMMAND.starts.some((start) => text.startsWith(start));
}

function commandName(text: string): string {
  return (between(text, SLASH_COMMAND.name) ?? "").replace(/^\//, "");
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
function between(text: string, { open, close, isElement }: Span): string | undefined {
  const at = text.indexOf(open);
  const start = at < 0 ? -1 : isElement === true ? text.indexOf(">", at) + 1 : at + open.length;
  const end = start <= 0 ? -1 : text.lastIndexOf(close);
  return end < start ? undefined : text.slice(start, end).trim();
}
