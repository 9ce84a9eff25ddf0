import assert from "node:assert/strict";
import { test } from "node:test";
import type { Conversation } from "../../../../src/model/conversation.ts";
import type { Json } from "../../../../src/model/json.ts";
import { ASKED } from "../streams.ts";
import { encode, TOOL } from "../encoding.ts";

const effort = (effort: string): Partial<Conversation> => ({ reasoning: { effort } });

const SAMPLING:
  readonly (readonly [model: string, asked: Partial<Conversation>, body: Json, dropped: string[]])[] = [
    [
      "claude-sonnet-4",
      { temperature: 1.7, topP: 0.9, topK: 5 },
      { temperature: 1, top_p: 0.9, top_k: 5 },
      [],
    ],
    ["claude-sonnet-4-5", { temperature: 0.2, topP: 0.9 }, { temperature: 0.2 }, ["top_p"]],
    ["claude-sonnet-4-5", { topP: 0.9 }, { top_p: 0.9 }, []],
    ["claude-sonnet-4-5", { temperature: 0.2, ...effort("low") }, {}, ["temperature"]],
    ["claude-sonnet-4-5", { temperature: 1, topP: 0.97, ...effort("low") }, { top_p: 0.97 }, []],
    ["claude-opus-4-8", { temperature: 0.2, topP: 0.9, topK: 5 }, {}, ["temperature", "top_p", "top_k"]],
    ["claude-opus-4-8", { temperature: 1, topP: 1 }, {}, []],
  ];

test("sampling stays within what the model takes", () => {
  for (const [model, asked, expected, dropped] of SAMPLING) {
    const { body, dropped: lost } = encode(asked, model);
    const { temperature, top_p, top_k } = body;
    const sampling = JSON.parse(JSON.stringify({ temperature, top_p, top_k }));
    assert.deepEqual([sampling, lost], [expected, dropped], `${model} ${JSON.stringify(asked)}`);
  }
});

const LIMITS:
  readonly (readonly [model: string, asked: number | undefined, known: number | undefined, sent: number])[] =
    [
      ["claude-3-opus", undefined, undefined, 4096],
      ["claude-opus-5-5", undefined, undefined, 64000],
      ["claude-opus-5-5", undefined, 16000, 16000],
      ["some-model", undefined, undefined, 32000],
      ["claude-3-opus", 500, undefined, 500],
      ["claude-3-opus", 128000, undefined, 4096],
      ["some-model", 128000, 8192, 8192],
    ];

test("max_tokens is always there, and never above the model's own limit", () => {
  for (const [model, asked, maxOutput, expected] of LIMITS) {
    const { body, dropped } = encode(asked === undefined ? {} : { maxTokens: asked }, model, { maxOutput });
    assert.equal(body.max_tokens, expected, `${model} ${asked} ${maxOutput}`);
    assert.deepEqual(dropped, asked !== undefined && asked > expected ? ["max_tokens"] : []);
  }
});

test("an output schema goes out closed; models that take none get it in words", () => {
  const format = {
    type: "json_schema" as const,
    name: "title",
    schema: { type: "object", properties: { title: {} } },
  };
  const { body } = encode({ outputFormat: format });
  assert.deepEqual(body.output_config.format, {
    type: "json_schema",
    schema: { type: "object", properties: { title: {} }, additionalProperties: false },
  });
  const old = encode({ outputFormat: format }, "claude-3-opus");
  assert.deepEqual(old.dropped, ["structured_output"]);
  assert.match(old.body.system.at(-1).text, /JSON Schema:\n\{"type":"object"/);
  assert.deepEqual(encode({ outputFormat: { type: "json" } }).dropped, ["response_format"]);
});

test("what has no place in this dialect is named by the name that its client knows", () => {
  const { dropped } = encode({
    n: 2,
    seed: 7,
    minP: 0.1,
    frequencyPenalty: 0.5,
    presencePenalty: 0.5,
    logitBias: { 50256: -100 },
    logprobs: true,
    topLogprobs: 3,
    verbosity: "low",
    metadata: { a: "b" },
    store: true,
    stop: ["\n", "END"],
    serviceTier: "flex",
    serverTools: [{ dialect: "openai-responses", name: "web_search", value: { type: "web_search" } }],
    extensions: { client_metadata: {} },
  });
  assert.deepEqual([...dropped].sort(), [
    "client_metadata",
    "frequency_penalty",
    "logit_bias",
    "logprobs",
    "metadata",
    "min_p",
    "n",
    "presence_penalty",
    "seed",
    "service_tier",
    "stop",
    "store",
    "top_logprobs",
    "verbosity",
    "web_search",
  ]);
  const harmless = encode({ n: 1, store: false, frequencyPenalty: 0, logprobs: false, includeUsage: true });
  assert.deepEqual(harmless.dropped, []);
});

test("agents of dialects with automatic caching get cache marks; single questions do not", () => {
  const system = { role: "system" as const, parts: [{ type: "text" as const, text: "Be brief." }] };
  const agent = encode({ tools: [TOOL], messages: [system, ...ASKED.messages] }).body;
  assert.deepEqual(agent.system.at(-1).cache_control, { type: "ephemeral" });
  assert.deepEqual(agent.messages.at(-1).content.at(-1).cache_control, { type: "ephemeral" });
  const bare = encode({ tools: [TOOL] }).body;
  assert.ok(bare.tools[0].cache_control);
  assert.doesNotMatch(JSON.stringify(encode({}).body), /cache_control/);
  const refuses = encode({ tools: [TOOL] }, "claude-sonnet-4-5", { quirks: ["no-cache-control"] });
  assert.doesNotMatch(JSON.stringify(refuses.body), /cache_control/);
  assert.deepEqual(refuses.dropped, []);
});

test("the user goes out as user_id, except to a provider that refuses such fields", () => {
  assert.deepEqual(encode({ user: "u1" }).body.metadata, { user_id: "u1" });
  assert.deepEqual(encode({ safetyIdentifier: "s1" }).body.metadata, { user_id: "s1" });
  assert.deepEqual(encode({ serviceTier: "priority" }).body.service_tier, "auto");
  const strict = encode({ user: "u1", serviceTier: "default" }, "m", { quirks: ["strict-fields"] });
  assert.deepEqual([strict.body.metadata, strict.body.service_tier], [undefined, undefined]);
  assert.deepEqual(strict.dropped, ["service_tier", "user"]);
});
