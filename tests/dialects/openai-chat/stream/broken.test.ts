/** Streams that fail, each in its provider's way. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../../../src/model/json.ts";
import { ROLE } from "../odd-streams.ts";
import { chunk, decode, illegalities, piece, wire } from "../streams.ts";

const BROKEN: readonly {
  does: string;
  stream: readonly Json[];
  message: RegExp;
  status?: number;
  open?: boolean;
}[] = [
  {
    does: "an error object",
    stream: [ROLE, { error: { message: "busy", code: 429 } }],
    message: /busy/,
    status: 429,
  },
  {
    does: "an error beside its choices",
    stream: [chunk({ content: "hi" }, "error", { error: { message: "gone", code: 502 } })],
    message: /gone/,
    status: 502,
  },
  {
    does: "an error inside a choice",
    stream: [{ choices: [{ index: 0, delta: {}, error: { message: "gone", code: 503 } }] }],
    message: /gone/,
    status: 503,
  },
  { does: "an error as text", stream: [{ error: "model not loaded" }], message: /model not loaded/ },
  {
    does: "a message without choices",
    stream: [{ object: "error", message: "no", code: 400 }],
    message: /no/,
    status: 400,
  },
  {
    does: "something that is not JSON",
    stream: ["upstream connect error"],
    message: /upstream connect error/,
  },
  {
    does: 'the finish reason "error"',
    stream: [chunk({ content: "hi" }), chunk({}, "error")],
    message: /broke its answer off/,
  },
  { does: "nothing but the end mark", stream: [], message: /empty/ },
  { does: "nothing at all", stream: [], message: /before it was complete/, open: true },
  {
    does: "half an answer",
    stream: [ROLE, chunk({ content: "hi" })],
    message: /before it was complete/,
    open: true,
  },
];

for (const { does, stream, message, status, open } of BROKEN) {
  test(`a provider that sends ${does} has failed`, () => {
    const events = decode(wire(stream, open !== true));
    assert.deepEqual(illegalities(events), []);
    const last = events.at(-1);
    assert.ok(last?.type === "error");
    assert.match(last.error.message, message);
    assert.equal(last.status, status);
  });
}

test("an event named error is a failure whatever it holds", () => {
  const events = decode('event: error\ndata: {"code":500,"message":"bad"}\n\n');
  assert.deepEqual(events, [{ type: "error", error: { message: "bad", code: "500" }, status: 500 }]);
});

test("a tool call that was cut is never closed, so no agent runs it", () => {
  const events = decode(wire([chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f", '{"x')] })], false));
  assert.deepEqual(events.map(({ type }) => type), ["start", "block_start", "delta", "error"]);
});

test("a reply without id gets one", () => {
  const [start] = decode(wire([{ choices: [{ delta: { content: "hi" }, finish_reason: "stop" }] }]));
  assert.deepEqual(start, { type: "start", id: "chatcmpl-made_1", model: "" });
});
