import assert from "node:assert/strict";
import { test } from "node:test";
import { sealReasoning } from "../../../../src/dialects/anthropic-messages/reasoning.ts";
import { BlockDecoder } from "../../../../src/dialects/anthropic-messages/stream/decode-blocks.ts";
import type { ReplyEvent } from "../../../../src/model/conversation.ts";
import type { Json } from "../../../../src/model/json.ts";

/** All events of a block with these deltas. */
function eventsOf(wire: Record<string, Json>, deltas: readonly Record<string, Json>[] = []): ReplyEvent[] {
  const block = new BlockDecoder(3, wire);
  return [...block.start(), ...deltas.flatMap((delta) => block.delta(delta)), ...block.stop()];
}

/** The texts that a block's deltas add up to. */
const textOf = (events: readonly ReplyEvent[]) =>
  events.map((event) => event.type === "delta" ? event.text : "").join("");

test("a block begins once, ends once, and has its place in every event", () => {
  // https://platform.claude.com/docs/en/build-with-claude/streaming#content-block-delta-types
  assert.deepEqual(
    eventsOf({ type: "text", text: "" }, [
      { type: "text_delta", text: "Grü" },
      { type: "text_delta", text: "" },
      { type: "text_delta", text: "ße" },
    ]),
    [
      { type: "block_start", index: 3, block: { type: "text" } },
      { type: "delta", index: 3, text: "Grü" },
      { type: "delta", index: 3, text: "ße" },
      { type: "block_stop", index: 3 },
    ],
  );
});

test("content that comes with the start is not lost", () => {
  assert.equal(textOf(eventsOf({ type: "text", text: "a" }, [{ type: "text_delta", text: "b" }])), "ab");
  const [, thought, signature] = eventsOf({ type: "thinking", thinking: "hm", signature: "EvQB" });
  assert.deepEqual(thought, { type: "delta", index: 3, text: "hm" });
  assert.deepEqual(signature, { type: "signature", index: 3, signature: "EvQB" });
});

test("a call's arguments are its pieces, else its input, else an empty object", () => {
  const call = { type: "tool_use", id: "toolu_1", name: "f" };
  const piece = (partial_json: Json) => ({ type: "input_json_delta", partial_json });
  assert.equal(textOf(eventsOf({ ...call, input: {} }, [piece('{"a"'), piece(""), piece(":1}")])), '{"a":1}');
  assert.equal(textOf(eventsOf({ ...call, input: { a: "é" } })), '{"a":"é"}');
  for (const input of [undefined, null, "x", []]) assert.equal(textOf(eventsOf({ ...call, input })), "{}");
  assert.deepEqual(eventsOf(call)[0], {
    type: "block_start",
    index: 3,
    block: { type: "tool_call", id: "toolu_1", name: "f", kind: "function" },
  });
});

test("redacted thinking is handed on whole, as it came", () => {
  assert.deepEqual(eventsOf({ type: "redacted_thinking", data: "EmwK" }), [
    { type: "block_start", index: 3, block: { type: "reasoning" } },
    { type: "signature", index: 3, redacted: "EmwK" },
    { type: "block_stop", index: 3 },
  ]);
});

test("a seal in a signature's place gives what it carries, an empty one nothing", () => {
  const signed = (signature: string) =>
    new BlockDecoder(0, { type: "thinking" }).delta({ type: "signature_delta", signature });
  assert.deepEqual(signed(sealReasoning({ signature: "s", encrypted: "e" })), [
    { type: "signature", index: 0, signature: "s", encrypted: "e" },
  ]);
  assert.deepEqual(signed(sealReasoning({ text: "hm" })), []);
  assert.deepEqual(signed(""), []);
});

test("a block that only this dialect knows is passed on whole, with its streamed input", () => {
  const wire = { type: "server_tool_use", id: "s", name: "web_search", input: {} };
  const pieces = ['{"query":"日本', '"}'].map((partial_json) => ({ type: "input_json_delta", partial_json }));
  const value = (events: readonly ReplyEvent[]) => {
    const [start, stop, ...more] = events;
    assert.deepEqual([stop?.type, more], ["block_stop", []]);
    return start?.type === "block_start" && start.block.type === "opaque" && start.block.part.value;
  };
  assert.deepEqual(value(eventsOf(wire, pieces)), { ...wire, input: { query: "日本" } });
  assert.deepEqual(value(eventsOf(wire, pieces.slice(0, 1))), wire, "input that was cut off is not added");
  assert.deepEqual(value(eventsOf({ type: "constructor" })), { type: "constructor" });
});

test("deltas of odd shapes and of times to come are skipped", () => {
  const odd = [
    {},
    { type: "text_delta" },
    { type: "text_delta", text: 7 },
    { type: "future_delta", text: "x" },
    { type: "citations_delta" },
    { type: "citations_delta", citation: "x" },
    { type: "input_json_delta", partial_json: null },
  ];
  assert.deepEqual(eventsOf({ type: "text" }, odd).map(({ type }) => type), ["block_start", "block_stop"]);
});
