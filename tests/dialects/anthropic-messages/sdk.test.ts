import assert from "node:assert/strict";
import { test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/index.ts";
import { type Answer, fakeProvider, json, sse } from "../../support/provider.ts";
import { allStreams, ASKED, decodeCut, encodeAll, type Recorded, wireOf } from "./streams.ts";

async function ask(answer: Answer, stream: boolean) {
  await using provider = await fakeProvider(answer);
  const client = new Anthropic({ baseURL: provider.url, apiKey: "sk-test", maxRetries: 0 });
  const request = {
    model: "claude-sonnet-4-6",
    max_tokens: 100,
    messages: [{ role: "user" as const, content: "Hello" }],
  };
  const message = stream
    ? await client.messages.stream(request).finalMessage()
    : await client.messages.create(request);
  const { content, stop_reason, stop_sequence, usage } = message;
  const { input_tokens, output_tokens, cache_read_input_tokens } = usage;
  return {
    content: content.map(plain),
    stop_reason,
    stop_sequence,
    input_tokens,
    output_tokens,
    cache_read_input_tokens,
  };
}

// deno-lint-ignore no-explicit-any
function plain(block: any) {
  const { type, text, thinking, signature, name, id, input, citations, data, content } = block;
  return { type, text, thinking, signature, name, id, input, citations: citations ?? [], data, content };
}

/** A refusal's explanation is shown as text; everything else is as the provider sent it. */
function isWhole({ name, events }: Recorded): boolean {
  return !name.endsWith("refusal") && events.at(-1).type === "message_stop";
}

test("the official SDK reads a rewritten stream as it reads the provider's own", async () => {
  for (const stream of allStreams.filter(isWhole)) {
    const wire = wireOf(stream);
    const direct = await ask(sse([wire]), true);
    const rewritten = await ask(sse([encodeAll(decodeCut(wire))]), true);
    assert.deepEqual(
      { ...rewritten, cache_read_input_tokens: rewritten.cache_read_input_tokens || null },
      { ...direct, cache_read_input_tokens: direct.cache_read_input_tokens || null },
      stream.name,
    );
  }
});

test("the official SDK reads a rewritten whole answer as it reads the provider's own", async () => {
  for (const stream of allStreams) {
    if (stream.whole === undefined || stream.name.endsWith("refusal")) continue;
    const direct = await ask(json(stream.whole), false);
    const rewritten = await ask(
      json(anthropicMessages.reply.encode(anthropicMessages.reply.decode(stream.whole), ASKED)),
      false,
    );
    assert.deepEqual(rewritten, { ...direct, stop_sequence: direct.stop_sequence ?? null }, stream.name);
  }
});

test("the official SDK throws at a failure in the middle of a stream, with its words", async () => {
  const wire = encodeAll(decodeCut(wireOf(allStreams.find(({ name }) => name === "error")!)));
  await assert.rejects(() => ask(sse([wire]), true), /Overloaded/);
});
