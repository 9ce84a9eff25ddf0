import assert from "node:assert/strict";
import { test } from "node:test";
import { cacheRules, withCachePrices } from "../../src/catalog/caches.ts";
import { builtinCatalog } from "../../src/catalog/catalog.ts";
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

test("a write of Gemini at OpenRouter is the input and five minutes of storage", () => {
  const price = builtinCatalog.find("openrouter", "google/gemini-2.5-pro")?.price;
  assert.equal(price?.cacheWrite, 1.625);
  assert.equal(builtinCatalog.find("openrouter", "google/gemini-2.5-flash")?.price?.cacheWrite, 0.383333);
});

test("a cache price that cannot be true gives way to the input's price", () => {
  const rates = { input: 1, output: 5 };
  const kept = (more: object) => withCachePrices("x", "m", { ...rates, ...more });
  assert.deepEqual(kept({ cacheRead: 0.1, cacheWrite: 0 }), { ...rates, cacheRead: 0.1 });
  assert.deepEqual(kept({ cacheRead: 0, cacheWrite: 0 }), rates);
  assert.deepEqual(kept({ cacheRead: 3 }), rates);
  const right = { ...rates, cacheRead: 0.1, cacheWrite: 1.25 };
  assert.deepEqual(withCachePrices("x", "m", right), right);
  const free = { input: 0, output: 0, cacheRead: 0 };
  assert.equal(withCachePrices("x", "m", free), free);
});

test("no price of the built-in list has a read above its input, or a write below it", () => {
  for (const { provider, model } of builtinCatalog.entries) {
    const price = builtinCatalog.find(provider, model)?.price;
    if (price === undefined || price.input === 0) continue;
    assert.ok((price.cacheRead ?? 0) <= price.input, `${provider} ${model}`);
    assert.ok((price.cacheWrite ?? price.input) >= price.input, `${provider} ${model}`);
  }
});
