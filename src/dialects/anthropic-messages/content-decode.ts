/** Content blocks as parts. @see https://platform.claude.com/docs/en/api/messages#body-messages */
import type {
  DocumentPart,
  ImagePart,
  MediaSource,
  Part,
  TextPart,
  ToolResultPart,
} from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { isRecord, listOf, stringOf } from "../../json/shape.ts";
import { decodeCache } from "./cache.ts";
import { decodeCitations } from "./citations.ts";
import { decodeThinking } from "./thinking-blocks.ts";

/** A message's content: a string, or a list of blocks. What has no neutral form is kept as it came. */
export function decodeContent(content: Json): Part[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  const parts: Part[] = [];
  for (const block of listOf(content)) if (isRecord(block)) parts.push(decodeBlock(block));
  return parts;
}

/** The readers, by the block's type. */
const READERS: Readonly<Record<string, (block: Json) => Part | undefined>> = {
  text: decodeText,
  image: decodeImage,
  document: decodeDocument,
  search_result: decodeSearchResult,
  thinking: decodeThinking,
  redacted_thinking: (block) => ({ type: "reasoning", redacted: String(block.data ?? "") }),
  tool_use: (block) => ({
    type: "tool_call",
    id: String(block.id ?? ""),
    name: String(block.name ?? ""),
    kind: "function",
    arguments: JSON.stringify(block.input ?? {}),
    ...decodeCache(block),
  }),
  tool_result: decodeToolResult,
};

function decodeBlock(block: Record<string, Json>): Part {
  const read = Object.hasOwn(READERS, block.type) ? READERS[block.type]!(block) : undefined;
  return read ?? {
    type: "opaque",
    dialect: "anthropic-messages",
    name: String(block.type ?? "block"),
    value: block,
  };
}

function decodeText(block: Json): TextPart {
  return {
    type: "text",
    text: String(block.text ?? ""),
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
      return { kind: "data", mediaType: String(source.media_type ?? ""), data: String(source.data ?? "") };
    case "url":
      return { kind: "url", url: String(source.url ?? "") };
    case "file":
      return { kind: "file", id: String(source.file_id ?? "") };
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
  if (source?.type === "text") return { kind: "text", text: String(source.data ?? "") };
  if (source?.type !== "content") return undefined;
  const texts = typeof source.content === "string" ? [source.content] : textsOf(source.content);
  // Content with images has no text form: the document stays as it came.
  if (Array.isArray(source.content) && texts.length < source.content.length) return undefined;
  return { kind: "text", text: texts.join("\n") };
}

function textsOf(blocks: Json): string[] {
  return listOf(blocks).filter((block) => block?.type === "text").map((block) => String(block.text ?? ""));
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
    id: String(block.tool_use_id ?? ""),
    kind: "function",
    content: plain ? content : content.map(inPlainWords).filter((part) => part !== undefined),
    ...(!plain && { native: { dialect: "anthropic-messages" as const, value: block.content } }),
    ...(block.is_error === true && { isError: true }),
    ...decodeCache(block),
  };
}

function isResultContent(part: Part): part is TextPart | ImagePart | DocumentPart {
  return part.type === "text" || part.type === "image" || part.type === "document";
}

/** What a model of another kind can be told of a block that only Anthropic knows. */
function inPlainWords(part: Part): TextPart | ImagePart | DocumentPart | undefined {
  if (isResultContent(part)) return part;
  // A tool search of the client's names the tools it found; they are in the tool list already.
  if (part.type !== "opaque" || part.name !== "tool_reference") return undefined;
  return { type: "text", text: `The tool ${part.value.tool_name} is available now.` };
}
