/**
 * What dispatch must know of a Chat stream that passes through: read by searching the text, since parsing every delta
 * would cost more than relaying it. A quote inside a JSON string is escaped, so `"key"` never matches within one; it
 * can match a whole string value, which has no colon after it as a key has.
 */
import { parseJsonText } from "../../../json/shape.ts";
import type { SseEvent } from "../../../bytes/sse.ts";
import type { ProviderError } from "../../../model/failure.ts";
import type { Json } from "../../../model/json.ts";
import type { Usage } from "../../../model/usage.ts";
import type { StreamWatch } from "../../dialect.ts";
import { decodeFailure, errorIn } from "../../shared/error.ts";
import { emptyAnswer } from "../../shared/empty-answer.ts";
import { decodeStop, isFailedFinish } from "../stop.ts";
import { mergeUsage, usageOf } from "../usage.ts";

/** Fields of a delta whose text is output. Where a chunk has several, the first is counted. */
const TEXT_FIELDS = ['"content"', '"reasoning_content"', '"reasoning"', '"arguments"', '"refusal"', '"text"'];

/** Fields that are output by being there with something in them. */
const LIST_FIELDS = ['"tool_calls"', '"function_call"', '"images"', '"reasoning_details"', '"audio"'];

const QUOTE = 34, BACKSLASH = 92, BRACKET = 91, BRACE = 123;

export class ChatStreamWatch implements StreamWatch {
  error: ProviderError | undefined;
  usage: Usage | undefined;
  outputChars = 0;
  finished = false;
  #output = false;
  #finish: unknown;
  /** The last chunk up to its text, and what followed the text. */
  #head = "";
  #tail = "";

  get lacks(): ProviderError | undefined {
    if (this.#output) return undefined;
    const word = typeof this.#finish === "string" ? this.#finish : undefined;
    return emptyAnswer(decodeStop(word, undefined, { toolCalls: false, refusal: false }), word);
  }

  push(event: SseEvent): "prelude" | "output" | "error" | "end" {
    const { data } = event;
    if (this.#head !== "" && event.event === undefined && this.#another(data)) return "output";
    if (data.length < 16 && data.trim() === "[DONE]") return "end";
    if (this.#failed(event)) return "error";
    if (hasObject(data, '"usage"')) this.usage = mergeUsage(this.usage, usageOf(parseJsonText(data)));
    if (hasString(data, '"finish_reason"')) {
      this.finished = true;
      if (!this.#output) this.#finish = parseJsonText(data)?.choices?.[0]?.finish_reason;
    }
    const at = firstText(data);
    if (at !== -1) {
      const end = stringEnd(data, at);
      this.outputChars += end - at - 1;
      this.#output = true;
      this.#head = data.slice(0, at + 1);
    } else if (!this.#output) this.#output = LIST_FIELDS.some((field) => hasItems(data, field));
    return this.#output ? "output" : "prelude";
  }

  /**
   * Most chunks differ from the one before only in their text. Where the beginning is the same up to the text's quote,
   * only what follows the text is looked at; a chunk with a field of interest there is searched in full.
   */
  #another(data: string): boolean {
    if (!data.startsWith(this.#head)) return false;
    const at = this.#head.length - 1;
    const end = stringEnd(data, at);
    if (end === at + 1) return false;
    const tail = data.slice(end + 1);
    if (tail !== this.#tail) {
      if (tail.includes('"error"') || hasObject(tail, '"usage"') || hasString(tail, '"finish_reason"')) {
        return false;
      }
      this.#tail = tail;
    }
    this.outputChars += end - at - 1;
    return true;
  }

  /** Only a chunk with a sign of an error is parsed and checked. */
  #failed(event: SseEvent): boolean {
    const { data } = event;
    if (event.event !== "error" && data.includes('"choices"') && !data.includes('"error"')) {
      // MiniMax reports failures in `base_resp`, which is in good answers as well.
      const sign = FAILED_FINISH.test(data) || (!this.#output && data.includes('"base_resp"'));
      return sign && this.#found(parseJsonText(data));
    }
    if (data === "") return false;
    const json = parseJsonText(data);
    if (json === undefined) {
      this.error = decodeFailure(data);
      return true;
    }
    if (event.event === "error") {
      this.error = decodeFailure(json);
      return true;
    }
    return this.#found(json);
  }

  #found(json: Json): boolean {
    const choice = json?.choices?.[0];
    this.error = errorIn(json) ?? (choice?.error ? errorIn(choice) : undefined);
    if (this.error === undefined && isFailedFinish(choice?.finish_reason)) {
      this.error = {
        message: `The provider broke its answer off ("${choice.finish_reason}").`,
        code: choice.finish_reason,
      };
    }
    return this.error !== undefined;
  }
}

/** Finish reasons that report a failure, except "error", which is found by its word alone. */
const FAILED_FINISH = /"finish_reason"\s*:\s*"(?:abort|network_error|insufficient_system_resource)"/;

/** Whether the chunk is usage and nothing else: the one that a client gets only where it asked for it. */
export function isUsageOnlyChunk(data: string): boolean {
  const choices = valueAt(data, '"choices"', 0);
  if (choices === -1 || data.charCodeAt(choices) !== BRACKET) return false;
  if (data.charCodeAt(skipSpace(data, choices + 1)) !== 93) return false;
  return hasObject(data, '"usage"') && !data.includes('"error"');
}

/** The opening quote of the first text of output that is not empty; -1 where there is none. */
function firstText(data: string): number {
  let first = -1;
  for (const field of TEXT_FIELDS) {
    for (let at = valueAt(data, field, 0); at !== -1; at = valueAt(data, field, at)) {
      if (data.charCodeAt(at) !== QUOTE || data.charCodeAt(at + 1) === QUOTE) continue;
      if (first === -1 || at < first) first = at;
      break;
    }
  }
  return first;
}

/** Where the value of a key's next occurrence begins; -1 where there is none. */
function valueAt(data: string, key: string, from: number): number {
  let at = data.indexOf(key, from);
  while (at !== -1) {
    const colon = skipSpace(data, at + key.length);
    if (data.charCodeAt(colon) === 58) return skipSpace(data, colon + 1);
    at = data.indexOf(key, at + key.length);
  }
  return -1;
}

function hasObject(data: string, key: string): boolean {
  for (let at = valueAt(data, key, 0); at !== -1; at = valueAt(data, key, at)) {
    if (data.charCodeAt(at) === BRACE) return true;
  }
  return false;
}

/** A string with something in it. */
function hasString(data: string, key: string): boolean {
  const at = valueAt(data, key, 0);
  return at !== -1 && data.charCodeAt(at) === QUOTE && data.charCodeAt(at + 1) !== QUOTE;
}

/** A list or an object that is not empty. */
function hasItems(data: string, key: string): boolean {
  const at = valueAt(data, key, 0);
  if (at === -1) return false;
  const code = data.charCodeAt(at);
  if (code !== BRACKET && code !== BRACE) return false;
  return data.charCodeAt(skipSpace(data, at + 1)) !== code + 2;
}

/** The place of the closing quote of the string that opens at `at`. */
function stringEnd(data: string, at: number): number {
  let end = data.indexOf('"', at + 1);
  while (end !== -1) {
    let slashes = 0;
    while (data.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return end;
    end = data.indexOf('"', end + 1);
  }
  return data.length;
}

function skipSpace(data: string, at: number): number {
  let code = data.charCodeAt(at);
  while (code === 32 || code === 9 || code === 10 || code === 13) code = data.charCodeAt(++at);
  return at;
}
