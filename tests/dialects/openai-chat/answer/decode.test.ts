import assert from "node:assert/strict";
import { test } from "node:test";
import type { StopReason } from "../../../../src/model/conversation.ts";
import type { ClientError, ProviderError } from "../../../../src/model/failure.ts";
import type { Json } from "../../../../src/model/json.ts";
import type { Usage } from "../../../../src/model/usage.ts";
import { openAiChat } from "../../../../src/dialects/openai-chat/index.ts";
import { decodeStop, encodeStop } from "../../../../src/dialects/openai-chat/stop.ts";
import { SseParser } from "../../../../src/bytes/sse.ts";

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

const NONE = { toolCalls: false, refusal: false };
const FINISHES: readonly (readonly [raw: unknown, stop: StopReason])[] = [
  ["stop", "end_turn"],
  ["length", "max_tokens"],
  ["content_filter", "content_filter"],
  ["eos", "end_turn"],
  ["", "end_turn"],
  [null, "end_turn"],
  [undefined, "end_turn"],
  ["model_length", "context_window"],
  ["SAFETY", "content_filter"],
  ["tool_calls", "end_turn"],
];

for (const [raw, stop] of FINISHES) {
  test(`the finish reason ${JSON.stringify(raw)} without tool calls means ${stop}`, () => {
    assert.equal(decodeStop(raw, undefined, NONE), stop);
  });
}

test("tool calls end a turn as such, unless the answer was cut", () => {
  const seen = { toolCalls: true, refusal: false };
  for (const raw of ["stop", "tool_calls", "function_call", null, undefined, "tool_use"]) {
    assert.equal(decodeStop(raw, undefined, seen), "tool_use");
  }
  assert.equal(decodeStop("length", undefined, seen), "max_tokens");
});

test("every stop reason has a word of the dialect", () => {
  const words: Record<StopReason, string> = {
    end_turn: "stop",
    stop_sequence: "stop",
    max_tokens: "length",
    tool_use: "tool_calls",
    refusal: "content_filter",
    content_filter: "content_filter",
    pause_turn: "stop",
    context_window: "length",
  };
  for (const [stop, word] of Object.entries(words)) {
    assert.equal(encodeStop(stop as StopReason, NONE), word);
  }
  assert.equal(encodeStop("refusal", { toolCalls: false, refusal: true }), "stop");
});

const FAILURES: readonly {
  readonly whose: string;
  readonly body: Json | string;
  readonly is: ProviderError;
}[] = [
  {
    whose: "OpenAI",
    body: {
      error: {
        message: "bad",
        type: "invalid_request_error",
        param: "messages",
        code: "context_length_exceeded",
      },
    },
    is: { message: "bad", type: "invalid_request_error", param: "messages", code: "context_length_exceeded" },
  },
  { whose: "Ollama", body: { error: "model not found" }, is: { message: "model not found" } },
  { whose: "a plain message", body: { message: "no", code: 403 }, is: { message: "no", code: "403" } },
  {
    whose: "Mistral",
    body: { object: "error", message: "bad", type: "invalid_request_error", code: 3051 },
    is: { message: "bad", type: "invalid_request_error", code: "3051" },
  },
  {
    whose: "Gemini",
    body: [{ error: { code: 429, message: "quota", status: "RESOURCE_EXHAUSTED" } }],
    is: { message: "quota", type: "RESOURCE_EXHAUSTED", code: "429" },
  },
  {
    whose: "FastAPI",
    body: { detail: [{ loc: ["body", "messages"], msg: "field required", type: "missing" }] },
    is: { message: "body.messages: field required" },
  },
  { whose: "FastAPI in a word", body: { detail: "Not Found" }, is: { message: "Not Found" } },
  {
    whose: "OpenRouter",
    body: {
      error: {
        message: "Provider returned error",
        code: 429,
        metadata: { raw: '{"error":{"message":"slow down"}}', provider_name: "Groq" },
      },
    },
    is: { message: "Provider returned error: Groq: slow down", code: "429" },
  },
  {
    whose: "Anthropic behind a gateway",
    body: { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    is: { message: "Overloaded", type: "overloaded_error" },
  },
  {
    whose: "an HTML page",
    body: "<html><head><title>502 Bad Gateway</title></head></html>",
    is: { message: "an HTML page: 502 Bad Gateway" },
  },
  { whose: "text", body: "upstream timeout\n", is: { message: "upstream timeout" } },
  { whose: "an unknown shape", body: { foo: 1 }, is: { message: '{"foo":1}' } },
  { whose: "nothing", body: null, is: { message: "null" } },
];

for (const { whose, body, is } of FAILURES) {
  test(`an error body of ${whose} is read`, () => {
    assert.deepEqual(openAiChat.failure.decode(body), is);
  });
}

test("a key that a provider quotes is not repeated, and long messages are cut", () => {
  const key = ["sk", "proj", "a1b2c3d4e5f6g7h8i9j0"].join("-");
  assert.equal(
    openAiChat.failure.decode({ error: { message: `Incorrect API key provided: ${key}.` } }).message,
    "Incorrect API key provided: [redacted].",
  );
  assert.equal(openAiChat.failure.decode("x".repeat(50_000)).message.length, 16_384);
});

test("an error is written as OpenAI writes it", () => {
  const error: ClientError = {
    status: 400,
    class: "context_overflow",
    message: "too long",
    param: "messages",
  };
  assert.deepEqual(openAiChat.failure.encode(error), {
    error: {
      message: "Your input exceeds the context window of this model. too long",
      type: "invalid_request_error",
      param: "messages",
      code: "context_length_exceeded",
    },
  });
  assert.equal(openAiChat.failure.encode({ ...error, class: "bad_request", code: "own" }).error.code, "own");
});

test("an error event is followed by the end mark", () => {
  const text = openAiChat.failure.event({ status: 529, class: "overloaded", message: "busy" });
  const [error, end, ...rest] = new SseParser().push(new TextEncoder().encode(text));
  assert.equal(JSON.parse(error!.data).error.message, "busy");
  assert.equal(end?.data, "[DONE]");
  assert.deepEqual(rest, []);
});

test("an error inside a whole answer is the reply's error", () => {
  assert.equal(openAiChat.reply.decode({ error: { message: "gone", code: 502 } }).error?.message, "gone");
  assert.match(openAiChat.reply.decode({ choices: [] }).error?.message ?? "", /empty/);
});
