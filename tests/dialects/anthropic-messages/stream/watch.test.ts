import assert from "node:assert/strict";
import { test } from "node:test";
import { anthropicMessages } from "../../../../src/dialects/anthropic-messages/index.ts";
import type { SseEvent } from "../../../../src/bytes/sse.ts";
import { allStreams, collect, decodeCut, recorded, sseOf, wireOf } from "../streams.ts";

function watched(events: readonly SseEvent[]) {
  const watch = anthropicMessages.stream.watch();
  return { watch, said: events.map((event) => watch.push(event)) };
}

test("the watch sees the usage that the decoder sees, of every recorded stream", () => {
  for (const stream of allStreams) {
    const { watch } = watched(sseOf(wireOf(stream)));
    const events = decodeCut(wireOf(stream));
    const reply = collect(events);
    if (reply.error === undefined) assert.deepEqual(watch.usage, reply.usage, stream.name);
    assert.equal(watch.finished, events.at(-1)?.type === "finish", stream.name);
  }
});

test("nothing before the first real output counts as output", () => {
  const { said } = watched(sseOf(wireOf(recorded("tool"))));
  assert.deepEqual(said.slice(0, 4), ["prelude", "prelude", "output", "prelude"]);
  const empty = {
    event: "content_block_delta",
    data: '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}',
  };
  assert.deepEqual(watched([empty]).said, ["prelude"]);
});

test("a refusal without a word is an end without output", () => {
  const { said } = watched(sseOf(wireOf(recorded("refusal"))));
  assert.deepEqual(said, ["prelude", "prelude", "prelude", "end"]);
});

test("an error event keeps the provider's words", () => {
  const { watch, said } = watched(sseOf(wireOf(recorded("error"))));
  assert.equal(said.at(-1), "error");
  assert.deepEqual(watch.error, { message: "Overloaded", type: "overloaded_error" });
  assert.equal(watch.finished, false);
});

test("events without a name are known by their type", () => {
  for (const stream of allStreams) {
    const named = sseOf(wireOf(stream));
    const bare = named.map(({ data }) => ({ data }));
    assert.deepEqual(watched(bare).said, watched(named).said, stream.name);
  }
  assert.deepEqual(watched([{ data: '{"error":{"message":"gone"}}' }, { data: "[DONE]" }]).said, [
    "error",
    "prelude",
  ]);
});

test("the characters of output are counted near enough for an estimate", () => {
  const { watch } = watched(sseOf(wireOf(recorded("text"))));
  const [part] = collect(decodeCut(wireOf(recorded("text")))).parts;
  assert.ok(part?.type === "text");
  assert.ok(Math.abs(watch.outputChars - part.text.length) <= 4, String(watch.outputChars));
});

test("deltas are not parsed: one that is not JSON passes like any other", () => {
  const { said } = watched([{ event: "content_block_delta", data: '{"type":"content_block_delta", …' }]);
  assert.deepEqual(said, ["output"]);
});
