/** The content of a message or of a tool's output, part by part: texts, images, files. */
import type {
  ResponseInputAudio,
  ResponseInputContent,
  ResponseOutputRefusal,
  ResponseOutputText,
} from "openai/resources/responses/responses";
import { isRecord, listOf, stringOf } from "../../json/shape.ts";
import type { DocumentPart, ImagePart, MediaSource, Part, TextPart } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { dataUrl, decodeBreakpoint, urlSource } from "../shared/openai.ts";
import { decodeCitations } from "./citations.ts";

export type WireInput = ResponseInputContent | ResponseInputAudio;

export type WireOutput = ResponseOutputText | ResponseOutputRefusal;

/** A string or a list of parts. Parts of an unknown type are dropped. */
export function decodeContent(content: Json, phase?: string): Part[] {
  if (typeof content === "string") {
    return content === ""
      ? []
      : [phase === undefined ? { type: "text", text: content } : { type: "text", text: content, phase }];
  }
  const parts: Part[] = [];
  for (const part of listOf(content)) {
    const read = isRecord(part) ? decodePart(part, phase) : undefined;
    if (read !== undefined) parts.push(read);
  }
  return parts;
}

function decodePart(part: Record<string, Json>, phase: string | undefined): Part | undefined {
  switch (part.type) {
    case "input_text":
    case "output_text":
    case "text":
      return decodeText(part, phase);
    case "refusal":
      return typeof part.refusal === "string" ? { type: "refusal", text: part.refusal } : undefined;
    case "input_image":
    case "computer_screenshot":
      return decodeImage(part);
    case "input_file":
      return decodeFile(part);
    case "input_audio":
      return isRecord(part.input_audio) && typeof part.input_audio.data === "string"
        ? { type: "audio", data: part.input_audio.data, format: stringOf(part.input_audio.format) ?? "wav" }
        : undefined;
    default:
      return undefined;
  }
}

function decodeText(part: Record<string, Json>, phase: string | undefined): TextPart | undefined {
  if (typeof part.text !== "string") return undefined;
  const citations = decodeCitations(part.annotations);
  return {
    type: "text",
    text: part.text,
    ...(citations.length > 0 ? { citations } : {}),
    ...decodeBreakpoint(part),
    ...(phase === undefined ? {} : { phase }),
  };
}

function decodeImage(part: Record<string, Json>): ImagePart | undefined {
  // Chat's form of the field is common enough in hand-written requests.
  const url = isRecord(part.image_url) ? part.image_url.url : part.image_url;
  const source = sourceOf(url, part.file_id);
  if (source === undefined) return undefined;
  const detail = stringOf(part.detail);
  return { type: "image", source, ...(detail === undefined ? {} : { detail }), ...decodeBreakpoint(part) };
}

function decodeFile(part: Record<string, Json>): DocumentPart | undefined {
  const source = dataSource(part.file_data) ?? sourceOf(part.file_url, part.file_id);
  if (source === undefined) return undefined;
  const title = stringOf(part.filename);
  return { type: "document", source, ...(title === undefined ? {} : { title }), ...decodeBreakpoint(part) };
}

/** `file_data` is a data URL; older clients send the base64 alone. */
function dataSource(data: Json): MediaSource | undefined {
  if (typeof data !== "string" || data === "") return undefined;
  return sourceOf(data.startsWith("data:") ? data : `data:application/pdf;base64,${data}`, undefined);
}

function sourceOf(url: Json, fileId: Json): MediaSource | undefined {
  if (typeof url === "string" && url !== "") return urlSource(url);
  return typeof fileId === "string" && fileId !== "" ? { kind: "file", id: fileId } : undefined;
}

/** A part of a user's, system's or developer's message, or of a tool's output; undefined where it has no form here. */
export function encodePart(part: Part): WireInput | undefined {
  switch (part.type) {
    case "text":
    case "refusal":
      return { type: "input_text", text: part.text };
    case "image":
      return {
        type: "input_image",
        ...imageFields(part.source),
        ...(part.detail === undefined ? {} : { detail: part.detail }),
      } as WireInput;
    case "document":
      return encodeDocument(part);
    default:
      return undefined;
  }
}

function imageFields(source: MediaSource): { image_url: string } | { file_id: string } {
  if (source.kind === "file") return { file_id: source.id };
  return { image_url: source.kind === "url" ? source.url : dataUrl(source.mediaType, source.data) };
}

function encodeDocument({ source, title }: DocumentPart): WireInput {
  switch (source.kind) {
    case "text":
      return { type: "input_text", text: title === undefined ? source.text : `${title}\n\n${source.text}` };
    case "url":
      return { type: "input_file", file_url: source.url };
    case "file":
      return { type: "input_file", file_id: source.id };
    case "data":
      return {
        type: "input_file",
        filename: title ?? `document.${source.mediaType === "application/pdf" ? "pdf" : "txt"}`,
        file_data: dataUrl(source.mediaType, source.data),
      };
  }
}
