import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeCitation,
  decodeCitations,
  encodeCitation,
  encodeCitations,
} from "../../../src/dialects/openai-responses/citations.ts";

test("a URL citation keeps its title and its place, also at zero", () => {
  // https://platform.openai.com/docs/guides/tools-web-search#output-and-citations
  const wire = { type: "url_citation", url: "https://a", title: "日本", start_index: 0, end_index: 5 };
  assert.deepEqual(decodeCitation(wire), { url: "https://a", title: "日本", start: 0, end: 5 });
  assert.deepEqual(encodeCitation(decodeCitation(wire)!, 99), wire);
  assert.deepEqual(decodeCitation({ type: "url_citation", url: "https://a", start_index: "0" }), {
    url: "https://a",
  });
});

test("a citation without a place covers its whole text", () => {
  assert.deepEqual(encodeCitation({ url: "https://a", citedText: "x" }, 12), {
    type: "url_citation",
    url: "https://a",
    title: "https://a",
    start_index: 0,
    end_index: 12,
  });
});

test("the other kinds are kept as they came, for this dialect alone", () => {
  const file = { type: "file_citation", file_id: "f", filename: "ü.txt", index: 3 };
  const odd = { type: "url_citation" };
  assert.deepEqual(encodeCitations(decodeCitations([file, odd]), 9), [file, odd]);
  const other = { raw: { dialect: "anthropic-messages" as const, value: file } };
  assert.deepEqual(encodeCitations([other, { citedText: "x" }], 9), []);
});

test("lists of odd shapes have no citations", () => {
  for (const odd of [undefined, null, "x", {}, [null, 7, "x"]]) assert.deepEqual(decodeCitations(odd), []);
  assert.deepEqual(encodeCitations(undefined, 9), []);
});
