import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Conversation, Part } from "../../../src/model/conversation.ts";
import { type BuiltinDialect, dialects } from "../../../src/dialects/registry.ts";
import { ESSENTIAL } from "../../../src/dialects/shared/limits.ts";
import { conversationArbitrary } from "../support/conversation.ts";

const QUIRKS = [
  "no-cache-control",
  "strict-fields",
  "fixed-sampling",
  "no-files",
  "top-k",
  "no-developer-role",
  "system-first-only",
  "reasoning-content",
  "reasoning-details",
];
const MODELS = ["claude-3-opus", "claude-sonnet-4-5", "claude-opus-5-5", "gpt-5", "llama-3.1-8b-instant"];

const data = "aGVsbG8=";
const PARTS: readonly Part[] = [
  { type: "image", source: { kind: "file", id: "f" }, detail: "high" },
  { type: "image", source: { kind: "data", mediaType: "image/svg+xml", data } },
  { type: "document", source: { kind: "data", mediaType: "application/zip", data } },
  { type: "document", source: { kind: "file", id: "f" } },
  { type: "audio", data, format: "mp3" },
  { type: "text", text: "x", cache: {} },
];

/** Every setting that a client can make, each wished for in a way that somebody cannot fulfil. */
const EVERY_SETTING: Partial<Conversation> = {
  maxTokens: 999_999,
  temperature: 0.3,
  topP: 0.5,
  topK: 3,
  minP: 0.2,
  stop: ["a", "b", "c", "d", "e", " "],
  seed: 1,
  n: 2,
  frequencyPenalty: 1,
  presencePenalty: 1,
  logitBias: { 1: 2 },
  logprobs: true,
  topLogprobs: 2,
  reasoning: { effort: "high" },
  verbosity: "low",
  serviceTier: "unheard-of",
  metadata: { a: "b" },
  user: "u",
  safetyIdentifier: "s",
  promptCacheKey: "k",
  promptCacheRetention: "24h",
  store: true,
};

/** The names in a dialect's table. */
const listed = (name: BuiltinDialect) => new Set(dialects[name].limits.map(({ field }) => field));

test("every name that an encoder reports is in the table of its dialect", () => {
  const cases = fc.record({
    from: fc.constantFrom<BuiltinDialect>("anthropic-messages", "openai-chat", "openai-responses"),
    to: fc.constantFrom<BuiltinDialect>("anthropic-messages", "openai-chat", "openai-responses"),
    model: fc.constantFrom(...MODELS),
    quirks: fc.subarray(QUIRKS),
    reasoning: fc.constantFrom(undefined, true, false),
    parts: fc.subarray([...PARTS]),
    settings: fc.subarray(Object.keys(EVERY_SETTING) as (keyof Conversation)[]),
  });
  fc.assert(
    fc.property(cases, conversationArbitrary("openai-responses"), (one, base) => {
      const settings = Object.fromEntries(one.settings.map((name) => [name, EVERY_SETTING[name]]));
      const conversation: Conversation = {
        ...base,
        ...settings,
        dialect: one.from,
        messages: [...base.messages, {
          role: "user",
          name: "ann",
          parts: [...one.parts, { type: "text", text: "hi" }],
        }],
      };
      const { model, quirks, reasoning } = one;
      const { dropped } = dialects[one.to].request.encode(conversation, {
        model,
        provider: "p",
        quirks,
        maxOutput: 8000,
        ...(reasoning !== undefined && { reasoning }),
      });
      for (const field of dropped) assert.ok(listed(one.to).has(field), `${one.to} does not list ${field}`);
      assert.equal(new Set(dropped).size, dropped.length, "each name once");
    }),
    { numRuns: 400 },
  );
});

test("each field is in a table once, with the case in which it is dropped", () => {
  for (const [dialect, { limits }] of Object.entries(dialects)) {
    const fields = limits.map(({ field }) => field);
    assert.equal(new Set(fields).size, fields.length, dialect);
    for (const { field, when } of limits) assert.ok(when.length > 2, `${dialect} ${field}`);
  }
});

test("media, tools and the output's form are essential; a sampling setting is not", () => {
  for (const field of ["images", "documents", "audio", "tools", "structured_output"]) {
    assert.ok(ESSENTIAL.has(field), field);
  }
  assert.ok(!ESSENTIAL.has("top_k"));
});
