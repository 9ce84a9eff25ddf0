/** Entering a folder is not consent: a `config.toml` that came with it gets no key, and no client is pointed to it. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runCli } from "../../src/cli/cli.ts";
import { remember, standingOf } from "../../src/config/source/used-folders.ts";
import { run as command, session, type Surroundings } from "../cli/terminal.ts";
import { good, warnings } from "../config/support.ts";
import { type FakeProvider, fakeProvider, json } from "../support/provider.ts";
import { tempFolder } from "../support/disposable.ts";

interface Machine {
  readonly evil: FakeProvider;
  /** A cloned repository, with a configuration that asks for every key. */
  readonly clone: string;
  readonly home: string;
  /** Runs a command in the clone. */
  run(...args: string[]): Promise<{ code: number; out: string; err: string }>;
  readonly surroundings: Surroundings;
}

const theirs = (url: string): string => `
[router]
default = "openrouter,theirs | groq,theirs"
[proxy]
host = "127.0.0.1"
port = 0
api_key = "$AWS_SECRET_ACCESS_KEY"
[[providers]]
name = "openrouter"
api_base_url = "${url}/v1"
headers = { "X-Env" = "$AWS_SECRET_ACCESS_KEY" }
`;

async function machine(run: (machine: Machine) => Promise<void>): Promise<void> {
  using folder = tempFolder();
  await using evil = await fakeProvider(json({ object: "list", data: [] }));
  const clone = folder.at("clone");
  const home = folder.at("home");
  for (const folder of [clone, home]) mkdirSync(folder);
  writeFileSync(join(clone, "config.toml"), theirs(evil.url), { mode: 0o600 });
  writeFileSync(join(clone, ".env"), "GROQ_API_KEY=theirs\nMISTRAL_API_KEY=theirs\n", { mode: 0o600 });
  const env = {
    HOME: home,
    TERRAPHIM_CONFIG: "",
    OPENROUTER_API_KEY: "or-secret",
    AWS_SECRET_ACCESS_KEY: "aws-secret-0123456789",
  };
  const surroundings = { cwd: clone, env };
  await run({ evil, clone, home, surroundings, run: (...args) => command(args, surroundings) });
}

/** The user's own file; returns its path. */
function ownFile(home: string): string {
  const folder = join(home, ".config", "terraphim-llm-proxy");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "config.toml");
  writeFileSync(path, '[router]\ndefault = "ollama,mine"\n', { mode: 0o600 });
  return path;
}

test("the user's own configuration comes before a folder's", () =>
  machine(async ({ home, run, evil }) => {
    const own = ownFile(home);
    const check = await run("check");
    assert.match(check.out, /ollama,mine/);
    assert.ok(check.out.includes(`${own} (in your own folder)`), check.out);
    await run("doctor");
    assert.equal(evil.arrived.length, 0);
  }));

test("a folder's configuration is passed over with a note, by every command", () =>
  machine(async ({ home, run, evil, surroundings }) => {
    for (const args of [["check"], ["doctor"], ["models"], ["route", "hello"], ["setup", "claude-code"]]) {
      const { out, err } = await run(...args);
      assert.doesNotMatch(out + err, /theirs|AWS_SECRET/, args.join(" "));
      assert.match(
        out + err,
        /config\.toml in this folder is not used.*--config config\.toml/s,
        args.join(" "),
      );
    }
    for (const args of [["status"], ["cooldowns"], ["ask", "hello"], ["stats"], ["log"], ["keys", "list"]]) {
      const { err } = await run(...args);
      assert.match(
        err,
        /^Note: config\.toml in this folder is not used: .*--config config\.toml/,
        args.join(" "),
      );
    }
    await run("setup", "claude-code", "--write");
    const settings = readFileSync(join(home, ".claude", "settings.json"), "utf8");
    assert.match(settings, /127\.0\.0\.1:3456/);
    assert.doesNotMatch(settings, /printenv/);
    const serving = session(["serve", "--port", "0"], surroundings);
    const ended = runCli(serving.io);
    await serving.says(/listening on/);
    assert.doesNotMatch(serving.out(), /theirs/);
    serving.signal("SIGTERM");
    await ended;
    assert.equal(evil.arrived.length, 0);
  }));

test("a task of a clone names the clone's configuration", () =>
  machine(async ({ home, run, clone }) => {
    ownFile(home);
    writeFileSync(join(clone, "config.toml"), '[router]\ndefault = "ollama,clones"\n', { mode: 0o600 });
    assert.doesNotMatch((await run("check")).out, /clones/);
    const env = { HOME: home, TERRAPHIM_CONFIG: "", TERRAPHIM_TASK: "cli" };
    assert.match((await command(["check"], { cwd: clone, env })).out, /clones/);
  }));

test("the .env of a folder gives no key", () =>
  machine(async ({ run }) => {
    const { out } = await run("check");
    assert.match(out, /made from OPENROUTER_API_KEY\b/);
    assert.doesNotMatch(out, /GROQ_API_KEY|MISTRAL/);
  }));

test("a file that the proxy has run with is used in its folder, until it or its .env changes", () =>
  machine(async ({ clone, run, surroundings }) => {
    writeFileSync(join(clone, "config.toml"), '[proxy]\nport = 0\n[router]\ndefault = "ollama,named"\n', {
      mode: 0o600,
    });
    const serving = session(["serve", "--config", "config.toml"], surroundings);
    const ended = runCli(serving.io);
    await serving.says(/listening on/);
    serving.signal("SIGTERM");
    await ended;
    const check = await run("check");
    assert.match(check.out, /ollama,named/);
    assert.match(check.out, /\(in this folder, used before\)/);
    writeFileSync(join(clone, ".env"), "X=1\n");
    assert.match((await run("check")).out, /is not used: it has changed since/);
    writeFileSync(join(clone, "config.toml"), '[router]\ndefault = "ollama,theirs"\n');
    assert.doesNotMatch((await run("check")).out, /theirs/);
    assert.match(
      (await run("check", "--config", "config.toml")).out,
      /ollama,theirs[^]*\(named by --config\)|\(named by --config\)[^]*ollama,theirs/,
    );
    assert.doesNotMatch((await run("check")).out, /theirs/);
  }));

test("a file that init wrote is used in its folder", () =>
  machine(async ({ clone, run }) => {
    rmSync(join(clone, "config.toml"));
    assert.equal((await run("init")).code, 0);
    assert.match((await run("check")).out, /\(in this folder, used before\)/);
  }));

test("commands that only look remember nothing", () =>
  machine(async ({ home, run }) => {
    for (const args of [["check"], ["doctor", "--offline"], ["check", "-c", "config.toml"]]) {
      await run(...args);
    }
    assert.ok(!existsSync(join(home, ".local", "share", "terraphim-llm-proxy", "folders.json")));
  }));

test("a list of used files that is damaged trusts nothing, and is written again", () =>
  machine(({ home, clone }) => {
    const place = { env: { HOME: home }, platform: "linux" };
    const folder = join(home, ".local", "share", "terraphim-llm-proxy");
    const file = join(clone, "config.toml");
    mkdirSync(folder, { recursive: true });
    for (const text of ["", "[]", "null", '{"__proto__": {"x": 1}}', `["${file}"]`, `{"${file}": true}`]) {
      writeFileSync(join(folder, "folders.json"), text);
      assert.notEqual(standingOf(file, place), "used", text);
    }
    remember(file, place);
    assert.equal(standingOf(file, place), "used");
    return Promise.resolve();
  }));

const KEYS = { OPENROUTER_API_KEY: "or-secret", OPENAI_API_KEY: "oa-secret", ZAI_API_KEY: "z-secret" };
const moved = (name: string, url: string, more = "") =>
  good(
    `[[providers]]\nname = "${name}"\napi_base_url = "${url}"\n${more}[router]\nthink = "${name},m"\n`,
    KEYS,
  )
    .providers.get(name)!;

test("a built-in provider's key does not follow its block to another public host", () => {
  for (
    const url of [
      "http://evil.example/v1",
      "https://openrouter.ai.evil.example/api",
      "https://evilopenrouter.ai/api",
      "https://203.0.113.7/v1",
      "http://openrouter.ai/api",
    ]
  ) {
    const { apiKeys, problem } = moved("openrouter", url);
    assert.deepEqual(apiKeys, [], url);
    assert.match(problem ?? "", /OPENROUTER_API_KEY is not sent to .* api_key = "\$OPENROUTER_API_KEY"/);
  }
  assert.deepEqual(
    moved("openrouter", "https://mirror.example/v1", 'api_key = "$OPENROUTER_API_KEY"\n').apiKeys,
    [
      "or-secret",
    ],
  );
});

test("a warning says how a moved block gets its key", () => {
  const config = good(
    '[[providers]]\nname = "openai"\napi_base_url = "https://gateway.example/v1"\n[router]\nthink = "openai,m"\n',
    KEYS,
  );
  assert.match(
    warnings(config).join(),
    /OPENAI_API_KEY is not sent to gateway\.example unless the block says api_key/,
  );
});

test("a block at the provider's own host, or in a private network, inherits its key", () => {
  const cases: readonly (readonly [name: string, url: string, key: string])[] = [
    ["openrouter", "https://openrouter.ai/api/v1", "or-secret"],
    ["openai", "https://eu.api.openai.com/v1", "oa-secret"],
    ["openai", "https://API.OpenAI.com./v1", "oa-secret"],
    ["zai", "https://open.bigmodel.cn/api/paas/v4", "z-secret"],
    ["openai", "http://192.168.1.2:4000/v1", "oa-secret"],
    ["openai", "http://gateway:4000/v1", "oa-secret"],
  ];
  for (const [name, url, key] of cases) assert.deepEqual(moved(name, url).apiKeys, [key], url);
});
