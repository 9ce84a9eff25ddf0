import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../../../src/model/json.ts";
import { UnsupportedRequest } from "../../../../src/dialects/dialect.ts";
import { openAiChat } from "../../../../src/dialects/openai-chat/index.ts";

const { decode } = openAiChat.request;

function settings(fields: Json): Json {
  const { dialect: _d, model: _m, stream: _s, messages: _l, tools: _t, serverTools: _v, ...rest } = decode({
    model: "m",
    messages: [],
    ...fields,
  });
  return rest;
}

const SETTINGS: readonly { readonly field: Json; readonly is: Json }[] = [
  { field: { max_tokens: 5 }, is: { maxTokens: 5 } },
  { field: { max_tokens: 5, max_completion_tokens: 7 }, is: { maxTokens: 7 } },
  { field: { stop: "x" }, is: { stop: ["x"] } },
  { field: { stop: ["x", "y"] }, is: { stop: ["x", "y"] } },
  { field: { stop: null, temperature: null, tools: null, user: null }, is: {} },
  {
    field: { temperature: 0, top_p: 0.5, top_k: 3, min_p: 0.1, seed: 1, n: 1 },
    is: { temperature: 0, topP: 0.5, topK: 3, minP: 0.1, seed: 1, n: 1 },
  },
  {
    field: {
      frequency_penalty: 1,
      presence_penalty: 2,
      logit_bias: { "5": 1 },
      logprobs: true,
      top_logprobs: 2,
    },
    is: { frequencyPenalty: 1, presencePenalty: 2, logitBias: { "5": 1 }, logprobs: true, topLogprobs: 2 },
  },
  {
    field: { service_tier: "flex", metadata: { a: "b" }, user: "u", safety_identifier: "s", store: false },
    is: { serviceTier: "flex", metadata: { a: "b" }, user: "u", safetyIdentifier: "s", store: false },
  },
  {
    field: {
      prompt_cache_key: "k",
      prompt_cache_retention: "24h",
      verbosity: "low",
      parallel_tool_calls: false,
    },
    is: { promptCacheKey: "k", promptCacheRetention: "24h", verbosity: "low", parallelToolCalls: false },
  },
  { field: { reasoning_effort: "high" }, is: { reasoning: { enabled: true, effort: "high" } } },
  { field: { reasoning_effort: "none" }, is: { reasoning: { enabled: false, effort: "none" } } },
  { field: { reasoning: { effort: "low" } }, is: { reasoning: { enabled: true, effort: "low" } } },
  { field: { reasoning: { max_tokens: 2000 } }, is: { reasoning: { enabled: true, budgetTokens: 2000 } } },
  { field: { reasoning: { enabled: true } }, is: { reasoning: { enabled: true } } },
  { field: { thinking: { type: "disabled" } }, is: { reasoning: { enabled: false } } },
  { field: { stream: true, stream_options: { include_usage: true } }, is: { includeUsage: true } },
  { field: { response_format: { type: "text" } }, is: {} },
  { field: { response_format: { type: "json_object" } }, is: { outputFormat: { type: "json" } } },
  {
    field: {
      response_format: {
        type: "json_schema",
        json_schema: { name: "n", description: "d", strict: true, schema: { type: "object" } },
      },
    },
    is: {
      outputFormat: {
        type: "json_schema",
        name: "n",
        description: "d",
        strict: true,
        schema: { type: "object" },
      },
    },
  },
  { field: { modalities: ["text"] }, is: {} },
  {
    field: { prediction: { type: "content", content: "x" }, web_search_options: {} },
    is: { extensions: { prediction: { type: "content", content: "x" }, web_search_options: {} } },
  },
  { field: { tool_choice: "required" }, is: { toolChoice: { type: "required" } } },
  {
    field: { tool_choice: { type: "function", function: { name: "f" } } },
    is: { toolChoice: { type: "tool", name: "f", kind: "function" } },
  },
  {
    field: { tool_choice: { type: "custom", custom: { name: "f" } } },
    is: { toolChoice: { type: "tool", name: "f", kind: "custom" } },
  },
  {
    field: {
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "f" } }] },
      },
    },
    is: { toolChoice: { type: "allowed", mode: "required", names: ["f"] } },
  },
  {
    field: { functions: [{ name: "f" }], function_call: { name: "f" } },
    is: { legacyFunctions: true, toolChoice: { type: "tool", name: "f", kind: "function" } },
  },
];

for (const { field, is } of SETTINGS) {
  test(`${JSON.stringify(field)} is read`, () => {
    assert.deepEqual(settings(field), { extensions: {}, ...is });
  });
}

test("tools of every kind are read", () => {
  const { tools, serverTools } = decode({
    messages: [],
    tools: [
      {
        type: "function",
        function: { name: "f", description: "d", parameters: { type: "object" }, strict: true },
      },
      { type: "function", name: "flat", parameters: { type: "object" } },
      { type: "function", function: { name: "marked" }, cache_control: { type: "ephemeral", ttl: "1h" } },
      {
        type: "custom",
        custom: {
          name: "c",
          format: { type: "grammar", grammar: { syntax: "lark", definition: "start: x" } },
        },
      },
      { type: "web_search" },
    ],
  });
  assert.deepEqual(tools, [
    { kind: "function", name: "f", description: "d", parameters: { type: "object" }, strict: true },
    { kind: "function", name: "flat", parameters: { type: "object" } },
    { kind: "function", name: "marked", cache: { ttl: "1h" } },
    { kind: "custom", name: "c", format: { type: "grammar", syntax: "lark", definition: "start: x" } },
  ]);
  assert.deepEqual(serverTools, [{
    dialect: "openai-chat",
    name: "web_search",
    value: { type: "web_search" },
  }]);
});

test("what cannot be translated is refused by name", () => {
  const refused = (body: Json, param: string) =>
    assert.throws(
      () => decode(body),
      (error) => error instanceof UnsupportedRequest && error.param === param,
    );
  refused(null, "body");
  refused({ model: "m" }, "messages");
  refused({ model: "m", messages: [], modalities: ["text", "audio"] }, "modalities");
});
