import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuiltinDialect } from "../../../src/dialects/registry.ts";
import { DIALECTS, PATHS } from "../../support/speech.ts";
import { proxyWith } from "../../support/world.ts";

/** A request of each dialect that asks for the most. */
const ASKS: Readonly<Record<BuiltinDialect, Readonly<Record<string, unknown>>>> = {
  "anthropic-messages": {
    max_tokens: 32000,
    messages: [{ role: "user", content: "hi" }],
    thinking: { type: "adaptive" },
    output_config: { effort: "max" },
  },
  "openai-chat": {
    max_completion_tokens: 32000,
    messages: [{ role: "user", content: "hi" }],
    reasoning_effort: "high",
  },
  "openai-responses": {
    max_output_tokens: 32000,
    input: "hi",
    reasoning: { effort: "high", summary: "auto" },
  },
};

/** What a provider of a dialect got from a client of another, or the same. */
async function sent(
  { client, dialect, target, model = "auto" }: {
    client: BuiltinDialect;
    dialect: BuiltinDialect;
    target: string;
    model?: string;
  },
) {
  const name = dialect === "anthropic-messages" ? "anthropic" : "openai";
  await using world = await proxyWith({ [name]: {} }, {
    dialect,
    router: `default = ${target.startsWith("{") ? target : JSON.stringify(target)}`,
  });
  const response = await world.post(PATHS[client], { model, ...ASKS[client] });
  assert.equal(response.status, 200);
  await response.text();
  return { body: world.fakes[name]!.arrived[0]!.json, response };
}

for (const client of DIALECTS) {
  test(`a target's effort reaches each provider in its own words, from ${client}`, async () => {
    const messages = await sent({
      client,
      dialect: "anthropic-messages",
      target: "anthropic,claude-opus-4-8?effort=low",
    });
    assert.deepEqual(messages.body.output_config, { effort: "low" });
    assert.equal(messages.body.thinking.type, "adaptive");
    assert.equal(messages.body.model, "claude-opus-4-8");
    assert.equal(messages.response.headers.get("x-routed-model"), "claude-opus-4-8");

    const chat = await sent({ client, dialect: "openai-chat", target: "openai,gpt-5.2?effort=low" });
    assert.equal(chat.body.reasoning_effort, "low");
    const responses = await sent({
      client,
      dialect: "openai-responses",
      target: "openai,gpt-5.2?effort=low",
    });
    assert.equal(responses.body.reasoning.effort, "low");
  });

  test(`an effort becomes a budget, or the nearest word that the model knows, from ${client}`, async () => {
    const target = "anthropic,claude-sonnet-4-5?effort=low";
    const { body } = await sent({ client, dialect: "anthropic-messages", target });
    assert.deepEqual([body.thinking.type, body.thinking.budget_tokens], ["enabled", 4096]);
    assert.equal(body.output_config, undefined);
    const chat = await sent({ client, dialect: "openai-chat", target: "openai,gpt-5.2?effort=max" });
    assert.equal(chat.body.reasoning_effort, "xhigh");
  });

  test(`a target's own limit of an answer and temperature reach each dialect, from ${client}`, async () => {
    const target = (name: string) => `{ target = "${name}", max_tokens = 2000, temperature = 0.2 }`;
    const chat = await sent({ client, dialect: "openai-chat", target: target("openai,gpt-4.1") });
    assert.deepEqual([chat.body.max_tokens ?? chat.body.max_completion_tokens, chat.body.temperature], [
      2000,
      0.2,
    ]);
    const responses = await sent({ client, dialect: "openai-responses", target: target("openai,gpt-4.1") });
    assert.deepEqual([responses.body.max_output_tokens, responses.body.temperature], [2000, 0.2]);
    const off =
      `{ target = "anthropic,claude-haiku-4-5?max_tokens=2000", effort = "none", temperature = 0.2 }`;
    const { body } = await sent({ client, dialect: "anthropic-messages", target: off });
    assert.deepEqual([body.max_tokens, body.temperature, body.thinking], [2000, 0.2, undefined]);
  });
}

test("the model that a client names may carry settings; a lower limit of the client's stays", async () => {
  const model = "openai,gpt-5.2?effort=medium&max_tokens=64000";
  const { body, response } = await sent({
    client: "openai-chat",
    dialect: "openai-chat",
    target: "openai,gpt-4.1",
    model,
  });
  assert.deepEqual([body.model, body.reasoning_effort, body.max_completion_tokens], [
    "gpt-5.2",
    "medium",
    32000,
  ]);
  assert.equal(response.headers.get("x-routed-model"), "gpt-5.2");
});

test("a model that does not think gets no effort", async () => {
  const { body } = await sent({
    client: "openai-chat",
    dialect: "openai-chat",
    target: "openai,gpt-4.1?effort=high",
  });
  assert.equal(body.reasoning_effort, undefined);
});
