import assert from "node:assert/strict";
import { test } from "node:test";
import { BlockSink } from "../../../src/dialects/shared/blocks.ts";

test("blocks are numbered in the order in which they begin, also after others ended", () => {
  const sink = new BlockSink();
  assert.equal(sink.any, false);
  const first = sink.start({ type: "text" });
  sink.stop(first);
  const second = sink.start({ type: "reasoning" });
  assert.deepEqual([first, second, sink.any], [0, 1, true]);
  assert.deepEqual(sink.out.map((event) => [event.type, "index" in event && event.index]), [
    ["block_start", 0],
    ["block_stop", 0],
    ["block_start", 1],
  ]);
});

test("taking the events does not begin the numbers again", () => {
  const sink = new BlockSink();
  sink.start({ type: "text" });
  sink.out = [];
  assert.equal(sink.start({ type: "text" }), 1);
  assert.equal(sink.out.length, 1);
});

test("an empty piece of text is not an event", () => {
  const sink = new BlockSink();
  const index = sink.start({ type: "text" });
  sink.delta(index, "");
  sink.delta(index, " ");
  sink.push({ type: "ping" });
  assert.deepEqual(sink.out.slice(1), [{ type: "delta", index, text: " " }, { type: "ping" }]);
});

test("calls and refusals are remembered for the end", () => {
  const sink = new BlockSink();
  sink.start({ type: "text" });
  assert.deepEqual([sink.toolCalls, sink.refusal], [false, false]);
  sink.start({ type: "tool_call", id: "a", name: "f", kind: "function" });
  assert.deepEqual([sink.toolCalls, sink.refusal], [true, false]);
  sink.start({ type: "refusal" });
  assert.deepEqual([sink.toolCalls, sink.refusal], [true, true]);
});
