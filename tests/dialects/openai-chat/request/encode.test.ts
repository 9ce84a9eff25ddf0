import { writes } from "../encoding.ts";

const OPENAI = ["no-cache-control", "max-completion-tokens", "fixed-sampling"];
const THINK = { enabled: true, budgetTokens: 10_000 };

writes([
  {
    that: "usage is asked for with every stream",
    fields: { stream: true },
    body: { stream: true, stream_options: { include_usage: true } },
  },
  {
    that: "stream_options are kept from those who refuse them",
    fields: { stream: true },
    target: { quirks: ["no-stream-options"] },
    body: { stream: true },
  },
  { that: "the output limit is max_tokens", fields: { maxTokens: 9 }, body: { max_tokens: 9 } },
  {
    that: "the output limit is the model's own at most",
    fields: { maxTokens: 99 },
    target: { quirks: OPENAI, maxOutput: 50 },
    body: { max_completion_tokens: 50 },
  },
  {
    that: "top_k goes to those who take it",
    fields: { topK: 5, minP: 0.1 },
    target: { quirks: ["top-k"] },
    body: { top_k: 5, min_p: 0.1 },
  },
  { that: "top_k is kept from others", fields: { topK: 5 }, body: {}, dropped: ["top_k"] },
  {
    that: "OpenAI's reasoning models are spared sampling",
    fields: { temperature: 0.5, topP: 0.9, stop: ["x"] },
    target: { quirks: OPENAI, reasoning: true },
    body: {},
    dropped: ["temperature", "top_p", "stop"],
  },
  {
    that: "a temperature of 1 is what they do anyway",
    fields: { temperature: 1 },
    target: { quirks: OPENAI, reasoning: true },
    body: {},
  },
  {
    that: "four stop sequences are the most",
    fields: { stop: ["a", "b", "c", "d", "e"] },
    body: { stop: ["a", "b", "c", "d"] },
    dropped: ["stop"],
  },
  {
    that: "fields that only OpenAI knows are kept from strict providers",
    fields: { user: "u", promptCacheKey: "k", verbosity: "low", serviceTier: "flex", seed: 1 },
    target: { quirks: ["strict-fields"] },
    body: { seed: 1 },
    dropped: ["verbosity", "user", "prompt_cache_key", "service_tier"],
  },
  {
    that: "metadata goes with stored answers only",
    fields: { metadata: { a: "b" } },
    body: {},
    dropped: ["metadata"],
  },
  {
    that: "metadata is sent with a stored answer",
    fields: { metadata: { a: "b" }, store: true },
    body: { metadata: { a: "b" }, store: true },
  },
  { that: "not storing is the default", fields: { store: false }, body: {} },
  { that: "several answers cannot be had", fields: { n: 2 }, body: {}, dropped: ["n"] },
  { that: "a long user is cut", fields: { user: "u".repeat(100) }, body: { user: "u".repeat(64) } },
  {
    that: "a thinking budget becomes an effort",
    fields: { reasoning: THINK },
    target: { reasoning: true },
    body: { reasoning_effort: "medium" },
  },
  {
    that: "a budget stays one for OpenRouter",
    fields: { reasoning: THINK },
    target: { quirks: ["reasoning-details"] },
    body: { reasoning: { max_tokens: 10_000 } },
  },
  {
    that: "thinking without a number is left to OpenRouter",
    fields: { reasoning: { enabled: true, adaptive: true } },
    target: { quirks: ["reasoning-details"] },
    body: { reasoning: { enabled: true } },
  },
  {
    that: "a model that does not think gets no effort",
    fields: { reasoning: THINK },
    target: { reasoning: false },
    body: {},
    dropped: ["reasoning"],
  },
  { that: "nor one of which nobody knows", fields: { reasoning: THINK }, body: {}, dropped: ["reasoning"] },
  {
    that: "nor does one that refuses an effort",
    fields: { reasoning: THINK },
    target: { reasoning: true, provider: "groq", model: "qwen/qwen3-32b" },
    body: {},
    dropped: ["reasoning"],
  },
  {
    that: "thinking switched off is the default",
    fields: { reasoning: { enabled: false } },
    target: { reasoning: true },
    body: {},
  },
  {
    that: "efforts that only the newest know become the nearest",
    fields: { reasoning: { enabled: true, effort: "max" } },
    target: { reasoning: true },
    body: { reasoning_effort: "high" },
  },
  {
    that: "OpenAI's own efforts reach OpenAI",
    fields: { dialect: "openai-responses", reasoning: { enabled: true, effort: "xhigh" } },
    target: { reasoning: true, quirks: OPENAI },
    body: { reasoning_effort: "xhigh" },
  },
  {
    that: "a schema for the answer is cleaned",
    fields: {
      outputFormat: {
        type: "json_schema",
        schema: { type: "object", additionalProperties: false },
        strict: true,
      },
    },
    target: { quirks: ["no-additional-properties"] },
    body: {
      response_format: {
        type: "json_schema",
        json_schema: { name: "answer", schema: { type: "object" }, strict: true },
      },
    },
  },
  {
    that: "JSON of any shape can be asked for",
    fields: { outputFormat: { type: "json" } },
    body: { response_format: { type: "json_object" } },
  },
]);
