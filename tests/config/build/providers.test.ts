import assert from "node:assert/strict";
import { test } from "node:test";
import { BUILTIN_PROVIDERS } from "../../../src/catalog/data/providers.ts";
import { builtinProvider } from "../../../src/catalog/providers.ts";
import { QUIRKS } from "../../../src/catalog/quirks.ts";
import type { Provider } from "../../../src/config/config.ts";
import { bad, good, onlyProblem, warnings } from "../support.ts";

/** One block, as it is resolved. */
function block(lines: string, env: Record<string, string> = { KEY: "k" }): Provider {
  const config = good(`[[providers]]\n${lines}\n`, env);
  return [...config.providers.values()][0]!;
}

test("every built-in provider exists without a block, with full endpoints", () => {
  const config = good("");
  const required =
    "openrouter groq anthropic openai ollama deepseek google cerebras mistral xai together fireworks zai " +
    "moonshot minimax lmstudio llamacpp vllm";
  for (const name of required.split(" ")) {
    const provider = config.providers.get(name);
    assert.ok(provider, name);
    assert.equal(provider.origin, "builtin");
    assert.ok(provider.dialects.length > 0);
    for (const dialect of provider.dialects) {
      assert.ok(URL.canParse(provider.endpoints[dialect]!), `${name} ${dialect}`);
    }
    assert.equal(provider.problem === undefined, provider.local, name);
  }
});

test("the built-in table is consistent", () => {
  const seen = new Set<string>();
  for (const provider of BUILTIN_PROVIDERS) {
    for (const name of [provider.name, ...(provider.aliases ?? [])]) {
      assert.match(name, /^[a-z0-9.-]+$/);
      assert.ok(!seen.has(name), `${name} is there twice`);
      seen.add(name);
    }
    for (const quirk of provider.quirks) assert.ok(quirk in QUIRKS);
    assert.equal(provider.keys.length === 0, provider.local === true, provider.name);
    assert.ok(!provider.root.endsWith("/"));
  }
});

test("the catalog's own names and other spellings lead to the built-in provider, in any case", () => {
  for (
    const [alias, name] of [
      ["togetherai", "together"],
      ["MoonshotAI", "moonshot"],
      ["fireworks-ai", "fireworks"],
      ["gemini", "google"],
      ["llama.cpp", "llamacpp"],
      ["OpenRouter", "openrouter"],
    ]
  ) {
    assert.equal(builtinProvider(alias!)?.name, name);
    const config = good(`[router]\nthink = "${alias},m"\n`);
    assert.deepEqual(config.router.routes.think, [{ provider: name, model: "m" }]);
  }
});

test("a built-in provider takes the first of its variables that is set", () => {
  const google = (env: Record<string, string>) => good("", env).providers.get("google")!;
  assert.deepEqual(google({ GOOGLE_API_KEY: "b", GEMINI_API_KEY: "a" }).apiKeys, ["a"]);
  assert.deepEqual(google({ GOOGLE_API_KEY: " b \n" }).apiKeys, ["b"]);
  assert.equal(
    google({}).problem,
    "GEMINI_API_KEY is not set (nor GOOGLE_API_KEY nor GOOGLE_GENERATIVE_AI_API_KEY)",
  );
});

test("a block named like a built-in provider inherits what it does not set", () => {
  const groq = block('name = "Groq"\nmax_concurrent = 2', { GROQ_API_KEY: "g" });
  assert.equal(groq.name, "groq");
  assert.equal(groq.origin, "config");
  assert.deepEqual(groq.apiKeys, ["g"]);
  assert.equal(groq.endpoints["openai-chat"], "https://api.groq.com/openai/v1/chat/completions");
  assert.deepEqual(groq.dialects, ["openai-chat", "openai-responses"]);
  assert.equal(groq.maxConcurrent, 2);
  assert.ok(groq.quirks.includes("no-cache-control"));
  const zai = good('[[providers]]\nname = "z.ai"\n', { ZAI_API_KEY: "z" }).providers.get("z.ai")!;
  assert.equal(zai.catalogId, "zai");
});

test("keys: one, several, passthrough, none, and what cannot be a key", () => {
  assert.deepEqual(
    block('name = "groq"\napi_keys = ["$KEY", "$KEY", "$KEY2"]', { KEY: "a", KEY2: "b" }).apiKeys,
    ["a", "b"],
  );
  const passthrough = block('name = "anthropic"\napi_key = "passthrough"', { ANTHROPIC_API_KEY: "x" });
  assert.equal(passthrough.passthrough, true);
  assert.deepEqual(passthrough.apiKeys, []);
  assert.equal(passthrough.problem, undefined);
  assert.equal(block('name = "mine"\napi_base_url = "http://127.0.0.1:1"').auth, "none");
  assert.equal(block('name = "groq"\nheaders = { Authorization = "Bearer x" }', {}).problem, undefined);
  assert.match(block('name = "groq"\napi_key = "$KEY"', { KEY: "op://vault/item" }).problem!, /op run/);
  assert.match(
    block('name = "groq"\napi_key = "$KEY"', { KEY: "a\nb" }).problem!,
    /HTTP header cannot carry/,
  );
  assert.equal(block('name = "groq"\napi_key = ""', { GROQ_API_KEY: "g" }).apiKeys[0], "g");
});

test("of several keys the ones that are set are used", () => {
  const config = good('[[providers]]\nname = "groq"\napi_keys = ["$A", "$B"]\n', { B: "b" });
  assert.deepEqual(config.providers.get("groq")!.apiKeys, ["b"]);
  assert.deepEqual(warnings(config), ["A is not set: the other keys are used."]);
});

test("how a key is sent is known, guessed or chosen", () => {
  const auth = (lines: string) => block(`${lines}\napi_key = "$KEY"`).auth;
  assert.equal(auth('name = "anthropic"'), "x-api-key");
  assert.equal(auth('name = "groq"'), "bearer");
  assert.equal(auth('name = "mine"\napi_base_url = "https://h.example/anthropic"'), "both");
  assert.equal(auth('name = "mine"\napi_base_url = "https://h.example/v1"'), "bearer");
  assert.equal(auth('name = "mine"\napi_base_url = "https://h.example/v1"\nauth = "X-Api-Key"'), "x-api-key");
});

test("a provider without a base URL that is not built in is an error, as are bad names", () => {
  assert.equal(onlyProblem('[[providers]]\nname = "opnai"\n').nearest, "openai");
  assert.match(
    onlyProblem('[[providers]]\nname = "a b"\napi_base_url = "http://h:1"\n').message,
    /must not contain spaces/,
  );
  assert.match(
    onlyProblem('[[providers]]\nname = "groq"\n[[providers]]\nname = "GROQ"\n').message,
    /duplicate provider "groq"/,
  );
  assert.match(
    onlyProblem('[[providers]]\nname = "mine"\napi_base_url = "h.example/v1"\n').message,
    /not an http or https URL/,
  );
  assert.match(
    onlyProblem('[[providers]]\nname = "mine"\napi_base_url = "https://u:p@h.example"\n').message,
    /user name or password/,
  );
  assert.equal(bad('[[providers]]\nname = "groq"\nquirks = ["no-cache"]\n')[0]!.nearest, "no-cache-control");
});

test("a local server's block needs no key and costs nothing, unlike the same name in the cloud", () => {
  assert.equal(block('name = "ollama"\napi_base_url = "http://192.168.1.5:11434"').local, true);
  assert.equal(block('name = "ollama"\napi_base_url = "https://ollama.com"\napi_key = "$KEY"').local, false);
});

test("a public provider without any key gets a warning", () => {
  const config = good('[[providers]]\nname = "open"\napi_base_url = "https://llm.example/v1"\n');
  assert.match(warnings(config)[0]!, /has no key/);
  assert.equal(config.providers.get("open")!.problem, undefined);
});

test("timeouts come from the block, else the proxy, and none exceeds the total", () => {
  const config = good(
    '[proxy]\ntimeout_ms = 60000\nidle_timeout_ms = 5000\n[[providers]]\nname = "groq"\nfirst_token_timeout_ms = 90000\n',
  );
  assert.deepEqual(config.proxy.timeouts, { connect: 10000, firstToken: 60000, idle: 5000, total: 60000 });
  assert.deepEqual(config.providers.get("groq")!.timeouts, {
    connect: 10000,
    firstToken: 60000,
    idle: 5000,
    total: 60000,
  });
});

test("a local server gets longer for its first output, unless a limit is set", () => {
  const firstTokens = (toml: string, name: string) => good(toml).providers.get(name)!.timeouts.firstToken;
  assert.equal(firstTokens("", "groq"), 120_000);
  assert.equal(firstTokens("", "ollama"), 270_000);
  assert.equal(firstTokens('[[providers]]\nname = "ollama"\nidle_timeout_ms = 5000\n', "ollama"), 270_000);
  const own = 'name = "own"\napi_base_url = "http://localhost:8080/v1"\n';
  assert.equal(firstTokens(`[[providers]]\n${own}local = true\n`, "own"), 270_000);
  assert.equal(
    firstTokens(`[[providers]]\n${own}local = true\nfirst_token_timeout_ms = 9000\n`, "own"),
    9000,
  );
  assert.equal(firstTokens("[proxy]\nfirst_token_timeout_ms = 30000\n", "ollama"), 30_000);
  assert.equal(firstTokens("[proxy]\ntimeout_ms = 200000\n", "ollama"), 200_000);
});

test("a block's headers replace the built-in ones of the same name, in any case", () => {
  assert.deepEqual(
    block('name = "openrouter"\nheaders = { "x-title" = "mine", "HTTP-Referer" = "r" }').headers,
    {
      "x-title": "mine",
      "HTTP-Referer": "r",
    },
  );
  assert.deepEqual(block('name = "openrouter"').headers, { "X-Title": "terraphim-llm-proxy" });
});

test("a base URL is shown without its query", () => {
  const provider = block('name = "mine"\napi_base_url = "https://h.example/v1?key=secret"');
  assert.equal(provider.baseUrl, "https://h.example/v1");
  assert.equal(provider.endpoints["openai-chat"], "https://h.example/v1/chat/completions?key=secret");
});

test("a reserve is kept for think, or for the routes and rules that are named", () => {
  const reserve = (keys: string, more = "") =>
    good(`[[providers]]\nname = "groq"\napi_key = "k"\n${keys}\n${more}`).providers.get("groq")!.reserve;
  assert.equal(reserve(""), undefined);
  assert.deepEqual(reserve("reserve = 0.1"), { share: 0.1, routes: ["think"] });
  const rule = '[[router.rules]]\nname = "rust"\nwhen = { any = "x" }\nroute = "think"\n';
  assert.deepEqual(reserve('reserve = 0.2\nreserve_for = ["build", "rust"]', rule), {
    share: 0.2,
    routes: ["build", "rust"],
  });
  assert.deepEqual(reserve('reserve = 0.1\nreserve_for = " Build"'), { share: 0.1, routes: ["build"] });
  const block = '[[providers]]\nname = "groq"\napi_key = "k"\n';
  assert.match(onlyProblem(`${block}reserve_for = "think"\n`).message, /needs reserve/);
  assert.equal(onlyProblem(`${block}reserve = 0.1\nreserve_for = "thnik"\n`).nearest, "think");
});

test("a key that goes over http to a public host is a warning", () => {
  const said = (url: string, key = 'api_key = "k"') =>
    warnings(good(`[[providers]]\nname = "mine"\napi_base_url = "${url}"\n${key}\n`)).join("\n");
  assert.match(said("http://llm.example/v1"), /over http, which others can read: use https/);
  assert.match(said("HTTP://8.8.8.8/v1"), /over http/);
  assert.match(said("http://llm.example/v1", 'headers = { "X-Api-Key" = "k" }'), /over http/);
  for (
    const url of [
      "https://llm.example/v1",
      "http://127.0.0.1:1/v1",
      "http://10.1.2.3/v1",
      "http://box.lan/v1",
    ]
  ) {
    assert.doesNotMatch(said(url), /over http/, url);
  }
});
