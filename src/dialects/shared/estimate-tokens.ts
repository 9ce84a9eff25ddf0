/**
 * How many tokens a request or an answer has, where no provider says: for `count_tokens` exactly enough (within a
 * tenth of a modern tokenizer, see text-tokens.ts), and for the first event of a stream at hardly any cost.
 */
import { functionArguments, functionShape } from "./client-tools.ts";
import type { Conversation, Part, Reply, Tool } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { isPacked, packedIn, SEALED_CHARS_PER_TOKEN, textJson } from "./packed.ts";
import { textTokens } from "./text-tokens.ts";

/** Characters (or bytes of JSON) to a token: English prose, code and tool schemas come out between 3.5 and 4.5. */
export const CHARS_PER_TOKEN = 4;

/** What frames a message, a tool, a call: roles, separators, ids. */
const PER_MESSAGE = 4;
const PER_TOOL = 8;
const PER_CALL = 8;

/** A screenshot, as the large providers count one after scaling it down. */
export const PER_IMAGE = 1500;
/** Base64 characters to a token of a PDF: a page is some 50 KB and 2,000 tokens. */
const PDF_CHARS_PER_TOKEN = 30;
/** A document has at least this many, also where a request only refers to it. */
const LEAST_PER_DOCUMENT = 1000;
/** Base64 characters to a token of speech: 43 KB a second at ten tokens a second. */
export const AUDIO_CHARS_PER_TOKEN = 4000;

/** How a text and a JSON value are measured. */
interface Measure {
  text(text: string): number;
  json(value: Json): number;
}

const EXACT: Measure = { text: textTokens, json: (value) => textTokens(textJson(value)) };
const ROUGH: Measure = {
  text: (text) => text.length / CHARS_PER_TOKEN,
  json: (value) => size(value) / CHARS_PER_TOKEN,
};

/** Tokens of a request's messages, system prompt and tools, within a tenth on prose and code. */
export function estimateTokens(conversation: Conversation): number {
  return requestTokens(conversation, EXACT);
}

/** The same by length alone: some microseconds for the largest request, and within a third. */
export function roughTokens(conversation: Conversation): number {
  return requestTokens(conversation, ROUGH);
}

/** Tokens of an answer, by length alone. */
export function roughReplyTokens({ parts }: Reply): number {
  return Math.ceil(partsTokens(parts, ROUGH));
}

function requestTokens(
  { messages, tools, serverTools, outputFormat }: Conversation,
  measure: Measure,
): number {
  let tokens = 0;
  for (const { parts } of messages) tokens += PER_MESSAGE + partsTokens(parts, measure);
  for (const tool of tools) tokens += PER_TOOL + toolTokens(tool, measure);
  for (const tool of serverTools) tokens += PER_TOOL + measure.json(tool.value);
  if (outputFormat?.type === "json_schema") tokens += measure.json(outputFormat.schema);
  return Math.ceil(tokens);
}

function toolTokens(tool: Tool, measure: Measure): number {
  const { description, parameters } = functionShape(tool);
  return measure.text(tool.name) + (description === undefined ? 0 : measure.text(description)) +
    (parameters === undefined ? 0 : measure.json(parameters));
}

function partsTokens(parts: readonly Part[], measure: Measure): number {
  let tokens = 0;
  for (const part of parts) tokens += partTokens(part, measure);
  return tokens;
}

function partTokens(part: Part, measure: Measure): number {
  switch (part.type) {
    case "text":
    case "refusal":
      return measure.text(part.text);
    case "tool_call":
      return PER_CALL + measure.text(part.name) + measure.text(functionArguments(part));
    case "tool_result":
      return PER_CALL + partsTokens(part.content, measure);
    case "reasoning": {
      let tokens = part.text === undefined ? 0 : measure.text(part.text);
      for (const summary of part.summary ?? []) tokens += measure.text(summary);
      const sealed = part.signature ?? part.redacted ?? part.encrypted ?? "";
      return Math.max(tokens, sealed.length / SEALED_CHARS_PER_TOKEN);
    }
    case "image":
      return PER_IMAGE;
    case "document":
      return documentTokens(part.source, measure);
    case "audio":
      return part.data.length / AUDIO_CHARS_PER_TOKEN;
    case "opaque": {
      const { media, mediaLength, sealedTokens } = packedIn([part.value]);
      return measure.json(part.value) + mediaTokens(media, mediaLength) + sealedTokens;
    }
  }
}

/** Tokens of media of a kind that is not known, in base64. */
export function mediaTokens(count: number, length: number): number {
  return count * PER_IMAGE + length / AUDIO_CHARS_PER_TOKEN;
}

function documentTokens(source: Extract<Part, { type: "document" }>["source"], measure: Measure): number {
  switch (source.kind) {
    case "text":
      return measure.text(source.text);
    case "data":
      return documentTokensOf(source.data.length);
    default:
      return LEAST_PER_DOCUMENT;
  }
}

/** Tokens of a document by the length of its base64. */
export function documentTokensOf(length: number): number {
  return Math.max(LEAST_PER_DOCUMENT, length / PDF_CHARS_PER_TOKEN);
}

/** Characters of a value's JSON without its media, counted without writing it. */
function size(value: Json): number {
  if (typeof value === "string") return (isPacked(value) ? 0 : value.length) + 2;
  if (typeof value !== "object" || value === null) return 4;
  let characters = 2;
  if (Array.isArray(value)) {
    for (const item of value) characters += size(item) + 1;
    return characters;
  }
  for (const key in value) characters += key.length + 4 + size(value[key]);
  return characters;
}
