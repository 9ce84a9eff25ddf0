import assert from "node:assert/strict";
import { test } from "node:test";
import { CHAT_COPY } from "../../../src/catalog/quirks.ts";
import type { Conversation, Part } from "../../../src/dialects/conversation.ts";
import type { EncodeTarget, Json } from "../../../src/dialects/dialect.ts";
import { openAiChat } from "../../../src/dialects/openai-chat/dialect.ts";

const EMPTY: Conversation = {
  dialect: "anthropic-messages",
  model: "asked",
  stream: false,
  messages: [],
  tools: [],
  serverTools: [],
  extensions: {},
};

function encode(
  fields: Partial<Conversation>,
  target: Partial<EncodeTarget> = {},
): { body: Json; dropped: readonly string[] } {
  return openAiChat.request.encode({ ...EMPTY, ...fields }, {
    model: "m",
    provider: "p",
    quirks: [],
    ...target,
  });
}

interface Case {
  readonly that: string;
  readonly fields: Partial<Conversation>;
  readonly target?: Partial<EncodeTarget>;
  /** Besides model and messages. */
  readonly body: Json;
  readonly dropped?: readonly string[];
}

const OPENAI = ["no-cache-control", "max-completion-tokens", "fixed-sampling"];
const THINK = { enabled: true, budgetTokens: 10_000 };
const TOOL = { kind: "function" as const, name: "f", parameters: { type: "object", properties: {} } };
const WIRE_TOOL = {
  type: "function",
  function: { name: "f", parameters: { type: "object", properties: {} } },
};

const CASES: readonly Case[] = [
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
    that: "a model that does not think is not told to",
    fields: { reasoning: THINK },
    target: { reasoning: false },
    body: {},
    dropped: ["reasoning"],
  },
  { that: "nor one of which nobody knows", fields: { reasoning: THINK }, body: {}, dropped: ["reasoning"] },
  {
    that: "nor one that refuses to be told how much",
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
  {
    that: "a tool is a function",
    fields: { tools: [TOOL], toolChoice: { type: "auto" }, parallelToolCalls: false },
    body: { tools: [WIRE_TOOL], tool_choice: "auto", parallel_tool_calls: false },
  },
  {
    that: "no choice without tools",
    fields: { toolChoice: { type: "auto" }, parallelToolCalls: true },
    body: {},
  },
  {
    that: "a choice of a tool that is not offered is none",
    fields: { tools: [TOOL], toolChoice: { type: "tool", name: "gone" } },
    body: { tools: [WIRE_TOOL] },
  },
  {
    that: "only the allowed tools are offered",
    fields: {
      tools: [TOOL, { ...TOOL, name: "g" }],
      toolChoice: { type: "allowed", mode: "required", names: ["f"] },
    },
    body: { tools: [WIRE_TOOL], tool_choice: "required" },
  },
  {
    that: "a custom tool is a function of one text, its grammar told",
    fields: {
      tools: [{
        kind: "custom",
        name: "c",
        description: "d",
        format: { type: "grammar", syntax: "lark", definition: "start: x" },
      }],
      toolChoice: { type: "tool", name: "c", kind: "custom" },
    },
    body: {
      tools: [{
        type: "function",
        function: {
          name: "c",
          description: "d\n\nThe input must match this lark grammar:\nstart: x",
          parameters: {
            type: "object",
            properties: { input: { type: "string" } },
            required: ["input"],
            additionalProperties: false,
          },
        },
      }],
      tool_choice: { type: "function", function: { name: "c" } },
    },
  },
  {
    that: "a namespace becomes part of the name",
    fields: {
      tools: [{ ...TOOL, namespace: "files" }],
      toolChoice: { type: "tool", name: "f", namespace: "files" },
    },
    body: {
      tools: [{ ...WIRE_TOOL, function: { ...WIRE_TOOL.function, name: "files__f" } }],
      tool_choice: { type: "function", function: { name: "files__f" } },
    },
  },
  {
    that: "another provider's own tools are left out by name",
    fields: { serverTools: [{ dialect: "anthropic-messages", name: "web_search", value: {} }] },
    body: {},
    dropped: ["web_search"],
  },
  {
    that: "another dialect's own fields are left out by name",
    fields: { extensions: { context_management: {} } },
    body: {},
    dropped: ["context_management"],
  },
];

for (const { that, fields, target, body, dropped = [] } of CASES) {
  test(that, () => {
    const encoded = encode(fields, target);
    const { model, messages, ...rest } = encoded.body;
    assert.equal(model, target?.model ?? "m");
    assert.deepEqual(messages, []);
    assert.deepEqual(JSON.parse(JSON.stringify(rest)), body);
    assert.deepEqual(encoded.dropped, dropped);
  });
}

function sent(messages: Conversation["messages"], quirks: readonly string[] = []): Json {
  return JSON.parse(JSON.stringify(encode({ messages }, { quirks }).body.messages));
}

const text = (text: string): Part => ({ type: "text", text });

test("developer and later system messages are said as the provider takes them", () => {
  const messages: Conversation["messages"] = [
    { role: "system", parts: [text("one"), text("two")] },
    { role: "developer", parts: [text("three")] },
    { role: "user", parts: [text("hi")] },
    { role: "system", parts: [text("note")] },
  ];
  assert.deepEqual(sent(messages), [
    { role: "system", content: "one\n\ntwo" },
    { role: "developer", content: "three" },
    { role: "user", content: "hi" },
    { role: "system", content: "note" },
  ]);
  assert.deepEqual(sent(messages, ["no-developer-role", "system-first-only"]), [
    { role: "system", content: "one\n\ntwo\n\nthree" },
    { role: "user", content: "hi" },
    { role: "user", content: "<system-reminder>\nnote\n</system-reminder>" },
  ]);
});

test("results come first, with their errors marked, and their images follow in the user's name", () => {
  const png = { kind: "data" as const, mediaType: "image/png", data: "AAAA" };
  const messages: Conversation["messages"] = [
    {
      role: "assistant",
      parts: [
        { type: "tool_call", id: "a", name: "f", kind: "function", arguments: "" },
        { type: "tool_call", id: "b", name: "c", kind: "custom", arguments: 'x"' },
      ],
    },
    {
      role: "user",
      parts: [
        text("and now?"),
        {
          type: "tool_result",
          id: "a",
          kind: "function",
          content: [text("no such file") as never],
          isError: true,
        },
        { type: "tool_result", id: "b", kind: "custom", content: [{ type: "image", source: png }] },
      ],
    },
  ];
  assert.deepEqual(sent(messages), [
    {
      role: "assistant",
      content: null,
      tool_calls: [
        { id: "a", type: "function", function: { name: "f", arguments: "{}" } },
        { id: "b", type: "function", function: { name: "c", arguments: '{"input":"x\\""}' } },
      ],
    },
    { role: "tool", tool_call_id: "a", content: "[The tool failed]\nno such file" },
    { role: "tool", tool_call_id: "b", content: "[An attachment follows.]" },
    {
      role: "user",
      content: [
        { type: "text", text: "[From the result of tool call b:]" },
        { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
        { type: "text", text: "and now?" },
      ],
    },
  ]);
});

test("documents go as files, as text, or not at all", () => {
  const pdf = { kind: "data" as const, mediaType: "application/pdf", data: "AAAA" };
  const messages: Conversation["messages"] = [{
    role: "user",
    parts: [
      { type: "document", source: pdf, title: "a.pdf" },
      { type: "document", source: { kind: "text", text: "words" }, title: "notes" },
    ],
  }];
  assert.deepEqual(sent(messages), [{
    role: "user",
    content: [
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" } },
      { type: "text", text: "notes\n\nwords" },
    ],
  }]);
  const copy = encode({ messages }, { quirks: CHAT_COPY });
  assert.deepEqual(copy.dropped, ["documents"]);
  assert.deepEqual(copy.body.messages, [{ role: "user", content: "notes\n\nwords" }]);
});

test("an image that only its own provider knows is lost by name", () => {
  const parts: Part[] = [{ type: "image", source: { kind: "file", id: "file_1" } }];
  assert.deepEqual(encode({ messages: [{ role: "user", parts }] }).dropped, ["images"]);
});

test("cache marks stay where they are taken", () => {
  const parts: Part[] = [text("a"), { type: "text", text: "b", cache: { ttl: "1h" } }];
  assert.deepEqual(sent([{ role: "system", parts }]), [{
    role: "system",
    content: [
      { type: "text", text: "a" },
      { type: "text", text: "b", cache_control: { type: "ephemeral", ttl: "1h" } },
    ],
  }]);
  const copy = encode({ messages: [{ role: "system", parts }] }, { quirks: CHAT_COPY });
  assert.deepEqual(copy.body.messages, [{ role: "system", content: "a\n\nb" }]);
  assert.deepEqual(copy.dropped, ["cache_control"]);
});

test("call ids are short enough for everybody, and still match", () => {
  const id = "toolu_" + "0123456789".repeat(6);
  const messages: Conversation["messages"] = [
    { role: "assistant", parts: [{ type: "tool_call", id, name: "f", kind: "function", arguments: "{}" }] },
    { role: "user", parts: [{ type: "tool_result", id, kind: "function", content: [] }] },
  ];
  const [call, result] = sent(messages);
  assert.ok(call.tool_calls[0].id.length <= 40);
  assert.equal(result.tool_call_id, call.tool_calls[0].id);
  const [shortCall, shortResult] = sent(messages, ["short-call-ids"]);
  assert.match(shortCall.tool_calls[0].id, /^[a-zA-Z0-9]{9}$/);
  assert.equal(shortResult.tool_call_id, shortCall.tool_calls[0].id);
});
