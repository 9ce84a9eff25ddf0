import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/index.ts";
import { toolNames } from "../../../src/dialects/shared/tool-names.ts";
import type { Conversation, Message, Part } from "../../../src/model/conversation.ts";
import { functionArguments, functionShape } from "../../../src/dialects/shared/client-tools.ts";
import { conversationArbitrary } from "../support/conversation.ts";
import { ASKED } from "./streams.ts";
import { assertTakes } from "./takes.ts";

const { request } = anthropicMessages;

/** A model that takes system messages in between. */
const target = (quirks: readonly string[] = []) => ({
  model: "claude-opus-4-8",
  provider: "anthropic",
  quirks,
});

const PLAIN = {
  encryptedReasoning: false,
  developer: false,
  customTools: false,
  namespaces: false,
};

/** What the table of limits says of this model, and what is the same said otherwise. */
function carried(conversation: Conversation): Conversation {
  const { temperature: _none, outputFormat, ...rest } = conversation;
  return {
    ...rest,
    model: target().model,
    ...(outputFormat?.type === "json_schema" && {
      outputFormat: { type: "json_schema" as const, schema: outputFormat.schema },
    }),
    ...(rest.parallelToolCalls === false && rest.toolChoice?.type === "none" &&
      { parallelToolCalls: undefined }),
    ...(rest.parallelToolCalls === false && rest.toolChoice === undefined &&
      { toolChoice: { type: "auto" as const } }),
    ...(rest.toolChoice?.type === "tool" &&
      { toolChoice: { type: "tool" as const, name: rest.toolChoice.name } }),
  };
}

function defined<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

/** At most four cache marks are taken: the first ones give way. */
function withoutMarks(conversation: Conversation): Conversation {
  return JSON.parse(JSON.stringify(conversation, (key, value) => key === "cache" ? undefined : value));
}

test("any conversation of this dialect survives encoding and decoding, except as the tables say", () => {
  fc.assert(fc.property(conversationArbitrary("anthropic-messages", PLAIN), (conversation) => {
    const { body, dropped } = request.encode(conversation, target());
    const back = request.decode(defined(body));
    assert.deepEqual(withoutMarks(back), withoutMarks(defined(carried(conversation))));
    const lossless = conversation.temperature === undefined || conversation.temperature === 1;
    assert.deepEqual(dropped, lossless ? [] : ["temperature"]);
  }));
});

test("cache marks survive up to the four that Anthropic takes, the last ones first", () => {
  const marksOf = (json: unknown) => (JSON.stringify(json).match(/"cache_control"/g) ?? []).length;
  const parts = (count: number): Part[] =>
    Array.from(
      { length: count },
      (_, i) => ({ type: "text", text: `part ${i}`, cache: i % 2 ? { ttl: "1h" } : {} }),
    );
  for (let count = 0; count <= 7; count++) {
    const { body } = request.encode(
      { ...ASKED, messages: [{ role: "user", parts: parts(count) }] },
      target(),
    );
    assert.equal(marksOf(body), Math.min(count, 4), String(count));
    if (count > 0) assert.ok("cache_control" in body.messages[0].content.at(-1));
  }
  const marked = { ...ASKED, messages: [{ role: "user" as const, parts: parts(3) }] };
  assert.deepEqual(request.decode(request.encode(marked, target()).body).messages, marked.messages);
  const unmarked = request.encode(marked, target(["no-cache-control"]));
  assert.equal(marksOf(unmarked.body), 0);
  assert.deepEqual(unmarked.dropped, ["cache_control"]);
});

test("what any other dialect's client may say becomes a request that Anthropic takes", () => {
  fc.assert(fc.property(
    conversationArbitrary("openai-responses"),
    fc.constantFrom(
      "claude-3-opus",
      "claude-sonnet-4-5",
      "claude-opus-4-8",
      "claude-opus-5-5",
      "deepseek-chat",
    ),
    (conversation, model) => {
      const { body } = request.encode(conversation, { ...target(), model });
      assertTakes(body);
      const names = toolNames(conversation.tools);
      for (const [i, tool] of (body.tools ?? []).entries()) {
        const original = names.original(tool.name);
        assert.deepEqual([original?.name, original?.namespace], [
          conversation.tools[i]!.name,
          conversation.tools[i]!.namespace,
        ]);
        assert.equal(tool.description, functionShape(conversation.tools[i]!).description);
      }
      // Every call keeps its arguments and its result.
      const calls = conversation.messages.flatMap(({ parts }) =>
        parts.filter((part) => part.type === "tool_call")
      );
      const sent = body.messages.flatMap((message: Message & { content: { type: string }[] }) =>
        message.content.filter(({ type }) => type === "tool_use")
      );
      assert.deepEqual(
        sent.map(({ id, input }: { id: string; input: unknown }) => [id, input]),
        calls.map((call) => [call.id, JSON.parse(functionArguments(call))]),
      );
    },
  ));
});
