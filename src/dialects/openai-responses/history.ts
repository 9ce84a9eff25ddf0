/**
 * The history of a Responses request on its way to a provider, whoever wrote it: what others encrypted is taken out, every
 * call has one result and every result a call. Items that need nothing stay as they came.
 */
import { isRecord, listOf, stringOf, textOf } from "../../json/shape.ts";
import type { Json } from "../../model/json.ts";
import { fnv1a } from "../../text/hash.ts";
import type { EncodeTarget } from "../dialect.ts";
import { objectArguments } from "../shared/arguments.ts";
import { reminder } from "../shared/fit.ts";
import { isOwn, mayReturn } from "../shared/origins.ts";
import { NO_RESULT, orphanMark, ResultPool } from "../shared/results.ts";
import { isSealed } from "../shared/seal.ts";
import { historyName } from "../shared/tool-names.ts";
import { decodeCall, decodeResult, encodeResult, idOfCall, idOfResult } from "./calls.ts";
import { unsealed } from "./reasoning.ts";
import { takesServerTool } from "./tools.ts";

type Item = Record<string, Json>;

/**
 * The items for a target; the very same list where nothing changes.
 *
 * @param isPart the provider keeps what came before: a result may answer a call that is not here
 */
export function fitInput(
  items: readonly Json[],
  target: EncodeTarget,
  { lost, isPart, tools, stored = true }: {
    readonly lost: (name: string) => void;
    readonly isPart?: () => boolean;
    /** The tools that the request offers. @default none */
    readonly tools?: Json;
    /** The provider keeps what it answers, and finds it by its id. @default true */
    readonly stored?: boolean;
  },
): readonly Json[] {
  let out = withoutForeign(items, target, { lost, stored });
  const isOffered = (name: string) => listOf(tools).some((tool) => tool?.name === name);
  out = mapItems(out, (item) => fitItem(item, isOffered));
  out = withUniqueCalls(out);
  if (isOutOfOrder(out) && isPart?.() !== true) out = inOrder(out);
  out = withoutLonely(out, lost);
  if (target.quirks.includes("no-item-ids")) {
    out = mapItems(out, (item) => item.type === "reasoning" ? item : withoutId(item));
  }
  const typed = target.quirks.includes("typed-items") ? mapItems(out, withType) : out;
  return target.quirks.includes("whole-items") ? mapItems(typed, whole) : typed;
}

/** Whether a body's items are a part of the conversation, whose rest its provider keeps. */
export function isPartOfHistory(body: Json): boolean {
  if (!isRecord(body)) return false;
  return isGiven(body.previous_response_id) || isGiven(body.conversation) ||
    listOf(body.input).some((item) => item?.type === "item_reference");
}

const isGiven = (value: Json): boolean => value !== undefined && value !== null;

/** Each item as what takes its place, undefined: nothing; the very same list where none changed. */
function mapItems(
  items: readonly Json[],
  change: (item: Item, at: number) => Json | undefined,
): readonly Json[] {
  let out: Json[] | undefined;
  for (let at = 0; at < items.length; at++) {
    const item = items[at];
    const next = isRecord(item) ? change(item, at) : item;
    if (next !== item) out ??= items.slice(0, at);
    if (out !== undefined && (next !== undefined || !isRecord(item))) out.push(next);
  }
  return out ?? items;
}

/** Without reasoning that another provider or account encrypted, or another one's seal holds, and without its histories. */
function withoutForeign(
  items: readonly Json[],
  target: EncodeTarget,
  { lost, stored }: { readonly lost: (name: string) => void; readonly stored: boolean },
): readonly Json[] {
  let isLost = false;
  return mapItems(items, (item) => {
    if (COMPACTED.has(item.type)) return ownCompaction(item, target, lost);
    if (isUnknownServerItem(item.type, target)) return void lost(item.type);
    if (item.type !== "reasoning") {
      if (item.role === "user" || textOf(item.type).endsWith("_output")) isLost = false;
      return isLost ? withoutId(item) : item;
    }
    const own = ownReasoning(item, target, stored);
    if (own === undefined) {
      isLost = true;
      lost("earlier_reasoning");
    }
    return own;
  });
}

/** By its id OpenAI knows an item's reasoning, and misses it (https://github.com/openai/codex/issues/6375). */
function withoutId(item: Item): Item {
  if (typeof item.id !== "string" || item.type === "item_reference") return item;
  const { id: _id, ...rest } = item;
  return rest;
}

/**
 * An item with every member that the reference requires. OpenAI's own endpoint does without, and its clients leave them out
 * (https://github.com/openai/codex/issues/12669, https://github.com/vercel/ai/issues/20180).
 */
function whole(item: Item, at: number): Item {
  if (item.type === "reasoning") {
    const { id, summary } = item;
    return typeof id === "string" && Array.isArray(summary)
      ? item
      : { ...item, id: id ?? `rs_${at}`, summary: listOf(summary) };
  }
  if (!isMessage(item) || item.role !== "assistant") return item;
  const parts: readonly Json[] = typeof item.content === "string"
    ? [{ type: "output_text", text: item.content }]
    : listOf(item.content);
  const isWhole = typeof item.content !== "string" && item.type === "message" &&
    typeof item.id === "string" &&
    typeof item.status === "string" && parts.every(hasAnnotations);
  return isWhole ? item : {
    ...withType(item),
    id: item.id ?? `msg_${at}`,
    status: item.status ?? "completed",
    content: parts.map((part) => hasAnnotations(part) ? part : { ...part, annotations: [] }),
  };
}

const withType = (item: Item): Item =>
  isMessage(item) && item.type !== "message" ? { type: "message", ...item } : item;

const hasAnnotations = (part: Json): boolean =>
  part?.type !== "output_text" || Array.isArray(part.annotations);

/** What tools leave in a history that a provider ran. */
const SERVER_ITEM =
  /^(?:(?:web_search|file_search|code_interpreter|image_generation|x_search|mcp)_call|mcp_(?:list_tools|approval_request|approval_response))$/;

/** Whether an item is of a tool that the target does not run: it refuses the item too (https://github.com/openai/codex/issues/24612). */
const isUnknownServerItem = (type: Json, target: EncodeTarget): boolean =>
  typeof type === "string" && SERVER_ITEM.test(type) && target.quirks.includes("functions-only") &&
  !takesServerTool(type, target);

function ownReasoning(given: Item, target: EncodeTarget, stored: boolean): Item | undefined {
  const { content, ...rest } = given;
  // Codex says null of what it has none of, which xAI refuses (https://github.com/lidge-jun/opencodex/issues/2240).
  const item = content === null && target.quirks.includes("functions-only") ? rest : given;
  const secret = item.encrypted_content;
  if (typeof secret !== "string" || secret === "") {
    // Words alone are refused, and so is an id of what was not kept (https://github.com/vercel/ai/issues/7543).
    const inWords = listOf(content).length > 0 || !stored;
    const refused = target.quirks.includes("encrypted-reasoning") && inWords;
    return refused || target.unsigned === true ? undefined : item;
  }
  if (!isSealed(secret)) return mayReturn(target, secret, "account") ? item : undefined;
  const { encrypted, maker } = unsealed(secret) ?? {};
  const own = encrypted !== undefined && isOwn(target, encrypted, "account", maker) === true;
  return own ? { ...item, encrypted_content: encrypted } : undefined;
}

/** Items that hold a compacted history (https://platform.openai.com/docs/guides/conversation-state#compaction). */
const COMPACTED: ReadonlySet<string> = new Set(["compaction", "compaction_summary"]);

/** A history that its own account can read; elsewhere the model reads that there was one. */
function ownCompaction(
  item: Item,
  target: EncodeTarget,
  lost: (name: string) => void,
): Item {
  const secret = stringOf(item.encrypted_content);
  if (secret === undefined || mayReturn(target, secret, "account")) return item;
  lost("compaction");
  const text = reminder("The conversation before this was compacted in a form that cannot be read here.");
  return { type: "message", role: "user", content: [{ type: "input_text", text }] };
}

const LEGAL_ID = /^[a-zA-Z0-9_-]{1,64}$/;

/** What begins the ids of items that OpenAI looks at. */
const PREFIXES: Readonly<Record<string, string>> = {
  message: "msg",
  reasoning: "rs",
  function_call: "fc",
  custom_tool_call: "ctc",
};

/** An item under an id that OpenAI takes, or none, a call under a name that it takes, and with arguments that are one object. */
function fitItem(item: Item, isOffered: (name: string) => boolean): Item {
  let out = item;
  const { id, call_id: callId } = item;
  const type = stringOf(item.type) ?? (item.role === undefined ? "" : "message");
  if (typeof id === "string" && type !== "item_reference") {
    const prefix = type === "message" && item.role !== "assistant" ? undefined : PREFIXES[type];
    if (!LEGAL_ID.test(id) || (prefix !== undefined && !id.startsWith(prefix))) {
      const { id: _id, ...rest } = out;
      out = rest;
    }
  }
  if (typeof callId === "string" && callId.length > LONGEST_ID) out = { ...out, call_id: shortId(callId) };
  if (typeof item.name === "string" && (type === "function_call" || type === "custom_tool_call")) {
    const name = historyName(item.name, isOffered);
    if (name !== item.name) out = { ...out, name };
  }
  if (type !== "function_call" || typeof item.arguments !== "string") return out;
  const text = objectArguments(item.arguments);
  return text === item.arguments ? out : { ...out, arguments: text };
}

/** OpenAI refuses longer ids of calls. */
const LONGEST_ID = 64;

/** The same id always becomes the same one, so that results find their calls. */
function shortId(id: string): string {
  const part = (text: string) => fnv1a(text).toString(36).padStart(7, "0");
  return `call_${part(id)}${part([...id].reverse().join(""))}`;
}

// Calls and results.

const callOf = (item: Json): string | undefined => isRecord(item) ? idOfCall(item) : undefined;
const resultOf = (item: Json): string | undefined => isRecord(item) ? idOfResult(item) : undefined;

/** Ids that a provider began again in a later answer: each call gets its own, and its result with it. */
function withUniqueCalls(items: readonly Json[]): readonly Json[] {
  const seen = new Set<string>();
  const renamed = new Map<string, string>();
  return mapItems(items, (item) => {
    const called = callOf(item);
    if (called === undefined) {
      const own = renamed.get(resultOf(item) ?? "");
      return own === undefined ? item : { ...item, call_id: own };
    }
    renamed.delete(called);
    if (!seen.has(called)) {
      seen.add(called);
      return item;
    }
    let free = called;
    for (let n = 2; seen.has(free); n++) free = `${called.slice(0, LONGEST_ID - 4)}_${n}`;
    seen.add(free);
    renamed.set(called, free);
    return { ...item, call_id: free };
  });
}

/** Whether a message comes before the results of calls, a call has none, or a result no call. */
function isOutOfOrder(items: readonly Json[]): boolean {
  const open = new Set<string>();
  for (const item of items) {
    const called = callOf(item);
    const answers = resultOf(item);
    if (called !== undefined) open.add(called);
    else if (answers !== undefined) {
      if (!open.delete(answers)) return true;
    } else if (open.size > 0 && isMessage(item)) return true;
  }
  return open.size > 0;
}

const isMessage = (item: Json): boolean =>
  item?.type === "message" || (item?.type === undefined && item?.role !== undefined);

/** The results of calls in a row right behind them; results without a call as the user's words. */
function inOrder(items: readonly Json[]): readonly Json[] {
  const pool = new ResultPool<Json>(items.map((item) => {
    const called = callOf(item);
    const answers = resultOf(item);
    return called !== undefined
      ? { calls: [called] }
      : answers !== undefined
      ? { results: [{ id: answers, result: item }] }
      : {};
  }));
  const out: Json[] = [];
  let open: { readonly id: string; readonly at: number; readonly item: Item }[] = [];
  const answer = () => {
    for (const { id, at, item } of open) {
      const result = pool.take(id, at) ?? noResult(item, id);
      if (result !== undefined) out.push(result);
    }
    open = [];
  };
  for (const [at, item] of items.entries()) {
    const called = callOf(item);
    if (called !== undefined) open.push({ id: called, at, item });
    else if (resultOf(item) !== undefined) {
      answer();
      if (!pool.wasTaken(item)) out.push(orphan(item));
      continue;
    } else if (isMessage(item)) answer();
    out.push(item);
  }
  answer();
  return out;
}

function noResult(call: Item, id: string): Item | undefined {
  const kind = decodeCall(call)!.kind;
  if (kind === "computer") return undefined; // only a screenshot answers it
  const content = kind === "tool_search" ? [] : [{ type: "text" as const, text: NO_RESULT }];
  return encodeResult({ type: "tool_result", id, kind, content }, () => {}) as unknown as Item;
}

function orphan(item: Item): Item {
  const { id, content } = decodeResult(item)!;
  const words = content.map((part) => part.type === "text" ? part.text : "").filter((text) => text !== "");
  const output = Array.isArray(item.output) ? item.output.filter((part) => part?.type === "input_image") : [];
  const text = [orphanMark(id), ...words].join("\n");
  return { type: "message", role: "user", content: [{ type: "input_text", text }, ...output] };
}

/** Reasoning before another's words is refused: it belongs to an item of the assistant's. */
function withoutLonely(items: readonly Json[], lost: (name: string) => void): readonly Json[] {
  return mapItems(items, (item, at) => {
    if (item.type !== "reasoning") return item;
    const next = items[at + 1];
    const follows = next === undefined || next?.role === "assistant" ||
      /_call$|^reasoning$|^compaction|^item_reference$|^mcp_/.test(textOf(next?.type));
    if (!follows) lost("earlier_reasoning");
    return follows ? item : undefined;
  });
}
