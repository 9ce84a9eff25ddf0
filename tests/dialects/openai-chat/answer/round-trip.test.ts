import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Part, Reply } from "../../../../src/model/conversation.ts";
import type { Json } from "../../../../src/model/json.ts";
import { openAiChat } from "../../../../src/dialects/openai-chat/index.ts";
import { replyArbitrary, streamArbitrary } from "../../support/conversation.ts";
import { ASKED, encode, essence, readByClient } from "../client.ts";
import { collect, decode, recordings, wire } from "../streams.ts";

for (const { name, lines, whole } of recordings()) {
  test(`the recorded stream "${name}", encoded again, is the same to the official client`, async () => {
    const again = await readByClient(encode(decode(wire(lines))), true);
    const before = essence(collectedCompletion(lines));
    assert.deepEqual(essence(again), before);
  });

  test(`the recorded answer "${name}", encoded again, says the same`, () => {
    const reply = openAiChat.reply.decode(whole);
    const again = openAiChat.reply.encode(reply, ASKED);
    assert.deepEqual(openAiChat.reply.decode(again), { ...reply, rawStop: again.choices[0].finish_reason });
  });
}

/** The deltas of a stream put together by hand, in the form in which this proxy writes them. */
function collectedCompletion(lines: readonly string[]): Json {
  const reply = collect(decode(wire(lines)));
  return openAiChat.reply.encode(reply, ASKED);
}

test("any answer, streamed or whole, is the same to the official client", async () => {
  await fc.assert(
    fc.asyncProperty(
      streamArbitrary(replyArbitrary({ tools: [{ kind: "function", name: "Bash" }] })),
      async (one) => {
        const streamed = await readByClient(encode(one.events), true);
        const whole = await readByClient(JSON.stringify(openAiChat.reply.encode(one.reply, ASKED)), false);
        assert.deepEqual(essence(streamed), essence(whole));
        assert.deepEqual(streamed.usage, whole.usage);
      },
    ),
    { numRuns: 60 },
  );
});

/** fast-check makes objects without a prototype, too. */
function plain(value: Json): Json {
  return JSON.parse(JSON.stringify(value));
}

/** Reasoning in summaries comes back as text: Chat clients know nothing else. */
function asChat(reply: Reply): Json {
  const parts = reply.parts.map((part): Part => {
    if (part.type !== "reasoning" || part.summary === undefined) return part;
    const { summary, itemId: _itemId, ...rest } = part;
    return { ...rest, text: summary.join("\n\n") };
  });
  const text = parts.filter((part) => part.type === "text").map((part) => part.text).join("");
  return {
    text,
    others: parts.filter((part) => part.type !== "text"),
    stop: reply.stop,
    usage: reply.usage,
    id: reply.id,
    model: reply.model,
  };
}

test("any answer survives encoding as a stream and decoding", () => {
  fc.assert(fc.property(streamArbitrary(), ({ reply, events }) => {
    assert.deepEqual(asChat(collect(decode(encode(events)))), asChat(plain(reply)));
  }));
});

test("any whole answer survives encoding and decoding", () => {
  fc.assert(fc.property(replyArbitrary().map(plain), (reply) => {
    const again = openAiChat.reply.decode(openAiChat.reply.encode(reply, ASKED));
    assert.deepEqual(again.parts, reply.parts);
    assert.deepEqual([again.id, again.model, again.stop, again.usage], [
      reply.id,
      reply.model,
      reply.stop,
      reply.usage,
    ]);
  }));
});
