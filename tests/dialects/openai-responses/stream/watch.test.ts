import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../../../src/model/json.ts";
import { openAiResponses } from "../../../../src/dialects/openai-responses/index.ts";
import { ownStream, recordedStreams } from "../support.ts";

/** What the watch says of each event, with the event's name given or in the data alone. */
function watch(events: readonly Json[], named: boolean) {
  const watch = openAiResponses.stream.watch();
  const states = events.map((event) => {
    const data = JSON.stringify(event);
    return watch.push(named ? { event: event.type, data } : { data });
  });
  return { watch, states };
}

for (const named of [true, false]) {
  const how = named ? "with event names" : "by its data alone";
  test(`output begins with the first content, not with what announces it (${how})`, () => {
    const events = ownStream("max-tokens");
    const { states, watch: seen } = watch(events, named);
    const first = states.indexOf("output");
    assert.equal(events[first].type, "response.output_text.delta");
    assert.deepEqual(states.slice(0, first), Array(first).fill("prelude"));
    assert.equal(states.at(-1), "end");
    assert.deepEqual(seen.usage, { input: 20, cacheRead: 0, cacheWrite: 0, output: 4, reasoning: 0 });
    assert.equal(seen.outputChars, "Once upon a".length);
  });

  test(`every recorded stream ends or fails, with its usage (${how})`, () => {
    for (const { name, events } of recordedStreams()) {
      const { states, watch: seen } = watch(events, named);
      const last = events.at(-1);
      assert.equal(states.at(-1), last.type === "response.failed" ? "error" : "end", name);
      if (last.response.usage) assert.deepEqual(seen.usage, openAiResponses.usage(last.response), name);
      else assert.ok(seen.error!.message.length > 0);
    }
  });
}

test("a call's item is output as soon as it begins; a message's is not", () => {
  const { states } = watch(ownStream("custom-tool"), true);
  assert.deepEqual(states.slice(0, 3), ["prelude", "prelude", "output"]);
});

test("the error of a stream that failed before any output is states", () => {
  const error = {
    type: "error",
    sequence_number: 2,
    error: { type: "insufficient_quota", code: "insufficient_quota", message: "over" },
  };
  const { states, watch: seen } = watch([...ownStream("failed").slice(0, 2), error], true);
  assert.deepEqual(states, ["prelude", "prelude", "error"]);
  assert.deepEqual(seen.error, { message: "over", type: "insufficient_quota", code: "insufficient_quota" });
});

test("characters of output are counted over escapes, and obfuscation is not output", () => {
  const seen = openAiResponses.stream.watch();
  seen.push({ event: "response.output_text.delta", data: '{"delta":"a\\"b\\\\","obfuscation":"zzzz"}' });
  assert.equal(seen.outputChars, 6);
  seen.push({ event: "response.output_text.delta", data: '{"obfuscation": "zzzz", "delta": "abc"}' });
  assert.equal(seen.outputChars, 9);
});

test("damaged events do no harm", () => {
  const seen = openAiResponses.stream.watch();
  assert.equal(seen.push({ data: "[DONE]" }), "prelude");
  assert.equal(seen.push({ data: '{"type":"response.compl' }), "prelude");
  assert.equal(seen.push({ event: "response.completed", data: '{"type":' }), "end");
});

test("response.done ends a stream as response.completed does", () => {
  const events = ownStream("max-tokens").with(-1, {
    type: "response.done",
    response: { status: "completed", output: [] },
  });
  assert.equal(watch(events, true).states.at(-1), "end");
  const decoder = openAiResponses.stream.decoder();
  const decoded = events.flatMap((event) => decoder.push({ data: JSON.stringify(event) }));
  assert.equal(decoded.at(-1)?.type, "finish");
});
