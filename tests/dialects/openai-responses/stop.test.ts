import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeStop, encodeStop } from "../../../src/dialects/openai-responses/stop.ts";
import type { StopReason } from "../../../src/model/conversation.ts";

const NONE = { toolCalls: false, refusal: false };

test("an incomplete answer ended for its reason, and one of no known reason normally", () => {
  // https://platform.openai.com/docs/api-reference/responses/object#responses/object-incomplete_details
  const stop = (incomplete_details: unknown) =>
    decodeStop({ status: "incomplete", incomplete_details }, { toolCalls: true, refusal: false });
  assert.deepEqual(stop({ reason: "max_output_tokens" }), {
    stop: "max_tokens",
    rawStop: "max_output_tokens",
  });
  assert.deepEqual(stop({ reason: "content_filter" }), { stop: "content_filter", rawStop: "content_filter" });
  assert.deepEqual(stop({ reason: "constructor" }), { stop: "end_turn", rawStop: "constructor" });
  for (const none of [undefined, null, {}, { reason: 7 }]) {
    assert.deepEqual(stop(none), { stop: "end_turn", rawStop: "incomplete" });
  }
});

test("a complete answer's end follows from what it holds", () => {
  const stop = (toolCalls: boolean, refusal: boolean) =>
    decodeStop({ status: "completed" }, { toolCalls, refusal });
  assert.deepEqual(stop(true, true), { stop: "tool_use" });
  assert.deepEqual(stop(false, true), { stop: "refusal" });
  for (const odd of [undefined, null, "x", {}]) assert.deepEqual(decodeStop(odd, NONE), { stop: "end_turn" });
});

test("every reason has a status, and those that cut an answer are read again as they were", () => {
  const whole: StopReason[] = ["end_turn", "stop_sequence", "tool_use", "refusal", "pause_turn"];
  for (const stop of whole) {
    assert.deepEqual(encodeStop(stop), { status: "completed", incomplete_details: null });
  }
  for (const stop of ["max_tokens", "content_filter"] as StopReason[]) {
    assert.equal(decodeStop(encodeStop(stop), NONE).stop, stop);
  }
  assert.equal(encodeStop("context_window").incomplete_details?.reason, "max_output_tokens");
});
