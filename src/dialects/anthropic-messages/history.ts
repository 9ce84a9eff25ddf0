/**
 * The history of a body that passes through: what another provider signed or ran is taken out, calls and results are put in
 * order, and what the provider needs of its own thinking is given back. Blocks that need nothing stay as they came.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/extended-thinking#preserving-thinking-blocks
 */
import { isRecord, listOf, textOf } from "../../json/shape.ts";
import type { Json } from "../../model/json.ts";
import type { EncodeTarget } from "../dialect.ts";
import { isOwn, mayReturn } from "../shared/origins.ts";
import { historyName } from "../shared/tool-names.ts";
import { type Exchanged, NO_RESULT, orphanMark, ResultPool } from "../shared/results.ts";
import { CallIds, inputObject } from "./calls.ts";
import type { Block } from "./content.ts";
import { decodeThinking, encodeSignedThinking, isClaude, withThinking } from "./reasoning.ts";

/**
 * The messages for a target; the very same list where nothing changes. `settings`: the body's other members; `lost` receives
 * the name of what is dropped.
 */
export function fitMessages(
  messages: readonly Json[],
  settings: Json,
  target: EncodeTarget,
  lost: (name: string) => void,
): readonly Json[] {
  let out = keepsCompaction(messages, target) ? messages : uncompacted(messages);
  out = withFitCalls(withoutForeign(out, target, lost), settings?.tools);
  if (isClaude(target)) out = withoutBlank(out);
  if (isOutOfOrder(out)) out = inOrder(out);
  if (isClaude(target)) out = withLegalIds(out);
  if (target.quirks.includes("one-call")) out = oneByOne(out);
  return withThinking(out, settings, target);
}

/** Each message changed; the very same list where none was. Undefined: the message goes. */
function mapMessages(
  messages: readonly Json[],
  change: (message: Json) => Json | undefined,
): readonly Json[] {
  let out: Json[] | undefined;
  for (let at = 0; at < messages.length; at++) {
    const message = messages[at];
    const next = change(message);
    if (next !== message) out ??= messages.slice(0, at);
    if (out !== undefined && next !== undefined) out.push(next);
  }
  return out ?? messages;
}

/** A message of the assistant with each block changed; undefined where nothing is left of it. */
function mapBlocks(message: Json, change: (block: Block) => Json | undefined): Json | undefined {
  if (message?.role !== "assistant" || !Array.isArray(message.content)) return message;
  const content = mapMessages(message.content, (block) => isRecord(block) ? change(block) : block);
  if (content === message.content) return message;
  return content.length === 0 ? undefined : { ...message, content };
}

// What another provider made.

const isCompaction = (block: Json): boolean =>
  block?.type === "compaction" && typeof block.content === "string" && block.content !== "";

/** Whether a target reads the compacted histories in its messages as they are. */
function keepsCompaction(messages: readonly Json[], target: EncodeTarget): boolean {
  return messages.every((message) =>
    message?.role !== "assistant" || listOf(message.content).every((block) =>
      !isCompaction(block) ||
      (isClaude(target) &&
        (typeof block.signature !== "string" || mayReturn(target, block.signature, "account")))
    )
  );
}

/**
 * A history from its last compaction on, whose words are the user's then: what came before is in them
 * (https://platform.claude.com/docs/en/build-with-claude/compaction). The very same list where there is none.
 */
export function uncompacted(messages: readonly Json[]): readonly Json[] {
  const at = messages.findLastIndex((message) =>
    message?.role === "assistant" && listOf(message.content).some(isCompaction)
  );
  if (at === -1) return messages;
  const message = messages[at];
  const place = message.content.findLastIndex(isCompaction);
  const rest = message.content.slice(place + 1);
  const text = `${SUMMARY}\n\n${message.content[place].content}`;
  return [
    { role: "user", content: [{ type: "text", text }] },
    ...(rest.length === 0 ? [] : [{ ...message, content: rest }]),
    ...messages.slice(at + 1),
  ];
}

const SUMMARY = "This is a summary of the conversation so far:";

/** Without what another provider signed or ran. */
function withoutForeign(
  messages: readonly Json[],
  target: EncodeTarget,
  lost: (name: string) => void,
): readonly Json[] {
  return mapMessages(messages, (message) => {
    let foreign = false;
    const kept = mapBlocks(message, (block) => {
      if (block.type === "thinking" || block.type === "redacted_thinking") {
        const own = ownThinking(block, target);
        if (own === undefined) lost("earlier_reasoning");
        return own;
      }
      if (!isForeignServerBlock(block, target)) return block;
      foreign = true;
      lost(textOf(block.type));
      return undefined;
    });
    // Citations refer to results that are gone now.
    return foreign && kept !== undefined ? mapBlocks(kept, withoutServerCitations) : kept;
  });
}

function ownThinking(block: Block, target: EncodeTarget): Json | undefined {
  if (block.type === "thinking" && !block.signature && !isClaude(target)) return block; // nobody signed it
  const own = encodeSignedThinking(decodeThinking(block), target);
  const same = own?.type === block.type && own?.signature === (block.signature ?? "") &&
    own?.thinking === block.thinking;
  return same || (own?.data !== undefined && own.data === block.data) ? block : own;
}

/** Blocks of tools that Anthropic runs, and the beginning of their ids. */
const SERVER_IDS = /^(?:srvtoolu_|mcptoolu_)/;

const isServerBlock = (type: unknown): boolean =>
  typeof type === "string" &&
  (type === "server_tool_use" || type === "mcp_tool_use" ||
    (type.endsWith("_tool_result") && type !== "tool_result"));

function isForeignServerBlock(block: Block, target: EncodeTarget): boolean {
  if (!isServerBlock(block.type)) return false;
  const id = textOf(block.id ?? block.tool_use_id);
  const known = target.unsigned === true ? undefined : isOwn(target, id, "provider");
  return !(known ?? SERVER_IDS.test(id) === isClaude(target));
}

function withoutServerCitations(block: Block): Block {
  if (!Array.isArray(block.citations)) return block;
  const { citations, ...rest } = block;
  const kept = citations.filter((citation) => citation?.encrypted_index === undefined);
  return kept.length === citations.length ? block : kept.length === 0 ? rest : { ...rest, citations: kept };
}

const isBlank = (block: Json): boolean => block?.type === "text" && !/\S/.test(textOf(block.text));

/** Without texts that say nothing: other providers' answers begin with them, and Anthropic refuses them. */
function withoutBlank(messages: readonly Json[]): readonly Json[] {
  return mapMessages(messages, (message) => {
    if (message?.role !== "user" && message?.role !== "assistant") return message;
    const { content } = message;
    const empty = Array.isArray(content)
      ? content.every(isBlank)
      : typeof content === "string" && !/\S/.test(content);
    if (empty) return message.role === "assistant" ? undefined : { ...message, content: "(nothing)" };
    return Array.isArray(content) && content.some(isBlank)
      ? { ...message, content: content.filter((block) => !isBlank(block)) }
      : message;
  });
}

// Calls.

/** Inputs that gateways wrote as text, as the objects that they must be, and calls under names that providers take. */
function withFitCalls(messages: readonly Json[], tools: Json): readonly Json[] {
  const isOffered = (name: string) => listOf(tools).some((tool) => tool?.name === name);
  return mapMessages(messages, (message) =>
    mapBlocks(message, (block) => {
      if (block.type !== "tool_use") return block;
      const name = typeof block.name === "string" ? historyName(block.name, isOffered) : block.name;
      return isRecord(block.input) && name === block.name
        ? block
        : { ...block, name, input: isRecord(block.input) ? block.input : inputObject(block.input) };
    }));
}

interface Turn {
  readonly role: string;
  readonly blocks: Json[];
}

/** Neighbours of one role are one turn; system messages are none. */
export function turnsOf(messages: readonly Json[]): readonly Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    if (message?.role !== "user" && message?.role !== "assistant") continue;
    const blocks = Array.isArray(message.content) ? message.content : [{ type: "text" }];
    const last = turns.at(-1);
    if (last?.role === message.role) last!.blocks.push(...blocks);
    else turns.push({ role: message.role, blocks: [...blocks] });
  }
  return turns;
}

/** Whether a call lacks its result in the next turn, a result its call in the turn before, or other blocks come first. */
function isOutOfOrder(messages: readonly Json[]): boolean {
  let open: Set<Json> = new Set();
  for (const { role, blocks } of turnsOf(messages)) {
    if (role === "assistant") {
      open = new Set();
      for (const block of blocks) if (block?.type === "tool_use") open.add(block.id);
      continue;
    }
    let others = false;
    for (const block of blocks) {
      if (block?.type !== "tool_result") others = true;
      else if (others || !open.delete(block.tool_use_id)) return true;
    }
    if (open.size > 0) return true;
  }
  return open.size > 0;
}

/** Each call's result in the turn behind it, before the user's words; results without a call as words. Blocks stay as they are. */
function inOrder(messages: readonly Json[]): readonly Json[] {
  const pool = new ResultPool<Json>(messages.map(exchangedIn));
  const out: Json[] = [];
  let answers: Json[] = [];
  for (const [at, message] of messages.entries()) {
    if (message?.role === "assistant") {
      for (const id of callIds(message)) answers.push(pool.take(id, at) ?? noResult(id));
    }
    if (message?.role !== "user" || (answers.length === 0 && !Array.isArray(message.content))) {
      out.push(message);
      continue;
    }
    const words = blocksOf(message.content).flatMap((block) =>
      block?.type !== "tool_result" ? [block] : pool.wasTaken(block) ? [] : orphan(block)
    );
    if (answers.length + words.length > 0) out.push({ ...message, content: [...answers, ...words] });
    answers = [];
  }
  if (answers.length > 0) out.push({ role: "user", content: answers });
  return out;
}

/** The blocks of a turn or a result; without empty texts, which Anthropic refuses. */
const blocksOf = (content: Json): readonly Json[] =>
  typeof content === "string"
    ? content === "" ? [] : [{ type: "text", text: content }]
    : listOf(content).filter((block) => block?.type !== "text" || block.text !== "");

const callIds = (message: Json): readonly string[] =>
  listOf(message.content).flatMap((block) => block?.type === "tool_use" ? [textOf(block.id)] : []);

function exchangedIn(message: Json): Exchanged<Json> {
  if (message?.role === "assistant") return { calls: callIds(message) };
  return {
    results: listOf(message?.content).flatMap((block) =>
      block?.type === "tool_result" ? [{ id: textOf(block.tool_use_id), result: block }] : []
    ),
  };
}

/** Each call an answer of its own, with its result behind it: some templates read one (https://github.com/vllm-project/vllm/issues/25108). */
function oneByOne(messages: readonly Json[]): readonly Json[] {
  const out: Json[] = [];
  for (const [at, message] of messages.entries()) {
    const calls = message?.role === "assistant" ? listOf(message.content).filter(isCall) : [];
    const next = messages[at + 1];
    if (calls.length < 2 || next?.role !== "user") {
      const before = messages[at - 1];
      const split = message?.role === "user" && before?.role === "assistant" &&
        listOf(before.content).filter(isCall).length > 1;
      const kept = split
        ? blocksOf(message.content).filter((block) => block?.type !== "tool_result")
        : undefined;
      if (kept === undefined) out.push(message);
      else if (kept.length > 0) out.push({ ...message, content: kept });
      continue;
    }
    const said = message.content.filter((block: Json) => !isCall(block));
    for (const [place, call] of calls.entries()) {
      const result = listOf(next.content).find((block) => block?.tool_use_id === call.id);
      out.push(
        { role: "assistant", content: [...(place === 0 ? said : []), call] },
        { role: "user", content: [result ?? noResult(call.id)] },
      );
    }
  }
  return out.length === messages.length ? messages : out;
}

const isCall = (block: Json): boolean => block?.type === "tool_use";

const noResult = (id: string): Block => ({
  type: "tool_result",
  tool_use_id: id,
  content: NO_RESULT,
  is_error: true,
});

/** Blocks that only a result holds. */
const INSIDE_RESULTS = new Set(["tool_reference"]);

function orphan({ tool_use_id: id, content }: Block): readonly Json[] {
  const said = blocksOf(content).filter((block) => !INSIDE_RESULTS.has(block?.type));
  return said.length === 0 ? [] : [{ type: "text", text: orphanMark(textOf(id)) }, ...said];
}

const LEGAL = /^[a-zA-Z0-9_-]+$/;

/** Ids that Anthropic takes: legal ones, each once. */
function withLegalIds(messages: readonly Json[]): readonly Json[] {
  const seen = new Set<Json>();
  const fits = (block: Json) =>
    block?.type !== "tool_use" || (LEGAL.test(textOf(block.id)) && !seen.has(block.id) && seen.add(block.id));
  if (messages.every((message) => listOf(message?.content).every(fits))) return messages;
  const ids = new CallIds();
  const given = new Map<Json, string>();
  return messages.map((message) => {
    if (!Array.isArray(message?.content)) return message;
    const content = message.content.map((block: Json) => {
      if (block?.type === "tool_use") {
        const id = ids.next(textOf(block.id));
        given.set(block.id, id);
        return { ...block, id };
      }
      const id = block?.type === "tool_result" ? given.get(block.tool_use_id) : undefined;
      return id === undefined ? block : { ...block, tool_use_id: id };
    });
    return { ...message, content };
  });
}
