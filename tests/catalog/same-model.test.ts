import assert from "node:assert/strict";
import { test } from "node:test";
import { builtinCatalog } from "../../src/catalog/catalog.ts";
import { sameModel } from "../../src/catalog/same-model.ts";

const at = (provider: string, asked: string, maker = "") =>
  sameModel(asked, builtinCatalog.modelsOf(provider), maker);

test("a model has its name at each provider, in another spelling, with or without a date", () => {
  for (const asked of ["claude-sonnet-4-5", "claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4.5"]) {
    assert.deepEqual(at("openrouter", asked, "anthropic/"), { model: "anthropic/claude-sonnet-4.5" });
  }
  assert.deepEqual(at("anthropic", "anthropic/claude-sonnet-4.5"), { model: "claude-sonnet-4-5" });
  assert.deepEqual(at("anthropic", "claude-sonnet-4-5-20250929"), { model: "claude-sonnet-4-5-20250929" });
  assert.deepEqual(at("openai", "openai/gpt-5.2"), { model: "gpt-5.2" });
});

test("where a provider has not the version, the nearest of the family takes its place", () => {
  const models = ["claude-haiku-4-5", "claude-opus-4-6", "claude-opus-4-8", "claude-opus-4-1"];
  const nearest = (asked: string) => sameModel(asked, models, "");
  assert.deepEqual(nearest("claude-opus-4-7"), { model: "claude-opus-4-8", other: true });
  assert.deepEqual(nearest("claude-3-5-haiku-20241022"), { model: "claude-haiku-4-5", other: true });
  assert.deepEqual(nearest("claude-opus-4-0"), { model: "claude-opus-4-1", other: true });
});

test("another family never takes the place, nor a free variant that of the paid model", () => {
  assert.equal(at("anthropic", "gpt-5.2"), undefined);
  assert.equal(sameModel("gpt-5.2", ["gpt-5.2-codex", "gpt-5.2-mini"], ""), undefined);
  assert.equal(sameModel("z-ai/glm-5", ["z-ai/glm-5:free"], ""), undefined);
});

test("a size is part of no version, and a version may follow its name at once", () => {
  const nearest = (asked: string, ...models: string[]) => sameModel(asked, models, "");
  assert.deepEqual(nearest("llama-3.1-70b-instruct", "llama-3.3-70b-instruct"), {
    model: "llama-3.3-70b-instruct",
    other: true,
  });
  assert.deepEqual(nearest("qwen2.5-coder", "qwen3-coder"), { model: "qwen3-coder", other: true });
  assert.equal(nearest("qwen3-coder", "gemma3-coder"), undefined);
});
