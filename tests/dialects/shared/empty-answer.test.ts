import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyAnswer, lackOf } from "../../../src/dialects/shared/empty-answer.ts";
import type { Part, Reply, StopReason } from "../../../src/model/conversation.ts";

const reply = (parts: readonly Part[], more: Partial<Reply> = {}): Reply => ({
  id: "r",
  model: "m",
  stop: "end_turn",
  parts,
  ...more,
});

test("an end that explains why there is nothing is an answer", () => {
  const explains: StopReason[] = ["max_tokens", "stop_sequence", "refusal", "content_filter", "pause_turn"];
  for (const stop of explains) assert.equal(lackOf(reply([], { stop })), undefined, stop);
  for (const stop of ["end_turn", "tool_use"] as StopReason[]) {
    assert.equal(lackOf(reply([], { stop }))?.code, "empty_answer", stop);
  }
});

test("an answer that ended at the context window says so", () => {
  const error = emptyAnswer("context_window", "model_length");
  assert.equal(error?.code, "model_context_window_exceeded");
  assert.match(error!.message, /does not fit .* \(it ended with "model_length"\)\.$/);
});

test("the provider's own word is quoted, and cut where it is long", () => {
  assert.equal(emptyAnswer("end_turn")?.message, "The provider's answer is empty.");
  const { message } = emptyAnswer("end_turn", "ü".repeat(500))!;
  assert.equal(message, `The provider's answer is empty (it ended with "${"ü".repeat(60)}").`);
});

test("parts without anything in them are not an answer", () => {
  const empty: Part[] = [
    { type: "text", text: "" },
    { type: "refusal", text: "" },
    { type: "reasoning", text: "", summary: ["", ""] },
    { type: "reasoning" },
  ];
  assert.equal(lackOf(reply(empty))?.code, "empty_answer");
  const something: Part[] = [
    { type: "text", text: " " },
    { type: "reasoning", encrypted: "e" },
    { type: "reasoning", redacted: "r" },
    { type: "reasoning", summary: ["", "s"] },
    { type: "tool_call", id: "a", name: "f", kind: "function", arguments: "" },
    { type: "opaque", dialect: "openai-chat", name: "image", value: {} },
  ];
  for (const part of something) {
    assert.equal(lackOf(reply([...empty, part])), undefined, JSON.stringify(part));
  }
});

test("an error in the answer counts, whatever else there is", () => {
  const error = { message: "gone" };
  assert.equal(lackOf(reply([{ type: "text", text: "hi" }], { error })), error);
});
