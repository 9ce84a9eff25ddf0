import { TIERS } from "../../src/catalog/data/tiers.ts";
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { builtinCatalog, Catalog, type CatalogEntry } from "../../src/catalog/catalog.ts";
import { BUILTIN_PROVIDERS } from "../../src/catalog/data/providers.ts";
import { shared, withoutShared } from "../support/shared.ts";

const entry = (
  provider: string,
  model: string,
  input: number | undefined,
  set: Partial<CatalogEntry> = {},
): CatalogEntry => ({
  provider,
  model,
  context: 1000,
  max_output: 100,
  can: ["tools"],
  ...(input === undefined ? {} : { price: { input, output: input * 5 } }),
  ...set,
});

const small = new Catalog({
  models: [
    entry("anthropic", "claude-haiku-4-5", 1),
    entry("anthropic", "claude-opus-4-20250514", 15),
    entry("openai", "gpt-4o", 2.5),
    entry("openai", "gpt-4o-2024-05-13", 5),
    entry("openrouter", "anthropic/claude-3.5-haiku", 0.8, { context: 200_000, can: ["tools", "image"] }),
    entry("openrouter", "z-ai/glm-4.5-air", 0.2),
    entry("openrouter", "only/paid-later:free", 0),
    entry("togetherai", "google/gemma-4-31B-it", 1),
    entry("togetherai", "pearl-ai/gemma-4-31b-it", 2),
    entry("novita-ai", "vendor/rare", 9, { context: 4096 }),
  ],
});

/** [provider, name asked for, dollars for a million input tokens]. */
const PRICED: readonly [string, string, number | undefined][] = [
  ["anthropic", "claude-haiku-4-5", 1],
  ["anthropic", "CLAUDE-Haiku-4-5", 1],
  ["anthropic", "claude-haiku-4.5", 1],
  ["anthropic", "claude-haiku-4-5-20251001", 1],
  ["anthropic", "claude-haiku-4-5@20251001", 1],
  ["anthropic", "claude-haiku-4-5-latest", 1],
  ["anthropic", "anthropic/claude-haiku-4.5", 1],
  ["anthropic", "claude-opus-4", 15],
  ["anthropic", "claude-opus-4-20990101", undefined],
  ["openai", "gpt-4o-2024-05-13", 5],
  ["openai", "gpt-4o-2024-11-20", 2.5],
  ["openrouter", "anthropic/claude-3-5-haiku", 0.8],
  ["openrouter", "z-ai/glm-4.5-air:free", 0],
  ["openrouter", "z-ai/glm-4.5-air:beta", 0.2],
  ["openrouter", "z-ai/glm-4.5-air:nitro", undefined],
  ["openrouter", "only/paid-later", undefined],
  ["togetherai", "google/gemma-4-31b-it", 1],
  ["togetherai", "gemma-4-31b-it", undefined],
  ["togetherai", "other/gemma-4-31b-it", undefined],
];

for (const [provider, name, input] of PRICED) {
  test(`${name} at ${provider} is found, ${input === undefined ? "without a price" : `at $${input}`}`, () => {
    const found = small.find(provider, name);
    assert.ok(found !== undefined);
    assert.equal(found.price?.input, input);
    assert.deepEqual([found.provider, found.model], [provider, name]);
  });
}

test("another provider's entry gives a model its abilities, never its price", () => {
  const found = small.find("anthropic", "claude-3-5-haiku-20241022");
  assert.deepEqual(found, {
    provider: "anthropic",
    model: "claude-3-5-haiku-20241022",
    context: 200_000,
    maxOutput: 100,
    tools: true,
    image: true,
    reasoning: false,
  });
  assert.equal(small.find("groq", "rare")?.context, 4096);
});

test("a model that no provider lists is unknown", () => {
  assert.equal(small.find("groq", "no-such-model"), undefined);
  assert.equal(small.find("groq", ""), undefined);
  assert.equal(small.find("groq", "__proto__"), undefined);
});

test("an earlier list's entry hides a later one's", () => {
  const both = new Catalog({ models: [entry("openai", "gpt-4o", 99)] }, { models: small.entries });
  assert.equal(both.find("openai", "gpt-4o")?.price?.input, 99);
  assert.equal(both.find("openai", "gpt-4o-2024-05-13")?.price?.input, 5);
  assert.equal(both.find("anthropic", "claude-haiku-4-5")?.price?.input, 1);
});

test("tiers and all kinds of prices are read from the file", () => {
  const catalog = new Catalog({
    models: [entry("google", "g", undefined, {
      price: {
        input: 1,
        output: 2,
        cache_read: 0.1,
        cache_write: 1.25,
        cache_write_1h: 2,
        reasoning: 3,
        tiers: [{ from_tokens: 500, price: { input: 9, output: 9 } }, {
          from_tokens: 200,
          price: { input: 2, output: 4, cache_read: 0.2 },
        }],
      },
    })],
  });
  assert.deepEqual(catalog.find("google", "g")?.price, {
    input: 1,
    output: 2,
    cacheRead: 0.1,
    cacheWrite: 1.25,
    cacheWrite1h: 2,
    reasoning: 3,
    tiers: [
      { fromTokens: 200, price: { input: 2, output: 4, cacheRead: 0.2 } },
      { fromTokens: 500, price: { input: 9, output: 9 } },
    ],
  });
});

test("the built-in list has the models of the published example, at its prices", () => {
  const opus = builtinCatalog.find("openrouter", "anthropic/claude-3-opus")!;
  assert.deepEqual(opus.price, { input: 15, output: 75, cacheRead: 1.5, cacheWrite: 18.75 });
  assert.deepEqual([opus.context, opus.tools, opus.image], [200_000, true, true]);
  assert.equal(builtinCatalog.find("groq", "llama-3.1-8b-instant")?.price?.input, 0.05);
  assert.ok(builtinCatalog.find("openrouter", "anthropic/claude-3.5-haiku")?.price !== undefined);
});

test("every built-in entry has a provider, a model, limits and known abilities", () => {
  const seen = new Set<string>();
  for (const { provider, model, context, max_output, price, can } of builtinCatalog.entries) {
    const key = `${provider},${model}`;
    assert.ok(provider !== "" && model !== "" && !seen.has(key), key);
    seen.add(key);
    assert.ok(
      Number.isInteger(context) && context >= 0 && Number.isInteger(max_output) && max_output >= 0,
      key,
    );
    assert.ok(price === undefined || (price.input >= 0 && price.output >= 0), key);
    assert.ok(can.every((ability) => ["tools", "image", "reasoning"].includes(ability)), key);
  }
  assert.ok(seen.size > 900);
});

test("every built-in entry is found under its own name, with its own price", () => {
  for (const one of builtinCatalog.entries) {
    const found = builtinCatalog.find(one.provider, one.model);
    assert.equal(found?.context, one.context, one.model);
    assert.equal(found?.price?.input, one.price?.input, one.model);
  }
});

test("every hosted built-in provider has its own prices in the list", () => {
  const listed = new Set(builtinCatalog.entries.map(({ provider }) => provider));
  for (const { name, catalogId, local } of BUILTIN_PROVIDERS) {
    if (local !== true) assert.ok(listed.has(catalogId), `${name}: ${catalogId}`);
  }
});

const SNAPSHOT = "data/models.json";

test("the built-in list is the snapshot that it was made from", {
  skip: withoutShared(SNAPSHOT),
}, () => {
  assert.deepEqual(builtinCatalog.entries, JSON.parse(readFileSync(shared(SNAPSHOT), "utf8")).models);
});

test("every tier is of a priced model, costs more than its price, and has a source", () => {
  for (const { of, tiers, source } of TIERS) {
    assert.match(source, /^https:/);
    for (const name of of) {
      const [provider = "", model = ""] = name.split(" ");
      const price = builtinCatalog.find(provider, model)?.price ?? assert.fail(name);
      assert.equal(price.tiers?.length, tiers.length, name);
      for (const tier of price.tiers ?? []) assert.ok(tier.price.input > price.input, name);
    }
  }
});
