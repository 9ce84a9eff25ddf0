/** Parts of a message as the content of a Chat message, and what a provider's kind of content cannot hold. */
import type { OpenAI } from "openai";
import type { CacheMark, DocumentPart, MediaSource, Part } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";

type WirePart = OpenAI.Chat.ChatCompletionContentPart;

/** What the provider takes; `lost` is told what is left out. */
export interface ContentRules {
  readonly cacheMarks: boolean;
  readonly files: boolean;
  /** Web addresses as `file_data` (OpenRouter). */
  readonly fileUrls: boolean;
  readonly lost: (name: string) => void;
}

/** Between texts that become one. */
const GAP = "\n\n";

/**
 * The content of a system, developer or user message: plain text where it is nothing but text, since many providers
 * take nothing else there; a list where there are images or cache marks. Undefined where nothing is left.
 */
export function writeContent(parts: readonly Part[], rules: ContentRules): string | WirePart[] | undefined {
  const list: WirePart[] = [];
  let plain = true;
  for (const part of parts) {
    const written = writePart(part, rules);
    if (written === undefined) continue;
    list.push(written);
    if (written.type !== "text" || "cache_control" in written) plain = false;
  }
  if (list.length === 0) return undefined;
  return plain ? list.map((part) => part.type === "text" ? part.text : "").join(GAP) : list;
}

function writePart(part: Part, rules: ContentRules): WirePart | undefined {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text, ...mark(part.cache, rules) };
    case "refusal":
      return { type: "text", text: part.text };
    case "image": {
      if (part.source.kind === "file") {
        rules.lost("images");
        return undefined;
      }
      const detail = part.detail as "auto" | undefined;
      const image_url = { url: urlOf(part.source), ...(detail === undefined ? {} : { detail }) };
      return { type: "image_url", image_url, ...mark(part.cache, rules) };
    }
    case "document":
      return writeDocument(part, rules);
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

/** A document as text where it is text, else as a file. */
function writeDocument(part: DocumentPart, rules: ContentRules): WirePart | undefined {
  const { source, title } = part;
  if (source.kind === "text") {
    const text = title === undefined ? source.text : `${title}${GAP}${source.text}`;
    return { type: "text", text, ...mark(part.cache, rules) };
  }
  if (!rules.files || (source.kind === "url" && !rules.fileUrls)) {
    rules.lost("documents");
    return undefined;
  }
  if (source.kind === "file") {
    return { type: "file", file: { file_id: source.id }, ...mark(part.cache, rules) };
  }
  const filename = title ?? (source.mediaType === "application/pdf" ? "document.pdf" : "document");
  return { type: "file", file: { filename, file_data: urlOf(source) }, ...mark(part.cache, rules) };
}

function urlOf(source: Exclude<MediaSource, { kind: "file" }>): string {
  return source.kind === "url" ? source.url : `data:${source.mediaType};base64,${source.data}`;
}

/** A cache mark as Anthropic has it, where the provider takes it. */
export function mark(cache: CacheMark | undefined, rules: ContentRules): { cache_control?: Json } {
  if (cache === undefined) return {};
  if (!rules.cacheMarks) {
    rules.lost("cache_control");
    return {};
  }
  return { cache_control: { type: "ephemeral", ...(cache.ttl === undefined ? {} : { ttl: cache.ttl }) } };
}
