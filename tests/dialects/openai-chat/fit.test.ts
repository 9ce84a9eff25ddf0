import assert from "node:assert/strict";
import { test } from "node:test";
import { QUIRKS } from "../../../src/catalog/quirks.ts";
import { BUILTIN_PROVIDERS } from "../../../src/catalog/data/providers.ts";
import { dialects } from "../../../src/dialects/registry.ts";
import type { EncodeTarget } from "../../../src/dialects/dialect.ts";
import type { Json } from "../../../src/model/json.ts";

const fit = (body: Json, target: Partial<EncodeTarget> = {}) =>
  dialects["openai-chat"].request.fit!(body, { model: "m", provider: "p", quirks: [], ...target }, {});

const at = (name: string, model: string, more: Partial<EncodeTarget> = {}): EncodeTarget => ({
  provider: name,
  model,
  quirks: BUILTIN_PROVIDERS.find((one) => one.name === name)!.quirks,
  ...more,
});

const USER = { role: "user", content: "Hi" };

test("a plain body is the very same at every provider, in every dialect", () => {
  const bodies = {
    "openai-chat": {
      messages: [{ role: "system", content: "a" }, USER],
      temperature: 1,
      stream: true,
      tools: [{ type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } }],
    },
    "openai-responses": {
      input: [USER],
      tools: [{ type: "function", name: "f", parameters: { type: "object", properties: {} } }],
    },
    "anthropic-messages": {
      messages: [USER],
      max_tokens: 10,
      tools: [{ name: "f", input_schema: { type: "object", properties: {} } }],
    },
  };
  for (const { name } of BUILTIN_PROVIDERS) {
    for (const [dialect, body] of Object.entries(bodies)) {
      const { request } = dialects[dialect as keyof typeof bodies];
      assert.equal(request.fit!(body, at(name, "some-model"), {}).body, body, `${name} ${dialect}`);
    }
  }
});

test("a body of any shape is taken", () => {
  const odd: Json[] = [null, 1, [], "x", {}, { messages: 1, tools: {}, input: null }, {
    messages: [null, 1, { role: "system" }],
    tools: [null, 1],
    stop: "x",
    thinking: 1,
    reasoning: [],
    response_format: "x",
    text: 1,
    output_config: 1,
    system: 1,
    tool_choice: [],
  }, { input: [null, 1, { role: "system" }, { role: "developer", content: 1 }], tools: [{ tools: [null] }] }];
  for (const dialect of Object.values(dialects)) {
    for (const body of odd) {
      for (const model of ["claude-haiku-4-5", "m"]) {
        dialect.request.fit!(body, { model, provider: "groq", quirks: Object.keys(QUIRKS) }, {});
      }
    }
  }
});

/** [effort, model, what arrives, reported] */
const EFFORTS: readonly (readonly [string, string, string, string | undefined])[] = [
  ["xhigh", "openai,gpt-5", "high", "reasoning_effort"],
  ["xhigh", "openai,gpt-5.2", "xhigh", undefined],
  ["max", "openai,gpt-5.5", "xhigh", "reasoning_effort"],
  ["none", "openai,gpt-5", "minimal", "reasoning_effort"],
  ["none", "openai,gpt-5.1", "none", undefined],
  ["minimal", "openai,gpt-5.4", "low", "reasoning_effort"],
  ["ultra", "openai,gpt-5.1", "high", "reasoning_effort"],
  ["medium", "xai,grok-3-mini", "low", "reasoning_effort"],
  ["high", "xai,grok-4.20-reasoning", "-", "reasoning_effort"],
  ["max", "xai,grok-4.3", "high", "reasoning_effort"],
  ["minimal", "groq,openai/gpt-oss-120b", "low", "reasoning_effort"],
  ["high", "cerebras,zai-glm-4.7", "-", "reasoning_effort"],
  ["high", "openai,gpt-4.1", "-", "reasoning_effort"],
  ["whatever", "openai,gpt-9", "whatever", undefined],
];

for (const [effort, target, arrives, reported] of EFFORTS) {
  test(`the effort ${effort} is ${arrives} at ${target}`, () => {
    const [name = "", model = ""] = target.split(",");
    const { body, dropped } = fit({ reasoning_effort: effort }, at(name, model));
    assert.equal(body.reasoning_effort ?? "-", arrives);
    assert.deepEqual(dropped, reported === undefined ? [] : [reported]);
    const responses = dialects["openai-responses"].request.fit!(
      { reasoning: { effort } },
      at(name, model),
      {},
    );
    assert.equal(responses.body.reasoning?.effort ?? "-", arrives);
  });
}

test("a lesson of each kind holds", () => {
  const schema = { type: "object", properties: { a: { type: "string", pattern: "x" } } };
  const { body, dropped } = fit({
    messages: [{ role: "developer", content: "a" }, USER, { role: "system", content: "b" }, {
      role: "assistant",
      content: "c",
      odd: 1,
    }],
    tools: [{ type: "function", function: { name: "f", parameters: schema } }],
    store: true,
    max_tokens: 5,
    reasoning_effort: "xhigh",
  }, {
    learned: [
      { kind: "field", name: "store" },
      { kind: "field", name: "messages.odd" },
      { kind: "role", name: "developer" },
      { kind: "system_place", name: "system" },
      { kind: "schema_keyword", name: "pattern" },
      { kind: "effort", name: "xhigh" },
      { kind: "rename", name: "max_tokens", to: "max_completion_tokens" },
    ],
  });
  assert.deepEqual(body, {
    max_completion_tokens: 5,
    messages: [
      { role: "system", content: "a" },
      USER,
      { role: "user", content: "<system-reminder>\nb\n</system-reminder>" },
      { role: "assistant", content: "c" },
    ],
    tools: [{
      type: "function",
      function: { name: "f", parameters: { type: "object", properties: { a: { type: "string" } } } },
    }],
    reasoning_effort: "high",
  });
  assert.deepEqual(dropped, ["reasoning_effort", "store", "messages.odd"]);
});

test("a refused field without a place is looked for in the messages", () => {
  const learned = [{ kind: "field", name: "reasoning_content" }] as const;
  const message = { role: "assistant", content: "c" };
  const { body } = fit({ messages: [{ ...message, reasoning_content: "x" }] }, { learned });
  assert.deepEqual(body, { messages: [message] });
});

test("of more tools than a model takes the first stay, and the one that is forced", () => {
  const tools = Array.from({ length: 140 }, (_, i) => ({
    type: "function",
    function: { name: `f${i}`, parameters: { type: "object", properties: {} } },
  }));
  const names = (tool_choice: Json) =>
    fit({ messages: [USER], tools, tool_choice }, at("openai", "gpt-4.1")).body.tools
      .map((tool: Json) => tool.function.name);
  assert.deepEqual([names("auto").length, names("auto").at(-1)], [128, "f127"]);
  const forced = names({ type: "function", function: { name: "f135" } });
  assert.deepEqual([forced.length, forced[126], forced[127]], [128, "f126", "f135"]);
});

test("a target's limit holds for each limit of a request", () => {
  const limits = (body: Json) =>
    dialects["openai-chat"].request.settings!(body, { maxTokens: 50 }, {
      model: "m",
      provider: "p",
      quirks: [],
    });
  assert.deepEqual(limits({}), { max_tokens: 50 });
  assert.deepEqual(limits({ max_completion_tokens: 99 }), { max_completion_tokens: 50 });
  assert.deepEqual(limits({ max_tokens: 20, max_completion_tokens: 99 }), {
    max_tokens: 20,
    max_completion_tokens: 50,
  });
});
