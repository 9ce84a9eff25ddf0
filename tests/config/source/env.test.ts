import assert from "node:assert/strict";
import { test } from "node:test";
import { Buffer } from "node:buffer";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { loadConfig } from "../../../src/config/load.ts";
import { good, warnings } from "../support.ts";
import { tempFolder } from "../../support/disposable.ts";

const NO_MODES = process.platform === "win32" ? "Windows has no file modes" : false;

function folder(run: (path: string) => void): void {
  using folder = tempFolder();
  run(folder.path);
}

test("a .env beside the file is read, and the real environment overrides it", () => {
  folder((path) => {
    const file = join(path, "config.toml");
    writeFileSync(file, '[proxy]\napi_keys = ["$A", "$B", "$C"]\n');
    writeFileSync(join(path, ".env"), '# comment\nA=from-file\nexport B="with space"\nC=from-file\n');
    const result = loadConfig(file, { env: { A: "", C: "real" } });
    assert.ok(result.ok);
    assert.deepEqual(result.config.proxy.apiKeys, ["from-file", "with space", "real"]);
    assert.deepEqual(result.config.files, [file, join(path, ".env")]);
  });
});

test("a .env and a configuration with a byte order mark, or in UTF-16, lose nothing", () => {
  const swapped = (text: string) => Buffer.from(text, "utf16le").swap16();
  const forms: readonly (readonly [name: string, write: (text: string) => Uint8Array])[] = [
    ["UTF-8 with a mark", (text) => Buffer.from(`\ufeff${text}`)],
    ["UTF-16 LE with a mark", (text) => Buffer.from(`\ufeff${text}`, "utf16le")],
    ["UTF-16 LE", (text) => Buffer.from(text, "utf16le")],
    ["UTF-16 BE with a mark", (text) => swapped(`\ufeff${text}`)],
  ];
  folder((path) => {
    const file = join(path, "config.toml");
    for (const [name, write] of forms) {
      writeFileSync(file, write('[proxy]\napi_keys = ["$A", "$B", "${file:key}"]\n'));
      writeFileSync(join(path, ".env"), write("A=first\r\nB=sécond\r\n"));
      writeFileSync(join(path, "key"), write("third\r\n"));
      const result = loadConfig(file, { env: {} });
      assert.ok(result.ok, name);
      assert.deepEqual(result.config.proxy.apiKeys, ["first", "sécond", "third"], name);
    }
  });
});

test("the command line overrides the environment, and the environment the file", () => {
  const file = '[proxy]\nhost = "::1"\nport = 1\n[log]\nlevel = "error"\n';
  const env = { PROXY_HOST: "localhost", PROXY_PORT: "2", LOG_LEVEL: "TRACE", LOG_JSON: "true" };
  const fromEnv = good(file, env);
  assert.deepEqual([fromEnv.proxy.host, fromEnv.proxy.port, fromEnv.log], ["localhost", 2, {
    level: "debug",
    json: true,
  }]);
  const given = good(file, env, { host: "127.0.0.1", port: 0, logLevel: "warn", logJson: false });
  assert.deepEqual([given.proxy.host, given.proxy.port, given.log], ["127.0.0.1", 0, {
    level: "warn",
    json: false,
  }]);
  const odd = good(file, { PROXY_PORT: "many", LOG_LEVEL: "loud" });
  assert.deepEqual([odd.proxy.port, odd.log.level], [1, "error"]);
  assert.equal(warnings(odd).length, 2);
});

test("a file with a secret that others can read gets a warning, one with references does not", {
  skip: NO_MODES,
}, () => {
  folder((path) => {
    const file = join(path, "config.toml");
    const messages = (text: string, mode: number) => {
      writeFileSync(file, text);
      chmodSync(file, mode);
      const result = loadConfig(file, { env: { K: "k" } });
      assert.ok(result.ok);
      return result.config.warnings.filter(({ message }) => message.includes("other users")).length;
    };
    assert.equal(messages('[proxy]\napi_key = "literal"\n', 0o644), 1);
    assert.equal(messages('[proxy]\napi_key = "literal"\n', 0o600), 0);
    assert.equal(messages('[proxy]\napi_key = "$K"\n', 0o644), 0);
    assert.equal(
      messages('[[providers]]\nname = "groq"\nheaders = { Authorization = "Bearer abc" }\n', 0o640),
      1,
    );
    assert.equal(messages('[[providers]]\nname = "ollama"\napi_key = "ollama"\n', 0o644), 0);
  });
});
