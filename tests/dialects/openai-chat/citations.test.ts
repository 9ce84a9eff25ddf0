import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeCitation,
  decodeCitations,
  encodeCitation,
} from "../../../src/dialects/openai-chat/citations.ts";
import { openAiChat } from "../../../src/dialects/openai-chat/index.ts";
import { replyToEvents } from "../../../src/dialects/shared/reply-events.ts";
import type { Reply } from "../../../src/model/conversation.ts";
import { ASKED, chunks, encode, TEXT } from "./client.ts";

test("a citation without offsets spans the text that it belongs to", () => {
  const reply: Reply = {
    ...TEXT,
    parts: [{ type: "text", text: "It rains: " }, {
      type: "text",
      text: "rain.",
      citations: [{ url: "https://a", title: "A", citedText: "x" }],
    }],
  };
  const span = {
    type: "url_citation",
    url_citation: { url: "https://a", title: "A", start_index: 10, end_index: 15 },
  };
  assert.deepEqual(openAiChat.reply.encode(reply, ASKED).choices[0].message.annotations, [span]);
  assert.deepEqual(
    chunks(encode(replyToEvents(reply))).flatMap((chunk) => chunk.choices?.[0]?.delta?.annotations ?? []),
    [span],
  );
});

test("an annotation is read with OpenRouter's text, and without offsets that say nothing", () => {
  // https://openrouter.ai/docs/features/web-search#parsing-web-search-results
  const wire = { url: "https://a", title: "Ä", content: "cited", start_index: 3, end_index: 9 };
  assert.deepEqual(decodeCitation({ type: "url_citation", url_citation: wire }), {
    url: "https://a",
    title: "Ä",
    citedText: "cited",
    start: 3,
    end: 9,
  });
  for (const offsets of [{ start_index: 0, end_index: 0 }, { start_index: 3 }, { end_index: "9" }]) {
    assert.deepEqual(decodeCitation({ url_citation: { url: "https://a", ...offsets } }), {
      url: "https://a",
    });
  }
});

test("an annotation of another kind comes back as it came, and only to this dialect", () => {
  const file = { type: "file_citation", file_citation: { file_id: "f" } };
  const citation = decodeCitation(file)!;
  assert.deepEqual(encodeCitation(citation, 0, 5), file);
  const other = { raw: { dialect: "openai-responses" as const, value: file } };
  assert.equal(encodeCitation(other, 0, 5), undefined);
});

test("offsets of a later text are counted from the content's beginning", () => {
  const { url_citation } = encodeCitation({ url: "https://a", start: 2, end: 4 }, 10, 20)!;
  assert.deepEqual([url_citation.start_index, url_citation.end_index, url_citation.title], [
    12,
    14,
    "https://a",
  ]);
});

test("lists of any shape are read", () => {
  for (const odd of [undefined, null, "x", {}, [null, 7, "x"]]) assert.deepEqual(decodeCitations(odd), []);
});
