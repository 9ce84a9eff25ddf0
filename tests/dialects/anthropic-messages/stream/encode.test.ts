import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ReplyEvent } from "../../../../src/model/conversation.ts";
import { openSeal } from "../../../../src/dialects/anthropic-messages/reasoning.ts";
import { replyArbitrary, streamArbitrary } from "../../support/conversation.ts";
import { assertLegal } from "../legal.ts";
import { allStreams, ASKED, collect, decodeCut, encodeAll, wireOf } from "../streams.ts";

const START: ReplyEvent = { type: "start", id: "chatcmpl-1", model: "llama" };
const FINISH: ReplyEvent = { type: "finish", stop: "end_turn" };
const text = (index: number): ReplyEvent => ({ type: "block_start", index, block: { type: "text" } });
const call = (
  index: number,
  id: string,
  name: string,
  kind: "function" | "custom" = "function",
): ReplyEvent => ({
  type: "block_start",
  index,
  block: { type: "tool_call", id, name, kind },
});
const delta = (index: number, text: string): ReplyEvent => ({ type: "delta", index, text });
const stop = (index: number): ReplyEvent => ({ type: "block_stop", index });

test("every recorded stream, decoded and encoded, is legal and gives the same answer", () => {
  for (const stream of allStreams) {
    const events = decodeCut(wireOf(stream));
    const wire = encodeAll(events);
    assertLegal(wire, stream.name);
    const { error, ...answer } = collect(events);
    const { error: again, ...same } = collect(decodeCut(wire));
    // A client is shown a refusal's words as text.
    const parts = answer.parts.map((part) => part.type === "refusal" ? { ...part, type: "text" } : part);
    assert.deepEqual(same, { serviceTier: "default", ...answer, parts }, stream.name);
    assert.equal(again?.message, error?.message, stream.name);
  }
});

test("whatever answer is streamed, the client reads the same one, in a legal order", () => {
  fc.assert(
    fc.property(streamArbitrary(replyArbitrary({ encryptedReasoning: false })), ({ reply, events }) => {
      const wire = encodeAll(events);
      assertLegal(wire);
      assert.deepEqual(collect(decodeCut(wire)), { ...reply, serviceTier: "default" });
    }),
  );
});

test("blocks that a provider runs side by side come one after the other, nothing lost", () => {
  const wire = encodeAll([
    START,
    text(0),
    delta(0, "Reading "),
    call(1, "a", "Read"),
    call(2, "b", "Bash"),
    delta(2, '{"command":'),
    delta(1, '{"file'),
    delta(0, "both."),
    delta(2, '"ls"}'),
    stop(0),
    delta(1, '":"x"}'),
    stop(2),
    stop(1),
    { type: "finish", stop: "tool_use" },
  ]);
  const events = assertLegal(wire);
  assert.deepEqual(
    events.filter(({ type }) => type === "content_block_start").map(({ content_block }) =>
      content_block.name
    ),
    [undefined, "Read", "Bash"],
  );
  const reply = collect(decodeCut(wire));
  assert.deepEqual(
    reply.parts.map((part) => part.type === "tool_call" ? part.arguments : "text" in part && part.text),
    [
      "Reading both.",
      '{"file":"x"}',
      '{"command":"ls"}',
    ],
  );
});

test("any interleaving of blocks gives the same answer as one after the other", () => {
  const blocks = fc.array(
    fc.array(fc.string({ minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  fc.assert(fc.property(blocks, fc.infiniteStream(fc.nat()), (blocks, random) => {
    const queues = blocks.map((pieces, index): ReplyEvent[] => [
      ...pieces.map((piece) => delta(index, piece)),
      stop(index),
    ]);
    const events: ReplyEvent[] = [START, ...blocks.map((_, index) => text(index))];
    while (queues.some((queue) => queue.length > 0)) {
      const left = queues.filter((queue) => queue.length > 0);
      events.push(left[random.next().value! % left.length]!.shift()!);
    }
    const wire = encodeAll([...events, FINISH]);
    assertLegal(wire);
    assert.deepEqual(
      collect(decodeCut(wire)).parts.map((part) => "text" in part && part.text),
      blocks.map((pieces) => pieces.join("")),
    );
  }));
});

test("what is shown to the client is shown at once", () => {
  const encoder = encodeAll([START, text(0), delta(0, "a")]);
  assert.match(encoder, /"text_delta","text":"a"/);
});

test("an answer that calls tools stops for them, whatever the provider called it", () => {
  const events = assertLegal(encodeAll([START, call(0, "a", "Read"), delta(0, "{}"), stop(0), FINISH]));
  assert.equal(events.at(-2).delta.stop_reason, "tool_use");
});

test("blocks without content are not sent: Anthropic would refuse them in the next request", () => {
  const events = assertLegal(encodeAll([
    START,
    text(0),
    stop(0),
    { type: "block_start", index: 1, block: { type: "reasoning" } },
    stop(1),
    text(2),
    delta(2, ""),
    delta(2, "x"),
    FINISH,
  ]));
  assert.deepEqual(events.filter(({ type }) => type === "content_block_start").map(({ index }) => index), [
    0,
  ]);
});

test("usage that no provider reported is estimated; reported usage is passed on", () => {
  const [start, , , , last] = assertLegal(encodeAll([START, text(0), delta(0, "x".repeat(400)), FINISH]));
  assert.ok(start.message.usage.input_tokens > 0);
  assert.equal(last.usage.output_tokens, 100);
  const usage = { input: 5, cacheRead: 6, cacheWrite: 7, cacheWrite1h: 3, output: 8, reasoning: 2 };
  const seen = assertLegal(encodeAll([{ ...START, usage }, { ...FINISH, usage }]));
  assert.deepEqual(seen[0].message.usage, {
    input_tokens: 5,
    cache_creation_input_tokens: 7,
    cache_read_input_tokens: 6,
    output_tokens: 8,
    output_tokens_details: { thinking_tokens: 2 },
    cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 3 },
    service_tier: "standard",
  });
  assert.equal(seen[1].usage.cache_read_input_tokens, 6);
});

test("reasoning that Anthropic did not sign is shown with a seal that brings it back", () => {
  const events = assertLegal(encodeAll([
    START,
    { type: "block_start", index: 0, block: { type: "reasoning", itemId: "rs_1" } },
    { type: "summary_delta", index: 0, summaryIndex: 0, text: "One" },
    { type: "summary_delta", index: 0, summaryIndex: 1, text: "Two" },
    { type: "signature", index: 0, encrypted: "gAAA" },
    stop(0),
    FINISH,
  ]));
  const deltas = events.filter(({ type }) => type === "content_block_delta").map(({ delta }) => delta);
  assert.equal(deltas.map(({ thinking }) => thinking ?? "").join(""), "One\n\nTwo");
  assert.deepEqual(openSeal(deltas.at(-1).signature), {
    encrypted: "gAAA",
    itemId: "rs_1",
    summarised: true,
  });
});

test("a free-text call reaches the client as JSON, in pieces", () => {
  const wire = encodeAll([
    START,
    call(0, "a", "patch", "custom"),
    delta(0, 'say "'),
    delta(0, 'hi"\n'),
    stop(0),
    FINISH,
  ]);
  assertLegal(wire);
  const [part] = collect(decodeCut(wire)).parts;
  assert.deepEqual(part?.type === "tool_call" && JSON.parse(part.arguments), { input: 'say "hi"\n' });
});

test("the client gets its own name of a tool back", () => {
  const name = "mcp__" + "very_long_server_name__".repeat(4);
  const asked = { ...ASKED, tools: [{ kind: "function" as const, name }] };
  const short = name.slice(0, 20);
  const [, start] = assertLegal(encodeAll([START, call(0, "a", short), stop(0), FINISH], asked));
  assert.equal(start.content_block.name, short, "a name that is not in the list stays");
});

test("a failure is the dialect's own event, and nothing follows it", () => {
  const events = assertLegal(encodeAll([
    START,
    text(0),
    delta(0, "Half"),
    { type: "error", error: { message: "gone", type: "server_is_overloaded" } },
    delta(0, "never"),
    FINISH,
  ]));
  assert.deepEqual(events.at(-1), { type: "error", error: { type: "api_error", message: "gone" } });
});

test("a failure class of the proxy's own becomes Anthropic's word for it", () => {
  const words: readonly (readonly [string, string])[] = [
    ["rate_limited", "rate_limit_error"],
    ["overloaded", "overloaded_error"],
    ["timeout", "timeout_error"],
    ["overloaded_error", "overloaded_error"],
    ["stream_cut", "api_error"],
  ];
  for (const [type, word] of words) {
    const [event] = assertLegal(encodeAll([{ type: "error", error: { message: "m", type } }]));
    assert.equal(event.error.type, word);
  }
});

test("an encoder that is ended in the middle says so, and providers without a start get one", () => {
  const cut = assertLegal(encodeAll([START, text(0), delta(0, "Half")]));
  assert.equal(cut.at(-1).type, "error");
  const [start] = assertLegal(encodeAll([text(0), delta(0, "x"), FINISH]));
  assert.equal(start.type, "message_start");
  assert.match(start.message.id, /^msg_/);
});
