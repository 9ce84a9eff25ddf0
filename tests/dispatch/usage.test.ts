/** The usage of a stream, wherever its provider puts it, and however often. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import { json, sse } from "../support/provider.ts";
import { DIALECTS, spoken, written } from "../support/speech.ts";
import { proxyWith } from "../support/world.ts";

const REAL = { prompt_tokens: 1200, completion_tokens: 34, total_tokens: 1234 };
const ZEROS = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
const MESSAGES_ZEROS = { input_tokens: 0, output_tokens: 0, cost: 0 };

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (delta: object, more: object = {}, top: object = {}) =>
  event({
    id: "c",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason: null, ...more }],
    ...top,
  });
const usageChunk = (usage: object) =>
  event({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [], usage });
const text = chunk({ role: "assistant", content: "hello" });
const DONE = "data: [DONE]\n\n";

const CHAT: readonly (readonly [name: string, chunks: readonly string[]])[] = [
  ["in the last choice", [text, chunk({}, { finish_reason: "stop", usage: REAL }), DONE]],
  ["in the last choice, and zeros after it", [
    text,
    chunk({}, { finish_reason: "stop", usage: REAL }),
    usageChunk(ZEROS),
    DONE,
  ]],
  ["and then zeros", [text, chunk({}, { finish_reason: "stop" }), usageChunk(REAL), usageChunk(ZEROS), DONE]],
  ["with the finish reason, zeros beside", [
    text,
    chunk({}, { finish_reason: "stop", usage: REAL }, { usage: ZEROS }),
    DONE,
  ]],
  ["growing, and zeros at last", [
    chunk({ role: "assistant", content: "hel" }, {}, { usage: { ...REAL, completion_tokens: 3 } }),
    chunk({ content: "lo" }, {}, { usage: REAL }),
    chunk({}, { finish_reason: "stop" }, { usage: ZEROS }),
    DONE,
  ]],
];

async function usageOf(provider: BuiltinDialect, client: BuiltinDialect, chunks: readonly string[]) {
  await using world = await proxyWith({ there: sse(chunks) }, { dialect: provider });
  await (await world.ask(client, "hi", { stream: true })).text();
  const [record] = await world.ended(1);
  return record?.usage;
}

for (const client of DIALECTS) {
  for (const [name, chunks] of CHAT) {
    test(`a Chat stream's usage ${name} is counted (${client})`, async () => {
      const usage = await usageOf("openai-chat", client, chunks);
      assert.deepEqual([usage?.input, usage?.output, usage?.estimated], [1200, 34, undefined]);
    });
  }

  test(`a Messages stream's counts are never lowered by zeros (${client})`, async () => {
    const { prelude, output, end } = spoken("anthropic-messages", "hello");
    const counted = (type: string, more: object) => `event: ${type}\n${event({ type, ...more })}`;
    const usage = await usageOf("anthropic-messages", client, [
      prelude.join("").replace('"input_tokens":7', '"input_tokens":1200,"cost":0.5'),
      ...output,
      ...end.slice(0, -1).filter((one) => !one.includes("message_delta")),
      counted("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 34 } }),
      counted("message_delta", { delta: {}, usage: MESSAGES_ZEROS }),
      counted("message_stop", { usage: MESSAGES_ZEROS }),
    ]);
    assert.deepEqual([usage?.input, usage?.output, usage?.cost], [1200, 34, 0.5]);
  });

  test(`a usage of nothing but zeros is estimated (${client})`, async () => {
    await using world = await proxyWith({
      there: json({ ...written("openai-chat", "hello") as object, usage: ZEROS }),
    }, { dialect: "openai-chat" });
    await world.hear(client);
    const usage = (await world.ended(1))[0]?.usage;
    assert.equal(usage?.estimated, true);
    assert.ok((usage?.input ?? 0) > 0 && (usage?.output ?? 0) > 0);
    assert.equal((await usageOf("openai-chat", client, [text, usageChunk(ZEROS), DONE]))?.estimated, true);
  });
}
