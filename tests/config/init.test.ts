import assert from "node:assert/strict";
import { test } from "node:test";
import { foundKeys, initConfig, localModel } from "../../src/config/init.ts";
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

test("without a key all routes go to a model that the first running server of this machine has", () => {
  const text = initConfig({}, [
    {
      provider: "lmstudio",
      label: "LM Studio",
      models: ["text-embedding-nomic", "gemma-3", "qwen2.5-coder:7b"],
    },
    { provider: "vllm", label: "vLLM", models: ["other"] },
  ]);
  for (const chain of Object.values(good(text).router.routes)) {
    assert.deepEqual(chain.map(({ provider, model }) => `${provider},${model}`), [
      "lmstudio,qwen2.5-coder:7b",
    ]);
  }
  assert.match(text, /all requests go to LM Studio on this machine/);
});

test("with a key the servers of this machine are only in the comment about the fallback", () => {
  const servers = [{ provider: "ollama", label: "Ollama", models: ["llama3.2:latest"] }];
  const text = initConfig({ GROQ_API_KEY: "k" }, servers);
  assert.match(text, /^# fallback = "ollama,llama3\.2" /m);
  assert.match(text, /^think = "groq,[^|]*"$/m);
});

test("the local model is one for code, else the first that chats", () => {
  assert.equal(localModel(["llama3.2:latest", "devstral:24b"]), "devstral:24b");
  assert.equal(localModel(["bge-m3", "a|b", "phi4:latest"]), "phi4");
  assert.equal(localModel(["nomic-embed-text"]), undefined);
});
