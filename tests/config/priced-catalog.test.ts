import { test } from "node:test";
import { builtinCatalog, Catalog, withBuiltin } from "../../src/catalog/catalog.ts";
import { pricedBy, type Pricing, withOverrides } from "../../src/config/priced-catalog.ts";
import type { PriceOverride } from "../../src/config/config.ts";
import { LOCAL_PRESET, PRESETS } from "../../src/catalog/data/presets.ts";
import { provider } from "../router/world.ts";
import { good } from "./support.ts";
import assert from "node:assert/strict";

const PROVIDERS = [
  provider("openrouter"),
  provider("mine", { catalogId: "openai" }),
  provider("ollama", { local: true }),
];
const pricing = (...prices: PriceOverride[]): Pricing => ({
  prices,
  providers: new Map(PROVIDERS.map((one) => [one.name, one])),
});
const view = (...prices: PriceOverride[]) => withOverrides(builtinCatalog, pricing(...prices));
const HAIKU = { provider: "openrouter", model: "anthropic/claude-3.5-haiku" };
const USAGE = { input: 1_000_000, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 };

test("a provider's own name in the configuration leads to its list, and stays in the answer", () => {
  const found = view().find({ provider: "mine", model: "gpt-4o" });
  assert.deepEqual([found?.provider, found?.model, found?.price?.input], ["mine", "gpt-4o", 2.5]);
});

test("a price in the configuration wins over the list's, whole", () => {
  const found = view({ ...HAIKU, input: 0.25, output: 1.25 });
  assert.deepEqual(found.find(HAIKU)?.price, { input: 0.25, output: 1.25 });
  assert.equal(found.find(HAIKU)?.context, 200_000);
  assert.equal(found.cost(HAIKU, USAGE)?.total, 0.25);
  assert.equal(view().cost(HAIKU, USAGE)?.total, 0.8);
});

test("a configured price holds for other spellings and snapshots, not for other models", () => {
  const found = view({ ...HAIKU, input: 7, output: 7 });
  const at = (model: string) => found.find({ provider: "openrouter", model })?.price?.input;
  assert.equal(at("anthropic/claude-3-5-haiku"), 7);
  assert.equal(at("anthropic/claude-3.5-haiku-20241022"), 7);
  assert.equal(at("anthropic/claude-3-haiku"), 0.25);
  assert.equal(at("anthropic/claude-3.5-haiku:free"), 0);
  assert.equal(found.find({ provider: "mine", model: HAIKU.model })?.price, undefined);
});

test("the last of two prices for one model holds", () => {
  assert.equal(
    view({ ...HAIKU, input: 1, output: 1 }, { ...HAIKU, input: 2, output: 2 }).cost(HAIKU, USAGE)?.total,
    2,
  );
});

test("local models cost nothing, known or not, unless the configuration says otherwise", () => {
  const known = { provider: "ollama", model: "qwen3-coder" };
  const unknown = { provider: "ollama", model: "my-own-model" };
  assert.deepEqual(view().find(known)?.price, { input: 0, output: 0 });
  assert.equal(view().cost(unknown, USAGE)?.total, 0);
  assert.equal(view({ ...unknown, input: 0.1, output: 0.1 }).cost(unknown, USAGE)?.total, 0.1);
});

test("a model of which only the price is known has nothing held against it", () => {
  const target = { provider: "mine", model: "secret" };
  assert.equal(view().find(target), undefined);
  assert.equal(view().cost(target, USAGE)?.total, undefined);
  assert.deepEqual(view({ ...target, input: 1, output: 2, cacheRead: 0.1 }).find(target), {
    ...target,
    context: 0,
    maxOutput: 0,
    tools: true,
    image: true,
    reasoning: true,
    price: { input: 1, output: 2, cacheRead: 0.1 },
    cache: { kind: "automatic", lifeMs: 600_000, leastTokens: 1024 },
  });
});

test("prices by context size and hour of the day override the plain one", () => {
  const found = view(
    { ...HAIKU, input: 1, output: 1 },
    { ...HAIKU, input: 3, output: 3, fromTokens: 500_000 },
    { ...HAIKU, input: 2, output: 2, fromTokens: 200_000 },
    { ...HAIKU, input: 0.5, output: 0.5, hours: [22 * 60, 6 * 60] },
  );
  const noon = Date.UTC(2026, 10, 22, 12), night = Date.UTC(2026, 10, 22, 23, 30);
  const at = (input: number, time?: number) => found.cost(HAIKU, { ...USAGE, input }, time)?.total;
  assert.equal(at(100_000, noon), 0.1);
  assert.equal(at(200_000, noon), 0.4);
  assert.equal(at(1_000_000, noon), 3);
  assert.equal(at(100_000, night), 0.05);
  assert.equal(at(100_000), 0.1);
});

test("a price for some hours overrides the list's at those hours", () => {
  const found = view({ ...HAIKU, input: 0.4, output: 2, hours: [0, 60] });
  assert.equal(found.cost(HAIKU, USAGE, Date.UTC(2026, 0, 1, 0, 59))?.total, 0.4);
  assert.equal(found.cost(HAIKU, USAGE, Date.UTC(2026, 0, 1, 1, 0))?.total, 0.8);
});

test("a price for some hours and from a context size on holds where both do", () => {
  const dear = { ...HAIKU, input: 4, output: 4, hours: [0, 60] as const, fromTokens: 300_000 };
  const early = Date.UTC(2026, 0, 1, 0, 30), late = Date.UTC(2026, 0, 1, 1, 30);
  const alone = view(dear);
  const at = (found: typeof alone, input: number, time: number) =>
    found.cost(HAIKU, { ...USAGE, input }, time)?.total;
  assert.equal(at(alone, 300_000, early), 1.2);
  assert.equal(at(alone, 200_000, early), 0.16, "below the size the list's price");
  assert.equal(at(alone, 300_000, late), 0.24, "at other hours the list's price");
  const beside = view(
    { ...HAIKU, input: 1, output: 1 },
    { ...HAIKU, input: 2, output: 2, fromTokens: 100_000 },
    dear,
  );
  assert.equal(at(beside, 200_000, early), 0.4, "the size that counts at all hours counts here as well");
  assert.equal(at(beside, 50_000, early), 0.05);
  const cheap = view(
    { ...HAIKU, input: 1, output: 1 },
    { ...HAIKU, input: 2, output: 2, fromTokens: 100_000 },
    { ...HAIKU, input: 0.5, output: 0.5, hours: [0, 60] },
    dear,
  );
  assert.equal(at(cheap, 200_000, early), 0.1, "a price for the hours alone replaces all others there");
  assert.equal(at(cheap, 300_000, early), 1.2);
});

test("a configuration keeps its catalog", () => {
  const config = pricing();
  const catalogOf = pricedBy(builtinCatalog);
  assert.equal(catalogOf(config), catalogOf(config));
  assert.notEqual(catalogOf(config), catalogOf(pricing()));
});

test("the user's own list overrides the built-in one", () => {
  const own = withBuiltin({
    models: [{ ...HAIKU, context: 5, max_output: 1, can: [], price: { input: 42, output: 42 } }],
  });
  const config = pricing();
  assert.equal(pricedBy(own)(config).find(HAIKU)?.price?.input, 42);
  assert.equal(pricedBy(own)(config).find({ provider: "mine", model: "gpt-4o" })?.price?.input, 2.5);
  assert.equal(pricedBy(withBuiltin(undefined))(config).find(HAIKU)?.price?.input, 0.8);
});

test("an answer is kept, and the memory of them is bounded", () => {
  let asked = 0;
  class Counting extends Catalog {
    override find(provider: string, model: string) {
      asked++;
      return super.find(provider, model);
    }
  }
  const found = withOverrides(new Counting(), pricing());
  for (let i = 0; i < 10; i++) found.find(HAIKU);
  assert.equal(asked, 1);
  for (let i = 0; i < 5000; i++) found.find({ provider: "openrouter", model: `invented-${i}` });
  assert.deepEqual(found.find(HAIKU)?.price?.input, 0.8);
});

test("every model that the program itself proposes has a price, above 200,000 tokens too", () => {
  const config = good("");
  const { cost } = withOverrides(builtinCatalog, config);
  const unpriced = [...PRESETS, LOCAL_PRESET].flatMap(({ provider, think, code, cheap, roomy = think }) =>
    [think, code, cheap, roomy].map((model) => ({ provider, model }))
  ).filter((target) => cost(target, { ...USAGE, input: 300_000 }) === undefined);
  assert.deepEqual(unpriced, []);
});

test("the built-in list has the prices of long contexts", () => {
  const { cost } = withOverrides(builtinCatalog, good(""));
  const dollars = (provider: string, model: string, input: number) =>
    cost({ provider, model }, { ...USAGE, input, output: 1_000_000 })?.total;
  // https://ai.google.dev/gemini-api/docs/pricing, https://openai.com/api/pricing, https://docs.x.ai/docs/models
  assert.equal(dollars("google", "gemini-2.5-pro", 200_000), 0.25 + 10);
  assert.equal(dollars("google", "gemini-2.5-pro", 300_000), 0.75 + 15);
  assert.equal(dollars("google", "gemini-3.1-pro-preview", 300_000), 1.2 + 18);
  assert.equal(dollars("openai", "gpt-5.5", 272_000), 1.36 + 30);
  assert.equal(dollars("openai", "gpt-5.5", 300_000), 3 + 45);
  assert.equal(dollars("openrouter", "openai/gpt-5.4", 300_000), 1.5 + 22.5);
  assert.equal(dollars("xai", "grok-4.3", 300_000), 0.75 + 5);
});

test("a sum that OpenRouter states counts for a model without a price, and for no other", () => {
  const own = provider("openrouter", { quirks: ["states-cost"] });
  const providers = new Map([["openrouter", own], ["mine", provider("mine")]]);
  const found = withOverrides(builtinCatalog, { prices: [], providers });
  const usage = { ...USAGE, output: 1000, cost: 0.5 };
  const stated = found.cost({ provider: "openrouter", model: "new/model-nobody-lists" }, usage);
  assert.equal(stated?.total, 0.5);
  const { input, cacheRead, cacheWrite, output } = stated!;
  assert.ok(Math.abs(input + cacheRead + cacheWrite + output - 0.5) < 1e-9);
  assert.equal(found.cost(HAIKU, { ...USAGE, cost: 0.5 })?.total, 0.8);
  assert.equal(found.cost({ provider: "mine", model: "new-model" }, usage), undefined);
});

test("a price for days and hours of a time zone holds then, for costs and for rates", () => {
  const text = `
[[prices]]
provider = "openrouter"
model = "anthropic/claude-3.5-haiku"
input = 0.4
output = 2
hours = "22:00-06:00"
days = "fri"
time_zone = "Asia/Shanghai"
`;
  const { prices } = good(text);
  const found = view(...prices);
  const at = (...time: [number, number, number, number]) => {
    const moment = Date.UTC(...time);
    assert.equal(found.rates(HAIKU, 1000, moment)?.input, found.cost(HAIKU, USAGE, moment)?.total);
    return found.cost(HAIKU, USAGE, moment)?.total;
  };
  assert.equal(at(2026, 10, 27, 14), 0.4, "Friday, 22:00 in Shanghai");
  assert.equal(at(2026, 10, 27, 21), 0.4, "the night from Friday to Saturday");
  assert.equal(at(2026, 10, 27, 22), 0.8, "Saturday, 06:00");
  assert.equal(at(2026, 10, 28, 14), 0.8, "Saturday, 22:00");
});
