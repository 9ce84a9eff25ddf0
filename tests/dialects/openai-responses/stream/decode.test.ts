import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Part, ReplyEvent } from "../../../../src/model/conversation.ts";
import type { Json } from "../../../../src/model/json.ts";
import { openAiResponses } from "../../../../src/dialects/openai-responses/index.ts";
import {
  bytesOf,
  checkNeutral,
  collect,
  decodeBytes,
  decodeEvents,
  ownAnswer,
  ownStream,
  recordedStreams,
} from "../support.ts";

const WHOLE = [
  "web-search",
  "reasoning-tools",
  "custom-tool",
  "refusal",
  "max-tokens",
  "only-completed",
  "open-model",
];

for (const name of WHOLE) {
  test(`the streamed answer "${name}" collects to the same reply as the whole one`, () => {
    const events = decodeEvents(ownStream(name));
    checkNeutral(events);
    assert.deepEqual(collect(events), openAiResponses.reply.decode(ownAnswer(name)));
  });
}

test("every recorded stream collects to what its own last event says", () => {
  const recorded = recordedStreams();
  assert.ok(recorded.length >= 8);
  for (const { name, events } of recorded) {
    const read = decodeEvents(events);
    checkNeutral(read);
    const last = events.at(-1);
    if (last.type === "response.failed") {
      assert.equal(read.at(-1)?.type, "error", name);
      continue;
    }
    const whole = openAiResponses.reply.decode(last.response);
    const parts = (reply: typeof whole) =>
      // The encrypted content differs between a recording's events; only the finished item's counts.
      reply.parts.map((part) =>
        part.type === "reasoning" ? { ...part, encrypted: part.encrypted !== undefined } : part
      );
    const collected = collect(read);
    assert.deepEqual(parts(collected), parts(whole), name);
    assert.deepEqual({ ...collected, parts: [] }, { ...whole, parts: [] }, name);
  }
});

test("the encrypted content is the finished item's, not the beginning that the added item holds", () => {
  const [reasoning] = collect(decodeEvents(ownStream("reasoning-tools"))).parts;
  assert.equal(reasoning?.type === "reasoning" && reasoning.encrypted, "gAAAfinal==");
});

test("every cut of the bytes gives the same events", () => {
  for (const lineEnd of ["\n", "\r\n"]) {
    const bytes = bytesOf(ownStream("web-search"), lineEnd);
    const whole = decodeBytes([bytes]);
    for (let at = 1; at < bytes.length; at += 1) {
      const got = decodeBytes([bytes.slice(0, at), bytes.slice(at)]);
      assert.deepEqual(got, whole, `cut at ${at}`);
    }
  }
});

test("chunks of any sizes give the same events", () => {
  const bytes = bytesOf(ownStream("reasoning-tools"));
  const whole = decodeBytes([bytes]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (sizes) => {
      const chunks: Uint8Array[] = [];
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = sizes[i % sizes.length]!;
        chunks.push(bytes.slice(at, at + size));
        at += size;
      }
      assert.deepEqual(decodeBytes(chunks), whole);
    }),
    { numRuns: 50 },
  );
});

const DELTAS = /\.delta$/;

/** The parts without what only an added item says, items that come whole last: they wait for their end. */
function essence(parts: readonly Part[]): Json[] {
  const kept = parts.map((part) => ({ ...part, itemId: undefined, phase: undefined }));
  return kept.sort((a, b) => Number(a.type === "opaque") - Number(b.type === "opaque"));
}

for (
  const [what, keep] of [
    ["deltas only", (type: string) => !/\.done$/.test(type) || type === "response.output_item.done"],
    ["no deltas", (type: string) => !DELTAS.test(type)],
    ["no done events", (type: string) => !/\.done$/.test(type)],
    [
      "finished items only",
      (type: string) => type === "response.output_item.done" || /response\.(created|completed)$/.test(type),
    ],
    ["the finished response only", (type: string) => /response\.(created|completed)$/.test(type)],
    ["no added events", (type: string) => !/\.added$/.test(type) || /annotation/.test(type)],
  ] as const
) {
  test(`text comes once from a provider that sends ${what}`, () => {
    for (const name of ["web-search", "reasoning-tools", "custom-tool", "open-model"]) {
      const events = decodeEvents(ownStream(name).filter((event) => keep(event.type)));
      checkNeutral(events);
      const got = essence(collect(events).parts);
      const expected = essence(openAiResponses.reply.decode(ownAnswer(name)).parts);
      assert.deepEqual(got, expected, name);
    }
  });
}

test("an item's text comes once though a provider renames the item at each event", () => {
  let n = 0;
  const events = ownStream("reasoning-tools").map((event) =>
    JSON.parse(
      JSON.stringify(event).replace(/"(item_id|id)":"(rs|msg|fc)_[^"]*"/g, (_all, key) =>
        `"${key}":"x_${n++}"`),
    )
  );
  const parts = collect(decodeEvents(events)).parts;
  assert.deepEqual(parts.map((part) => part.type), ["reasoning", "text", "tool_call", "tool_call"]);
  assert.equal(parts[1]?.type === "text" && parts[1].text, "I will look.");
});

test("items that share one output index are kept apart", () => {
  const events = ownStream("reasoning-tools").map((event) =>
    event.output_index === undefined ? event : { ...event, output_index: 0 }
  );
  const parts = collect(decodeEvents(events)).parts;
  assert.deepEqual(parts.map((part) => part.type), ["reasoning", "text", "tool_call", "tool_call"]);
  assert.equal(parts[2]?.type === "tool_call" && parts[2].arguments, '{"path":"a \\u00e9.ts"}');
});

test("a done text that does not continue the deltas is not appended to them", () => {
  const at = { item_id: "msg_1", output_index: 0, content_index: 0 };
  const events = decodeEvents([
    { type: "response.output_text.delta", ...at, delta: "Hello wrold" },
    { type: "response.output_text.done", ...at, text: "Hello world, all" },
    { type: "response.completed", response: { id: "resp_1", model: "m", status: "completed", output: [] } },
  ]);
  assert.deepEqual(collect(events).parts, [{ type: "text", text: "Hello wrold" }]);
});

test("unknown events, pings and [DONE] do no harm", () => {
  const decoder = openAiResponses.stream.decoder();
  const push = (data: string) => decoder.push({ data });
  assert.deepEqual(push('{"type":"response.something.new","x":1}'), []);
  assert.deepEqual(push("[DONE]"), []);
  assert.deepEqual(push("null"), []);
  assert.deepEqual(push('{"type":"keepalive","sequence_number":3}'), [{ type: "ping" }]);
});

test("a stream without a terminal event ends in an error, with its blocks closed", () => {
  const events = decodeEvents(ownStream("web-search").slice(0, 12));
  checkNeutral(events);
  assert.match((events.at(-1) as ReplyEvent & { type: "error" }).error.message, /ended before/);
});

test("a call of one object that only began is not passed on when the stream breaks", () => {
  const events = decodeEvents(ownStream("open-model").slice(0, -2));
  assert.equal(
    events.some((event) => event.type === "block_start" && event.block.type === "tool_call"),
    false,
  );
  assert.equal(events.at(-1)?.type, "error");
});

test("a failed response is an error with its code and the status that belongs to it", () => {
  assert.deepEqual(decodeEvents(ownStream("failed")).at(-1), {
    type: "error",
    error: { message: "Rate limit reached. Please try again in 11.054s.", code: "rate_limit_exceeded" },
    status: 429,
  });
});

test("an error event counts in all of its forms", () => {
  const flat = { type: "error", sequence_number: 2, code: "server_error", message: "Oh no", param: null };
  const nested = { type: "error", error: { type: "server_error", code: "server_error", message: "Oh no" } };
  const bare = { ...nested, type: "response.failed" };
  for (const event of [flat, nested, bare]) {
    const error = decodeEvents([event]).at(-1) as ReplyEvent & { type: "error" };
    assert.equal(error.error.message, "Oh no");
    assert.equal(error.error.code, "server_error");
    assert.equal(error.status, 500);
  }
});

test("a response that is completed with status failed is an error", () => {
  const response = {
    id: "r",
    status: "failed",
    error: { code: "server_error", message: "broken" },
    output: [],
  };
  assert.equal(decodeEvents([{ type: "response.completed", response }]).at(-1)?.type, "error");
});
