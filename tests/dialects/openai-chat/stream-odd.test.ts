/** What providers do differently, a line each: the stream, and what is to be read from it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Part, StopReason } from "../../../src/dialects/conversation.ts";
import type { Json } from "../../../src/dialects/dialect.ts";
import { chunk, collect, decode, illegalities, piece, wire } from "./streams.ts";

interface Odd {
  readonly does: string;
  readonly stream: readonly Json[];
  readonly parts: readonly Part[];
  readonly stop?: StopReason;
  /** No `[DONE]`. */
  readonly open?: boolean;
  readonly output?: number;
}

const text = (text: string): Part => ({ type: "text", text });
const call = (id: string, name: string, args: string): Part => ({
  type: "tool_call",
  id,
  name,
  kind: "function",
  arguments: args,
});
const USAGE = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
const ROLE = chunk({ role: "assistant", content: "" });
const STOP = chunk({}, "stop");
const CALLS = chunk({}, "tool_calls");

const ODD: readonly Odd[] = [
  {
    does: "usage in a last chunk with empty choices",
    stream: [ROLE, chunk({ content: "hi" }), STOP, { choices: [], usage: USAGE }],
    parts: [text("hi")],
    output: 7,
  },
  {
    does: "usage in the chunk with the finish reason",
    stream: [ROLE, chunk({ content: "hi" }), chunk({}, "stop", { usage: USAGE })],
    parts: [text("hi")],
    output: 7,
  },
  {
    does: "usage under x_groq alone",
    stream: [chunk({ content: "hi" }), chunk({}, "stop", { x_groq: { usage: USAGE } })],
    parts: [text("hi")],
    output: 7,
  },
  {
    does: "a running usage in every chunk",
    stream: [
      chunk({ content: "h" }, null, { usage: { ...USAGE, completion_tokens: 1 } }),
      chunk({ content: "i" }, null, { usage: { ...USAGE, completion_tokens: 2 } }),
      chunk({}, "stop", { usage: USAGE }),
    ],
    parts: [text("hi")],
    output: 7,
  },
  {
    does: "usage in a chunk with a choice, after the finish reason",
    stream: [chunk({ content: "hi" }), STOP, chunk({ content: "" }, null, { usage: USAGE })],
    parts: [text("hi")],
    output: 7,
  },
  {
    does: "zero usage first and the counts later",
    stream: [
      chunk({ content: "hi" }),
      chunk({}, "stop", { usage: { prompt_tokens: 0, completion_tokens: 0 } }),
      { choices: [], usage: USAGE },
    ],
    parts: [text("hi")],
    output: 7,
  },
  {
    does: "a first chunk without choices",
    stream: [{ id: "", model: "", choices: [], prompt_filter_results: [] }, chunk({ content: "hi" }), STOP],
    parts: [text("hi")],
  },
  {
    does: "null content between texts",
    stream: [chunk({ content: null }), chunk({ content: "hi" }), STOP],
    parts: [text("hi")],
  },
  { does: "an empty answer", stream: [ROLE, STOP], parts: [] },
  {
    does: "a finish reason and no end mark",
    stream: [chunk({ content: "hi" }), STOP],
    parts: [text("hi")],
    open: true,
  },
  { does: "an end mark and no finish reason", stream: [chunk({ content: "hi" })], parts: [text("hi")] },
  {
    does: "a usage chunk and neither finish reason nor end mark",
    stream: [chunk({ content: "hi" }), { choices: [], usage: USAGE }],
    parts: [text("hi")],
    open: true,
    output: 7,
  },
  {
    does: "an empty finish reason in every chunk",
    stream: [chunk({ content: "h" }, ""), chunk({ content: "i" }, ""), STOP],
    parts: [text("hi")],
  },
  {
    does: "the finish reason in every chunk",
    stream: [chunk({ content: "h" }, "stop"), chunk({ content: "i" }, "stop")],
    parts: [text("hi")],
  },
  {
    does: "the last text in the chunk with the finish reason",
    stream: [chunk({ content: "h" }), chunk({ content: "i" }, "length")],
    parts: [text("hi")],
    stop: "max_tokens",
  },
  {
    does: "several choices",
    stream: [
      { choices: [{ index: 1, delta: { content: "no" } }] },
      { choices: [{ index: 0, delta: { content: "yes" } }, { index: 1, delta: { content: "no" } }] },
      { choices: [{ index: 1, delta: {}, finish_reason: "length" }] },
      STOP,
    ],
    parts: [text("yes")],
  },
  {
    does: "a choice without an index",
    stream: [{ choices: [{ delta: { content: "hi" } }] }, STOP],
    parts: [text("hi")],
  },
  {
    does: "a message instead of a delta",
    stream: [{
      choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
    }],
    parts: [text("hi")],
  },
  {
    does: "a message beside an empty delta",
    stream: [{ choices: [{ index: 0, delta: {}, message: { content: "hi" }, finish_reason: "stop" }] }],
    parts: [text("hi")],
  },
  {
    does: "a whole tool call in one chunk",
    stream: [
      ROLE,
      chunk({ tool_calls: [piece({ index: 0, id: "a", type: "function" }, "f", '{"x":1}')] }),
      CALLS,
    ],
    parts: [call("a", "f", '{"x":1}')],
    stop: "tool_use",
  },
  {
    does: '"stop" although a tool is called',
    stream: [chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f", "{}")] }), STOP],
    parts: [call("a", "f", "{}")],
    stop: "tool_use",
  },
  {
    does: '"tool_calls" although none is called',
    stream: [chunk({ content: "hi" }), CALLS],
    parts: [text("hi")],
    stop: "end_turn",
  },
  {
    does: "the id in every piece",
    stream: [
      chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f", "")] }),
      chunk({ tool_calls: [piece({ index: 0, id: "a" }, undefined, '{"x"')] }),
      chunk({ tool_calls: [piece({ index: 0, id: "a" }, undefined, ":1}")] }),
      CALLS,
    ],
    parts: [call("a", "f", '{"x":1}')],
    stop: "tool_use",
  },
  {
    does: "id and name in every piece",
    stream: [
      chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f", '{"x"')] }),
      chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f", ":1}")] }),
      CALLS,
    ],
    parts: [call("a", "f", '{"x":1}')],
    stop: "tool_use",
  },
  {
    does: "empty strings for id and name after the first piece",
    stream: [
      chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f", '{"x"')] }),
      chunk({ tool_calls: [piece({ index: 0, id: "" }, "", ":1}")] }),
      CALLS,
    ],
    parts: [call("a", "f", '{"x":1}')],
    stop: "tool_use",
  },
  {
    does: "the id first and the name a piece later",
    stream: [
      chunk({ tool_calls: [piece({ index: 0, id: "a" })] }),
      chunk({ tool_calls: [piece({ index: 0 }, "f", "{}")] }),
      CALLS,
    ],
    parts: [call("a", "f", "{}")],
    stop: "tool_use",
  },
  {
    does: "no id at all",
    stream: [
      chunk({ tool_calls: [piece({ index: 0 }, "f", '{"x"'), piece({ index: 1 }, "g", "{}")] }),
      chunk({ tool_calls: [piece({ index: 0 }, undefined, ":1}")] }),
      CALLS,
    ],
    parts: [call("call_made_1", "f", '{"x":1}'), call("call_made_2", "g", "{}")],
    stop: "tool_use",
  },
  {
    does: "no index, whole calls",
    stream: [chunk({ tool_calls: [piece({ id: "a" }, "f", "{}"), piece({ id: "b" }, "g", "{}")] }), CALLS],
    parts: [call("a", "f", "{}"), call("b", "g", "{}")],
    stop: "tool_use",
  },
  {
    does: "no index, pieces",
    stream: [
      chunk({ tool_calls: [piece({ id: "a" }, "f", '{"x"')] }),
      chunk({ tool_calls: [piece({}, undefined, ":1}")] }),
      chunk({ tool_calls: [piece({ id: "b" }, "g", '{"y"')] }),
      chunk({ tool_calls: [piece({ id: "b" }, undefined, ":2}")] }),
      CALLS,
    ],
    parts: [call("a", "f", '{"x":1}'), call("b", "g", '{"y":2}')],
    stop: "tool_use",
  },
  {
    does: "index 0 for every call, ids of their own",
    stream: [
      chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f", "{}")] }),
      chunk({ tool_calls: [piece({ index: 0, id: "b" }, "f", "{}")] }),
      CALLS,
    ],
    parts: [call("a", "f", "{}"), call("b", "f", "{}")],
    stop: "tool_use",
  },
  {
    does: "index 0 for every call and no ids",
    stream: [
      chunk({ tool_calls: [piece({ index: 0 }, "f", '{"x":1}'), piece({ index: 0 }, "f", '{"x":2}')] }),
      STOP,
    ],
    parts: [call("call_made_1", "f", '{"x":1}'), call("call_made_2", "f", '{"x":2}')],
    stop: "tool_use",
  },
  {
    does: "the same id for two calls",
    stream: [
      chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f", "{}")] }),
      chunk({ tool_calls: [piece({ index: 1, id: "a" }, "g", "{}")] }),
      CALLS,
    ],
    parts: [call("a", "f", "{}"), call("call_made_1", "g", "{}")],
    stop: "tool_use",
  },
  {
    does: "arguments as an object",
    stream: [
      chunk({ tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: { x: 1 } } }] }),
      CALLS,
    ],
    parts: [call("a", "f", '{"x":1}')],
    stop: "tool_use",
  },
  {
    does: "no arguments",
    stream: [chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f")] }), CALLS],
    parts: [call("a", "f", "{}")],
    stop: "tool_use",
  },
  {
    does: "text after tool calls",
    stream: [
      chunk({ content: "one" }),
      chunk({ tool_calls: [piece({ index: 0, id: "a" }, "f", '{"x"')] }),
      chunk({ content: "two" }),
      chunk({ tool_calls: [piece({ index: 0 }, undefined, ":1}")] }),
      CALLS,
    ],
    parts: [text("one"), call("a", "f", '{"x":1}'), text("two")],
    stop: "tool_use",
  },
  {
    does: "a custom tool",
    stream: [
      chunk({
        tool_calls: [{ index: 0, id: "a", type: "custom", custom: { name: "patch", input: "*** B" } }],
      }),
      chunk({ tool_calls: [{ index: 0, custom: { input: "egin" } }] }),
      CALLS,
    ],
    parts: [{ type: "tool_call", id: "a", name: "patch", kind: "custom", arguments: "*** Begin" }],
    stop: "tool_use",
  },
  {
    does: "a legacy function_call",
    stream: [
      chunk({ function_call: { name: "f", arguments: "" } }),
      chunk({ function_call: { arguments: "{}" } }),
      chunk({}, "function_call"),
    ],
    parts: [call("call_made_1", "f", "{}")],
    stop: "tool_use",
  },
  {
    does: "Gemini's thought signature",
    stream: [
      chunk({
        tool_calls: [{
          index: 0,
          id: "a",
          function: { name: "f", arguments: "{}" },
          extra_content: { google: { thought_signature: "sig" } },
        }],
      }, "stop"),
    ],
    parts: [{ type: "tool_call", id: "a", name: "f", kind: "function", arguments: "{}", signature: "sig" }],
    stop: "tool_use",
  },
  {
    does: "the same reasoning under two names",
    stream: [chunk({ reasoning: "hm", reasoning_content: "hm" }), chunk({ content: "hi" }), STOP],
    parts: [{ type: "reasoning", text: "hm" }, text("hi")],
  },
  {
    does: "reasoning between texts",
    stream: [chunk({ content: "a" }), chunk({ reasoning: "b" }), chunk({ content: "c" }), STOP],
    parts: [text("a"), { type: "reasoning", text: "b" }, text("c")],
  },
  {
    does: "the thinking in a content list",
    stream: [
      chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }] }),
      chunk({ content: [{ type: "text", text: "hi" }] }),
      STOP,
    ],
    parts: [{ type: "reasoning", text: "hm" }, text("hi")],
  },
  {
    does: "summaries with encrypted reasoning",
    stream: [
      chunk({
        reasoning: "one ",
        reasoning_details: [{ type: "reasoning.summary", summary: "one ", id: "rs_1", index: 0 }],
      }),
      chunk({
        reasoning: "two",
        reasoning_details: [{ type: "reasoning.summary", summary: "two", id: "rs_1", index: 0 }],
      }),
      chunk({
        reasoning_details: [{
          type: "reasoning.encrypted",
          data: "enc",
          id: "rs_1",
          format: "openai-responses-v1",
          index: 0,
        }],
      }),
      chunk({ content: "hi" }),
      STOP,
    ],
    parts: [{ type: "reasoning", summary: ["one two"], encrypted: "enc", itemId: "rs_1" }, text("hi")],
  },
  {
    does: "two signed thoughts in a row",
    stream: [
      chunk({ reasoning_details: [{ type: "reasoning.text", text: "a", index: 0 }] }),
      chunk({ reasoning_details: [{ type: "reasoning.text", signature: "A", index: 0 }] }),
      chunk({ reasoning_details: [{ type: "reasoning.text", text: "b", signature: "B", index: 1 }] }),
      STOP,
    ],
    parts: [{ type: "reasoning", text: "a", signature: "A" }, {
      type: "reasoning",
      text: "b",
      signature: "B",
    }],
  },
  {
    does: "a refusal",
    stream: [chunk({ refusal: "I can" }), chunk({ refusal: "not." }), STOP],
    parts: [{ type: "refusal", text: "I cannot." }],
    stop: "refusal",
  },
  {
    does: "annotations",
    stream: [
      chunk({ content: "rain" }),
      chunk({ annotations: [{ type: "url_citation", url_citation: { url: "https://a", title: "A" } }] }),
      STOP,
    ],
    parts: [{ type: "text", text: "rain", citations: [{ url: "https://a", title: "A" }] }],
  },
  {
    does: "a native finish reason that says more",
    stream: [{
      choices: [{ index: 0, delta: {}, finish_reason: "content_filter", native_finish_reason: "refusal" }],
    }],
    parts: [],
    stop: "refusal",
  },
];

for (const { does, stream, parts, stop = "end_turn", open, output } of ODD) {
  test(`a provider that sends ${does} is understood`, () => {
    const events = decode(wire(stream, open !== true));
    assert.deepEqual(illegalities(events), []);
    const reply = collect(events);
    assert.deepEqual(reply.parts, parts);
    assert.equal(reply.stop, stop);
    assert.equal(reply.error, undefined);
    assert.equal(reply.usage?.output, output);
  });
}

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
    does: "something that is no JSON",
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
