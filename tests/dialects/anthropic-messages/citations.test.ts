import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeCitation,
  decodeCitations,
  encodeCitation,
} from "../../../src/dialects/anthropic-messages/citations.ts";

test("a citation of each kind keeps what every dialect knows, and the whole of it as it came", () => {
  // https://platform.claude.com/docs/en/build-with-claude/citations#response-structure
  const page = {
    type: "page_location",
    cited_text: "Grüße",
    document_index: 0,
    document_title: "Brief",
    start_page_number: 1,
    end_page_number: 2,
  };
  const raw = (value: unknown) => ({ dialect: "anthropic-messages" as const, value });
  assert.deepEqual(decodeCitation(page), { title: "Brief", citedText: "Grüße", raw: raw(page) });
  const search = {
    type: "web_search_result_location",
    url: "https://a",
    title: null,
    cited_text: "x",
    encrypted_index: "E",
  };
  assert.deepEqual(decodeCitation(search), { url: "https://a", citedText: "x", raw: raw(search) });
  assert.deepEqual(encodeCitation(decodeCitation(search)!), search);
});

test("another dialect's citation takes the form of a web search's, which alone has a URL", () => {
  assert.deepEqual(encodeCitation({ url: "https://a", title: "日本", citedText: "x", start: 1, end: 2 }), {
    type: "web_search_result_location",
    url: "https://a",
    title: "日本",
    cited_text: "x",
    encrypted_index: "",
  });
  assert.deepEqual(encodeCitation({ url: "https://a" }), {
    type: "web_search_result_location",
    url: "https://a",
    title: null,
    cited_text: "",
    encrypted_index: "",
  });
  const file = { raw: { dialect: "openai-responses" as const, value: { type: "file_citation" } } };
  for (const formless of [{}, { citedText: "x" }, file]) assert.equal(encodeCitation(formless), undefined);
});

test("lists of odd shapes have no citations, and a block without any has no field", () => {
  for (const odd of [undefined, null, "x", {}, [], [null, 7, "x"]]) {
    assert.deepEqual(decodeCitations(odd), {});
  }
  assert.equal(decodeCitations([{}, null]).citations?.length, 1);
});
