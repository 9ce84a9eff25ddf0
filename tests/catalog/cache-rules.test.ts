import assert from "node:assert/strict";
import { test } from "node:test";
import { cacheRules } from "../../src/catalog/cache-rules.ts";
import { CACHE_ROWS } from "../../src/catalog/data/caches.ts";

const MINUTE = 60_000;

/** [provider, model, kind, minutes, least tokens]. */
const KNOWN = [
  ["anthropic", "claude-opus-4-8", "marked", 5, 1024],
  ["anthropic", "claude-haiku-4-5-20251001", "marked", 5, 4096],
  ["openrouter", "anthropic/claude-opus-4.7", "marked", 5, 2048],
  ["amazon-bedrock", "anthropic.claude-sonnet-4-5", "marked", 5, 1024],
  ["openai", "gpt-5.4-mini", "automatic", 10, 1024],
  ["openai", "gpt-5.5", "automatic", 24 * 60, 1024],
  ["openrouter", "google/gemini-2.5-pro", "automatic", 5, 2048],
  ["deepseek", "deepseek-v4-flash", "automatic", 4 * 60, 64],
  ["groq", "openai/gpt-oss-120b", "automatic", 2 * 60, 128],
] as const;

for (const [provider, model, kind, minutes, leastTokens] of KNOWN) {
  test(`${model} at ${provider} keeps conversations for ${minutes} minutes`, () => {
    assert.deepEqual(cacheRules(provider, model, undefined), { kind, lifeMs: minutes * MINUTE, leastTokens });
  });
}

test("a model of a provider that is known to keep nothing reads everything afresh", () => {
  assert.equal(
    cacheRules("groq", "llama-3.1-8b-instant", { input: 1, output: 1, cacheRead: 0.1 }),
    undefined,
  );
});

test("a provider that is not in the table keeps conversations where it sells reads for less", () => {
  assert.equal(cacheRules("mine", "m", undefined), undefined);
  assert.equal(cacheRules("mine", "m", { input: 1, output: 1 }), undefined);
  assert.equal(cacheRules("mine", "m", { input: 1, output: 1, cacheRead: 1 }), undefined);
  assert.equal(cacheRules("mine", "m", { input: 1, output: 1, cacheRead: 0.2 })?.kind, "automatic");
});

test("every row has a source", () => {
  for (const { source } of CACHE_ROWS) assert.match(source, /^https:\/\//);
});
