import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { inFolder, run } from "../../terminal.ts";

const env = { GROQ_API_KEY: "groq-secret", OPENROUTER_API_KEY: "or-secret" };

test("writes a valid configuration without keys that only the user can read", () =>
  inFolder({}, async (cwd) => {
    const { code, out, err } = await run(["init"], { cwd, env });
    assert.equal(code, 0, err);
    assert.match(
      out,
      /^Wrote config\.toml\. It reads OPENROUTER_API_KEY, GROQ_API_KEY from the environment and holds no key\.\n/,
    );
    const path = join(cwd, "config.toml");
    const text = readFileSync(path, "utf8");
    assert.match(text, /^# Made from the keys found in the environment: .*GROQ_API_KEY/m);
    assert.ok(!text.includes("secret"));
    if (process.platform !== "win32") assert.equal(statSync(path).mode & 0o777, 0o600);
    const checked = await run(["check", "--json"], { cwd, env });
    assert.equal(checked.code, 0);
    assert.deepEqual(checked.json().warnings, []);
  }));

test("reads the .env beside the file, too", () =>
  inFolder({ ".env": "GROQ_API_KEY=x\n" }, async (cwd) => {
    const { out } = await run(["init", "-o", "-"], { cwd });
    assert.match(out, /GROQ_API_KEY/);
    assert.match(out, /think = "groq,/);
  }));

test("replaces an existing file only with --force", () =>
  inFolder({ "config.toml": "mine" }, async (cwd) => {
    const { code, err, out } = await run(["init"], { cwd, env });
    assert.equal(code, 1);
    assert.equal(out, "");
    assert.match(err, /config\.toml already exists; --force replaces it, --output writes another file\./);
    assert.equal(readFileSync(join(cwd, "config.toml"), "utf8"), "mine");

    assert.equal((await run(["init", "--output", "other.toml"], { cwd, env })).code, 0);
    assert.equal(readFileSync(join(cwd, "config.toml"), "utf8"), "mine");
    assert.equal((await run(["init", "--force"], { cwd, env })).code, 0);
    assert.match(readFileSync(join(cwd, "config.toml"), "utf8"), /\[router\]/);
  }));

test("prints it for -", () =>
  inFolder({ "config.toml": "mine" }, async (cwd) => {
    const { code, out } = await run(["init", "-o", "-"], { cwd, env });
    assert.equal(code, 0);
    assert.match(out, /^\[router\]$/m);
  }));

test("a missing folder is made, and one that cannot be made is an error that names the file", () =>
  inFolder({ file: "" }, async (cwd) => {
    assert.equal((await run(["init", "-o", "no/such/config.toml"], { cwd, env })).code, 0);
    const { code, err } = await run(["init", "-o", "file/config.toml"], { cwd, env });
    assert.equal(code, 1);
    assert.match(err, /cannot write file\/config\.toml: /);
  }));

test("without a key it says so, and where the routes lead instead", () =>
  inFolder({}, async (cwd) => {
    const { code, out } = await run(["init"], { cwd });
    assert.equal(code, 0);
    assert.match(out, /^Wrote config\.toml\. No provider's key was found in the environment/);
    assert.match(out, /all routes go to \S+ at [\w. ]+ on this machine\.|set a key \(OPENROUTER_API_KEY/);
  }));
