import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { inFolder, run } from "../../terminal.ts";

const PUBLISHED = readFileSync(new URL("../../../../examples/published.toml", import.meta.url), "utf8");
const KEYS = { OPENROUTER_API_KEY: "or-secret", GROQ_API_KEY: "groq-secret" };

const cells = (out: string) => out.split("\n").map((line) => line.trim().split(/ {2,}/));

test("with its keys, the published configuration is valid, with targets and prices", () =>
  inFolder({ "config.toml": PUBLISHED }, async (cwd) => {
    const { code, out, err } = await run(["check"], { cwd, env: KEYS });
    assert.equal(code, 0);
    assert.equal(err, "");
    const rows = cells(out);
    const row = (name: string) => rows.find(([first]) => first === name);
    assert.deepEqual(row("think"), ["think", "openrouter,anthropic/claude-3-opus", "$15", "$75"]);
    assert.deepEqual(row("background"), ["background", "groq,llama-3.1-8b-instant", "$0.05", "$0.08"]);
    assert.deepEqual(row("build"), ["build", "same as background"]);
    assert.deepEqual(row("default"), ["default", "same as plan_implementation"]);
    assert.deepEqual(row("image"), ["image", "not set (routed by content)"]);
    assert.match(out, /Every route has a usable target\.\n$/);
    assert.ok(!out.includes("secret") || !/or-secret|groq-secret|my-backup-key/.test(out));
  }));

test("without keys it names each variable once and the routes without a target, and ends with 1", () =>
  inFolder({ "config.toml": PUBLISHED }, async (cwd) => {
    const { code, out } = await run(["check"], { cwd });
    assert.equal(code, 1);
    assert.match(out, /^ +skipped$/m);
    for (const name of ["OPENROUTER_API_KEY", "GROQ_API_KEY"]) assert.equal(out.split(name).length, 2, name);
    assert.match(
      out,
      /Not usable: openrouter \(OPENROUTER_API_KEY is not set\), groq \(GROQ_API_KEY is not set\)/,
    );
    assert.match(
      out,
      /think, plan_implementation, build, background, default have no usable target\.\n$/,
    );
  }));

test("a fallback that can be used rescues every route", () =>
  inFolder(
    { "config.toml": PUBLISHED.replace("[router]", '[router]\nfallback = "ollama,qwen3-coder"') },
    async (cwd) => {
      const { code, out } = await run(["check"], { cwd });
      assert.equal(code, 0);
      assert.match(out, /^fallback +ollama,qwen3-coder +\$0 +\$0$/m);
    },
  ));

test("rules, mappings and exclusions are shown with where they go", () =>
  inFolder({
    "config.toml": PUBLISHED + `
[[router.rules]]
name = "rust"
when = { language = "rust" }
route = "think"
[[router.model_mappings]]
from = "gpt-4*"
to = "openrouter,anthropic/claude-3-opus"
[[router.model_mappings]]
from = "any"
to = "auto"
[[router.model_exclusions]]
provider = "openrouter"
patterns = ["*opus"]
`,
  }, async (cwd) => {
    const { code, out } = await run(["check"], { cwd, env: KEYS });
    assert.equal(code, 1);
    assert.match(out, /^rule:rust +same as think$/m);
    assert.match(out, /^mapping:gpt-4\* +openrouter,anthropic\/claude-3-opus/m);
    assert.match(out, /^mapping:any +per request$/m);
    assert.match(out, /skipped: excluded by \[\[router\.model_exclusions\]\] \("\*opus"\)/);
    assert.match(out, /^think, rule:rust, mapping:gpt-4\* have no usable target/m);
  }));

test("a file with mistakes ends with 2 and lists all of them with their lines", () =>
  inFolder(
    { "bad.toml": '[proxy]\nport = "x"\n[router]\nthnik = "groq,a"\nthink = "nobody,a"\n' },
    async (cwd) => {
      const { code, out, err } = await run(["check", "--config", "bad.toml"], { cwd });
      assert.equal(code, 2);
      assert.equal(out, "");
      assert.match(err, /the configuration has 3 mistakes/);
      assert.match(err, /bad\.toml:2:\d+: proxy\.port/);
      assert.match(err, /bad\.toml:4:\d+: router\.thnik[^\n]*Did you mean "think"\?/);
      assert.match(err, /bad\.toml:5:\d+: router\.think/);
    },
  ));

test("a file that is not there ends with 2", async () => {
  const { code, err } = await run(["check", "--config", "/nowhere/config.toml"]);
  assert.equal(code, 2);
  assert.match(err, /\/nowhere\/config\.toml: cannot be read: there is no such file/);
});

test("without a file it shows the configuration that is made from the keys, and says so", () =>
  inFolder({}, async (cwd) => {
    const { code, out } = await run(["check"], { cwd, env: { GROQ_API_KEY: "groq-secret" } });
    assert.equal(code, 0);
    assert.match(
      out,
      /^Configuration: there is no configuration file: the routes are made from GROQ_API_KEY\./,
    );
    assert.match(out, /^think +groq,/m);
  }));

test("--json says the same for programs, also of a file with mistakes", () =>
  inFolder({ "config.toml": PUBLISHED, "bad.toml": "[proxy]\nprot = 1\n" }, async (cwd) => {
    const good = await run(["check", "--json"], { cwd, env: { GROQ_API_KEY: "groq-secret" } });
    assert.equal(good.code, 1);
    const { ok, path, routes, providers, warnings } = good.json();
    assert.equal(ok, false);
    assert.equal(path, join(cwd, "config.toml"));
    assert.deepEqual(routes.find(({ name }: { name: string }) => name === "build"), {
      name: "build",
      via: "background",
      targets: [{ provider: "groq", model: "llama-3.1-8b-instant", price: { input: 0.05, output: 0.08 } }],
      usable: true,
    });
    assert.deepEqual(providers, [
      {
        name: "openrouter",
        problem: "OPENROUTER_API_KEY is not set",
        access: "key",
        routes: ["think", "plan_implementation"],
      },
      { name: "groq", access: "key", routes: ["background"] },
    ]);
    assert.equal(warnings.length, 1);
    assert.ok(!good.out.includes("groq-secret") && !good.out.includes("my-backup-key"));

    const bad = await run(["check", "--json", "-c", "bad.toml"], { cwd });
    assert.equal(bad.code, 2);
    assert.equal(bad.json().ok, false);
    assert.equal(bad.json().problems[0].nearest, "port");
  }));

test("a first target too small for an agent's usual request is a warning that names what fits", () =>
  inFolder({
    "config.toml": `[router]
think = "openrouter,anthropic/claude-opus-4.8"
build = "openrouter,openai/gpt-4 | groq,llama-3.1-8b-instant"
background = "openrouter,openai/gpt-3.5-turbo"
`,
  }, async (cwd) => {
    const { code, out } = await run(["check"], { cwd, env: KEYS });
    assert.equal(code, 0);
    assert.match(
      out,
      /router\.build: openrouter,openai\/gpt-4 cannot take an agent's usual request \(100,000 tokens, with tools\)/,
    );
    assert.match(out, /groq,llama-3\.1-8b-instant takes it instead\./);
    assert.match(
      out,
      /router\.background: [^\n]*gpt-3\.5-turbo[^\n]*openrouter,anthropic\/claude-opus-4\.8 takes it/,
    );
    assert.ok(!/router\.think:/.test(out));
  }));

test("a threshold that most requests of agents pass is a warning that says so", () =>
  inFolder({
    "config.toml": PUBLISHED.replace(
      "[router]",
      '[router]\nlong_context = "openrouter,google/gemini-3.5-flash"\nlong_context_threshold = 60000',
    ),
    "none.toml": PUBLISHED.replace("[router]", '[router]\nlong_context = "groq,openai/gpt-oss-120b"'),
  }, async (cwd) => {
    const { code, out } = await run(["check"], { cwd, env: KEYS });
    assert.equal(code, 0);
    assert.match(out, /80 % of agents' requests are longer than 60,000 tokens: they go to long_context/);
    const none = await run(["check", "--json", "-c", "none.toml"], { cwd, env: KEYS });
    assert.deepEqual(none.json().warnings, []);
  }));

test("on a terminal of 80 columns nothing is wider", () =>
  inFolder({ "config.toml": PUBLISHED }, async (cwd) => {
    const { out } = await run(["check"], { cwd, columns: 80 });
    for (const line of out.split("\n")) {
      assert.ok(line.length <= 80 || line.startsWith("Configuration: /"), line);
    }
  }));

test("a model that is in no list is a warning with the nearest name; free and own ones are not", () => {
  const file = `[router]
default = "openrouter,anthropic/claude-opus-4.88 | anthropic,* | ollama,anything | own,listed"
[[providers]]
name = "own"
api_base_url = "http://127.0.0.1:9/v1"
api_key = "k"
models = ["listed"]
`;
  return inFolder({ "config.toml": file }, async (cwd) => {
    const { out } = await run(["check", "--json"], { cwd, env: KEYS });
    const unlisted = JSON.parse(out).warnings.map(({ message }: { message: string }) => message)
      .filter((message: string) => message.includes("in no list of models"));
    assert.equal(unlisted.length, 1);
    assert.match(unlisted[0], /^openrouter,anthropic\/claude-opus-4\.88 is in no list of models/);
    assert.match(unlisted[0], /Did you mean "openrouter,anthropic\/claude-opus-4\.\d"\?$/);
  });
});
