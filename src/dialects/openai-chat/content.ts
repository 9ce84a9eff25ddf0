/** The content of a Chat message (https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages) ⇄ parts. */
import { Buffer } from "node:buffer";
import type { OpenAI } from "openai";
import { isRecord, listOf, stringOf, textOf } from "../../json/shape.ts";
import type { CacheMark, DocumentPart, ImagePart, MediaSource, Part } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";
import { GAP } from "../shared/blocks.ts";
import { dataUrl, decodeBreakpoint, urlSource } from "../shared/openai.ts";

type Fields = Record<string, Json>;

/** A message's `content`: text, or a list of parts. Empty text is dropped: other dialects refuse it. */
export function decodeContent(content: Json): Part[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  return listOf(content).flatMap((part) => isRecord(part) ? decodePart(part) : []);
}

function decodePart(part: Fields): Part[] {
  switch (part.type) {
    case "text":
    case "input_text":
    case "output_text":
      return typeof part.text === "string" && part.text !== ""
        ? [{ type: "text", text: part.text, ...decodeCache(part) }]
        : [];
    case "image_url":
    case "input_image":
      return present(decodeImage(part));
    case "file":
    case "input_file":
      return present(decodeFile(isRecord(part.file) ? part.file : part, part));
    case "input_audio": {
      const audio = part.input_audio;
      return isRecord(audio) && typeof audio.data === "string"
        ? [{ type: "audio", data: audio.data, format: stringOf(audio.format) ?? "wav" }]
        : [];
    }
    case "refusal":
      return typeof part.refusal === "string" ? [{ type: "refusal", text: part.refusal }] : [];
    case "thinking": { // Mistral
      const text = listOf(part.thinking).map((thought) => textOf(thought?.text)).join("");
      return text === "" ? [] : [{ type: "reasoning", text }];
    }
    default:
      return [{ type: "opaque", dialect: "openai-chat", name: stringOf(part.type) ?? "part", value: part }];
  }
}

function present<T>(part: T | undefined): T[] {
  return part === undefined ? [] : [part];
}

function decodeImage(part: Fields): ImagePart | undefined {
  const image = isRecord(part.image_url) ? part.image_url : { url: part.image_url, detail: part.detail };
  if (typeof image.url !== "string" || image.url === "") return undefined;
  const detail = stringOf(image.detail);
  return {
    type: "image",
    source: urlSource(image.url),
    ...(detail === undefined ? {} : { detail }),
    ...decodeCache(part),
  };
}

function decodeFile(file: Fields, part: Fields): DocumentPart | undefined {
  const data = stringOf(file.file_data);
  const id = stringOf(file.file_id);
  if (data === undefined && id === undefined) return undefined;
  const title = stringOf(file.filename);
  return {
    type: "document",
    source: data === undefined ? { kind: "file", id: id! } : fileSource(data),
    ...(title === undefined ? {} : { title }),
    ...decodeCache(part),
  };
}

/** A data URL; OpenRouter takes web addresses too, and some clients send the base64 alone. */
function fileSource(data: string): MediaSource {
  if (/^(?:data|https?):/i.test(data.slice(0, 8))) return urlSource(data);
  return { kind: "data", mediaType: "application/pdf", data };
}

/** Anthropic's `cache_control`, which OpenRouter and others take here; and OpenAI's own breakpoints. */
export function decodeCache(part: Fields): { readonly cache?: CacheMark } {
  if (isRecord(part.cache_control)) {
    const { ttl } = part.cache_control;
    return { cache: ttl === "5m" || ttl === "1h" ? { ttl } : {} };
  }
  return decodeBreakpoint(part);
}

// Parts of a message as the content of a Chat message, and what a provider's kind of content cannot hold.

type WirePart = OpenAI.Chat.ChatCompletionContentPart;

/** What the provider takes; `lost` receives the name of each dropped field. */
export interface ContentRules {
  readonly cacheMarks: boolean;
  readonly files: boolean;
  /** Web addresses as `file_data` (OpenRouter). */
  readonly fileUrls: boolean;
  readonly lost: (name: string) => void;
}

/**
 * The content of a system, developer or user message: plain text where it is nothing but text, since many providers
 * take nothing else there; a list where there are images or cache marks. Undefined where nothing is left.
 */
export function encodeContent(parts: readonly Part[], rules: ContentRules): string | WirePart[] | undefined {
  const list: WirePart[] = [];
  let plain = true;
  for (const part of parts) {
    const written = encodePart(part, rules);
    if (written === undefined) continue;
    list.push(written);
    if (written.type !== "text" || "cache_control" in written) plain = false;
  }
  if (list.length === 0) return undefined;
  return plain ? list.map((part) => part.type === "text" ? part.text : "").join(GAP) : list;
}

function encodePart(part: Part, rules: ContentRules): WirePart | undefined {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text, ...encodeCache(part.cache, rules) };
    case "refusal":
      return { type: "text", text: part.text };
    case "image": {
      if (part.source.kind === "file") {
        rules.lost("images");
        return undefined;
      }
      const detail = part.detail as "auto" | undefined;
      const image_url = { url: urlOf(part.source), ...(detail === undefined ? {} : { detail }) };
      return { type: "image_url", image_url, ...encodeCache(part.cache, rules) };
    }
    case "document":
      return encodeDocument(part, rules);
    case "audio":
      return { type: "input_audio", input_audio: { data: part.data, format: part.format as "wav" } };
    case "opaque":
      if (part.dialect === "openai-chat") return part.value;
      rules.lost(part.name);
      return undefined;
    case "reasoning":
      rules.lost("earlier_reasoning");
      return undefined;
    default:
      return undefined; // calls and results have messages of their own
  }
}

/** A document of text, in words. `data`: base64. */
export function wordsOf(data: string, title: string | undefined): string {
  const words = Buffer.from(data, "base64").toString("utf8");
  return title === undefined ? words : `${title}${GAP}${words}`;
}

/** A document as text where it is text, else as a file. */
function encodeDocument(part: DocumentPart, rules: ContentRules): WirePart | undefined {
  const { source, title } = part;
  if (source.kind === "text") {
    const text = title === undefined ? source.text : `${title}${GAP}${source.text}`;
    return { type: "text", text, ...encodeCache(part.cache, rules) };
  }
  if (!rules.files && source.kind === "data" && source.mediaType.startsWith("text/")) {
    return { type: "text", text: wordsOf(source.data, title), ...encodeCache(part.cache, rules) };
  }
  if (!rules.files || (source.kind === "url" && !rules.fileUrls)) {
    rules.lost("documents");
    return undefined;
  }
  if (source.kind === "file") {
    return { type: "file", file: { file_id: source.id }, ...encodeCache(part.cache, rules) };
  }
  const filename = title ?? (source.mediaType === "application/pdf" ? "document.pdf" : "document");
  return { type: "file", file: { filename, file_data: urlOf(source) }, ...encodeCache(part.cache, rules) };
}

function urlOf(source: Exclude<MediaSource, { kind: "file" }>): string {
  return source.kind === "url" ? source.url : dataUrl(source.mediaType, source.data);
}

/** A cache mark as Anthropic has it, where the provider takes it. */
export function encodeCache(cache: CacheMark | undefined, rules: ContentRules): { cache_control?: Json } {
  if (cache === undefined) return {};
  if (!rules.cacheMarks) {
    rules.lost("cache_control");
    return {};
  }
  return { cache_control: { type: "ephemeral", ...(cache.ttl === undefined ? {} : { ttl: cache.ttl }) } };
}
