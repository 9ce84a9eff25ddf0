import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Conversation, Part, Reply } from "../../../../src/model/conversation.ts";
import { openAiResponses } from "../../../../src/dialects/openai-responses/index.ts";
import { replyToEvents } from "../../../../src/dialects/shared/reply-events.ts";
import { replyArbitrary, streamArbitrary } from "../../support/conversation.ts";
import { CODEX_TOOLS } from "../events.ts";
import { asked, checkLegal, collect, decodeEvents, encodeEvents, recordedStreams } from "../support.ts";

/** Ids are new each time. */
function withoutIds(output: unknown): unknown {
  return JSON.parse(JSON.stringify(output, (key, value) => key === "id" ? undefined : value));
}

/** The reply as a client of this dialect can know it. */
function visible(reply: Reply): Part[] {
  return JSON.parse(
    JSON.stringify(
      reply.parts.map((part) =>
        part.type === "tool_call" || "itemId" in part ? { ...part, itemId: undefined } : part
      ),
    ),
  );
}

test("any streamed answer is legal, and equals the same answer sent whole", () => {
  const conversation: Conversation = asked({ tools: CODEX_TOOLS });
  const tools = conversation.tools.filter((tool) => tool.kind === "function" || tool.kind === "custom");
  fc.assert(
    fc.property(
      fc.oneof(streamArbitrary(), streamArbitrary(replyArbitrary({ tools }))),
      ({ reply, events }) => {
        const response = checkLegal(encodeEvents(events, conversation));
        const whole = openAiResponses.reply.encode(reply, conversation);
        assert.deepEqual(withoutIds(response.output), withoutIds(whole.output));
        assert.deepEqual(response.usage, whole.usage);
        assert.equal(response.status, whole.status);
        assert.deepEqual(response.tools, whole.tools);
      },
    ),
  );
});

test("any answer survives writing and reading, streamed and whole", () => {
  const conversation: Conversation = asked({ tools: CODEX_TOOLS });
  const tools = conversation.tools.filter((tool) => tool.kind === "function" || tool.kind === "custom");
  fc.assert(
    fc.property(streamArbitrary(replyArbitrary({ tools, signedReasoning: false })), ({ reply, events }) => {
      const streamed = collect(decodeEvents(encodeEvents(events, conversation)));
      const whole = openAiResponses.reply.decode(openAiResponses.reply.encode(reply, conversation));
      for (const got of [streamed, whole]) {
        assert.deepEqual(visible(got), visible(reply));
        assert.equal(got.id, `resp_${reply.id}`);
        assert.equal(got.stop, reply.stop);
        assert.deepEqual(got.usage, { ...reply.usage });
        assert.equal(got.model, reply.model);
      }
    }),
  );
});

test("every recorded answer, decoded and encoded, gives the same items", () => {
  for (const { name, events } of recordedStreams()) {
    if (events.at(-1).type === "response.failed") continue;
    const read = decodeEvents(events);
    const response = checkLegal(encodeEvents(read, asked()));
    const reply = collect(read);
    assert.deepEqual(visible(openAiResponses.reply.decode(response)), visible(reply), name);
    assert.deepEqual(
      visible(collect(decodeEvents(encodeEvents([...replyToEvents(reply)], asked())))),
      visible(reply),
      name,
    );
  }
});
