/**
 * The history of a Chat request on its way to a provider, whoever wrote it: what others signed is taken out, the results of
 * calls follow them at once, and reasoning and signatures are given back where a provider wants them. Messages that need
 * nothing stay as they came.
 */
import { isRecord, listOf, stringOf, textOf } from "../../json/shape.ts";
import type { Json } from "../../model/json.ts";
import type { EncodeTarget } from "../dialect.ts";
import { objectArguments } from "../shared/arguments.ts";
import { FILLER, mapSame, refusedNames, traitsOf } from "../shared/fit.ts";
import { mayReturn } from "../shared/origins.ts";
import { NO_RESULT, orphanMark, ResultPool } from "../shared/results.ts";
import { openSecret } from "../shared/seal.ts";
import { historyName } from "../shared/tool-names.ts";
import { googleSignature } from "./calls.ts";

type Fields = Record<string, Json>;

/** The messages for a target; the very same list where nothing changes. `settings`: the body's other members. */
export function fitMessages(
  messages: readonly Json[],
  settings: Fields,
  target: EncodeTarget,
  lost: (name: string) => void,
): readonly Json[] {
  const thinks = traitsOf(target).thinkingSwitch === false ||
    (settings?.thinking?.type !== "disabled" && settings?.reasoning_effort !== "none");
  let out = mapSame(
    messages,
    (message) =>
      isRecord(message)
        ? message.role === "assistant"
          ? fitAnswer(message, target, thinks, lost)
          : message.role === "tool"
          ? ownResult(message, target)
          : message
        : message,
  );
  out = withPlainNames(out, settings);
  if (target.quirks.includes("no-empty-messages") && out.some(saysNothing)) {
    out = out.filter((message) => !saysNothing(message));
  }
  if (isOutOfOrder(out)) out = inOrder(out);
  out = inTurns(out, settings, target);
  if (target.quirks.includes("one-call")) out = oneByOne(out);
  if (target.quirks.includes("named-results")) out = withNames(out);
  return target.quirks.includes("answer-after-results") ? withAnswers(out) : out;
}

/** Calls under names that providers take; the very same list where all are. */
function withPlainNames(messages: readonly Json[], settings: Json): readonly Json[] {
  const isOffered = (name: string) => listOf(settings?.tools).some((tool) => tool?.function?.name === name);
  return mapSame(messages, (message) => {
    if (!Array.isArray(message?.tool_calls)) return message;
    const calls = mapSame<Json>(message.tool_calls, (call) => {
      const given = call?.function?.name;
      if (typeof given !== "string") return call;
      const name = historyName(given, isOffered);
      return name === given ? call : { ...call, function: { ...call.function, name } };
    });
    return calls === message.tool_calls ? message : { ...message, tool_calls: calls };
  });
}

/** Results with the names of their tools: Gemini looks for them (https://github.com/NousResearch/hermes-agent/issues/16478). */
function withNames(messages: readonly Json[]): readonly Json[] {
  const names = new Map<string, Json>();
  return mapSame(messages, (message) => {
    for (const call of listOf(message?.tool_calls)) names.set(textOf(call?.id), call?.function?.name);
    if (message?.role !== "tool") return message;
    const name = names.get(textOf(message.tool_call_id));
    return name === undefined || name === message.name ? message : { ...message, name };
  });
}

/** Each call an answer of its own, with its result behind it: some templates read one (https://github.com/vllm-project/vllm/issues/25108). */
function oneByOne(messages: readonly Json[]): readonly Json[] {
  if (!messages.some((message) => listOf(message?.tool_calls).length > 1)) return messages;
  const results = new Map<string, Json>();
  for (const message of messages) {
    if (message?.role === "tool") results.set(textOf(message.tool_call_id), message);
  }
  const out: Json[] = [];
  const placed = new Set<Json>();
  for (const message of messages) {
    const calls = listOf(message?.tool_calls);
    if (calls.length < 2) {
      if (!placed.has(message)) out.push(message);
      continue;
    }
    for (const [at, call] of calls.entries()) {
      const said = at === 0 ? message : { role: "assistant", content: null };
      const result = results.get(textOf(call?.id));
      out.push({ ...said, tool_calls: [call] }, ...(result === undefined ? [] : [result]));
      placed.add(result);
    }
  }
  return out;
}

// Answers.

function fitAnswer(
  message: Fields,
  target: EncodeTarget,
  thinks: boolean,
  lost: (name: string) => void,
): Fields {
  let out = message;
  const details = listOf(message.reasoning_details);
  if (details.length > 0) {
    const own = details.flatMap((detail) => isRecord(detail) ? ownDetail(detail, target) : [detail]);
    if (own.length < details.length || own.some((detail, at) => detail !== details[at])) {
      const { reasoning_details: _details, ...rest } = out;
      out = own.length === 0 ? rest : { ...rest, reasoning_details: own };
      if (own.length < details.length) lost("earlier_reasoning");
    }
  }
  const calls = listOf(message.tool_calls);
  if (calls.length === 0) return out;
  if (target.quirks.includes("text-beside-calls") && !hasWords(out)) out = { ...out, content: "" };
  if (traitsOf(target).wordsOrThinking === true && hasWords(out)) out = withoutThoughts(out, lost);
  const fitted = mapSame(calls, (call) => isRecord(call) ? fitCall(call, target, call === calls[0]) : call);
  if (fitted !== calls) out = { ...out, tool_calls: fitted };
  if (target.quirks.includes("reasoning-details") && SIGNED_GEMINI.test(target.model)) out = withStandIn(out);
  if (!thinks || !target.quirks.includes("reasoning-content")) return out;
  return stringOf(message.reasoning_content) === undefined
    ? { ...out, reasoning_content: reasoningOf(message) ?? NO_THOUGHT }
    : out;
}

const hasWords = ({ content }: Fields): boolean =>
  stringOf(content) !== undefined || listOf(content).length > 0;

function withoutThoughts(message: Fields, lost: (name: string) => void): Fields {
  if (message.reasoning_content === undefined && message.reasoning === undefined) return message;
  lost("earlier_reasoning");
  const { reasoning_content: _content, reasoning: _reasoning, ...rest } = message;
  return rest;
}

/** Blank, but not empty: Moonshot counts an empty text as missing (https://github.com/earendil-works/pi/issues/4179). */
const NO_THOUGHT = " ";

/** The reasoning that a message has under another name. */
function reasoningOf({ reasoning, reasoning_details: details }: Fields): string | undefined {
  return stringOf(reasoning) ??
    stringOf(listOf(details).map((detail) => textOf(detail?.text ?? detail?.summary)).join(""));
}

/** A detail whose signature or data the target made; of another one's the text at most. */
function ownDetail(detail: Fields, target: EncodeTarget): Fields[] {
  const key = typeof detail.signature === "string" && detail.signature !== ""
    ? "signature"
    : typeof detail.data === "string"
    ? "data"
    : undefined;
  if (key === undefined) return [detail];
  const { secret, maker } = openSecret(detail[key]);
  if (secret !== undefined && mayReturn(target, secret, "model", maker)) {
    return [secret === detail[key] ? detail : { ...detail, [key]: secret }];
  }
  if (key === "data" || /claude/i.test(target.model)) return [];
  const { signature: _signature, format: _format, ...text } = detail;
  return [{ ...text, format: "unknown" }];
}

function fitCall(call: Fields, target: EncodeTarget, first: boolean): Fields {
  const given = target.origins?.callOf(textOf(call.id));
  let out = signed(call, given?.provider === target.provider ? given.signature : undefined, first, target);
  if (given !== undefined && given.provider === target.provider && wantsOwnIds(given.id)) {
    out = { ...out, id: given.id };
  }
  const given_arguments = call.function?.arguments;
  if (typeof given_arguments !== "string") return out;
  const text = objectArguments(given_arguments);
  return text === given_arguments ? out : { ...out, function: { ...call.function, arguments: text } };
}

/** Ids that mean something to their provider: Kimi's models count their calls by them (https://huggingface.co/moonshotai/Kimi-K2-Instruct/blob/main/docs/tool_call_guidance.md). */
const wantsOwnIds = (id: string): boolean => /^functions\..+:\d+$/.test(id);

function ownResult(message: Fields, target: EncodeTarget): Fields {
  const given = target.origins?.callOf(textOf(message.tool_call_id));
  return given !== undefined && given.provider === target.provider && wantsOwnIds(given.id)
    ? { ...message, tool_call_id: given.id }
    : message;
}

/** What Gemini takes in place of a signature that it did not make (https://ai.google.dev/gemini-api/docs/thought-signatures). */
const STAND_IN = "skip_thought_signature_validator";

/** Earlier Geminis look at no signature. */
const UNSIGNED_GEMINI = /gemini-[12]/;

const SIGNED_GEMINI = /gemini-[3-9]/;

/** OpenRouter's form of it: one detail for an answer, under the first call's id (https://github.com/RooCodeInc/Roo-Code/pull/10640). */
function withStandIn(message: Fields): Fields {
  const details = listOf(message.reasoning_details);
  if (details.some((detail) => detail?.type === "reasoning.encrypted")) return message;
  const id = message.tool_calls[0]?.id;
  const standIn = { type: "reasoning.encrypted", data: STAND_IN, id, format: "google-gemini-v1", index: 0 };
  return { ...message, reasoning_details: [...details, standIn] };
}

/** A call with the signature that its provider wants: the first one of an answer has it. */
function signed(call: Fields, remembered: string | undefined, first: boolean, target: EncodeTarget): Fields {
  const sent = stringOf(call.extra_content?.google?.thought_signature);
  if (!target.quirks.includes("thought-signatures")) {
    return sent === undefined ? call : withoutExtra(call);
  }
  if (sent !== undefined && mayReturn(target, sent, "provider")) return call;
  const signature = remembered ?? (first && !UNSIGNED_GEMINI.test(target.model) ? STAND_IN : undefined);
  const bare = sent === undefined ? call : withoutExtra(call);
  return signature === undefined ? bare : { ...bare, ...googleSignature(signature) };
}

function withoutExtra({ extra_content: _extra, ...call }: Fields): Fields {
  return call;
}

/** An interrupted answer, or one of reasoning alone (https://github.com/anomalyco/opencode/issues/37887). */
function saysNothing(message: Json): boolean {
  if (message?.role !== "assistant" || listOf(message.tool_calls).length > 0) return false;
  const { content, function_call, refusal } = message;
  if (isRecord(function_call) || stringOf(refusal) !== undefined) return false;
  return Array.isArray(content)
    ? content.every((part) => part?.type === "text" && !textOf(part.text).trim())
    : typeof content !== "string" || content.trim() === "";
}

// Roles that alternate: https://github.com/ggml-org/llama.cpp/issues/21879

/** Whether a model's template wants the user and the assistant in turns. */
export const alternates = (target: EncodeTarget): boolean =>
  traitsOf(target).alternates === true || refusedNames(target, "alternate").length > 0;

/** Neighbours of one role as one message; calls and results stay as they are. */
export function alternating(messages: readonly Json[]): readonly Json[] {
  const out: Json[] = [];
  for (const message of messages) {
    const last = out.at(-1);
    const joins = last?.role === message?.role && (message?.role === "user" ||
      (message?.role === "assistant" && listOf(last.tool_calls).length === 0));
    if (joins) {
      out[out.length - 1] = { ...last, ...message, content: bothContents(last.content, message.content) };
    } else out.push(message);
  }
  return out.length === messages.length ? messages : out;
}

function bothContents(one: Json, other: Json): Json {
  if (one === null || one === undefined) return other;
  if (other === null || other === undefined) return one;
  if (typeof one === "string" && typeof other === "string") return `${one}\n\n${other}`;
  const parts = (content: Json) =>
    typeof content === "string" ? [{ type: "text", text: content }] : listOf(content);
  return [...parts(one), ...parts(other)];
}

// Turns.

const isSystem = (message: Json): boolean => message?.role === "system" || message?.role === "developer";

const USER = { role: "user", content: FILLER } as const;

/** The user's words where a provider needs them and a history has none, and answers that it reads as one. */
function inTurns(messages: readonly Json[], settings: Fields, target: EncodeTarget): readonly Json[] {
  const { quirks } = target;
  let out = quirks.includes("joined-answers") ? joinedAnswers(messages) : messages;
  if (quirks.includes("user-first") || alternates(target)) {
    const from = out.findIndex((message) => !isSystem(message));
    const head = from === -1 ? out.length : from;
    if (out[head]?.role !== "user") out = [...out.slice(0, head), USER, ...out.slice(head)];
  }
  const ends = quirks.includes("ends-with-user") || refusedNames(target, "prefill").length > 0;
  if (!ends || settings?.chat_template_kwargs?.enable_thinking === false) return out;
  while (saysNothing(out.at(-1))) out = out.slice(0, -1);
  return out.at(-1)?.role === "assistant" ? [...out, USER] : out;
}

/** Gemini wants a call right behind the user's words or a result (https://github.com/google-gemini/gemini-cli/issues/11814). */
function joinedAnswers(messages: readonly Json[]): readonly Json[] {
  const joins = (at: number) =>
    messages[at]?.role === "assistant" && messages[at - 1]?.role === "assistant" &&
    listOf(messages[at - 1].tool_calls).length === 0;
  if (!messages.some((_, at) => joins(at))) return messages;
  const out: Json[] = [];
  for (const [at, message] of messages.entries()) {
    const last = out.at(-1);
    if (!joins(at)) out.push(message);
    else out[out.length - 1] = { ...last, ...message, content: bothContents(last.content, message.content) };
  }
  return out;
}

// Order: https://platform.openai.com/docs/guides/function-calling

const callIds = (message: Json): readonly string[] =>
  message?.role === "assistant" ? listOf(message.tool_calls).map((call) => textOf(call?.id)) : [];

/** Whether a call lacks its result right behind it, or a result its call. */
function isOutOfOrder(messages: readonly Json[]): boolean {
  let open: string[] = [];
  for (const message of messages) {
    if (message?.role === "tool") {
      const at = open.indexOf(textOf(message.tool_call_id));
      if (at === -1) return true;
      open.splice(at, 1);
      continue;
    }
    if (open.length > 0) return true;
    open = [...callIds(message)];
  }
  return open.length > 0;
}

/** Each call's result right behind it; results without a call as the user's words. */
function inOrder(messages: readonly Json[]): readonly Json[] {
  const pool = new ResultPool<Json>(
    messages.map((message) =>
      message?.role === "tool"
        ? { results: [{ id: textOf(message.tool_call_id), result: message }] }
        : { calls: callIds(message) }
    ),
  );
  const out: Json[] = [];
  for (const [at, message] of messages.entries()) {
    if (message?.role !== "tool") {
      out.push(message);
      for (const id of callIds(message)) {
        out.push(pool.take(id, at) ?? { role: "tool", tool_call_id: id, content: NO_RESULT });
      }
    } else if (!pool.wasTaken(message)) out.push(orphan(message));
  }
  return out;
}

function orphan({ tool_call_id: id, content }: Fields): Fields {
  const mark = orphanMark(textOf(id));
  return Array.isArray(content)
    ? { role: "user", content: [{ type: "text", text: mark }, ...content] }
    : { role: "user", content: `${mark}\n${textOf(content)}` };
}

/** What the assistant says between a result and the user's words, for providers that want an answer there. */
const ANSWER = "Done.";

/** Mistral wants an answer between a result and the user, and a mark on a last message of the assistant's (https://docs.mistral.ai/capabilities/completion/prefix). */
function withAnswers(messages: readonly Json[]): readonly Json[] {
  const last = messages.at(-1);
  const prefix = last?.role === "assistant" && last.prefix !== true;
  const gap = (at: number) => messages[at]?.role === "tool" && isOthers(messages[at + 1]?.role);
  if (!prefix && !messages.some((_, at) => gap(at))) return messages;
  const out = messages.flatMap((message, at) =>
    gap(at) ? [message, { role: "assistant", content: ANSWER }] : [message]
  );
  return prefix ? [...out.slice(0, -1), { ...last, prefix: true }] : out;
}

const isOthers = (role: unknown): boolean => role === "user" || role === "system" || role === "developer";
