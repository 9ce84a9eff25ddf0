import assert from "node:assert/strict";
import { test } from "node:test";
import { anthropicMessages } from "../../../../src/dialects/anthropic-messages/index.ts";
import { allStreams, collect, decodeCut, ownStreams, recorded, wireOf } from "../streams.ts";

const start =
  '{"type":"message_start","message":{"id":"m","model":"c","usage":{"input_tokens":7,"output_tokens":1}}}';
const end = '{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}}';
const data = (...events: string[]) => events.map((event) => `data: ${event}\n\n`).join("");

test("a stream gives the same answer as the whole one", () => {
  for (const stream of ownStreams) {
    if (stream.whole === undefined) continue;
    const streamed = collect(decodeCut(wireOf(stream)));
    const whole = anthropicMessages.reply.decode(stream.whole);
    const withJson = (reply: typeof whole) => ({
      ...reply,
      parts: reply.parts.map((part) =>
        part.type === "tool_call" ? { ...part, arguments: JSON.parse(part.arguments || "{}") } : part
      ),
    });
    assert.deepEqual(withJson(streamed), withJson(whole), stream.name);
  }
});

test("wherever the bytes are cut, the events are the same", () => {
  for (const stream of allStreams) {
    const wire = wireOf(stream);
    const expected = decodeCut(wire);
    const size = new TextEncoder().encode(wire).length;
    for (let cut = 1; cut < size; cut++) {
      assert.deepEqual(decodeCut(wire, [cut]), expected, `${stream.name} cut at ${cut}`);
    }
    const bytes = Array.from({ length: size - 1 }, (_, i) => i + 1);
    assert.deepEqual(decodeCut(wire, bytes), expected, `${stream.name} byte by byte`);
    assert.deepEqual(decodeCut(wire.replaceAll("\n", "\r\n"), bytes), expected, `${stream.name} with CRLF`);
  }
});

test("every recorded stream ends in one finish or one error, every block opened is closed", () => {
  for (const stream of allStreams) {
    const events = decodeCut(wireOf(stream));
    const ends = events.filter(({ type }) => type === "finish" || type === "error");
    assert.equal(ends.length, 1, stream.name);
    assert.equal(events.at(-1), ends[0], stream.name);
    const opened = events.filter(({ type }) => type === "block_start").map((event) =>
      "index" in event && event.index
    );
    const closed = events.filter(({ type }) => type === "block_stop").map((event) =>
      "index" in event && event.index
    );
    assert.deepEqual(closed, opened, stream.name);
    assert.deepEqual(opened, opened.map((_, i) => i), stream.name);
  }
});

test("usage is put together from the stream's beginning and its end", () => {
  const reply = collect(decodeCut(wireOf(recorded("tool"))));
  assert.deepEqual(reply.usage, {
    input: 41,
    cacheRead: 18000,
    cacheWrite: 512,
    cacheWrite1h: 512,
    output: 58,
    reasoning: 0,
  });
  assert.equal(collect(decodeCut(wireOf(recorded("stop-sequence")))).usage?.input, 43);
  assert.equal(collect(decodeCut(wireOf(recorded("thinking")))).usage?.reasoning, 28);
  assert.equal(collect(decodeCut(wireOf(recorded("citations")))).usage?.webSearches, 1);
});

test("a refusal's explanation becomes a refusal", () => {
  const reply = collect(decodeCut(wireOf(recorded("refusal"))));
  assert.equal(reply.stop, "refusal");
  assert.deepEqual(reply.parts, [{ type: "refusal", text: "This request was declined." }]);
});

test("server tools come through whole, with the input that was streamed", () => {
  const [call, result] = collect(decodeCut(wireOf(recorded("citations")))).parts;
  assert.ok(call?.type === "opaque" && result?.type === "opaque");
  assert.deepEqual([call.name, call.value.input], ["server_tool_use", { query: "deno 2.9" }]);
  assert.equal(result.name, "web_search_tool_result");
});

test("an error in the stream ends it with the provider's words", () => {
  const events = decodeCut(wireOf(recorded("error")));
  assert.deepEqual(events.slice(-2), [
    { type: "block_stop", index: 0 },
    { type: "error", error: { message: "Overloaded", type: "overloaded_error" } },
  ]);
});

test("an error without its type, as gateways send it, is an error too", () => {
  const events = decodeCut(data(start, '{"error":{"message":"upstream gone","code":502}}', end));
  assert.deepEqual(events.at(-1), { type: "error", error: { message: "upstream gone", code: "502" } });
});

test("a stream that is cut off is an error; one that only lacks message_stop is not", () => {
  const cut = decodeCut(wireOf(recorded("cut")));
  assert.equal(cut.at(-1)?.type, "error");
  assert.deepEqual(cut.at(-2), { type: "block_stop", index: 0 });
  const finished = decodeCut(data(start, end));
  assert.deepEqual(finished.at(-1), {
    type: "finish",
    stop: "end_turn",
    usage: { input: 7, cacheRead: 0, cacheWrite: 0, output: 3, reasoning: 0 },
  });
  assert.equal(decodeCut("").at(-1)?.type, "error");
});

test("events, deltas and blocks of times to come are skipped", () => {
  const events = decodeCut(data(
    start,
    '{"type":"weather","sun":true}',
    '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"a"}}',
    '{"type":"content_block_delta","index":0,"delta":{"type":"dance_delta","steps":3}}',
    '{"type":"content_block_delta","index":9,"delta":{"type":"text_delta","text":"nowhere"}}',
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b"}}',
    '{"type":"content_block_stop","index":0}',
    "7",
    "[DONE]",
    end,
    '{"type":"message_stop"}',
    '{"type":"content_block_start","index":1,"content_block":{"type":"text","text":"after the end"}}',
  ));
  assert.deepEqual(collect(events).parts, [{ type: "text", text: "ab" }]);
});

test("a provider that sends a call's whole input with its start loses nothing", () => {
  const events = decodeCut(data(
    start,
    '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"Bash","input":{"command":"ls"}}}',
    '{"type":"content_block_stop","index":0}',
    end,
  ));
  assert.deepEqual(collect(events).parts, [
    { type: "tool_call", id: "t", name: "Bash", kind: "function", arguments: '{"command":"ls"}' },
  ]);
});

test("an event that is not JSON fails the answer instead of losing a piece of it", () => {
  const events = decodeCut(data(start, '{"type":"content_block_del', end));
  assert.equal(events.at(-1)?.type, "error");
});

test("counts of zero at the end do not wipe out those of the beginning", () => {
  const zero =
    '{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":0,"output_tokens":3}}';
  assert.equal(collect(decodeCut(data(start, zero))).usage?.input, 7);
});

test("a delta of the next block without its start begins the block", () => {
  const events = decodeCut(data(
    start,
    '{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}',
    '{"type":"content_block_stop","index":0}',
    '{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"a"}}',
    '{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"b"}}',
    end,
    '{"type":"message_stop"}',
  ));
  assert.deepEqual(collect(events).parts, [{ type: "reasoning", text: "hm" }, { type: "text", text: "ab" }]);
});
