import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/index.ts";
import type { Conversation } from "../../../src/model/conversation.ts";
import {
  estimateTokens,
  roughReplyTokens,
  roughTokens,
} from "../../../src/dialects/shared/estimate-tokens.ts";
import { textTokens } from "../../../src/dialects/shared/text-tokens.ts";
import { conversationArbitrary } from "../support/conversation.ts";

/** Counted with the tokenizer o200k_base (gpt-tokenizer 3). */
const COUNTED: Readonly<Record<string, number>> = {
  prose: 288,
  typescript: 429,
  python: 451,
  rust: 372,
  json: 361,
  chinese: 216,
};

const read = (name: string) =>
  readFileSync(new URL(`../../fixtures/tokens/${name}.txt`, import.meta.url), "utf8");

function within(estimate: number, counted: number, share: number, label: string): void {
  const off = estimate / counted - 1;
  assert.ok(
    Math.abs(off) <= share,
    `${label}: ${estimate} instead of ${counted}, ${(off * 100).toFixed(1)} % off`,
  );
}

test("prose, code, data and Chinese are estimated within a tenth of a modern tokenizer", () => {
  for (const [name, counted] of Object.entries(COUNTED)) within(textTokens(read(name)), counted, 0.1, name);
});

test("a paragraph by itself comes within a fifth", () => {
  const counted = [84, 102, 102];
  const paragraphs = read("prose").split("\n\n");
  assert.equal(paragraphs.length, counted.length);
  for (const [i, text] of paragraphs.entries()) within(textTokens(text), counted[i]!, 0.2, `paragraph ${i}`);
});

/** Single pieces, counted with o200k_base. */
const PIECES: readonly (readonly [text: string, least: number, most: number])[] = [
  ["", 0, 0],
  ["hello", 1, 1.2],
  [" the", 1, 1],
  ["1234567", 3, 3],
  ["\n\n\n", 1, 1],
  ["                ", 1, 1],
  ["getElementById", 3.5, 4.5],
  ["=".repeat(80), 1, 12],
  ["Привет, мир", 2, 5],
  ["こんにちは", 1, 5],
];

test("pieces of every kind cost what a tokenizer makes of them", () => {
  for (const [text, least, most] of PIECES) {
    const tokens = textTokens(text);
    assert.ok(tokens >= least && tokens <= most, `${JSON.stringify(text)}: ${tokens}`);
  }
});

test("any text has a count that is finite, and no more tokens than bytes", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
    const tokens = textTokens(text);
    assert.ok(Number.isFinite(tokens) && tokens >= 0);
    assert.ok(tokens <= new TextEncoder().encode(text).length * 1.5 + 1);
    if (text !== "") assert.ok(tokens > 0, JSON.stringify(text));
  }));
});

const BODY = {
  model: "claude-sonnet-4-5",
  max_tokens: 1,
  system: [{ type: "text", text: read("prose") }],
  tools: [{ name: "query", description: read("prose"), input_schema: JSON.parse(read("json")) }],
  messages: [
    { role: "user", content: read("typescript") },
    {
      role: "assistant",
      content: [{ type: "tool_use", id: "t", name: "query", input: { code: read("rust") } }],
    },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: read("python") }] },
  ],
};

test("a request's count covers system prompt, tools, calls and results", () => {
  const minified = 259; // the JSON fixture without its white space, counted with o200k_base
  const quoted = 448; // the Rust fixture as a JSON string
  const counted = COUNTED.prose! * 2 + minified + COUNTED.typescript! + quoted + COUNTED.python!;
  within(estimateTokens(anthropicMessages.request.decode(BODY)), counted, 0.1, "request");
});

test("the estimate by length alone is of the same size", () => {
  const conversation = anthropicMessages.request.decode(BODY);
  within(roughTokens(conversation), estimateTokens(conversation), 0.34, "rough");
});

test("whatever a conversation holds, both estimates are whole numbers, and a longer one has more", () => {
  fc.assert(fc.property(conversationArbitrary("openai-responses"), (conversation) => {
    const longer: Conversation = {
      ...conversation,
      messages: [...conversation.messages, {
        role: "user",
        parts: [{ type: "text", text: "and one thing more" }],
      }],
    };
    for (const estimate of [estimateTokens, roughTokens]) {
      assert.ok(Number.isInteger(estimate(conversation)));
      assert.ok(estimate(longer) > estimate(conversation));
    }
  }));
});

test("an answer is estimated from its text, thinking and calls", () => {
  const tokens = roughReplyTokens({
    id: "m",
    model: "m",
    stop: "end_turn",
    parts: [{ type: "text", text: "x".repeat(400) }, { type: "reasoning", text: "y".repeat(400) }],
  });
  assert.equal(tokens, 200);
});
