/**
 * What a classifier needs to know about a conversation: the user's prompts, what the agent said and did between them, and
 * what the agent says about itself. Pure, linear in the number of messages; texts are references and short slices.
 */
import type { Command } from "../../clients/templates.ts";
import { reportsFailure } from "../../clients/tool-outcome.ts";
import { editedFile, workOf } from "../../clients/tools.ts";
import type { ClientHints, MessageFacts, RequestFacts, ToolCallFacts } from "../../model/request-facts.ts";
import { excerpt } from "./excerpt.ts";
import { mask } from "./mask.ts";
import { promptAt, quotedPrompts } from "./own-words.ts";

/** One prompt of the user. */
export interface PromptView {
  /** The user's own words as written, pastes included; "" for a command without arguments. */
  readonly text: string;
  /**
   * The same without code, quotations and pasted lines: beginning and end of a long prompt, a masked span inside a line is
   * one U+FFFC.
   */
  readonly speech: string;
  /** Code, a log, a table or the like was pasted, with or without a fence. */
  readonly pasted: boolean;
  /** The command that the user gave, where the message holds a command's template. */
  readonly command?: Command;
}

/** What the agent did with its tools in a part of the conversation. */
export interface Activity {
  /** The names of the called tools, in order, as the client has them; the last {@link MOST_CALLS}. */
  readonly tools: readonly string[];
  readonly calls: number;
  /** Calls that change files. */
  readonly edits: number;
  /** Results that report a failure. */
  readonly failures: number;
  /** The most times that one call, with the same arguments, has failed. */
  readonly repeatedFailures: number;
  /** The most edits of one file that failed one after the other. */
  readonly refusedEdits: number;
  /** The most times in a row that one call, with the same arguments, had the same result. */
  readonly repeatedCalls: number;
}

export interface ConversationView {
  /**
   * The latest first: the prompt that the request serves, and up to {@link MOST_EARLIER} earlier ones; of a conversation that
   * was compacted also those that its summary quotes.
   */
  readonly prompts: readonly PromptView[];
  /** The end of the assistant's last text before the latest prompt, at most {@link BEFORE_LENGTH} characters; "" where there is none. */
  readonly before: string;
  /** From the previous prompt up to the latest one. */
  readonly previousTurn: Activity;
  /** Since the latest prompt. */
  readonly currentTurn: Activity;
  /** An answer or a tool's result follows the latest prompt. */
  readonly continuesTurn: boolean;
  /** Request class, agent type, mode and the rest of what the client says. */
  readonly hints: ClientHints;
}

/** Prompts before the latest one. */
const MOST_EARLIER = 4;
/** Characters of the assistant's last text before the latest prompt. */
export const BEFORE_LENGTH = 600;
/** Calls of a turn that are named, and among which a result looks for its own. */
export const MOST_CALLS = 64;

/** The conversation of a request. */
export function conversationView(facts: RequestFacts): ConversationView {
  const { messages, client } = facts;
  const prompts: PromptView[] = [];
  // Where the latest prompt and the one before it are; the beginning where there is none.
  let latest = -1;
  let previous = -1;
  let resumesTurn = false;
  for (let i = messages.length - 1; i >= 0 && prompts.length <= MOST_EARLIER; i--) {
    if (messages[i]!.role !== "user") continue;
    const prompt = promptAt(messages, i, client);
    if (prompt !== undefined) {
      prompts.push(new LazyPrompt(prompt.words, prompt.command));
      if (prompts.length === 1) latest = i;
      else if (prompts.length === 2) previous = i;
    }
    const quoted = quotedPrompts(messages[i]!);
    if (quoted === undefined) continue;
    // What came before was compacted. Without a prompt since, the agent goes on with the last one of then.
    resumesTurn = prompts.length === 0 && quoted.length > 0;
    prompts.push(
      ...quoted.slice(0, MOST_EARLIER + 1 - prompts.length).map((words) => new LazyPrompt(words, undefined)),
    );
    break;
  }
  const to = latest < 0 ? 0 : latest;
  return {
    prompts,
    before: lastText(messages, to),
    previousTurn: activity(messages, previous + 1, to),
    currentTurn: activity(messages, latest + 1, messages.length),
    continuesTurn: resumesTurn || isContinued(messages, latest + 1),
    hints: facts.hints,
  };
}

/** The number of the latest prompt in its conversation, as far as the request holds it: 1 for the first, 0 without any. */
export function turnNumber({ messages, client }: RequestFacts): number {
  let prompts = 0;
  for (let i = 0; i < messages.length; i++) {
    if (messages[i]!.role === "user" && promptAt(messages, i, client) !== undefined) prompts++;
  }
  return prompts;
}

/** A prompt that is masked when its speech is read: most requests of a turn need no more than its text. */
class LazyPrompt implements PromptView {
  readonly text: string;
  declare readonly command?: Command;
  #masked: ReturnType<typeof mask> | undefined;

  constructor(text: string, command: Command | undefined) {
    this.text = text;
    if (command !== undefined) this.command = command;
  }

  get speech(): string {
    return this.#mask().text.trim();
  }

  get pasted(): boolean {
    return this.#mask().pasted;
  }

  #mask(): ReturnType<typeof mask> {
    return this.#masked ??= mask(excerpt(this.text));
  }
}

/** The end of the assistant's last text before message `to`. */
function lastText(messages: readonly MessageFacts[], to: number): string {
  for (let i = to - 1; i >= 0; i--) {
    const { role, texts } = messages[i]!;
    if (role !== "assistant") continue;
    for (let k = texts.length - 1; k >= 0; k--) {
      const text = texts[k]!.slice(-BEFORE_LENGTH).trim();
      if (text !== "") return text;
    }
  }
  return "";
}

function isContinued(messages: readonly MessageFacts[], from: number): boolean {
  for (let i = from; i < messages.length; i++) {
    const { role } = messages[i]!;
    if (role === "assistant" || role === "tool") return true;
  }
  return false;
}

/** What was done in the messages from `from` up to `to`, which is not included. */
function activity(messages: readonly MessageFacts[], from: number, to: number): Activity {
  const calls: Done[] = [];
  const repeats = new Repeats();
  let edits = 0;
  let failures = 0;
  for (let i = from; i < to; i++) {
    const message = messages[i]!;
    for (const call of message.calls ?? NO_CALLS) {
      const work = workOf(call.name, call.input);
      if (work === "edit") edits++;
      calls.push({ call, work });
    }
    for (const result of message.results ?? NO_RESULTS) {
      const hasFailed = reportsFailure(result);
      if (hasFailed) failures++;
      const done = answered(calls, result.id);
      if (done !== undefined) repeats.add(done, result.text, hasFailed);
    }
  }
  return {
    tools: calls.slice(-MOST_CALLS).map(({ call }) => call.name),
    calls: calls.length,
    edits,
    failures,
    repeatedFailures: repeats.failures,
    refusedEdits: repeats.refusedEdits,
    repeatedCalls: repeats.calls,
  };
}

const NO_CALLS: NonNullable<MessageFacts["calls"]> = [];
const NO_RESULTS: NonNullable<MessageFacts["results"]> = [];

/** A call with what it does. */
interface Done {
  readonly call: ToolCallFacts;
  readonly work: ReturnType<typeof workOf>;
}

/** The call that a result answers: one of the latest, since results follow their calls. */
function answered(calls: readonly Done[], id: string): Done | undefined {
  const least = Math.max(0, calls.length - MOST_CALLS);
  for (let i = calls.length - 1; i >= least; i--) if (calls[i]!.call.id === id) return calls[i];
  return undefined;
}

/** Counts what is done again. The counts never fall while calls are added. */
class Repeats {
  failures = 0;
  refusedEdits = 0;
  calls = 0;
  readonly #failed = new Map<string, number>();
  /** Failed edits since the file's last one that did not, by file. */
  readonly #refused = new Map<string, number>();
  #last: { readonly call: ToolCallFacts; readonly text: string } | undefined;
  #inRow = 0;

  add({ call, work }: Done, text: string, hasFailed: boolean): void {
    const last = this.#last;
    const isSame = last !== undefined && last.text === text && last.call.name === call.name &&
      (last.call.input === call.input || keyOf(last.call) === keyOf(call));
    this.#inRow = isSame ? this.#inRow + 1 : 1;
    this.#last = { call, text };
    this.calls = Math.max(this.calls, this.#inRow);
    if (hasFailed) this.failures = Math.max(this.failures, raised(this.#failed, keyOf(call)));
    if (work !== "edit" || !hasFailed && this.#refused.size === 0) return;
    const file = editedFile(call.input) ?? "";
    if (!hasFailed) this.#refused.delete(file);
    else this.refusedEdits = Math.max(this.refusedEdits, raised(this.#refused, file));
  }
}

function raised(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}

/** Characters of a long argument that tell calls apart, at its beginning and at its end. */
const KEY_LENGTH = 300;

/** The same for calls of one tool with the same arguments. */
function keyOf({ name, input }: ToolCallFacts): string {
  if (typeof input === "string") return `${name} ${keyOfText(input)}`;
  if (typeof input !== "object" || input === null) return `${name} ${input}`;
  let key = name;
  for (const [field, value] of Object.entries(input)) {
    key += ` ${field}=${keyOfText(typeof value === "string" ? value : JSON.stringify(value) ?? "")}`;
  }
  return key;
}

function keyOfText(text: string): string {
  if (text.length <= 2 * KEY_LENGTH) return text;
  return `${text.length}:${text.slice(0, KEY_LENGTH)}…${text.slice(-KEY_LENGTH)}`;
}
