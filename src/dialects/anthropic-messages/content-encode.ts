/** Parts as content blocks for a provider. @see https://platform.claude.com/docs/en/api/messages#body-messages */
import { Buffer } from "node:buffer";
import { functionArguments } from "../shared/client-tools.ts";
import type {
  DocumentPart,
  ImagePart,
  MediaSource,
  Part,
  ToolCallPart,
  ToolResultPart,
} from "../../model/conversation.ts";
import type { DialectName } from "../../model/request-facts.ts";
import type { Json } from "../../model/json.ts";
import type { ToolNames } from "../shared/tool-names.ts";
import type { CacheMarks } from "./cache.ts";
import { encodeSignedThinking } from "./thinking-blocks.ts";
import { parseInput } from "./tool-input.ts";

export type Block = Record<string, Json>;

/** What the encoder of a request's blocks needs to know. */
export interface BlockRules {
  /** The dialect that the request came in. */
  readonly from: DialectName;
  readonly names: ToolNames;
  readonly marks: CacheMarks;
  /** Is told what is left out. */
  readonly lost: (field: string) => void;
}

/** @see https://platform.claude.com/docs/en/build-with-claude/vision#faq */
const IMAGE_TYPES: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/gif", "image/webp"]);
const PDF = "application/pdf";
/** Documents that are text, whatever their type says. */
const TEXT_TYPE = /^text\/|^application\/(?:json|xml|yaml|x-yaml|toml|javascript|x-ndjson)\b|\+(?:json|xml)$/;
const NOT_BLANK = /\S/;

/** One part as a block; undefined where it is left out. Tool results have their own function. */
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
      const block = encodeSignedThinking(part);
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

/** A call, under an id that is legal and its own in the conversation. */
export function encodeCall(part: ToolCallPart, id: string, { names, marks }: BlockRules): Block {
  const input = parseInput(functionArguments(part));
  return marks.mark({ type: "tool_use", id, name: names.wire(part), input }, part.cache);
}

/** A call's result. */
export function encodeResult(part: ToolResultPart, id: string, rules: BlockRules): Block {
  const block: Block = { type: "tool_result", tool_use_id: id };
  const [only] = part.content;
  if (part.native?.dialect === "anthropic-messages") block.content = part.native.value;
  else if (part.content.length === 1 && only?.type === "text" && only.cache === undefined) {
    if (only.text !== "") block.content = only.text;
  } else {
    const content = part.content.map((inner) => encodePart(inner, rules)).filter((inner) =>
      inner !== undefined
    );
    if (content.length > 0) block.content = content;
  }
  if (part.isError === true) block.is_error = true;
  return rules.marks.mark(block, part.cache);
}
