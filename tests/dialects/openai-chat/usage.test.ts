import assert from "node:assert/strict";
import { test } from "node:test";
import { openAiChat } from "../../../src/dialects/openai-chat/index.ts";
import { encodeUsage, mergeUsage, usageOf } from "../../../src/dialects/openai-chat/usage.ts";
import type { Json } from "../../../src/model/json.ts";
import type { Usage } from "../../../src/model/usage.ts";

const NOTHING: Usage = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 };

const USAGES: readonly { readonly whose: string; readonly wire: Json; readonly is: Partial<Usage> }[] = [
  {
    whose: "OpenAI's",
    wire: {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 60 },
      completion_tokens_details: { reasoning_tokens: 20 },
    },
    is: { input: 40, cacheRead: 60, output: 50, reasoning: 20 },
  },
  {
    whose: "OpenRouter's",
    wire: {
      prompt_tokens: 100,
      completion_tokens: 5,
      total_tokens: 105,
      cost: 0.01,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
    },
    is: { input: 10, cacheRead: 60, cacheWrite: 30, output: 5, cost: 0.01 },
  },
  {
    whose: "DeepSeek's",
    wire: {
      prompt_tokens: 100,
      completion_tokens: 5,
      prompt_cache_hit_tokens: 64,
      prompt_cache_miss_tokens: 36,
    },
    is: { input: 36, cacheRead: 64, output: 5 },
  },
  {
    whose: "Moonshot's",
    wire: { prompt_tokens: 9, completion_tokens: 5, cached_tokens: 4 },
    is: { input: 5, cacheRead: 4, output: 5 },
  },
  {
    whose: "xAI's, which leaves reasoning out of the completion",
    wire: {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 115,
      completion_tokens_details: { reasoning_tokens: 100 },
    },
    is: { input: 10, output: 105, reasoning: 100 },
  },
  {
    whose: "Gemini's, which counts thinking in the total only",
    wire: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 45 },
    is: { input: 10, output: 35, reasoning: 30 },
  },
  {
    whose: "Azure's, with null details",
    wire: {
      prompt_tokens: 1,
      completion_tokens: 2,
      prompt_tokens_details: null,
      completion_tokens_details: null,
    },
    is: { input: 1, output: 2 },
  },
  {
    whose: "a gateway's in Anthropic's words",
    wire: { input_tokens: 3, output_tokens: 4 },
    is: { input: 3, output: 4 },
  },
];

for (const { whose, wire, is } of USAGES) {
  test(`${whose} usage is read, cached tokens apart from fresh ones`, () => {
    assert.deepEqual(openAiChat.usage({ usage: wire }), { ...NOTHING, ...is });
    assert.deepEqual(openAiChat.usage({ usage: null, x_groq: { usage: wire } }), { ...NOTHING, ...is });
  });
}

test("a missing usage is undefined, not zero", () => {
  for (const json of [null, {}, { usage: null }, { usage: {} }, { x_groq: { id: "x" } }]) {
    assert.equal(openAiChat.usage(json), undefined);
  }
});

test("Moonshot's usage is in the first choice", () => {
  // https://platform.moonshot.ai/docs/api/chat
  const json = {
    choices: [{ index: 0, usage: { prompt_tokens: 9, completion_tokens: 5, cached_tokens: 4 } }],
  };
  assert.deepEqual(usageOf(json), { ...NOTHING, input: 5, cacheRead: 4, output: 5 });
});

test("counts that contradict each other never become negative", () => {
  const wire = {
    prompt_tokens: 5,
    completion_tokens: 2,
    prompt_tokens_details: { cached_tokens: 9, cache_write_tokens: 3 },
    completion_tokens_details: { reasoning_tokens: 99 },
  };
  assert.deepEqual(usageOf({ usage: wire }), {
    input: 0,
    cacheRead: 9,
    cacheWrite: 3,
    output: 2,
    reasoning: 2,
  });
  assert.deepEqual(usageOf({ usage: { prompt_tokens: -1, completion_tokens: "7" } }), undefined);
});

test("a last usage of zeros does not wipe out the counts before it", () => {
  const first: Usage = { ...NOTHING, input: 5, cacheRead: 4, output: 3, reasoning: 1, cost: 0.2 };
  assert.deepEqual(mergeUsage(first, NOTHING), first);
  assert.deepEqual(mergeUsage(first, { ...NOTHING, output: 8 }), { ...first, output: 8, reasoning: 0 });
  assert.deepEqual(mergeUsage(first, { ...NOTHING, input: 7 }), { ...first, input: 7, cacheRead: 0 });
  assert.equal(mergeUsage(undefined, undefined), undefined);
  assert.equal(mergeUsage(undefined, first), first);
});

test("a client reads cached tokens as part of the prompt, and the total as the sum", () => {
  // https://platform.openai.com/docs/api-reference/chat/object#chat/object-usage
  const usage: Usage = { input: 10, cacheRead: 60, cacheWrite: 30, output: 5, reasoning: 2, cost: 0.01 };
  const wire = encodeUsage(usage);
  assert.deepEqual([wire.prompt_tokens, wire.completion_tokens, wire.total_tokens], [100, 5, 105]);
  assert.deepEqual(usageOf({ usage: wire }), usage);
  assert.ok(!("cost" in encodeUsage(NOTHING)));
});
