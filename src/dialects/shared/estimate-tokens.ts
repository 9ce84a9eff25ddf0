/**
 * How many tokens a request or an answer has, where no provider says: for `count_tokens` exactly enough (within a
 * tenth of a modern tokenizer, see text-tokens.ts), and for the first event of a stream at hardly any cost.
 */
import { functionArguments, functionShape } from "./client-tools.ts";
import type { Conversation, Part, Reply, Tool } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { textTokens } from "./text-tokens.ts";

/** Characters of a token, on average over what agents send. */
export const CHARS_PER_TOKEN = 4;

/** What frames a message, a tool, a call: roles, separators, ids. */
const PER_MESSAGE = 4;
const PER_TOOL = 8;
const PER_CALL = 8;

/** Images and pages cost by their size, which the proxy does not measure: an image of a screen, a page of a PDF. */
const PER_IMAGE = 1500;
const BYTES_PER_PDF_TOKEN = 40;
const PER_FILE = 3000;
/** base64 characters a second of speech, and tokens of it. */
const AUDIO_CHARS_PER_TOKEN = 2000;

/** How a text and a JSON value are measured. */
interface Measure {
  text(text: string): number;
  json(value: Json): number;
}

const EXACT: Measure = { text: textTokens, json: (value) => textTokens(JSON.stringify(value) ?? "") };
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
      return tokens;
    }
    case "image":
      return PER_IMAGE;
    case "document":
      return documentTokens(part.source, measure);
    case "audio":
      return part.data.length / AUDIO_CHARS_PER_TOKEN;
    case "opaque":
      return measure.json(part.value);
  }
}

function documentTokens(source: Extract<Part, { type: "document" }>["source"], measure: Measure): number {
  switch (source.kind) {
    case "text":
      return measure.text(source.text);
    case "data":
      return source.data.length / BYTES_PER_PDF_TOKEN;
    default:
      return PER_FILE;
  }
}

/** Characters of a value's JSON, counted without writing it. */
function size(value: Json): number {
  if (typeof value === "string") return value.length + 2;
  if (typeof value !== "object" || value === null) return 4;
  let characters = 2;
  if (Array.isArray(value)) {
    for (const item of value) characters += size(item) + 1;
    return characters;
  }
  for (const key in value) characters += key.length + 4 + size(value[key]);
  return characters;
}
