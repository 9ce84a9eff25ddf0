import assert from "node:assert/strict";
import { test } from "node:test";
import { targetsByName } from "../../../src/config/build/families.ts";
import { good } from "../support.ts";

/** What people may write, and where it leads: `provider,model`. */
function names(toml: string, env: Readonly<Record<string, string>> = {}): Map<string, string> {
  const { router, providers } = good(toml, env);
  const found = targetsByName(router, providers);
  return new Map([...found].map(([name, { provider, model }]) => [name, `${provider},${model}`]));
}

test("a model is named with and without its maker, in lower case", () => {
  const found = names('[router]\nthink = "openrouter,Anthropic/Claude-Opus-4.5"\n', {
    OPENROUTER_API_KEY: "o",
  });
  for (const name of ["anthropic/claude-opus-4.5", "claude-opus-4.5", "opus"]) {
    assert.equal(found.get(name), "openrouter,Anthropic/Claude-Opus-4.5", name);
  }
});

test("a family leads to its newest model", () => {
  const found = names('[router]\nthink = "anthropic,claude-opus-4-1 | anthropic,claude-opus-4-5"\n', {
    ANTHROPIC_API_KEY: "a",
  });
  assert.equal(found.get("opus"), "anthropic,claude-opus-4-5");
});

test("of several providers with a model, the one of a route comes first", () => {
  const mine =
    '[[providers]]\nname = "mine"\napi_base_url = "http://127.0.0.1:1/v1"\nmodels = ["qwen3", "phi4"]\n';
  const found = names(`${mine}[router]\nbackground = "ollama,qwen3"\n`);
  assert.deepEqual([found.get("qwen3"), found.get("phi4")], ["ollama,qwen3", "mine,phi4"]);
});

test("a provider without its key has no name, unless nobody has a key", () => {
  const text = '[router]\nthink = "groq,llama-3.3-70b-versatile"\nbackground = "ollama,phi4"\n';
  assert.deepEqual([...names(text).keys()].filter((name) => name.startsWith("llama")), []);
  const alone = names('[router]\nthink = "groq,llama-3.3-70b-versatile"\n');
  assert.equal(alone.get("llama-3.3-70b-versatile"), "groq,llama-3.3-70b-versatile");
});

test("a target for any model has no name", () => {
  assert.deepEqual(names('[router]\nthink = "anthropic,*"\n', { ANTHROPIC_API_KEY: "a" }).size, 0);
});
