import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { openSeal } from "../../../../src/dialects/anthropic-messages/reasoning.ts";
import { BlockEncoder, frame } from "../../../../src/dialects/anthropic-messages/stream/encode-blocks.ts";
import { toolNames } from "../../../../src/dialects/shared/tool-names.ts";
import type { BlockStart, ReplyEvent } from "../../../../src/model/conversation.ts";
import type { Json } from "../../../../src/model/json.ts";
import { sseOf } from "../streams.ts";

type Step = ReplyEvent extends infer E ? E extends { index: number } ? Omit<E, "index"> : never : never;

const NAMES = toolNames([{ kind: "custom", name: "patch" }, { kind: "function", name: "mcp.read" }]);

/** The client's events of a block with these steps, as [type, what it holds]. */
function written(start: BlockStart, ...steps: Step[]): Json[] {
  let next = 5;
  const block = new BlockEncoder(start, NAMES, () => next++);
  const wire = block.begin() +
    steps.map((step) => block.write({ ...step, index: 0 } as ReplyEvent)).join("") + block.close();
  return sseOf(wire).map(({ event, data }) => {
    const json = JSON.parse(data);
    assert.deepEqual([json.type, json.index], [event, 5]);
    return json.content_block ?? json.delta ?? "stop";
  });
}

const text = (text: string): Step => ({ type: "delta", text });

test("a frame's name is its type, and any text in it is JSON on one line", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const [event, ...more] = sseOf(frame({ type: "ping", text }));
    assert.deepEqual([event?.event, JSON.parse(event!.data).text, more], ["ping", text, []]);
  }));
});

test("a block of any pieces is opened with the first that holds anything, and gives them back", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 6 }), { maxLength: 8 }), (pieces) => {
      const events = written({ type: "text" }, ...pieces.map(text));
      const full = pieces.filter((piece) => piece !== "");
      if (full.length === 0) return assert.deepEqual(events, []);
      assert.deepEqual(events, [
        { type: "text", text: "" },
        ...full.map((text) => ({ type: "text_delta", text })),
        "stop",
      ]);
    }),
  );
});

test("a call is shown at once, under the client's own name", () => {
  const call = {
    type: "tool_call",
    id: "a",
    name: NAMES.wire({ name: "mcp.read" }),
    kind: "function",
  } as const;
  assert.deepEqual(written(call), [{ type: "tool_use", id: "a", name: "mcp.read", input: {} }, "stop"]);
  assert.deepEqual(written(call, text('{"a":'), text("1}")).slice(1, 3), [
    { type: "input_json_delta", partial_json: '{"a":' },
    { type: "input_json_delta", partial_json: "1}" },
  ]);
});

test("a custom tool's text of any pieces is one JSON object", () => {
  const call: BlockStart = { type: "tool_call", id: "a", name: "patch", kind: "custom" };
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 6 }), { maxLength: 6 }), (pieces) => {
      const json = written(call, ...pieces.map(text)).map((event) => event.partial_json ?? "").join("");
      assert.deepEqual(JSON.parse(json), { input: pieces.join("") });
    }),
  );
});

test("summaries are one thought with a blank line between them", () => {
  const summary = (summaryIndex: number, text: string): Step => ({
    type: "summary_delta",
    summaryIndex,
    text,
  });
  const events = written({ type: "reasoning" }, summary(0, "one"), summary(0, "!"), summary(1, "two"));
  assert.equal(events.map((event) => event.thinking ?? "").join(""), "one!\n\ntwo");
  const seal = events.find((event) => event.type === "signature_delta").signature;
  assert.equal(openSeal(seal)?.summarised, true);
});

test("the provider's own signature comes last and whole; another's is sealed with its maker", () => {
  const signature = (signature: string, more = {}): Step => ({ type: "signature", signature, ...more });
  assert.deepEqual(written({ type: "reasoning" }, text("hm"), signature("Ev"), signature("QB")), [
    { type: "thinking", thinking: "", signature: "" },
    { type: "thinking_delta", thinking: "hm" },
    { type: "signature_delta", signature: "EvQB" },
    "stop",
  ]);
  const maker = { provider: "p", key: "k", model: "m" };
  const sealed = written({ type: "reasoning" }, text("hm"), signature("sig", { maker })).at(-2).signature;
  assert.deepEqual(openSeal(sealed), { signature: "sig", maker });
});

test("redacted thinking is a block of its own, and empty thinking is not sent", () => {
  assert.deepEqual(written({ type: "reasoning" }, { type: "signature", redacted: "EmwK" }), [
    { type: "redacted_thinking", data: "EmwK" },
    "stop",
  ]);
  assert.deepEqual(written({ type: "reasoning" }, text("")), []);
});

test("encrypted reasoning without a word is kept in a block without a word", () => {
  const [block, delta] = written({ type: "reasoning", itemId: "rs_1" }, {
    type: "signature",
    encrypted: "gAAA",
  });
  assert.deepEqual(block, { type: "thinking", thinking: "", signature: "" });
  const { encrypted, itemId } = openSeal(delta.signature)!;
  assert.deepEqual([encrypted, itemId], ["gAAA", "rs_1"]);
});

test("a citation opens its text, and one without a form here is skipped", () => {
  const cite = (citation: Json): Step => ({ type: "citation", citation });
  const [block, delta] = written({ type: "text" }, cite({ url: "https://a" }));
  assert.deepEqual([block.type, delta.type, delta.citation.url], ["text", "citations_delta", "https://a"]);
  assert.deepEqual(written({ type: "text" }, cite({ citedText: "x" })), []);
});

test("a server tool's input comes in a delta, as Anthropic streams it; others are hidden", () => {
  const opaque = (dialect: string, value: Json) =>
    written({ type: "opaque", part: { type: "opaque", dialect, name: "x", value } } as BlockStart);
  assert.deepEqual(
    opaque("anthropic-messages", { type: "server_tool_use", id: "s", input: { query: "ü" } }),
    [
      { type: "server_tool_use", id: "s", input: {} },
      { type: "input_json_delta", partial_json: '{"query":"ü"}' },
      "stop",
    ],
  );
  assert.deepEqual(opaque("anthropic-messages", { type: "web_search_tool_result" }), [
    { type: "web_search_tool_result" },
    "stop",
  ]);
  assert.deepEqual(opaque("openai-chat", {}), []);
});
