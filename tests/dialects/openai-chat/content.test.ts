import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { CHAT_COPY } from "../../../src/catalog/quirks.ts";
import {
  type ContentRules,
  decodeCache,
  decodeContent,
  encodeContent,
  wordsOf,
} from "../../../src/dialects/openai-chat/content.ts";
import type { Conversation, Part } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";
import { encode } from "./encoding.ts";

function sent(messages: Conversation["messages"], quirks: readonly string[] = []): Json {
  return JSON.parse(JSON.stringify(encode({ messages }, { quirks }).body.messages));
}

const text = (text: string): Part => ({ type: "text", text });

test("documents go as files, as text, or not at all", () => {
  const pdf = { kind: "data" as const, mediaType: "application/pdf", data: "AAAA" };
  const messages: Conversation["messages"] = [{
    role: "user",
    parts: [
      { type: "document", source: pdf, title: "a.pdf" },
      { type: "document", source: { kind: "text", text: "words" }, title: "notes" },
    ],
  }];
  assert.deepEqual(sent(messages), [{
    role: "user",
    content: [
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" } },
      { type: "text", text: "notes\n\nwords" },
    ],
  }]);
  const copy = encode({ messages }, { quirks: CHAT_COPY });
  assert.deepEqual(copy.dropped, ["documents"]);
  assert.deepEqual(copy.body.messages, [{ role: "user", content: "notes\n\nwords" }]);
});

test("an image that only its own provider knows is lost by name", () => {
  const parts: Part[] = [{ type: "image", source: { kind: "file", id: "file_1" } }];
  assert.deepEqual(encode({ messages: [{ role: "user", parts }] }).dropped, ["images"]);
});

test("cache marks stay where they are taken", () => {
  const parts: Part[] = [text("a"), { type: "text", text: "b", cache: { ttl: "1h" } }];
  assert.deepEqual(sent([{ role: "system", parts }]), [{
    role: "system",
    content: [
      { type: "text", text: "a" },
      { type: "text", text: "b", cache_control: { type: "ephemeral", ttl: "1h" } },
    ],
  }]);
  const copy = encode({ messages: [{ role: "system", parts }] }, { quirks: CHAT_COPY });
  assert.deepEqual(copy.body.messages, [{ role: "system", content: "a\n\nb" }]);
  assert.deepEqual(copy.dropped, ["cache_control"]);
});

/** Content for a provider that takes all, and what was dropped. */
function written(
  parts: readonly Part[],
  rules: Partial<ContentRules> = {},
): { content: Json; lost: string[] } {
  const lost: string[] = [];
  const all = { cacheMarks: true, files: true, fileUrls: true, lost: (name: string) => void lost.push(name) };
  return { content: encodeContent(parts, { ...all, ...rules }), lost };
}

test("parts of the Responses form and of copies are read as their own", () => {
  assert.deepEqual(
    decodeContent([
      { type: "input_text", text: "a" },
      { type: "output_text", text: "b" },
      { type: "input_image", image_url: "https://a/b.png", detail: "low" },
      { type: "input_file", file_data: "JVBERi0=", filename: "a.pdf" },
      { type: "file", file: { file_data: "https://a/b.pdf" } },
      // https://docs.mistral.ai/capabilities/reasoning
      { type: "thinking", thinking: [{ type: "text", text: "h" }, { type: "text", text: "m" }] },
    ]),
    [
      { type: "text", text: "a" },
      { type: "text", text: "b" },
      { type: "image", source: { kind: "url", url: "https://a/b.png" }, detail: "low" },
      {
        type: "document",
        source: { kind: "data", mediaType: "application/pdf", data: "JVBERi0=" },
        title: "a.pdf",
      },
      { type: "document", source: { kind: "url", url: "https://a/b.pdf" } },
      { type: "reasoning", text: "hm" },
    ],
  );
});

test("parts without what their type promises are dropped, unknown ones are kept", () => {
  const nothing = [
    { type: "text" },
    { type: "text", text: "" },
    { type: "text", text: 7 },
    { type: "image_url" },
    { type: "image_url", image_url: { url: "" } },
    { type: "file", file: { filename: "a" } },
    { type: "input_audio", input_audio: "x" },
    { type: "refusal" },
    { type: "thinking", thinking: "x" },
    null,
    "x",
    7,
  ];
  assert.deepEqual(decodeContent(nothing), []);
  for (const odd of ["", null, undefined, 7, {}]) assert.deepEqual(decodeContent(odd), []);
  assert.deepEqual(decodeContent([{ odd: true }]), [
    { type: "opaque", dialect: "openai-chat", name: "part", value: { odd: true } },
  ]);
});

test("a mark for the cache is read in Anthropic's form and in OpenAI's own", () => {
  assert.deepEqual(decodeCache({ cache_control: { type: "ephemeral", ttl: "1h" } }), {
    cache: { ttl: "1h" },
  });
  assert.deepEqual(decodeCache({ cache_control: { type: "ephemeral", ttl: "2d" } }), { cache: {} });
  assert.deepEqual(decodeCache({ prompt_cache_breakpoint: { ttl: "12h" } }), { cache: { ttl: "1h" } });
  assert.deepEqual(decodeCache({ cache_control: null }), {});
});

test("nothing but text is a text; anything else makes it a list", () => {
  assert.equal(written([text("a"), text("ü"), { type: "refusal", text: "no" }]).content, "a\n\nü\n\nno");
  assert.equal(written([]).content, undefined);
  const audio: Part = { type: "audio", data: "AAAA", format: "mp3" };
  assert.deepEqual(written([text("a"), audio]).content, [
    { type: "text", text: "a" },
    { type: "input_audio", input_audio: { data: "AAAA", format: "mp3" } },
  ]);
  assert.deepEqual(written([{ type: "text", text: "a", cache: {} }]).content, [
    { type: "text", text: "a", cache_control: { type: "ephemeral" } },
  ]);
});

test("a web address of a document goes to those alone that fetch it", () => {
  const parts: Part[] = [{ type: "document", source: { kind: "url", url: "https://a/b.pdf" } }];
  assert.deepEqual(written(parts).content, [
    { type: "file", file: { filename: "document", file_data: "https://a/b.pdf" } },
  ]);
  assert.deepEqual(written(parts, { fileUrls: false }), { content: undefined, lost: ["documents"] });
});

test("a document of text is words where a provider takes no files, in its own script", () => {
  const data = Buffer.from("Grüße, 世界", "utf8").toString("base64");
  const parts: Part[] = [
    { type: "document", source: { kind: "data", mediaType: "text/markdown", data }, title: "notes.md" },
  ];
  assert.equal(written(parts, { files: false }).content, "notes.md\n\nGrüße, 世界");
  assert.equal(wordsOf(data, undefined), "Grüße, 世界");
  assert.equal(wordsOf("", "empty.md"), "empty.md\n\n");
});

test("what another dialect alone knows, and earlier thoughts, are dropped by name", () => {
  const own = { type: "video_url", video_url: { url: "https://a" } };
  const { content, lost } = written([
    { type: "opaque", dialect: "anthropic-messages", name: "container_upload", value: {} },
    { type: "opaque", dialect: "openai-chat", name: "video_url", value: own },
    { type: "reasoning", text: "hm" },
  ]);
  assert.deepEqual([content, lost], [[own], ["container_upload", "earlier_reasoning"]]);
});
