import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { findConfig, userConfigFolder } from "../../src/config/source/paths.ts";
import { remember } from "../../src/config/source/used-folders.ts";
import { initConfig } from "../../src/config/init.ts";
import { defaultConfig, loadConfig, openConfig } from "../../src/config/load.ts";
import { PRESETS } from "../../src/catalog/data/presets.ts";
import { builtinProvider } from "../../src/catalog/providers.ts";
import { good } from "./support.ts";

function folder(run: (path: string) => void): void {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "config-")));
  try {
    run(path);
  } finally {
    rmSync(path, { recursive: true });
  }
}

test("the file is --config, else $TERRAPHIM_CONFIG, else the user's own, else one that was used here", () => {
  folder((cwd) => {
    const env: Record<string, string> = {
      XDG_CONFIG_HOME: join(cwd, "xdg"),
      XDG_DATA_HOME: join(cwd, "data"),
      TERRAPHIM_CONFIG: "named.toml",
    };
    const users = join(cwd, "xdg", "terraphim-llm-proxy");
    const here = join(cwd, "config.toml");
    mkdirSync(users, { recursive: true });
    writeFileSync(here, "");
    writeFileSync(join(users, "config.toml"), "");
    remember(here, { env, platform: "linux" });
    const find = (option?: string) => findConfig({ option, env, cwd, platform: "linux" });
    assert.deepEqual(find("given.toml"), { path: join(cwd, "given.toml"), by: "option" });
    assert.deepEqual(find("/abs/given.toml"), { path: "/abs/given.toml", by: "option" });
    assert.deepEqual(find(), { path: join(cwd, "named.toml"), by: "variable" });
    env.TERRAPHIM_CONFIG = "";
    assert.deepEqual(find(), { path: join(users, "config.toml"), by: "user" });
    rmSync(users, { recursive: true });
    assert.deepEqual(find(), { path: here, by: "folder" });
    rmSync(here);
    assert.equal(find(), undefined);
  });
});

test("the user's folder is where the system keeps configurations", () => {
  const env = { HOME: "/home/me", APPDATA: "/roaming" };
  const at = (platform: string, more = {}) => userConfigFolder({ env: { ...env, ...more }, platform });
  assert.equal(at("linux"), "/home/me/.config/terraphim-llm-proxy");
  assert.equal(at("linux", { XDG_CONFIG_HOME: "/x" }), "/x/terraphim-llm-proxy");
  assert.equal(at("darwin"), "/home/me/Library/Application Support/terraphim-llm-proxy");
  assert.equal(at("win32"), "/roaming/terraphim-llm-proxy");
});

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

test("without a file the routes are made from the keys that a warning names", () => {
  const result = defaultConfig({ env: { GROQ_API_KEY: "g", OPENROUTER_API_KEY: "o" } });
  assert.ok(result.ok);
  assert.equal(result.config.path, undefined);
  assert.match(result.config.warnings[0]!.message, /made from OPENROUTER_API_KEY, GROQ_API_KEY/);
  assert.deepEqual(result.config.router.routes.background!.slice(0, 2), [
    { provider: "openrouter", model: "deepseek/deepseek-v4-flash" },
    { provider: "groq", model: "llama-3.1-8b-instant" },
  ]);
});

test("without a file and a key everything goes to Ollama on this machine, with a warning", () => {
  const result = defaultConfig({ env: {} });
  assert.ok(result.ok);
  assert.match(result.config.warnings[0]!.message, /everything goes to Ollama/);
  assert.equal(result.config.router.routes.default![0]!.provider, "ollama");
});

test("without a file, the .env of the user's own folder is read, and the current folder's is not", () => {
  folder((cwd) => {
    const users = join(cwd, "xdg", "terraphim-llm-proxy");
    mkdirSync(users, { recursive: true });
    writeFileSync(join(users, ".env"), "MISTRAL_API_KEY=m\n");
    writeFileSync(join(cwd, ".env"), "GROQ_API_KEY=g\n");
    const result = openConfig({
      cwd,
      env: { HOME: cwd, XDG_CONFIG_HOME: join(cwd, "xdg") },
      platform: "linux",
    });
    assert.ok(result.ok);
    assert.deepEqual(result.config.router.routes.think!.map(({ provider }) => provider), ["mistral"]);
  });
});

test("a named file that is missing is an error", () => {
  const result = openConfig({ option: "/nowhere/config.toml", env: { GROQ_API_KEY: "g" } });
  assert.ok(!result.ok);
  assert.match(result.problems[0]!.message, /there is no such file/);
});

test("a file that cannot be read says why", () => {
  folder((path) => {
    const missing = loadConfig(join(path, "none.toml"), { env: {} });
    assert.ok(!missing.ok);
    assert.equal(missing.problems[0]!.message, "cannot be read: there is no such file.");
    const isFolder = loadConfig(path, { env: {} });
    assert.ok(!isFolder.ok);
    assert.match(isFolder.problems[0]!.message, /it is a folder/);
    writeFileSync(join(path, "b.toml"), new Uint8Array([0x61, 0xff, 0xfe]));
    const binary = loadConfig(join(path, "b.toml"), { env: {} });
    assert.ok(!binary.ok);
    assert.equal(binary.problems[0]!.message, "is not UTF-8 text.");
  });
});
