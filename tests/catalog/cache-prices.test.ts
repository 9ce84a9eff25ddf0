import assert from "node:assert/strict";
import { test } from "node:test";
import { builtinCatalog } from "../../src/catalog/catalog.ts";
import { withCachePrices } from "../../src/catalog/cache-prices.ts";

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
