import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/index.ts";
import type { Conversation } from "../../../src/model/conversation.ts";
import {
  estimateTokens,
  roughReplyTokens,
  roughTokens,
} from "../../../src/dialects/shared/estimate-tokens.ts";
import { conversationArbitrary } from "../support/conversation.ts";
import { COUNTED, read, within } from "./counted.ts";

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

test("both estimates of any conversation are whole numbers that grow with its length", () => {
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
