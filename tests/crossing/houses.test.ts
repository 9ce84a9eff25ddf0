/** The strict providers themselves: they refuse what they should, and nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../src/model/json.ts";
import { type StrictHouse, strictHouse } from "../support/houses/house.ts";
import { HOUSES } from "../support/houses/houses.ts";
import type { Dialect } from "../support/houses/rules.ts";

const PATHS: Readonly<Record<Dialect, string>> = {
  "anthropic-messages": "/v1/messages",
  "openai-chat": "/v1/chat/completions",
  "openai-responses": "/v1/responses",
};

const SCHEMA = { type: "object", properties: { command: { type: "string" } }, required: ["command"] };

/** A plain request with one tool. */
function plain(dialect: Dialect, model: string, more: Json = {}): Json {
  const tool = { name: "Bash", description: "Runs. [bash]" };
  const messages = [{ role: "user", content: "Hi" }];
  switch (dialect) {
    case "anthropic-messages":
      return { model, max_tokens: 1024, messages, tools: [{ ...tool, input_schema: SCHEMA }], ...more };
    case "openai-chat":
      return {
        model,
        messages,
        tools: [{ type: "function", function: { ...tool, parameters: SCHEMA } }],
        ...(/^gpt-5\.[5-9]/.test(model) ? { reasoning_effort: "none" } : {}), // no tools there while it thinks
        ...more,
      };
    case "openai-responses":
      return { model, input: messages, tools: [{ type: "function", ...tool, parameters: SCHEMA }], ...more };
  }
}

async function ask(
  house: StrictHouse,
  dialect: Dialect,
  body: Json,
): Promise<{ status: number; json: Json }> {
  const response = await fetch(house.url + PATHS[dialect], {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    json: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text,
  };
}

const rulesOf = ({ refusals }: StrictHouse) => refusals.map(({ id }) => id);

test("every rule has a source, and an id that its provider uses once in a dialect", () => {
  for (const [name, { rules }] of Object.entries(HOUSES)) {
    const seen = new Set<string>();
    for (const { id, dialect, source } of rules) {
      assert.match(source, /https:\/\/|field report [A-G]\d|shared\//, `${name}/${id}`);
      assert.ok(!seen.has(`${dialect} ${id}`), `${name}/${id} is there twice`);
      seen.add(`${dialect} ${id}`);
    }
  }
});

for (const [name, { dialects, models }] of Object.entries(HOUSES)) {
  test(`${name} answers a plain request in each of its dialects, whole and streamed`, async () => {
    await using house = await strictHouse(name);
    house.says({
      thinking: "Hm.",
      text: "Hello.",
      calls: [{ mark: "[bash]", arguments: { command: "ls" } }],
    });
    for (const dialect of dialects) {
      for (const model of models) {
        for (const stream of [false, true]) {
          const { status } = await ask(house, dialect, plain(dialect, model, { stream }));
          assert.deepEqual([status, rulesOf(house)], [200, []], `${dialect} ${model}`);
        }
      }
    }
    assert.ok(house.answered.every(({ lost, calls }) => lost.length === 0 && calls.length === 1));
  });
}

test("thinking is taken back by the account and model that signed it, and by no other", async () => {
  await using own = await strictHouse("anthropic");
  await using other = await strictHouse("anthropic", { account: "another" });
  own.says({ thinking: "Hm.", text: "Hello.", calls: [] });
  const thinking = { type: "enabled", budget_tokens: 1024 };
  const first = plain("anthropic-messages", "claude-haiku-4-5", { thinking, max_tokens: 4096 });
  const { json } = await ask(own, "anthropic-messages", first);
  const next = {
    ...first,
    messages: [...first.messages, { role: "assistant", content: json.content }, {
      role: "user",
      content: "Go on",
    }],
  };
  assert.equal((await ask(own, "anthropic-messages", next)).status, 200);
  const { status, json: refusal } = await ask(other, "anthropic-messages", next);
  assert.equal(status, 400);
  assert.equal(refusal.error.message, "messages.1.content.0: Invalid `signature` in `thinking` block");
  assert.equal((await ask(own, "anthropic-messages", { ...next, model: "claude-sonnet-4-5" })).status, 400);
});

test("encrypted reasoning is taken back by the account that sealed it alone", async () => {
  await using own = await strictHouse("openai");
  await using other = await strictHouse("azure");
  own.says({ thinking: "Hm.", text: "Hello.", calls: [] });
  const first = plain("openai-responses", "gpt-5.5", { include: ["reasoning.encrypted_content"] });
  const { json } = await ask(own, "openai-responses", first);
  const next = { ...first, input: [...first.input, ...json.output, { role: "user", content: "Go on" }] };
  assert.equal((await ask(own, "openai-responses", next)).status, 200);
  const { json: refusal } = await ask(other, "openai-responses", next);
  assert.equal(refusal.error.code, "invalid_encrypted_content");
});

test("Gemini 3 wants its signature on a call, or the documented stand-in", async () => {
  await using house = await strictHouse("google");
  house.says({ calls: [{ mark: "[bash]", arguments: { command: "ls" } }] });
  const first = plain("openai-chat", "gemini-3-pro-preview");
  const { json } = await ask(house, "openai-chat", first);
  const [call] = json.choices[0].message.tool_calls;
  const asked = (call: Json) => ({
    ...first,
    messages: [
      ...first.messages,
      { role: "assistant", tool_calls: [call] },
      { role: "tool", tool_call_id: call.id, name: "Bash", content: "ok" },
    ],
  });
  const signed = (thought_signature: string) => ({
    ...call,
    extra_content: { google: { thought_signature } },
  });
  assert.equal((await ask(house, "openai-chat", asked(call))).status, 200);
  assert.equal(
    (await ask(house, "openai-chat", asked(signed("skip_thought_signature_validator")))).status,
    200,
  );
  const { extra_content: _, ...bare } = call;
  assert.equal((await ask(house, "openai-chat", asked(bare))).status, 400);
  assert.equal((await ask(house, "openai-chat", asked(signed("of another")))).status, 400);
  assert.deepEqual(rulesOf(house), ["google/thought-signature-missing", "google/thought-signature-foreign"]);
});

/** [provider, dialect, what is added to the plain request, the rule that it breaks, the status]. */
const REFUSED: readonly (readonly [string, Dialect, Json, string, number?])[] = [
  ["anthropic", "anthropic-messages", { context_management: {} }, "anthropic/beta-fields"],
  ["anthropic", "anthropic-messages", { store: false }, "anthropic/fields"],
  ["openai", "openai-chat", { max_tokens: 10 }, "openai/max-tokens"],
  ["openai", "openai-chat", { reasoning_effort: "low" }, "openai/tools-while-thinking"],
  ["openai", "openai-responses", { reasoning: { effort: "max" } }, "openai/effort"],
  ["mistral", "openai-chat", { max_completion_tokens: 10 }, "mistral/fields", 422],
  ["groq", "openai-chat", { logprobs: true }, "groq/unsupported-features"],
  ["cerebras", "openai-chat", { parallel_tool_calls: true }, "cerebras/fields"],
  ["deepseek", "openai-chat", { tool_choice: "required" }, "deepseek/forced-tool"],
  ["moonshot", "openai-chat", { temperature: 0.6 }, "moonshot/fixed-sampling"],
  ["google", "openai-chat", { store: false }, "google/fields"],
  ["ollama", "openai-responses", { tools: [{ type: "web_search" }] }, "ollama/responses-tool-kinds", 500],
  [
    "minimax",
    "openai-chat",
    { messages: [{ role: "user", content: "a" }, { role: "system", content: "b" }] },
    "minimax/system-role",
  ],
];
for (const [name, dialect, more, rule, status = 400] of REFUSED) {
  test(`${name} refuses ${JSON.stringify(more).slice(0, 40)} as ${rule}`, async () => {
    await using house = await strictHouse(name);
    const answer = await ask(house, dialect, plain(dialect, HOUSES[name]!.models[0], more));
    assert.equal(answer.status, status);
    assert.deepEqual(rulesOf(house), [rule]);
  });
}
