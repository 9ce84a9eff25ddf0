import assert from "node:assert/strict";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import type { Config } from "../../../../src/config/config.ts";
import { targetText } from "../../../../src/text/target-settings.ts";
import { configOf } from "../../../support/proxy.ts";
import { inFolder, type Ran, run } from "../../terminal.ts";

const fixture = (name: string): string =>
  readFileSync(new URL(`../../../fixtures/import/${name}`, import.meta.url), "utf8");

interface Came {
  readonly ran: Ran;
  readonly written: string;
  readonly config: Config;
}

/** What a program's file becomes. */
async function imported(program: string, name: string): Promise<Came> {
  let came: Came | undefined;
  await inFolder({ [name]: fixture(name) }, async (cwd) => {
    const ran = await run(["import", program, name], { cwd, env: {} });
    assert.equal(ran.code, 0, ran.err);
    const written = readFileSync(join(cwd, "config.toml"), "utf8");
    if (process.platform !== "win32") assert.equal(statSync(join(cwd, "config.toml")).mode & 0o77, 0);
    came = { ran, written, config: configOf(written) };
  });
  return came!;
}

const chains = ({ router: { routes } }: Config): Record<string, string> =>
  Object.fromEntries(
    Object.entries(routes).map(([name, chain]) => [name, chain.map(targetText).join(" | ")]),
  );
const mappings = ({ router }: Config) =>
  router.mappings.map((
    { from, to },
  ) => [from, to.kind === "chain" ? to.chain.map(targetText).join(" | ") : to]);

describe("import ccr", () => {
  test("routes, providers, keys and the address are carried over", async () => {
    const { config } = await imported("ccr", "ccr.json");
    const usual = "deepseek,deepseek-chat | openrouter,google/gemini-3-pro";
    assert.deepEqual(chains(config), {
      think: "openrouter,anthropic/claude-opus-4.5",
      plan_implementation: usual,
      build: usual,
      background: "gateway,claude-haiku-4-5",
      default: usual,
      long_context: "openrouter,google/gemini-3-pro",
    });
    assert.equal(config.router.longContextThreshold, 60_000);
    assert.deepEqual(config.proxy.apiKeys, ["a-key-for-clients"]);
    assert.equal(config.proxy.timeouts.total, 600_000);
    assert.equal(config.log.level, "debug");
    assert.deepEqual(config.providers.get("deepseek")!.apiKeys, ["sk-made-up-0123456789abcdef"]);
    assert.deepEqual(config.providers.get("gateway")!.dialects, ["anthropic-messages"]);
  });

  test("what was not carried over is listed with the reason, and in the file", async () => {
    const { ran, written } = await imported("ccr", "ccr.json");
    for (
      const says of [
        /CUSTOM_ROUTER_PATH: a script here sees other facts: see path in \[router\.script\]/,
        /PROXY_URL: set HTTPS_PROXY/,
        /Providers\[1\]\.transformer \(deepseek\): requests are translated by what is known/,
      ]
    ) {
      assert.match(ran.out, says);
      assert.match(written, says);
    }
    assert.doesNotMatch(ran.out, /made-up/);
  });

  test("their file is found where the program keeps it", () =>
    inFolder({}, async (cwd) => {
      mkdirSync(join(cwd, ".claude-code-router"));
      writeFileSync(join(cwd, ".claude-code-router", "config.json"), fixture("ccr.json"));
      const env = { HOME: cwd, USERPROFILE: cwd };
      const { code, out } = await run(["import", "ccr", "--json"], { cwd, env });
      assert.equal(code, 0);
      const said = JSON.parse(out);
      assert.equal(said.read, join(cwd, ".claude-code-router", "config.json"));
      assert.ok(said.not_carried_over.length > 3);
    }));

  test("--output - prints the file without a key", () =>
    inFolder({ "ccr.json": fixture("ccr.json") }, async (cwd) => {
      const { out } = await run(["import", "ccr", "ccr.json", "-o", "-"], { cwd, env: {} });
      assert.doesNotMatch(out, /made-up|a-key-for-clients/);
      assert.match(out, /api_key = "\$DEEPSEEK_API_KEY"/);
    }));
});

test("import litellm carries deployments, fallbacks and the strategy over", async () => {
  const { config, ran } = await imported("litellm", "litellm.yaml");
  assert.deepEqual(mappings(config), [
    ["smart", "anthropic,claude-opus-4-5?effort=high | groq,llama-3.1-8b-instant"],
    ["fast", "groq,llama-3.1-8b-instant"],
    ["plain", "openai,gpt-4o"],
    ["ours", "openai-llm-internal-8000,our-model"],
  ]);
  assert.equal(config.router.strategy, "latency_optimized");
  assert.equal(config.providers.get("openai-llm-internal-8000")!.baseUrl, "http://llm.internal:8000/v1");
  assert.match(ran.out, /model_list\[5\] \(azure\/gpt-4o\): the API of azure is not supported/);
  assert.match(ran.out, /model_list\[6\] \(openrouter\/\*\): it is not one model/);
  assert.match(ran.out, /model_list\[1\]\.rpm: use max_concurrent/);
  assert.match(ran.out, /general_settings\.database_url: the ledger is a file/);
});

test("import 9router carries keys, combos and aliases over, and says which logins stay", async () => {
  const { config, ran } = await imported("9router", "9router.json");
  assert.deepEqual(mappings(config), [
    ["coding", "openrouter,anthropic/claude-opus-4.5 | gw,our-model"],
    ["best", "openrouter,anthropic/claude-opus-4.5"],
  ]);
  assert.deepEqual(config.providers.get("openrouter")!.apiKeys, ["or-made-up-0001", "or-made-up-0002"]);
  assert.deepEqual(config.proxy.apiKeys, ["key-for-clients-0005"]);
  assert.match(ran.out, /providerConnections\[2\] \(claude\): it is a login in the browser/);
  assert.match(ran.out, /providerConnections\[4\] \(groq\): it is switched off/);
  assert.match(ran.out, /combos\.coding: cc\/claude-opus-4-5: its provider has no key here/);
});

const LITELLM = (deployments: string) => `model_list:\n${deployments}`;
const deployment = (name: string, ...params: string[]) =>
  `  - model_name: ${name}\n    litellm_params:\n${params.map((one) => `      ${one}\n`).join("")}`;

/** What a LiteLLM file of these deployments becomes. */
async function liteLlm(...deployments: string[]): Promise<Config> {
  let config: Config | undefined;
  await inFolder({ x: LITELLM(deployments.join("")) }, async (cwd) => {
    const ran = await run(["import", "litellm", "x"], { cwd, env: {} });
    assert.equal(ran.code, 0, ran.err);
    config = configOf(readFileSync(join(cwd, "config.toml"), "utf8"));
  });
  return config!;
}

test("import litellm: a resource of Azure gets the path at which it speaks this dialect", async () => {
  const base = "api_base: https://mine-eu.openai.azure.com/";
  const { providers } = await liteLlm(
    deployment("a", "model: azure/gpt-4o-eu", base, "api_key: os.environ/AZ"),
  );
  assert.equal(providers.get("azure-mine-eu")!.baseUrl, "https://mine-eu.openai.azure.com/openai/v1");
});

test("import litellm: servers on one host stay apart, and Ollama is the built-in one", async () => {
  const { router } = await liteLlm(
    deployment("a", "model: openai/x", "api_base: http://localhost:8001/v1"),
    deployment("b", "model: openai/x", "api_base: http://localhost:8002/v1"),
    deployment("c", "model: ollama_chat/llama3.1", "api_base: http://localhost:11434"),
  );
  assert.deepEqual(mappings({ router } as Config), [
    ["a", "openai-localhost-8001,x"],
    ["b", "openai-localhost-8002,x"],
    ["c", "ollama,llama3.1"],
  ]);
});

test("import litellm: prices for a token become prices for a million", async () => {
  const costs = ["input_cost_per_token: 0.0000001", "output_cost_per_token: 3e-7"];
  const config = await liteLlm(
    deployment("a", "model: openai/x", "api_base: https://llm.example/v1", "api_key: k", ...costs),
  );
  assert.deepEqual(
    config.prices.map(({ provider, model, input, output }) => ({ provider, model, input, output })),
    [{ provider: "openai-llm-example", model: "x", input: 0.1, output: 0.3 }],
  );
});

test("import ccr: an open address with an example's key becomes this machine's, and says so", () =>
  inFolder({
    x: JSON.stringify({
      APIKEY: "your-secret-key",
      HOST: "0.0.0.0",
      Providers: [{ name: "deepseek", api_key: "k", models: ["deepseek-chat"] }],
      Router: { default: "deepseek,deepseek-chat" },
    }),
  }, async (cwd) => {
    const ran = await run(["import", "ccr", "x"], { cwd, env: {} });
    assert.equal(ran.code, 0, ran.err);
    assert.match(
      ran.out,
      /the address 0\.0\.0\.0: the new file is for this machine only: .*a key is one of an example/,
    );
    assert.equal(configOf(readFileSync(join(cwd, "config.toml"), "utf8")).proxy.host, "127.0.0.1");
  }));

describe("import refuses", () => {
  for (
    const [what, args, file, says] of [
      [
        "a file of something else",
        ["ccr", "x"],
        "{}",
        /x is not a configuration of claude-code-router: it has no list "Providers"/,
      ],
      [
        "what cannot be parsed",
        ["ccr", "x"],
        '{"Providers": [',
        /x is not a configuration of claude-code-router: line 1 cannot be parsed/,
      ],
      [
        "YAML that is broken, without quoting it",
        ["litellm", "x"],
        'model_list:\n  - model_name: a\n    litellm_params: { model: openai/gpt-4o, api_key: "sk-made-up\n',
        /^(?![^]*sk-made-up)[^]*x is not a configuration of LiteLLM: line \d is not valid YAML/,
      ],
      [
        "YAML with a key twice",
        ["litellm", "x"],
        "model_list: []\ngeneral_settings: {}\ngeneral_settings: {}\n",
        /line 3 is not valid YAML/,
      ],
      ["YAML without models", ["litellm", "x"], "a: 1\n", /it has no list "model_list"/],
      ["a file that is not there", ["9router", "y"], "{}", /cannot read y: there is no such file/],
    ] as const
  ) {
    test(what, () =>
      inFolder({ x: file }, async (cwd) => {
        const { code, err } = await run(["import", ...args], { cwd, env: {} });
        assert.equal(code, 2);
        assert.match(err, says);
      }));
  }

  test("to replace a file without --force", () =>
    inFolder({ "ccr.json": fixture("ccr.json"), "config.toml": "" }, async (cwd) => {
      const { code, err } = await run(["import", "ccr", "ccr.json"], { cwd, env: {} });
      assert.equal(code, 1);
      assert.match(err, /config\.toml already exists; --force replaces it/);
    }));
});
