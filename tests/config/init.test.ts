import assert from "node:assert/strict";
import { test } from "node:test";
import { foundKeys, initConfig } from "../../src/config/init.ts";
import { PRESETS } from "../../src/catalog/data/presets.ts";
import { builtinProvider } from "../../src/catalog/providers.ts";
import { good } from "./support.ts";

test("a generated configuration loads without a warning for any set of keys", () => {
  const variables = PRESETS.map(({ provider }) => builtinProvider(provider)!.keys[0]!);
  const sets = [[], variables, ...variables.map((name) => [name]), [
    "GROQ_API_KEY",
    "OPENROUTER_API_KEY",
    "PROXY_API_KEY",
  ]];
  for (const names of sets) {
    const env = Object.fromEntries(names.map((name) => [name, "k"]));
    const config = good(initConfig(env), env);
    assert.deepEqual(config.warnings, [], names.join());
    const { routes } = config.router;
    assert.deepEqual(Object.keys(routes).sort(), [
      "background",
      "build",
      "default",
      "plan_implementation",
      "think",
    ]);
    for (const target of Object.values(routes).flat()) {
      assert.equal(config.providers.get(target.provider)?.problem, undefined, `${names}: ${target.provider}`);
    }
    assert.equal(config.proxy.apiKeys.length, names.includes("PROXY_API_KEY") ? 1 : 0);
  }
});

test("a generated configuration contains no key", () => {
  assert.ok(
    !initConfig({ OPENROUTER_API_KEY: "sk-or-secret", PROXY_API_KEY: "sk-secret" }).includes("secret"),
  );
});

test("variables with a key are found in the order of preference, and blank ones do not count", () => {
  assert.deepEqual(foundKeys({ GROQ_API_KEY: "g", OPENROUTER_API_KEY: "o", OPENAI_API_KEY: " " }), [
    "OPENROUTER_API_KEY",
    "GROQ_API_KEY",
  ]);
  assert.deepEqual(foundKeys({}), []);
});

test("a route has three providers at most, and each target once", () => {
  const variables = PRESETS.map(({ provider }) => builtinProvider(provider)!.keys[0]!);
  const env = Object.fromEntries(variables.map((name) => [name, "k"]));
  const { routes } = good(initConfig(env), env).router;
  for (const [name, chain] of Object.entries(routes)) {
    assert.ok(new Set(chain.map(({ provider }) => provider)).size <= 3, name);
    const targets = chain.map(({ provider, model }) => `${provider},${model}`);
    assert.deepEqual([...new Set(targets)], targets, name);
  }
});
