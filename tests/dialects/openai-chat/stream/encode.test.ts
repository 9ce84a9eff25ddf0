import assert from "node:assert/strict";
import { test } from "node:test";
import type { Conversation, Reply, ReplyEvent } from "../../../../src/model/conversation.ts";
import { openAiChat } from "../../../../src/dialects/openai-chat/index.ts";
import { replyToEvents } from "../../../../src/dialects/shared/reply-events.ts";
import { ASKED, chunks, encode, readByClient, TEXT } from "../client.ts";
import { collect, decode } from "../streams.ts";

test("every chunk has one id, model and time; the first has the role, the last is the end mark", () => {
  const [first, ...rest] = chunks(encode(replyToEvents(TEXT)));
  assert.deepEqual(first.choices[0].delta, { role: "assistant", content: "" });
  assert.equal(rest.pop(), "[DONE]");
  for (const chunk of [first, ...rest]) {
    assert.deepEqual([chunk.id, chunk.model, chunk.created, chunk.object], [
      "id",
      "m",
      5,
      "chat.completion.chunk",
    ]);
  }
});

test("usage comes last, with empty choices, and only to a client that asked for it", () => {
  const seen = chunks(encode(replyToEvents(TEXT))).at(-2);
  assert.deepEqual(seen.choices, []);
  assert.deepEqual(seen.usage, {
    prompt_tokens: 6,
    completion_tokens: 4,
    total_tokens: 10,
    prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 3 },
    completion_tokens_details: { reasoning_tokens: 1 },
  });
  const { includeUsage: _includeUsage, ...silent } = ASKED;
  assert.ok(!encode(replyToEvents(TEXT), silent).includes("usage"));
});

test("a tool call has its index in every piece, its id and name in the first alone", () => {
  const reply: Reply = {
    ...TEXT,
    stop: "tool_use",
    parts: [
      { type: "text", text: "look" },
      { type: "tool_call", id: "a", name: "f", kind: "function", arguments: '{"x":1}' },
      { type: "tool_call", id: "b", name: "g", kind: "function", arguments: "{}" },
    ],
  };
  const calls = chunks(encode(replyToEvents(reply))).flatMap((chunk) =>
    chunk.choices?.[0]?.delta?.tool_calls ?? []
  );
  assert.deepEqual(calls, [
    { index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } },
    { index: 0, function: { arguments: '{"x":1}' } },
    { index: 1, id: "b", type: "function", function: { name: "g", arguments: "" } },
    { index: 1, function: { arguments: "{}" } },
  ]);
});

test("pieces of several open tool calls go out as they come", () => {
  const call = (id: string) => ({ type: "tool_call" as const, id, name: "f", kind: "function" as const });
  const events: ReplyEvent[] = [
    { type: "start", id: "id", model: "m" },
    { type: "block_start", index: 0, block: call("a") },
    { type: "block_start", index: 1, block: call("b") },
    { type: "delta", index: 1, text: "{" },
    { type: "delta", index: 0, text: "{}" },
    { type: "delta", index: 1, text: "}" },
    { type: "block_stop", index: 1 },
    { type: "block_stop", index: 0 },
    { type: "finish", stop: "tool_use" },
  ];
  assert.deepEqual(collect(decode(encode(events))).parts, [
    { ...call("a"), arguments: "{}" },
    { ...call("b"), arguments: "{}" },
  ]);
});

const CUSTOM: Conversation = { ...ASKED, tools: [{ kind: "custom", name: "apply_patch" }] };
const PATCH = '*** Begin Patch\n+"é"\n*** End Patch';

test("a custom tool that a provider knows as a function gets its text back, piece by piece", () => {
  const json = JSON.stringify({ input: PATCH });
  for (let size = 1; size < json.length; size++) {
    const events: ReplyEvent[] = [{ type: "start", id: "id", model: "m" }, {
      type: "block_start",
      index: 0,
      block: { type: "tool_call", id: "a", name: "apply_patch", kind: "function" },
    }];
    for (let at = 0; at < json.length; at += size) {
      events.push({ type: "delta", index: 0, text: json.slice(at, at + size) });
    }
    events.push({ type: "block_stop", index: 0 }, { type: "finish", stop: "tool_use" });
    const [part] = collect(decode(encode(events, CUSTOM))).parts;
    assert.deepEqual(part, {
      type: "tool_call",
      id: "a",
      name: "apply_patch",
      kind: "custom",
      arguments: PATCH,
    });
  }
});

test("a tool whose name had to change on the wire gets its own name back", () => {
  const long = "mcp__" + "very_long_server_name_".repeat(4) + "read";
  const asked: Conversation = { ...ASKED, tools: [{ kind: "function", name: long }] };
  const { body } = openAiChat.request.encode(asked, { model: "m", provider: "p", quirks: [] });
  const sent = body.tools[0].function.name;
  assert.ok(sent.length <= 64 && sent !== long);
  const reply: Reply = {
    ...TEXT,
    parts: [{ type: "tool_call", id: "a", name: sent, kind: "function", arguments: "{}" }],
    stop: "tool_use",
  };
  assert.equal(openAiChat.reply.encode(reply, asked).choices[0].message.tool_calls[0].function.name, long);
  assert.ok(encode(replyToEvents(reply), asked).includes(`"name":"${long}"`));
});

test("a client of the legacy functions gets function_call", () => {
  const asked: Conversation = { ...ASKED, legacyFunctions: true, tools: [{ kind: "function", name: "f" }] };
  const reply: Reply = {
    ...TEXT,
    stop: "tool_use",
    parts: [{ type: "tool_call", id: "a", name: "f", kind: "function", arguments: "{}" }],
  };
  const whole = openAiChat.reply.encode(reply, asked).choices[0];
  assert.deepEqual([whole.message.function_call, whole.finish_reason], [
    { name: "f", arguments: "{}" },
    "function_call",
  ]);
  const deltas = chunks(encode(replyToEvents(reply), asked)).map((chunk) =>
    chunk.choices?.[0]?.delta?.function_call
  );
  assert.deepEqual(deltas.filter(Boolean), [{ name: "f", arguments: "" }, { arguments: "{}" }]);
});

test("reasoning is reasoning_content; its signature follows in reasoning_details", () => {
  const reply: Reply = {
    ...TEXT,
    parts: [{ type: "reasoning", text: "hm, hm", signature: "sig" }, { type: "text", text: "hi" }],
  };
  const deltas = chunks(encode(replyToEvents(reply))).map((chunk) => chunk.choices?.[0]?.delta).filter(
    Boolean,
  );
  assert.deepEqual(deltas.slice(1, 4), [
    { reasoning_content: "hm, hm" },
    {
      reasoning_details: [
        { type: "reasoning.text", text: "hm, hm", format: "anthropic-claude-v1", index: 0, signature: "sig" },
      ],
    },
    { content: "hi" },
  ]);
});

test("an error in mid-stream reaches the official client as an error, and nothing follows", async () => {
  const events: ReplyEvent[] = [
    { type: "start", id: "id", model: "m" },
    { type: "block_start", index: 0, block: { type: "text" } },
    { type: "delta", index: 0, text: "hi" },
    { type: "error", error: { message: "too busy", type: "overloaded" } },
    { type: "delta", index: 0, text: "no more" },
  ];
  const out = encode(events);
  assert.ok(!out.includes("no more"));
  assert.ok(out.endsWith("data: [DONE]\n\n"));
  await assert.rejects(readByClient(out, true), /too busy/);
});

test("a stream that stops without an end is reported as cut", () => {
  assert.match(encode([{ type: "start", id: "id", model: "m" }]), /"code":"stream_cut"/);
});

test("a ping is a comment", () => {
  assert.equal(openAiChat.stream.encoder(ASKED).push({ type: "ping" }), ": ping\n\n");
});
