import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { defaultConfig, loadConfig, openConfig } from "../../src/config/load.ts";
import { tempFolder } from "../support/disposable.ts";

function folder(run: (path: string) => void): void {
  using folder = tempFolder();
  run(folder.path);
}

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

test("without a file, the .env of the user's folder is read, not the current folder's", () => {
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
