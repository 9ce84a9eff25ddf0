/** Citations. @see https://platform.claude.com/docs/en/build-with-claude/citations */
import { isRecord, listOf, stringOf } from "../../json/shape.ts";
import type { Citation } from "../../model/conversation.ts";
import type { Json } from "../../model/json.ts";

/** One citation: what every dialect knows of it, and the whole of it as it came. */
export function decodeCitation(wire: Json): Citation | undefined {
  if (!isRecord(wire)) return undefined;
  const url = stringOf(wire.url);
  const title = stringOf(wire.title) ?? stringOf(wire.document_title);
  const citedText = stringOf(wire.cited_text);
  return {
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(citedText !== undefined && { citedText }),
    raw: { dialect: "anthropic-messages", value: wire },
  };
}

/** A block's citations, as a field to spread into a text part; empty where it has none. */
export function decodeCitations(list: Json): { readonly citations?: readonly Citation[] } {
  const citations = listOf(list).map(decodeCitation).filter((citation) => citation !== undefined);
  return citations.length === 0 ? {} : { citations };
}

/**
 * A citation for a client. One of another dialect's takes the form of a web search's, which alone has a URL;
 * undefined: it has no form here.
 */
export function encodeCitation(citation: Citation): Json | undefined {
  if (citation.raw?.dialect === "anthropic-messages") return citation.raw.value;
  if (citation.url === undefined) return undefined;
  return {
    type: "web_search_result_location",
    url: citation.url,
    title: citation.title ?? null,
    cited_text: citation.citedText ?? "",
    encrypted_index: "",
  };
}
