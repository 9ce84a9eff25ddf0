/** The content of a Chat message (https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages) as parts. */
import type { CacheMark, DocumentPart, ImagePart, MediaSource, Part } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { isRecord, listOf, stringOf } from "../../json/shape.ts";

type Fields = Record<string, Json>;

/** A message's `content`: text, or a list of parts. Empty text is left out: other dialects refuse it. */
export function readContent(content: Json): Part[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  return listOf(content).flatMap((part) => isRecord(part) ? readPart(part) : []);
}

function readPart(part: Fields): Part[] {
  switch (part.type) {
    case "text":
    case "input_text":
    case "output_text":
      return typeof part.text === "string" && part.text !== ""
        ? [{ type: "text", text: part.text, ...cacheOf(part) }]
        : [];
    case "image_url":
    case "input_image":
      return present(readImage(part));
    case "file":
    case "input_file":
      return present(readFile(isRecord(part.file) ? part.file : part, part));
    case "input_audio": {
      const audio = part.input_audio;
      return isRecord(audio) && typeof audio.data === "string"
        ? [{ type: "audio", data: audio.data, format: stringOf(audio.format) ?? "wav" }]
        : [];
    }
    case "refusal":
      return typeof part.refusal === "string" ? [{ type: "refusal", text: part.refusal }] : [];
    case "thinking": { // Mistral
      const text = listOf(part.thinking).map((thought) => thought?.text ?? "").join("");
      return text === "" ? [] : [{ type: "reasoning", text }];
    }
    default:
      return [{ type: "opaque", dialect: "openai-chat", name: stringOf(part.type) ?? "part", value: part }];
  }
}

function present<T>(part: T | undefined): T[] {
  return part === undefined ? [] : [part];
}

function readImage(part: Fields): ImagePart | undefined {
  const image = isRecord(part.image_url) ? part.image_url : { url: part.image_url, detail: part.detail };
  if (typeof image.url !== "string" || image.url === "") return undefined;
  const detail = stringOf(image.detail);
  return {
    type: "image",
    source: urlSource(image.url),
    ...(detail === undefined ? {} : { detail }),
    ...cacheOf(part),
  };
}

function readFile(file: Fields, part: Fields): DocumentPart | undefined {
  const data = stringOf(file.file_data);
  const id = stringOf(file.file_id);
  if (data === undefined && id === undefined) return undefined;
  const title = stringOf(file.filename);
  return {
    type: "document",
    source: data === undefined ? { kind: "file", id: id! } : fileSource(data),
    ...(title === undefined ? {} : { title }),
    ...cacheOf(part),
  };
}

/** A data URL; OpenRouter takes web addresses too, and some clients send the base64 alone. */
function fileSource(data: string): MediaSource {
  if (/^(?:data|https?):/i.test(data.slice(0, 8))) return urlSource(data);
  return { kind: "data", mediaType: "application/pdf", data };
}

const DATA_URL = /^data:([^;,]*)(?:;[^;,]*)*;base64,/i;

function urlSource(url: string): MediaSource {
  const head = url.startsWith("data:") ? DATA_URL.exec(url) : null;
  if (head === null) return { kind: "url", url };
  return { kind: "data", mediaType: head[1] || "application/octet-stream", data: url.slice(head[0].length) };
}

/** Anthropic's `cache_control`, which OpenRouter and others take here; and OpenAI's own breakpoints. */
export function cacheOf(part: Fields): { readonly cache?: CacheMark } {
  if (isRecord(part.cache_control)) {
    const { ttl } = part.cache_control;
    return { cache: ttl === "5m" || ttl === "1h" ? { ttl } : {} };
  }
  if (!isRecord(part.prompt_cache_breakpoint)) return {};
  return { cache: part.prompt_cache_breakpoint.ttl === "12h" ? { ttl: "1h" } : {} };
}
