/**
 * `annotations` of an output text (https://platform.openai.com/docs/api-reference/responses/object) ⇄ citations.
 * URL citations have the common form; the other kinds are kept as they came.
 */
import type { ResponseOutputText } from "openai/resources/responses/responses";
import { isRecord, listOf } from "../../json/shape.ts";
import type { Citation } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";

export type Annotation = ResponseOutputText["annotations"][number];

/** One annotation. */
export function decodeCitation(annotation: Json): Citation | undefined {
  if (!isRecord(annotation)) return undefined;
  if (annotation.type !== "url_citation" || typeof annotation.url !== "string") {
    return { raw: { dialect: "openai-responses", value: annotation } };
  }
  const citation: { -readonly [key in keyof Citation]: Citation[key] } = { url: annotation.url };
  if (typeof annotation.title === "string") citation.title = annotation.title;
  if (typeof annotation.start_index === "number") citation.start = annotation.start_index;
  if (typeof annotation.end_index === "number") citation.end = annotation.end_index;
  return citation;
}

export function decodeCitations(annotations: Json): Citation[] {
  return listOf(annotations).map(decodeCitation).filter((citation) => citation !== undefined);
}

/**
 * A citation for a client of this dialect; undefined where it has no form here.
 * @param textLength UTF-16 units of the text it belongs to: a citation without offsets covers all of it.
 */
export function encodeCitation(citation: Citation, textLength: number): Annotation | undefined {
  if (citation.raw?.dialect === "openai-responses") return citation.raw.value;
  if (citation.url === undefined) return undefined;
  return {
    type: "url_citation",
    url: citation.url,
    title: citation.title ?? citation.url,
    start_index: citation.start ?? 0,
    end_index: citation.end ?? textLength,
  };
}

export function encodeCitations(
  citations: readonly Citation[] | undefined,
  textLength: number,
): Annotation[] {
  return (citations ?? []).map((citation) => encodeCitation(citation, textLength))
    .filter((annotation) => annotation !== undefined);
}
