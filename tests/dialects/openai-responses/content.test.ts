import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeContent, encodePart } from "../../../src/dialects/openai-responses/content.ts";
import type { Part } from "../../../src/model/conversation.ts";
import { asked } from "./support.ts";

test("images and files are read in every form", () => {
  const { messages } = asked({
    input: [{
      role: "user",
      content: [
        { type: "input_image", image_url: "data:image/png;base64,AAAA", detail: "high" },
        { type: "input_image", image_url: "https://example.com/a.png" },
        { type: "input_image", file_id: "file_1" },
        { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,BBBB" },
        { type: "input_file", file_data: "CCCC" },
        { type: "input_file", file_url: "https://example.com/a.pdf" },
        { type: "input_file", file_id: "file_2" },
        { type: "input_audio", input_audio: { data: "DDDD", format: "mp3" } },
      ],
    }],
  });
  assert.deepEqual(messages[0]?.parts, [
    { type: "image", source: { kind: "data", mediaType: "image/png", data: "AAAA" }, detail: "high" },
    { type: "image", source: { kind: "url", url: "https://example.com/a.png" } },
    { type: "image", source: { kind: "file", id: "file_1" } },
    {
      type: "document",
      source: { kind: "data", mediaType: "application/pdf", data: "BBBB" },
      title: "a.pdf",
    },
    { type: "document", source: { kind: "data", mediaType: "application/pdf", data: "CCCC" } },
    { type: "document", source: { kind: "url", url: "https://example.com/a.pdf" } },
    { type: "document", source: { kind: "file", id: "file_2" } },
    { type: "audio", data: "DDDD", format: "mp3" },
  ]);
});

test("text is a text or a list of any name, with its phase, citations and breakpoint", () => {
  assert.deepEqual(decodeContent("日本", "commentary"), [{
    type: "text",
    text: "日本",
    phase: "commentary",
  }]);
  assert.deepEqual(
    decodeContent([
      { type: "text", text: "a" },
      { type: "output_text", text: "b", annotations: [{ type: "url_citation", url: "https://a" }] },
      { type: "input_text", text: "c", prompt_cache_breakpoint: { ttl: "12h" } },
      { type: "refusal", refusal: "no" },
      { type: "computer_screenshot", image_url: { url: "https://a/b.png" } },
      { type: "input_audio", input_audio: { data: "AA" } },
    ]),
    [
      { type: "text", text: "a" },
      { type: "text", text: "b", citations: [{ url: "https://a" }] },
      { type: "text", text: "c", cache: { ttl: "1h" } },
      { type: "refusal", text: "no" },
      { type: "image", source: { kind: "url", url: "https://a/b.png" } },
      { type: "audio", data: "AA", format: "wav" },
    ],
  );
});

test("parts without what their type promises are dropped", () => {
  const nothing = [
    { type: "input_text" },
    { type: "output_text", text: 7 },
    { type: "refusal" },
    { type: "input_image", image_url: "" },
    { type: "input_file", filename: "a.pdf" },
    { type: "input_audio", input_audio: "x" },
    { type: "robot", text: "x" },
    null,
    "x",
  ];
  assert.deepEqual(decodeContent(nothing), []);
  for (const odd of ["", undefined, null, 7, {}]) assert.deepEqual(decodeContent(odd), []);
});

test("what the API has a form for comes back from it as it was", () => {
  // https://platform.openai.com/docs/api-reference/responses/create#responses-create-input
  const parts: Part[] = [
    { type: "text", text: "é" },
    { type: "image", source: { kind: "data", mediaType: "image/png", data: "AAAA" }, detail: "low" },
    { type: "image", source: { kind: "url", url: "https://a/ü.png" } },
    { type: "image", source: { kind: "file", id: "file_1" } },
    {
      type: "document",
      source: { kind: "data", mediaType: "application/pdf", data: "BB==" },
      title: "a.pdf",
    },
    { type: "document", source: { kind: "url", url: "https://a/b.pdf" } },
    { type: "document", source: { kind: "file", id: "file_2" } },
  ];
  assert.deepEqual(decodeContent(parts.map(encodePart)), parts);
});

test("a document of text is text, and one without a name gets one that fits its type", () => {
  const document = (source: Extract<Part, { type: "document" }>["source"], title?: string) =>
    encodePart({ type: "document", source, ...(title && { title }) });
  assert.deepEqual(document({ kind: "text", text: "words" }), { type: "input_text", text: "words" });
  assert.deepEqual(document({ kind: "text", text: "words" }, "Ü"), {
    type: "input_text",
    text: "Ü\n\nwords",
  });
  const named = (mediaType: string) => {
    const part = document({ kind: "data", mediaType, data: "AA" });
    return part?.type === "input_file" && part.filename;
  };
  assert.deepEqual([named("application/pdf"), named("text/csv")], ["document.pdf", "document.txt"]);
});

test("what has no form in a message is skipped", () => {
  const formless: Part[] = [
    { type: "audio", data: "AA", format: "mp3" },
    { type: "reasoning", text: "hm" },
    { type: "opaque", dialect: "openai-responses", name: "x", value: {} },
  ];
  for (const part of formless) assert.equal(encodePart(part), undefined, part.type);
});
