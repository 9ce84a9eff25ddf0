import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  CallDecoder,
  itemDecoder,
  MessageDecoder,
  ReasoningDecoder,
  rest,
} from "../../../../src/dialects/openai-responses/stream/decode-blocks.ts";
import { BlockSink } from "../../../../src/dialects/shared/blocks.ts";
import type { Reply, ReplyEvent } from "../../../../src/model/conversation.ts";
import { collect } from "../support.ts";

const parts = (events: readonly ReplyEvent[]): Reply["parts"] => collect(events).parts;

/** [type, index] of events. */
const shape = ({ out }: BlockSink) =>
  out.map((event) => [event.type, "index" in event ? event.index : undefined]);

test("what a finished text adds is its rest, and nothing where it says something else", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (sent, more) => {
    assert.equal(rest(sent, sent + more), more);
  }));
  assert.equal(rest("abc", "abd and more"), "");
  assert.equal(rest("abc", "ab"), "");
  for (const odd of [undefined, null, 7, ["abc"]]) assert.equal(rest("", odd), "");
});

test("a text cut anywhere comes once, though it is repeated at every level", () => {
  // https://platform.openai.com/docs/api-reference/responses-streaming
  fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 1 }), fc.nat(20), (text, cut) => {
    const sink = new BlockSink();
    const message = new MessageDecoder({ type: "message", phase: "commentary" }, sink);
    message.delta(0, false, text.slice(0, cut));
    message.text(0, false, text);
    message.partDone(0, { type: "output_text", text });
    message.finish({ content: [{ type: "output_text", text }] });
    assert.deepEqual(parts(sink.out), [{ type: "text", text, phase: "commentary" }]);
    assert.equal(message.closed, true);
  }));
});

test("annotations of the finished part are added where the stream had fewer", () => {
  const sink = new BlockSink();
  const message = new MessageDecoder({ type: "message" }, sink);
  const cite = (url: string) => ({ type: "url_citation", url });
  message.delta(0, false, "é");
  message.annotation(0, cite("https://a"));
  message.annotation(0, null);
  message.partDone(0, {
    type: "output_text",
    text: "é",
    annotations: [cite("https://a"), cite("https://b")],
  });
  assert.deepEqual(parts(sink.out), [
    { type: "text", text: "é", citations: [{ url: "https://a" }, { url: "https://b" }] },
  ]);
});

test("texts and refusals of one message are blocks of their own, closed once", () => {
  const sink = new BlockSink();
  const message = new MessageDecoder({ type: "message" }, sink);
  message.delta(0, false, "a");
  message.delta(2, true, "no");
  message.close();
  message.close();
  assert.deepEqual(shape(sink), [
    ["block_start", 0],
    ["delta", 0],
    ["block_start", 1],
    ["delta", 1],
    ["block_stop", 0],
    ["block_stop", 1],
  ]);
  assert.equal(sink.refusal, true);
});

test("a message whose content is one text is read", () => {
  const sink = new BlockSink();
  new MessageDecoder({ type: "message" }, sink).finish({ content: "日本" });
  assert.deepEqual(parts(sink.out), [{ type: "text", text: "日本" }]);
  const odd = new BlockSink();
  new MessageDecoder({ type: "message" }, odd).finish({ content: [null, 7, {}, { type: "output_text" }] });
  assert.deepEqual(odd.out, []);
});

test("a call begins with its item, and its arguments come once", () => {
  const sink = new BlockSink();
  const item = { type: "function_call", id: "fc_1", call_id: "c", name: "f", arguments: '{"a"' };
  const call = new CallDecoder(item, sink);
  call.delta(":1");
  call.text('{"a":1}');
  call.finish({ ...item, arguments: '{"a":1}' });
  call.finish({ ...item, arguments: '{"a":1,"b":2}' });
  assert.deepEqual(parts(sink.out), [
    { type: "tool_call", id: "c", name: "f", kind: "function", itemId: "fc_1", arguments: '{"a":1}' },
  ]);
  assert.equal(sink.out.filter(({ type }) => type === "block_stop").length, 1);
});

test("reasoning begins with its first content, keeps its parts apart and ends with its secret", () => {
  const sink = new BlockSink();
  const reasoning = new ReasoningDecoder(
    { type: "reasoning", id: "rs_1", encrypted_content: "beginning" },
    sink,
  );
  reasoning.summary(0, "");
  assert.deepEqual(sink.out, []);
  reasoning.summary(0, "on");
  reasoning.summaryText(0, "one");
  reasoning.delta(0, "a");
  reasoning.delta(1, "b");
  reasoning.finish({
    summary: [{ text: "one" }, { text: "two" }],
    content: [{ text: "a" }, { text: "b!" }],
    encrypted_content: "gAAA",
  });
  assert.deepEqual(parts(sink.out), [
    { type: "reasoning", text: "a\n\nb!", summary: ["one", "two"], encrypted: "gAAA", itemId: "rs_1" },
  ]);
});

test("empty reasoning gives no block", () => {
  const sink = new BlockSink();
  const reasoning = new ReasoningDecoder({ type: "reasoning", id: "rs_1" }, sink);
  reasoning.finish({ summary: [], content: [null], encrypted_content: "" });
  reasoning.close();
  assert.deepEqual(sink.out, []);
});

test("an item of one object is passed on when it is whole, and not where the stream broke", () => {
  const action = { type: "exec", command: ["ls"] };
  const item = { type: "local_shell_call", call_id: "c", action };
  const broken = new BlockSink();
  itemDecoder(item, broken).close(true);
  assert.deepEqual(broken.out, []);
  const sink = new BlockSink();
  const whole = itemDecoder(item, sink);
  whole.close(false);
  whole.finish(item);
  assert.deepEqual(parts(sink.out), [
    {
      type: "tool_call",
      id: "c",
      name: "local_shell",
      kind: "local_shell",
      arguments: JSON.stringify(action),
    },
  ]);
});

test("an item that nobody knows is kept as it came", () => {
  const sink = new BlockSink();
  const item = { type: "constructor", id: "x" };
  itemDecoder(item, sink).finish(item);
  assert.deepEqual(parts(sink.out), [
    { type: "opaque", dialect: "openai-responses", name: "constructor", value: item },
  ]);
});
