import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { keysAt } from "../../src/config/schema/check.ts";
import type { Config } from "../../src/config/config.ts";
import { loadConfig, parseConfig } from "../../src/config/load.ts";
import { PRESETS } from "../../src/catalog/data/presets.ts";
import { BUILTIN_PROVIDERS } from "../../src/catalog/data/providers.ts";
import { builtinProvider } from "../../src/catalog/providers.ts";
import { builtinCatalog } from "../../src/catalog/catalog.ts";
import { withCertificate } from "../support/certificates.ts";
import { QUIRKS } from "../../src/catalog/quirks.ts";
import { shared, withoutShared } from "../support/shared.ts";
import { tempFolder } from "../support/disposable.ts";

const root = new URL("../../", import.meta.url);
const path = (name: string) => fileURLToPath(new URL(name, root));
const EXAMPLES = [
  "config.toml",
  ...readdirSync(path("examples")).filter((name) => name.endsWith(".toml")).map((name) => `examples/${name}`),
];
const ALL_KEYS = Object.fromEntries(
  ["OPENROUTER", "GROQ", "ANTHROPIC", "OPENAI", "CEREBRAS", "DEEPSEEK", "PROXY"].map((
    name,
  ) => [`${name}_API_KEY`, "k"]),
);

function load(name: string, env: Record<string, string>): Config {
  const result = loadConfig(path(name), { env });
  assert.ok(result.ok, result.ok ? "" : JSON.stringify(result.problems));
  return result.config;
}

test("there are five examples: the published one, three profiles, and languages", () => {
  for (const name of ["published", "fastest", "cheapest", "quality-first", "languages"]) {
    assert.ok(EXAMPLES.includes(`examples/${name}.toml`), name);
  }
});

test("every example loads with all keys without a warning, and with no key at all", () => {
  for (const name of EXAMPLES) {
    const full = load(name, ALL_KEYS).warnings.filter(({ message }) => !message.includes("other users"));
    assert.deepEqual(full, [], name);
    const empty = load(name, {});
    assert.ok(empty.warnings.some(({ message }) => message.includes("is not set")), name);
  }
});

test("the published example leads to the promised models", () => {
  const config = load("examples/published.toml", { OPENROUTER_API_KEY: "or", GROQ_API_KEY: "gr" });
  assert.deepEqual(config.router.routes, {
    think: [{ provider: "openrouter", model: "anthropic/claude-3-opus" }],
    plan_implementation: [{ provider: "openrouter", model: "anthropic/claude-3.5-haiku" }],
    background: [{ provider: "groq", model: "llama-3.1-8b-instant" }],
  });
  assert.deepEqual(config.proxy.apiKeys, ["my-backup-key"]);
  assert.equal(config.proxy.port, 3456);
  assert.deepEqual(config.providers.get("openrouter")!.apiKeys, ["or"]);
  assert.deepEqual(config.providers.get("groq")!.apiKeys, ["gr"]);
});

const PUBLISHED = "product-example.md";

test("the published example is the published text to the letter", {
  skip: withoutShared(PUBLISHED),
}, () => {
  const text = /```toml\n([\s\S]*?)```/.exec(readFileSync(shared(PUBLISHED), "utf8"))![1];
  assert.equal(readFileSync(path("examples/published.toml"), "utf8"), text);
});

test("every model of the examples and presets is in the catalog", () => {
  const listed = new Set(builtinCatalog.entries.map(({ provider, model }) => `${provider},${model}`));
  const known = (provider: string, model: string, where: string) =>
    assert.ok(listed.has(`${provider},${model}`), `${where}: ${provider},${model}`);
  for (const name of EXAMPLES) {
    const config = load(name, ALL_KEYS);
    const chains = [...Object.values(config.router.routes), config.router.fallback];
    for (const { provider, model } of chains.flat()) {
      if (!config.providers.get(provider)!.local) {
        known(config.providers.get(provider)!.catalogId, model, name);
      }
    }
  }
  for (const preset of PRESETS) {
    for (const model of [preset.think, preset.code, preset.cheap, preset.roomy ?? preset.code]) {
      known(builtinProvider(preset.provider)!.catalogId, model, "preset");
    }
  }
});

const WORKING = ["think", "plan_implementation", "build", "background", "default"] as const;

test("every shipped route for work has a model for agents, and build one with a cache", () => {
  for (const name of EXAMPLES.filter((name) => !name.endsWith("published.toml"))) {
    const { router, providers } = load(name, ALL_KEYS);
    assert.equal(router.longContextThreshold, undefined, name);
    for (const route of WORKING) {
      const fit = [...router.routes[route]!, ...router.fallback].flatMap(({ provider, model }) => {
        const info = builtinCatalog.find(providers.get(provider)!.catalogId, model);
        return info !== undefined && info.tools && info.context >= 200_000 ? [info] : [];
      });
      assert.ok(fit.length > 0, `${name}: ${route} has no model with tools and 200,000 tokens`);
      if (route === "build") assert.ok(fit.some(({ price }) => price?.cacheRead !== undefined), name);
    }
  }
});

test("the models of presets take agents' requests, unless the provider has none that do", () => {
  const small = new Set(["cerebras", "groq"]);
  for (const { provider, think, code, cheap } of PRESETS.filter(({ provider }) => !small.has(provider))) {
    for (const model of [think, code, cheap]) {
      const info = builtinCatalog.find(builtinProvider(provider)!.catalogId, model)!;
      assert.ok(info.tools && info.context >= 200_000, `${provider},${model}: ${info.context}`);
    }
  }
});

/** Every key of the schema, as `section.key`. */
function allKeys(): string[] {
  const sections: [string, (string | number)[]][] = [
    ["proxy", ["proxy"]],
    ["router", ["router"]],
    ["router.words", ["router", "words"]],
    ["router.escalate", ["router", "escalate"]],
    ["router.judge", ["router", "judge"]],
    ["router.rules", ["router", "rules", 0]],
    ["router.rules.when", ["router", "rules", 0, "when"]],
    ["router.model_mappings", ["router", "model_mappings", 0]],
    ["router.model_exclusions", ["router", "model_exclusions", 0]],
    ["providers", ["providers", 0]],
    ["log", ["log"]],
    ["ledger", ["ledger"]],
    ["store", ["store"]],
    ["prices", ["prices", 0]],
    ["budgets", ["budgets", 0]],
    ["telemetry", ["telemetry"]],
  ];
  return sections.flatMap(([name, keys]) => keysAt(keys).map((key) => `${name}.${key}`));
}

test("the documentation explains every key, and config.toml shows all but three", () => {
  const docs = readFileSync(path("docs/configuration.md"), "utf8");
  const example = readFileSync(path("config.toml"), "utf8");
  const keys = allKeys();
  assert.ok(keys.length > 80, String(keys.length));
  const rare = ["count_tokens", "local", "quirks"];
  for (const key of keys) {
    const last = key.split(".").at(-1)!;
    assert.ok(docs.includes(`\`${last}\``), `docs/configuration.md does not explain ${key}`);
    if (!rare.includes(last)) {
      assert.match(example, new RegExp(`\\b${last}\\b`), `config.toml does not show ${key}`);
    }
  }
});

test("the commented lines of config.toml are valid", () => {
  const lines = readFileSync(path("config.toml"), "utf8").split("\n");
  const bare = lines.map((line) => /^# (\[+[\w.]+\]+$|\w+ = )/.test(line) ? line.slice(2) : line);
  const twice = new Set<string>();
  let section = "";
  const once = bare.filter((line) => {
    if (line.startsWith("[")) section = line.startsWith("[[") ? `${line}${twice.size}` : line;
    const key = /^(\w+) = /.exec(line)?.[1];
    if (key === undefined) return true;
    const name = `${section}.${key}`;
    if (twice.has(name)) return false;
    twice.add(name);
    return true;
  });
  const env = {
    ...ALL_KEYS,
    ALICE_KEY: "a",
    BOB_KEY: "b",
    ADMIN_KEY: "root",
    DATABASE_URL: "postgres://proxy@db.example/llm",
    ALERT_WEBHOOK: "https://hooks.example/a",
    ALERT_SECRET: "s",
    OPENROUTER_KEY_1: "1",
    OPENROUTER_KEY_2: "2",
    MY_LLM_KEY: "m",
    OTLP_TOKEN: "t",
  };
  // A folder that is there, without concepts.
  using folder = tempFolder();
  const text = withCertificate(once.join("\n"), folder.path).replace(
    '"concepts"',
    JSON.stringify(path("src")),
  );
  const result = parseConfig(text, { env, name: "config.toml" });
  assert.ok(result.ok, result.ok ? "" : JSON.stringify(result.problems, null, 1));
  assert.equal(result.config.router.rules.length, 4);
  assert.equal(result.config.budgets.length, 1);
  assert.equal(result.config.providers.get("anthropic")!.passthrough, true);
});

test("the documentation lists every built-in provider and every quirk", () => {
  const docs = readFileSync(path("docs/configuration.md"), "utf8");
  const short = {
    "openai-chat": "chat",
    "anthropic-messages": "messages",
    "openai-responses": "responses",
  } as const;
  for (const { name, label, keys, paths, root } of BUILTIN_PROVIDERS) {
    const variables = keys.map((key) => `\`${key}\``).join(", ") || "none";
    const speaks = Object.keys(paths).map((dialect) => short[dialect as keyof typeof short]).join(", ");
    const row = `| \`${name}\` | ${label} | ${variables} | ${speaks} | \`${root}\` |`;
    assert.ok(docs.includes(row), `docs/configuration.md lacks: ${row}`);
  }
  for (const [name, words] of Object.entries(QUIRKS)) {
    assert.ok(
      docs.includes(`| \`${name}\` | ${words} |`),
      `docs/configuration.md lacks: | \`${name}\` | ${words} |`,
    );
  }
});

test("the examples in the documentation load", () => {
  const docs = readFileSync(path("docs/configuration.md"), "utf8");
  const blocks = [...docs.matchAll(/```toml\n([\s\S]*?)```/g)].map((match) => match[1]!);
  assert.ok(blocks.length > 5);
  const names = new Set([...docs.matchAll(/\$\{?([A-Z0-9_]+)/g)].map((match) => match[1]!));
  const env = Object.fromEntries([...names].map((name) => [name, "key-of-0123456789"]));
  for (const block of blocks) {
    const result = parseConfig(block, { env, name: "docs" });
    assert.ok(result.ok, `${block}\n${result.ok ? "" : JSON.stringify(result.problems, null, 1)}`);
  }
});
