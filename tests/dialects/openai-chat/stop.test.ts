import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeStop, encodeStop, isFailedFinish } from "../../../src/dialects/openai-chat/stop.ts";
import type { StopReason } from "../../../src/model/conversation.ts";

const NONE = { toolCalls: false, refusal: false };
const FINISHES: readonly (readonly [raw: unknown, stop: StopReason])[] = [
  ["stop", "end_turn"],
  ["length", "max_tokens"],
  ["content_filter", "content_filter"],
  ["eos", "end_turn"],
  ["", "end_turn"],
  [null, "end_turn"],
  [undefined, "end_turn"],
  ["model_length", "context_window"],
  ["SAFETY", "content_filter"],
  ["tool_calls", "end_turn"],
];

for (const [raw, stop] of FINISHES) {
  test(`the finish reason ${JSON.stringify(raw)} without tool calls means ${stop}`, () => {
    assert.equal(decodeStop(raw, undefined, NONE), stop);
  });
}

test("tool calls end a turn as such, unless the answer was cut", () => {
  const seen = { toolCalls: true, refusal: false };
  for (const raw of ["stop", "tool_calls", "function_call", null, undefined, "tool_use"]) {
    assert.equal(decodeStop(raw, undefined, seen), "tool_use");
  }
  assert.equal(decodeStop("length", undefined, seen), "max_tokens");
});

test("every stop reason has a word of the dialect", () => {
  const words: Record<StopReason, string> = {
    end_turn: "stop",
    stop_sequence: "stop",
    max_tokens: "length",
    tool_use: "tool_calls",
    refusal: "content_filter",
    content_filter: "content_filter",
    pause_turn: "stop",
    context_window: "length",
  };
  for (const [stop, word] of Object.entries(words)) {
    assert.equal(encodeStop(stop as StopReason, NONE), word);
  }
  assert.equal(encodeStop("refusal", { toolCalls: false, refusal: true }), "stop");
});

test("OpenRouter's native word counts where it says more than the finish reason", () => {
  // https://openrouter.ai/docs/api-reference/overview#finish-reason
  assert.equal(decodeStop("stop", "refusal", NONE), "refusal");
  assert.equal(decodeStop("stop", "pause_turn", NONE), "pause_turn");
  assert.equal(decodeStop("length", "max_tokens", NONE), "max_tokens");
  assert.equal(decodeStop("length", "stop", NONE), "max_tokens");
});

test("a refusal in the answer is its end, unless it calls tools or was cut", () => {
  assert.equal(decodeStop("stop", undefined, { toolCalls: false, refusal: true }), "refusal");
  assert.equal(decodeStop("stop", undefined, { toolCalls: true, refusal: true }), "tool_use");
  assert.equal(decodeStop("length", undefined, { toolCalls: false, refusal: true }), "max_tokens");
});

test("a word that objects have by nature is a normal end", () => {
  for (const word of ["constructor", "__proto__", "toString"]) {
    assert.equal(decodeStop(word, word, NONE), "end_turn");
    assert.equal(isFailedFinish(word), false);
  }
});

test("a word for the failure of a provider is not an end of its own", () => {
  const failed = ["error", "abort", "network_error", "insufficient_system_resource"];
  for (const word of failed) assert.equal(isFailedFinish(word), true, word);
  for (const word of ["stop", "length", "", null, undefined, 7]) assert.equal(isFailedFinish(word), false);
});

test("an answer that calls tools stops to have them run, in the client's form of tools", () => {
  const seen = { toolCalls: true, refusal: false };
  assert.equal(encodeStop("end_turn", seen), "tool_calls");
  assert.equal(encodeStop("end_turn", seen, true), "function_call");
  assert.equal(encodeStop("tool_use", NONE, true), "function_call");
  assert.equal(encodeStop("max_tokens", seen), "length");
});

test("Google's words are read with and without what its endpoint puts before them", () => {
  for (const word of ["content_filter: RECITATION", "SAFETY", "content_filter: PROHIBITED_CONTENT", "SPII"]) {
    assert.equal(decodeStop(word, undefined, NONE), "content_filter", word);
  }
  assert.equal(decodeStop("function_call_filter: MALFORMED_FUNCTION_CALL", undefined, NONE), "end_turn");
  assert.equal(decodeStop("MAX_TOKENS", undefined, NONE), "max_tokens");
});
