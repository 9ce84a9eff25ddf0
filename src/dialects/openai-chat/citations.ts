/** `annotations` of a Chat answer (`url_citation`) ⇄ citations. Offsets count UTF-16 units of the whole content. */
import type { OpenAI } from "openai";
import type { Citation } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";

type Annotation = OpenAI.Chat.ChatCompletionMessage.Annotation;

/** One annotation. Anything but a URL citation is kept as it came. */
export function decodeCitation(annotation: Json): Citation | undefined {
  if (typeof annotation !== "object" || annotation === null) return undefined;
  const cited = annotation.url_citation;
  if (typeof cited?.url !== "string") {
    return { raw: { dialect: "openai-chat", value: annotation } };
  }
  const citation: { -readonly [key in keyof Citation]: Citation[key] } = { url: cited.url };
  if (typeof cited.title === "string") citation.title = cited.title;
  if (typeof cited.content === "string") citation.citedText = cited.content; // OpenRouter
  if (typeof cited.start_index === "number" && typeof cited.end_index === "number" && cited.end_index > 0) {
    citation.start = cited.start_index;
    citation.end = cited.end_index;
  }
  return citation;
}

/** Every readable annotation of a list. */
export function decodeCitations(annotations: Json): Citation[] {
  if (!Array.isArray(annotations)) return [];
  return annotations.map(decodeCitation).filter((citation) => citation !== undefined);
}

/**
 * A citation for a Chat client; undefined where it has no form there. `from` and `to` bound the text that the
 * citation belongs to, for citations without their own offsets.
 */
export function encodeCitation(citation: Citation, from: number, to: number): Annotation | undefined {
  if (citation.raw?.dialect === "openai-chat") return citation.raw.value;
  if (citation.url === undefined) return undefined;
  return {
    type: "url_citation",
    url_citation: {
      url: citation.url,
      title: citation.title ?? citation.url,
      start_index: citation.start === undefined ? from : from + citation.start,
      end_index: citation.end === undefined ? to : from + citation.end,
    },
  };
}
