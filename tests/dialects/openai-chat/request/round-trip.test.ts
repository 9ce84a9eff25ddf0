import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import type { Conversation, Message, Part } from "../../../../src/model/conversation.ts";
import type { EncodeTarget } from "../../../../src/dialects/dialect.ts";
import type { Json } from "../../../../src/model/json.ts";
import { openAiChat } from "../../../../src/dialects/openai-chat/index.ts";
import { conversationArbitrary } from "../../support/conversation.ts";
import { sharedWhereThere } from "../../../support/shared.ts";

/** A provider that takes everything that the dialect has. */
const FULL: EncodeTarget = {
  model: "",
  provider: "p",
  quirks: ["reasoning-details", "top-k"],
  reasoning: true,
};

/** What the dialect can carry: functions without namespaces, results of text without an error mark. */
const CHAT = { customTools: false, namespaces: false, toolErrors: false, toolImages: false };

function plain(value: Json): Json {
  return JSON.parse(JSON.stringify(value));
}

function roundTrip(
  conversation: Conversation,
  target: EncodeTarget = FULL,
): { again: Json; dropped: readonly string[] } {
  const { body, dropped } = openAiChat.request.encode(conversation, { ...target, model: conversation.model });
  return { again: plain(openAiChat.request.decode(plain(body))), dropped };
}

/** Neighbouring texts are one text on the wire, unless something else makes the content a list. */
function joined(parts: readonly Part[], gap: string): Part[] {
  const own = parts.filter((part) => part.type !== "tool_result");
  const isPlain = own.every((part) => part.type === "text" && part.cache === undefined);
  if (!isPlain || own.length < 2) return [...parts];
  const text = own.map((part) => part.type === "text" ? part.text : "").join(gap);
  return [...parts.filter((part) => part.type === "tool_result"), { type: "text", text }];
}

function asChat(conversation: Conversation): Json {
  const messages = conversation.messages.map((message): Message => ({
    ...message,
    parts: joined(message.parts, message.role === "assistant" ? "" : "\n\n"),
  }));
  const { includeUsage: _asked, ...rest } = plain({ ...conversation, messages });
  return rest;
}

test("any conversation survives encoding and decoding", () => {
  fc.assert(fc.property(conversationArbitrary("openai-chat", CHAT), (conversation) => {
    const { again, dropped } = roundTrip(conversation);
    assert.deepEqual(dropped, []);
    const { includeUsage, ...rest } = again;
    assert.equal(includeUsage === true, conversation.stream);
    assert.deepEqual(rest, asChat(conversation));
  }));
});

test("any conversation of another dialect is encoded, and dropped fields are reported", () => {
  fc.assert(
    fc.property(conversationArbitrary("anthropic-messages"), (conversation) => {
      const copy: EncodeTarget = {
        ...FULL,
        quirks: ["no-cache-control", "no-developer-role", "no-files", "strict-fields", "system-first-only"],
      };
      const { again, dropped } = roundTrip(conversation, copy);
      const parts = conversation.messages.flatMap((message) => message.parts);
      const results = parts.flatMap((part) => part.type === "tool_result" ? part.content : []);
      const has = (type: string) => [...parts, ...results].some((part) => part.type === type);
      assert.equal(dropped.includes("documents"), has("document"));
      assert.equal(dropped.includes("earlier_reasoning"), has("reasoning"));
      assert.ok(!dropped.includes("images") && !dropped.includes("tools"));
      assert.ok(!JSON.stringify(again).includes('"cache"'));
      // Every call has its result, under the same id.
      const ids = (type: string) =>
        again.messages.flatMap((message: Message) => message.parts).filter((part: Part) => part.type === type)
          .map((part: { id: string }) => part.id).sort();
      for (const id of ids("tool_result")) assert.ok(ids("tool_call").includes(id));
      assert.equal(again.tools.length, conversation.tools.length);
    }),
  );
});

/** Requests of real clients: the project's own, and the captured ones where they are. */
function clientRequests(): { name: string; body: Json }[] {
  const folders = [
    new URL("../../../fixtures/requests/", import.meta.url),
    ...sharedWhereThere("fixtures/client-requests/"),
  ];
  return folders.flatMap((folder) =>
    readdirSync(folder).filter((file) => file.endsWith(".json")).map((file) => ({
      name: file,
      ...JSON.parse(readFileSync(new URL(file, folder), "utf8")),
    }))
  ).filter(({ path }) => path?.endsWith("/chat/completions"));
}

for (const { name, body } of clientRequests()) {
  test(`the request ${name} survives decoding and encoding`, () => {
    const conversation = openAiChat.request.decode(body);
    const { body: again, dropped } = openAiChat.request.encode(conversation, {
      model: body.model,
      provider: "p",
      quirks: body.max_completion_tokens === undefined ? [] : ["max-completion-tokens"],
      reasoning: true,
    });
    assert.deepEqual(dropped, []);
    assert.deepEqual(normal(again), normal(body));
  });
}

/** One form for what can be said in several. */
function normal(body: Json): Json {
  const messages = body.messages.map((message: Json) => {
    const { content } = message;
    const texts = Array.isArray(content) && content.every((part: Json) => part.type === "text");
    const text = texts ? content.map((part: Json) => part.text).join("\n\n") : content;
    return { ...message, content: text === "" && message.tool_calls ? null : text };
  });
  // Not storing is the default, and usage is asked for with every stream.
  const { store: _store, stream_options: _options, ...rest } = body;
  return { ...rest, messages };
}
