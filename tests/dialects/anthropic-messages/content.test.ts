import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type BlockRules,
  CacheMarks,
  decodeCache,
  decodeContent,
  encodePart,
  isBilling,
} from "../../../src/dialects/anthropic-messages/content.ts";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/index.ts";
import { toolNames } from "../../../src/dialects/shared/tool-names.ts";
import type { Part } from "../../../src/model/conversation.ts";
import type { Json } from "../../../src/model/json.ts";
import { decode, encode, partsOf } from "./encoding.ts";

test("every kind of content has its part", () => {
  assert.deepEqual(
    partsOf([
      { type: "image", source: { type: "base64", media_type: "image/png", data: "AA==" } },
      {
        type: "image",
        source: { type: "url", url: "https://example.com/a" },
        cache_control: { type: "ephemeral" },
      },
      { type: "document", source: { type: "text", media_type: "text/plain", data: "t" }, title: "T" },
      {
        type: "document",
        source: { type: "content", content: [{ type: "text", text: "x" }, { type: "text", text: "y" }] },
      },
      { type: "search_result", source: "https://s", title: "S", content: [{ type: "text", text: "found" }] },
      {
        type: "tool_result",
        tool_use_id: "t1",
        content: [{ type: "tool_reference", tool_name: "Web" }],
        is_error: true,
      },
      { type: "container_upload", file_id: "f" },
    ]),
    [
      { type: "image", source: { kind: "data", mediaType: "image/png", data: "AA==" } },
      { type: "image", source: { kind: "url", url: "https://example.com/a" }, cache: {} },
      { type: "document", source: { kind: "text", text: "t" }, title: "T" },
      { type: "document", source: { kind: "text", text: "x\ny" } },
      { type: "document", source: { kind: "text", text: "found" }, title: "S – https://s" },
      {
        type: "tool_result",
        id: "t1",
        kind: "function",
        content: [{ type: "text", text: "The tool Web is available now." }],
        native: { dialect: "anthropic-messages", value: [{ type: "tool_reference", tool_name: "Web" }] },
        isError: true,
      },
      {
        type: "opaque",
        dialect: "anthropic-messages",
        name: "container_upload",
        value: { type: "container_upload", file_id: "f" },
      },
    ],
  );
});

test("a result that only Anthropic can read whole goes back to it as it came", () => {
  const found = {
    type: "tool_result",
    tool_use_id: "t1",
    content: [{ type: "tool_reference", tool_name: "Web" }],
  };
  const call = { type: "tool_use", id: "t1", name: "ToolSearch", input: {} };
  const conversation = decode({
    messages: [{ role: "user", content: "a" }, { role: "assistant", content: [call] }, {
      role: "user",
      content: [found],
    }],
  });
  const target = { model: "claude-opus-4-8", provider: "anthropic", quirks: [] };
  assert.deepEqual(anthropicMessages.request.encode(conversation, target).body.messages[2].content, [found]);
});

test("images and documents go out in the forms that Anthropic takes; others are named as lost", () => {
  const data = "aGVsbG8=";
  const parts: Part[] = [
    { type: "image", source: { kind: "data", mediaType: "image/jpg", data } },
    { type: "image", source: { kind: "url", url: "https://example.com/a.png" }, detail: "high" },
    { type: "document", source: { kind: "data", mediaType: "application/pdf", data }, title: "a.pdf" },
    { type: "document", source: { kind: "data", mediaType: "text/markdown", data } },
    { type: "document", source: { kind: "text", text: "words" } },
  ];
  const { body, dropped } = encode({ messages: [{ role: "user", parts }] });
  assert.deepEqual(body.messages[0].content.map(({ source }: Json) => source), [
    { type: "base64", media_type: "image/jpeg", data },
    { type: "url", url: "https://example.com/a.png" },
    { type: "base64", media_type: "application/pdf", data },
    { type: "text", media_type: "text/plain", data: "hello" },
    { type: "text", media_type: "text/plain", data: "words" },
  ]);
  assert.equal(body.messages[0].content[2].title, "a.pdf");
  assert.deepEqual(dropped, ["image_detail"]);
  const lost: Part[] = [
    { type: "image", source: { kind: "data", mediaType: "image/svg+xml", data } },
    { type: "image", source: { kind: "file", id: "file-1" } },
    { type: "document", source: { kind: "data", mediaType: "application/zip", data } },
    { type: "audio", data, format: "mp3" },
    { type: "text", text: "Hello" },
  ];
  assert.deepEqual(encode({ messages: [{ role: "user", parts: lost }] }).dropped, [
    "images",
    "documents",
    "audio",
  ]);
});

const RULES: BlockRules = {
  from: "anthropic-messages",
  names: toolNames([]),
  marks: new CacheMarks(true),
  thinking: () => undefined,
  lost: () => {},
};

test("text is a text or a list, and blocks of odd shapes are kept or skipped", () => {
  assert.deepEqual(decodeContent("日本"), [{ type: "text", text: "日本" }]);
  for (const none of ["", null, undefined, 7, {}, [null, 7, "x"]]) assert.deepEqual(decodeContent(none), []);
  const odd = [{}, { type: "image" }, { type: "document", source: { type: "robot" } }, {
    type: "constructor",
  }];
  for (const [i, part] of decodeContent(odd).entries()) {
    assert.deepEqual([part.type, part.type === "opaque" && part.value], ["opaque", odd[i]]);
  }
});

test("a document made of texts and pictures stays as it came: it has no text form", () => {
  const block = {
    type: "document",
    source: { type: "content", content: [{ type: "text", text: "a" }, { type: "image", source: {} }] },
  };
  assert.deepEqual(decodeContent([block]), [
    { type: "opaque", dialect: "anthropic-messages", name: "document", value: block },
  ]);
  const text = { type: "document", source: { type: "content", content: "words" } };
  assert.deepEqual(decodeContent([text]), [{ type: "document", source: { kind: "text", text: "words" } }]);
});

test("blank text is not a block: Anthropic refuses it", () => {
  for (const text of ["", " ", "\n\t ", "\u2003"]) {
    assert.equal(encodePart({ type: "text", text }, RULES), undefined);
    assert.equal(encodePart({ type: "refusal", text }, RULES), undefined);
    assert.equal(encodePart({ type: "document", source: { kind: "text", text } }, RULES), undefined);
  }
});

test("a file of Anthropic's goes back to it alone", () => {
  const file: Part = { type: "document", source: { kind: "file", id: "file_1" } };
  assert.deepEqual(encodePart(file, RULES), {
    type: "document",
    source: { type: "file", file_id: "file_1" },
  });
  assert.equal(encodePart(file, { ...RULES, from: "openai-responses" }), undefined);
});

test("an address that is not the web's is lost", () => {
  const image = (url: string): Part => ({ type: "image", source: { kind: "url", url } });
  assert.ok(encodePart(image("HTTPS://a/ü.png"), RULES));
  for (const url of ["", "file:///etc/passwd", "gs://bucket/a.png"]) {
    assert.equal(encodePart(image(url), RULES), undefined);
  }
});

test("a mark keeps its life where Anthropic has it", () => {
  // https://platform.claude.com/docs/en/build-with-claude/prompt-caching#1-hour-cache-duration
  assert.deepEqual(decodeCache({ cache_control: { type: "ephemeral", ttl: "1h" } }), {
    cache: { ttl: "1h" },
  });
  assert.deepEqual(decodeCache({ cache_control: { type: "ephemeral", ttl: "9d" } }), { cache: {} });
  for (const none of [null, {}, { cache_control: null }, { cache_control: "ephemeral" }]) {
    assert.deepEqual(decodeCache(none), {});
  }
});

test("ends are marked where the client set no mark, and the last four marks stay", () => {
  const blocks: Record<string, Json>[] = Array.from({ length: 6 }, () => ({}));
  const marks = new CacheMarks(true);
  for (const block of blocks.slice(0, 5)) marks.mark(block, { ttl: "5m" });
  marks.markEnds([blocks[5]]);
  marks.limit();
  assert.deepEqual(blocks.map((block) => block.cache_control?.ttl), [
    undefined,
    "5m",
    "5m",
    "5m",
    "5m",
    undefined,
  ]);
  const fresh = new CacheMarks(true);
  const end: Record<string, Json> = {};
  fresh.markEnds([undefined, end]);
  assert.deepEqual(end, { cache_control: { type: "ephemeral" } });
});

test("a provider that takes no marks gets none, and the client's are counted", () => {
  const marks = new CacheMarks(false);
  assert.deepEqual(marks.mark({ a: 1 }, {}), { a: 1 });
  const end: Record<string, Json> = {};
  marks.markEnds([end]);
  assert.deepEqual([marks.seen, end], [1, {}]);
});

test("what Claude Code says for Anthropic's billing is known by its beginning", () => {
  assert.equal(isBilling({ type: "text", text: "x-anthropic-billing-header: cc_version=2" }), true);
  for (
    const other of [{ text: "the x-anthropic-billing-header:" }, {}, null, "x-anthropic-billing-header:"]
  ) {
    assert.equal(isBilling(other), false);
  }
});
