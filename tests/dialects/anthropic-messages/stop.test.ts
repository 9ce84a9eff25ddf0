import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeStop, encodeStop } from "../../../src/dialects/anthropic-messages/stop.ts";
import type { StopReason } from "../../../src/model/conversation.ts";

test("each of Anthropic's words is read, and written again as it came", () => {
  // https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons
  const words = [
    "end_turn",
    "max_tokens",
    "stop_sequence",
    "tool_use",
    "pause_turn",
    "refusal",
    "model_context_window_exceeded",
  ];
  for (const word of words) {
    const { stop, rawStop } = decodeStop(word);
    assert.equal(rawStop, undefined);
    assert.equal(encodeStop(stop, false), word);
  }
});

test("a word that nobody knows is a normal end, and is kept", () => {
  for (const word of ["compaction", "", "constructor", "__proto__"]) {
    assert.deepEqual(decodeStop(word), { stop: "end_turn", rawStop: word });
  }
  for (const none of [null, undefined, 7, {}]) assert.deepEqual(decodeStop(none), { stop: "end_turn" });
});

test("an answer that calls tools stops to have them run, unless it was cut", () => {
  assert.equal(encodeStop("end_turn", true), "tool_use");
  for (const stop of ["max_tokens", "refusal", "pause_turn"] as StopReason[]) {
    assert.equal(encodeStop(stop, true), stop);
  }
});

test("a filter's stop is a refusal here", () => {
  assert.equal(encodeStop("content_filter", false), "refusal");
});
