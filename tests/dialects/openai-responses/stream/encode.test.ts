import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../../../src/model/json.ts";
import { block, CODEX_TOOLS, finish, flatCall, START } from "../events.ts";
import { asked, checkLegal, encodeEvents } from "../support.ts";

test("a text comes in the order that the SDK and Codex expect", () => {
  const written = encodeEvents(
    [START, ...block(0, { type: "text" }, "Hel", "lo"), finish("end_turn")],
    asked(),
  );
  checkLegal(written);
  assert.deepEqual(written.map((event) => event.type), [
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
  ]);
  const { response } = written.at(-1);
  assert.match(response.id, /^resp_/);
  assert.match(response.output[0].id, /^msg_/);
  assert.equal(response.model, "some-model");
  assert.deepEqual(response.usage, {
    input_tokens: 16,
    input_tokens_details: { cached_tokens: 5, cache_write_tokens: 1 },
    output_tokens: 7,
    output_tokens_details: { reasoning_tokens: 2 },
    total_tokens: 23,
  });
});

test("texts in a row are parts of one message, other phases and calls begin a new one", () => {
  const response = checkLegal(encodeEvents([
    START,
    ...block(0, { type: "text" }, "a"),
    ...block(1, { type: "text" }, "b"),
    ...block(2, { type: "text", phase: "final_answer" }, "c"),
    ...block(3, flatCall("call_1", "exec_command"), "{}"),
    ...block(4, { type: "text" }, "d"),
    finish("tool_use"),
  ], asked({ tools: CODEX_TOOLS })));
  assert.deepEqual(
    response.output.map((item: { type: string; content?: unknown[] }) => item.content?.length ?? item.type),
    [
      2,
      1,
      "function_call",
      1,
    ],
  );
});

test("blocks that overlap stay legal", () => {
  checkLegal(encodeEvents([
    START,
    { type: "block_start", index: 0, block: { type: "text" } },
    { type: "delta", index: 0, text: "a" },
    { type: "block_start", index: 1, block: flatCall("call_1", "exec_command") },
    { type: "block_start", index: 2, block: flatCall("call_2", "agents__spawn") },
    { type: "delta", index: 2, text: "{" },
    { type: "delta", index: 0, text: "b" },
    { type: "delta", index: 1, text: "{}" },
    { type: "block_start", index: 3, block: { type: "text" } },
    { type: "delta", index: 3, text: "c" },
    { type: "delta", index: 0, text: "d" },
    { type: "delta", index: 2, text: "}" },
    finish("tool_use"),
  ], asked({ tools: CODEX_TOOLS })));
});

test("another dialect's thinking is shown as a summary and sealed with its signature", () => {
  const [item]: Json[] = checkLegal(encodeEvents([
    START,
    { type: "block_start", index: 0, block: { type: "reasoning" } },
    { type: "delta", index: 0, text: "Let me " },
    { type: "delta", index: 0, text: "think." },
    { type: "signature", index: 0, signature: "sig==" },
    { type: "block_stop", index: 0 },
    finish("end_turn"),
  ], asked())).output;
  assert.deepEqual(item.summary, [{ type: "summary_text", text: "Let me think." }]);
  // What Codex sends back: no text, the encrypted content unchanged.
  const again = asked({
    input: [{ type: "reasoning", summary: [], encrypted_content: item.encrypted_content }],
  });
  assert.deepEqual(again.messages, [{
    role: "assistant",
    parts: [{ type: "reasoning", text: "Let me think.", signature: "sig==" }],
  }]);
});

test("empty texts and empty reasoning are not sent", () => {
  const { output } = checkLegal(encodeEvents([
    START,
    ...block(0, { type: "reasoning" }),
    ...block(1, { type: "text" }, ""),
    finish("end_turn"),
  ], asked()));
  assert.deepEqual(output, []);
});

test("a refusal without words is a refusal to the client", () => {
  const { output } = checkLegal(encodeEvents([START, finish("refusal")], asked()));
  assert.equal(output[0].content[0].type, "refusal");
});

for (
  const [stop, reason] of [["max_tokens", "max_output_tokens"], ["content_filter", "content_filter"]] as const
) {
  test(`an answer that ended by ${stop} is incomplete because of ${reason}`, () => {
    const response = checkLegal(
      encodeEvents([START, ...block(0, { type: "text" }, "a"), finish(stop)], asked()),
    );
    assert.equal(response.status, "incomplete");
    assert.deepEqual(response.incomplete_details, { reason });
  });
}

for (
  const [type, code] of [
    ["rate_limited", "rate_limit_exceeded"],
    ["overloaded", "server_error"],
    ["unreachable", "server_error"],
    ["context_overflow", "context_length_exceeded"],
    ["bad_request", "invalid_prompt"],
    ["overloaded_error", "server_error"],
  ] as const
) {
  test(`a failure of the kind ${type} after output began ends the stream with ${code}`, () => {
    const written = encodeEvents([
      START,
      { type: "block_start", index: 0, block: { type: "text" } },
      { type: "delta", index: 0, text: "Half" },
      { type: "block_start", index: 1, block: flatCall("c", "exec_command") },
      { type: "delta", index: 1, text: '{"cmd":"rm -rf' },
      { type: "error", error: { message: "no more", type } },
    ], asked({ tools: CODEX_TOOLS }));
    const response = checkLegal(written);
    assert.deepEqual(response.error, { code, message: "no more" });
    // Codex runs a call as soon as its item is done.
    const done = written.filter((event) => event.type === "response.output_item.done");
    assert.deepEqual(done.map((event) => event.item.type), ["message"]);
  });
}

test("a failure before anything else is a whole stream of its own", () => {
  checkLegal(encodeEvents([{ type: "error", error: { message: "no" } }], asked()));
  checkLegal(encodeEvents([], asked()));
});

test("a citation without offsets covers its text", () => {
  const [item]: Json[] = checkLegal(encodeEvents([
    START,
    { type: "block_start", index: 0, block: { type: "text" } },
    { type: "citation", index: 0, citation: { url: "https://example.com", title: "Example" } },
    { type: "delta", index: 0, text: "0123456789" },
    { type: "block_stop", index: 0 },
    finish("end_turn"),
  ], asked())).output;
  assert.deepEqual(item.content[0].annotations, [
    { type: "url_citation", url: "https://example.com", title: "Example", start_index: 0, end_index: 10 },
  ]);
});
