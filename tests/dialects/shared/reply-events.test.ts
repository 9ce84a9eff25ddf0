import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ReplyCollector, replyToEvents } from "../../../src/dialects/shared/reply-events.ts";
import type { Maker, Part, Reply, ReplyEvent } from "../../../src/model/conversation.ts";
import { replyArbitrary, streamArbitrary } from "../support/conversation.ts";

function collected(events: Iterable<ReplyEvent>): Reply {
  const collector = new ReplyCollector();
  for (const event of events) collector.push(event);
  return collector.reply();
}

const REPLY: Reply = { id: "r", model: "m", stop: "end_turn", parts: [] };
const MAKER: Maker = { provider: "p", key: "k", model: "m" };

test("any answer is the same after it was streamed, whole and cut anywhere", () => {
  fc.assert(fc.property(replyArbitrary(), (reply) => {
    assert.deepEqual(collected(replyToEvents(reply)), reply);
  }));
  fc.assert(fc.property(streamArbitrary(), ({ reply, events }) => {
    assert.deepEqual(collected(events), reply);
  }));
});

test("every kind of part that an answer has survives its stream", () => {
  const parts: Part[] = [
    { type: "text", text: "é", phase: "commentary", citations: [{ url: "https://a" }, { citedText: "x" }] },
    { type: "refusal", text: "no" },
    { type: "reasoning", text: "hm", signature: "s", itemId: "rs_1", maker: MAKER },
    { type: "reasoning", summary: ["one", "two"], encrypted: "e" },
    { type: "reasoning", redacted: "r", maker: MAKER },
    {
      type: "tool_call",
      id: "a",
      name: "f",
      namespace: "ns",
      kind: "custom",
      arguments: "",
      itemId: "i",
      signature: "g",
    },
    { type: "opaque", dialect: "openai-chat", name: "image", value: { a: 1 } },
  ];
  assert.deepEqual(collected(replyToEvents({ ...REPLY, parts })).parts, parts);
});

test("parts that no answer has are skipped, and the others are numbered without a gap", () => {
  const parts: Part[] = [
    { type: "audio", data: "AA", format: "mp3" },
    { type: "text", text: "a" },
    { type: "tool_result", id: "x", kind: "function", content: [] },
    { type: "text", text: "b" },
  ];
  const events = [...replyToEvents({ ...REPLY, parts })];
  const begun = events.flatMap((event) => event.type === "block_start" ? [event.index] : []);
  assert.deepEqual(begun, [0, 1]);
});

test("a failure takes the place of the end", () => {
  const error = { message: "gone" };
  const events = [...replyToEvents({ ...REPLY, error })];
  assert.deepEqual(events.map(({ type }) => type), ["start", "error"]);
  assert.equal(collected(events).error, error);
});

test("usage and tier of the end count before those of the start", () => {
  const usage = { input: 1, cacheRead: 0, cacheWrite: 0, output: 2, reasoning: 0 };
  const start: ReplyEvent = { type: "start", id: "r", model: "m", usage, serviceTier: "default" };
  const end: ReplyEvent = { type: "finish", stop: "max_tokens", rawStop: "length" };
  assert.deepEqual(collected([start, end]), {
    ...REPLY,
    stop: "max_tokens",
    rawStop: "length",
    usage,
    serviceTier: "default",
  });
  const later = { ...usage, output: 9 };
  const over = collected([start, { ...end, usage: later, serviceTier: "flex" }]);
  assert.deepEqual([over.usage, over.serviceTier], [later, "flex"]);
});

test("parts come in the order of their numbers, and pieces of unknown blocks are skipped", () => {
  const begin = (index: number): ReplyEvent => ({ type: "block_start", index, block: { type: "text" } });
  const piece = (index: number, text: string): ReplyEvent => ({ type: "delta", index, text });
  const reply = collected([
    begin(2),
    begin(0),
    piece(2, "b"),
    begin(0.5),
    piece(0.5, "half"),
    piece(0, "a"),
    piece(7, "x"),
  ]);
  assert.deepEqual(reply.parts.map((part) => part.type === "text" && part.text), ["a", "half", "b"]);
});
