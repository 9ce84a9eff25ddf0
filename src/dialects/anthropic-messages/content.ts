/** Content blocks ⇄ parts, and their cache marks. @see https://platform.claude.com/docs/en/api/messages#body-messages */
import { Buffer } from "node:buffer";
import { isRecord, listOf, own, stringOf, textOf } from "../../json/shape.ts";
import type {
  CacheMark,
  DocumentPart,
  ImagePart,
  MediaSource,
  Part,
  ReasoningPart,
  TextPart,
  ToolResultPart,
} from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import type { DialectName } from "../../model/request-facts.ts";
import type { ToolNames } from "../shared/tool-names.ts";
import { decodeCitations } from "./citations.ts";
import { decodeThinking } from "./reasoning.ts";

/** Whether a block of the system prompt is what Claude Code says there for Anthropic's billing. */
export function isBilling(block: Json): boolean {
  return typeof block?.text === "string" && block.text.startsWith("x-anthropic-billing-header:");
}

/** A message's content: a string, or a list of blocks. What has no neutral form is kept as it came. */
export function decodeContent(content: Json): Part[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  const parts: Part[] = [];
  for (const block of listOf(content)) if (isRecord(block)) parts.push(decodeBlock(block));
  return parts;
}

/** The decoders, by the block's type. */
const DECODERS: Readonly<Record<string, (block: Json) => Part | undefined>> = {
  text: decodeText,
  image: decodeImage,
  document: decodeDocument,
  search_result: decodeSearchResult,
  thinking: decodeThinking,
  redacted_thinking: decodeThinking,
  tool_use: (block) => ({
    type: "tool_call",
    id: textOf(block.id),
    name: textOf(block.name),
    kind: "function",
    arguments: JSON.stringify(block.input ?? {}),
    ...decodeCache(block),
  }),
  tool_result: decodeToolResult,
};

function decodeBlock(block: Record<string, Json>): Part {
  const read = own(DECODERS, block.type)?.(block);
  return read ?? {
    type: "opaque",
    dialect: "anthropic-messages",
    name: textOf(block.type ?? "block"),
    value: block,
  };
}

function decodeText(block: Json): TextPart {
  return {
    type: "text",
    text: textOf(block.text),
    ...decodeCitations(block.citations),
    ...decodeCache(block),
  };
}

function decodeImage(block: Json): ImagePart | undefined {
  const source = decodeSource(block.source);
  return source === undefined ? undefined : { type: "image", source, ...decodeCache(block) };
}

function decodeSource(source: Json): MediaSource | undefined {
  switch (source?.type) {
    case "base64":
      return { kind: "data", mediaType: textOf(source.media_type), data: textOf(source.data) };
    case "url":
      return { kind: "url", url: textOf(source.url) };
    case "file":
      return { kind: "file", id: textOf(source.file_id) };
    default:
      return undefined;
  }
}

function decodeDocument(block: Json): DocumentPart | undefined {
  const source = decodeSource(block.source) ?? textSource(block.source);
  if (source === undefined) return undefined;
  const title = stringOf(block.title);
  return { type: "document", source, ...(title !== undefined && { title }), ...decodeCache(block) };
}

function textSource(source: Json): DocumentPart["source"] | undefined {
  if (source?.type === "text") return { kind: "text", text: textOf(source.data) };
  if (source?.type !== "content") return undefined;
  const texts = typeof source.content === "string" ? [source.content] : textsOf(source.content);
  // Content with images has no text form: the document stays as it came.
  if (Array.isArray(source.content) && texts.length < source.content.length) return undefined;
  return { kind: "text", text: texts.join("\n") };
}

function textsOf(blocks: Json): string[] {
  return listOf(blocks).filter((block) => block?.type === "text").map((block) => textOf(block.text));
}

/** A search result of the client's own is a document with its source in the title. */
function decodeSearchResult(block: Json): DocumentPart {
  const title = [block.title, block.source].filter((text) => typeof text === "string" && text !== "").join(
    " – ",
  );
  return {
    type: "document",
    source: { kind: "text", text: textsOf(block.content).join("\n") },
    ...(title !== "" && { title }),
    ...decodeCache(block),
  };
}

function decodeToolResult(block: Json): ToolResultPart {
  const content = decodeContent(block.content);
  const plain = content.every(isResultContent);
  return {
    type: "tool_result",
    id: textOf(block.tool_use_id),
    kind: "function",
    content: plain ? content : content.map(plainPart).filter((part) => part !== undefined),
    ...(!plain && { native: { dialect: "anthropic-messages" as const, value: block.content } }),
    ...(block.is_error === true && { isError: true }),
    ...decodeCache(block),
  };
}

function isResultContent(part: Part): part is TextPart | ImagePart | DocumentPart {
  return part.type === "text" || part.type === "image" || part.type === "document";
}

/** The words for a model of another kind, for a block that only Anthropic knows. */
function plainPart(part: Part): TextPart | ImagePart | DocumentPart | undefined {
  if (isResultContent(part)) return part;
  if (part.type !== "opaque" || part.name !== "tool_reference") return undefined;
  return { type: "text", text: toolFound(part.value) };
}

/** A tool search of the client's names the tools it found; they are in the tool list already. */
const toolFound = ({ tool_name: name }: Json): string => `The tool ${textOf(name)} is available now.`;

/** A block as text for a Messages endpoint that does not read it (https://api-docs.deepseek.com/guides/anthropic_api). */
export function inPlainWords(block: Json): Json {
  switch (block?.type) {
    case "tool_reference":
      return textBlock(toolFound(block));
    case "search_result":
    case "document": {
      const part = own(DECODERS, block.type)!(block);
      if (part?.type !== "document" || part.source.kind !== "text") return block;
      return textBlock([part.title, part.source.text].filter(Boolean).join("\n\n"));
    }
    default:
      return block;
  }
}

// Parts as content blocks for a provider. @see https://platform.claude.com/docs/en/api/messages#body-messages

export type Block = Record<string, Json>;

/** What the encoder of a request's blocks needs to know. */
export interface BlockRules {
  /** The dialect that the request came in. */
  readonly from: DialectName;
  readonly names: ToolNames;
  readonly marks: CacheMarks;
  /** The block for earlier thinking; undefined where the provider does not take it. */
  readonly thinking: (part: ReasoningPart) => Block | undefined;
  /** Receives the name of each dropped field. */
  readonly lost: (field: string) => void;
}

/** @see https://platform.claude.com/docs/en/build-with-claude/vision#faq */
export const IMAGE_TYPES: ReadonlySet<string> = new Set([
  "image/jpeg",
  "image/png",
  "image/gif",
  "image/webp",
]);

const PDF = "application/pdf";

/** Documents that are text, whatever their type says. */
const TEXT_TYPE = /^text\/|^application\/(?:json|xml|yaml|x-yaml|toml|javascript|x-ndjson)\b|\+(?:json|xml)$/;

const NOT_BLANK = /\S/;

/** One part as a block; undefined where it is dropped. Tool results have their own function. */
export function encodePart(part: Part, rules: BlockRules): Block | undefined {
  switch (part.type) {
    case "text":
      // Blank text blocks are refused.
      return NOT_BLANK.test(part.text) ? rules.marks.mark(textBlock(part.text), part.cache) : undefined;
    case "refusal":
      return NOT_BLANK.test(part.text) ? textBlock(part.text) : undefined;
    case "image":
      return encodeImage(part, rules);
    case "document":
      return encodeDocument(part, rules);
    case "reasoning": {
      const block = rules.thinking(part);
      if (block === undefined) rules.lost("earlier_reasoning");
      return block;
    }
    case "audio":
      rules.lost("audio");
      return undefined;
    case "opaque":
      if (part.dialect === "anthropic-messages") return part.value;
      rules.lost(part.name);
      return undefined;
    case "tool_call":
    case "tool_result":
      return undefined; // calls and results are paired first
  }
}

export function textBlock(text: string): Block {
  return { type: "text", text };
}

function encodeImage(part: ImagePart, rules: BlockRules): Block | undefined {
  if (part.detail !== undefined && part.detail !== "auto") rules.lost("image_detail");
  const source = encodeImageSource(part.source, rules);
  if (source !== undefined) return rules.marks.mark({ type: "image", source }, part.cache);
  rules.lost("images");
  return undefined;
}

function encodeImageSource(source: MediaSource, { from }: BlockRules): Json | undefined {
  switch (source.kind) {
    case "data": {
      const type = source.mediaType === "image/jpg" ? "image/jpeg" : source.mediaType;
      return IMAGE_TYPES.has(type) ? { type: "base64", media_type: type, data: source.data } : undefined;
    }
    case "url":
      return /^https?:/i.test(source.url) ? { type: "url", url: source.url } : undefined;
    case "file":
      return from === "anthropic-messages" ? { type: "file", file_id: source.id } : undefined;
  }
}

function encodeDocument(part: DocumentPart, rules: BlockRules): Block | undefined {
  const source = encodeDocumentSource(part.source, rules);
  if (source === undefined) {
    rules.lost("documents");
    return undefined;
  }
  const block: Block = { type: "document", source };
  if (part.title !== undefined) block.title = part.title;
  return rules.marks.mark(block, part.cache);
}

function encodeDocumentSource(source: DocumentPart["source"], { from }: BlockRules): Json | undefined {
  switch (source.kind) {
    case "text":
      return NOT_BLANK.test(source.text) ? plainText(source.text) : undefined;
    case "data":
      if (source.mediaType === PDF) return { type: "base64", media_type: PDF, data: source.data };
      if (!TEXT_TYPE.test(source.mediaType)) return undefined;
      return plainText(Buffer.from(source.data, "base64").toString());
    case "url":
      return /^https?:/i.test(source.url) ? { type: "url", url: source.url } : undefined;
    case "file":
      return from === "anthropic-messages" ? { type: "file", file_id: source.id } : undefined;
  }
}

function plainText(data: string): Json {
  return { type: "text", media_type: "text/plain", data };
}

// Cache marks. @see https://platform.claude.com/docs/en/build-with-claude/prompt-caching

/** A block's mark, as a field to spread into a part; empty where the block has none. */
export function decodeCache(block: Json): { readonly cache?: CacheMark } {
  const mark = block?.cache_control;
  if (typeof mark !== "object" || mark === null) return {};
  return { cache: mark.ttl === "1h" || mark.ttl === "5m" ? { ttl: mark.ttl } : {} };
}

/** More marks in one request are refused. */
const MOST_MARKS = 4;

/** Writes marks as blocks are made, and removes the surplus at the end. */
export class CacheMarks {
  readonly #marked: Record<string, Json>[] = [];
  /** Marks that the client set; also counted where the provider takes none. */
  seen = 0;

  /** `allowed`: the provider takes marks. */
  constructor(readonly allowed: boolean) {}

  /** Marks a block as its part was marked. @returns the block */
  mark<T extends Record<string, Json>>(block: T, cache: CacheMark | undefined): T {
    if (cache === undefined) return block;
    this.seen++;
    if (this.allowed) this.#write(block, cache);
    return block;
  }

  /**
   * For clients of dialects with automatic caching: the end of what stays the same (tools and system prompt)
   * and the end of the conversation, where the next request continues.
   */
  markEnds(ends: readonly (Record<string, Json> | undefined)[]): void {
    if (!this.allowed || this.seen > 0) return;
    for (const block of ends) if (block !== undefined) this.#write(block, {});
  }

  /** Removes the first marks where there are too many: the later ones cover what they covered. */
  limit(): void {
    for (const block of this.#marked.slice(0, -MOST_MARKS)) delete block.cache_control;
  }

  #write(block: Record<string, Json>, cache: CacheMark): void {
    block.cache_control = cache.ttl === undefined
      ? { type: "ephemeral" }
      : { type: "ephemeral", ttl: cache.ttl };
    this.#marked.push(block);
  }
}
