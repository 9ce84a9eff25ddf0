import assert from "node:assert/strict";
import { test } from "node:test";
import { BUILTIN_PROVIDERS } from "../../../src/catalog/data/providers.ts";
import type { Provider } from "../../../src/config/config.ts";
import { builtinEndpoints, customEndpoints, movedEndpoints } from "../../../src/config/build/endpoints.ts";
import { dialects } from "../../../src/dialects/registry.ts";
import { good, onlyProblem } from "../support.ts";
import fc from "fast-check";

/** One block, as it is resolved. */
function block(lines: string, env: Record<string, string> = { KEY: "k" }): Provider {
  const config = good(`[[providers]]\n${lines}\n`, env);
  return [...config.providers.values()][0]!;
}

test("base URLs work with and without /v1, with the endpoint at their end, and for mirrors", () => {
  const chat = "openai-chat", messages = "anthropic-messages", responses = "openai-responses";
  const cases: [
    name: string,
    url: string,
    dialect: "openai-chat" | "anthropic-messages" | "openai-responses",
    endpoint: string,
  ][] = [
    ["mine", "http://h:4000", chat, "http://h:4000/v1/chat/completions"],
    ["mine", "http://h:4000/v1/", chat, "http://h:4000/v1/chat/completions"],
    ["mine", "https://h.example/api/paas/v4", chat, "https://h.example/api/paas/v4/chat/completions"],
    ["mine", "https://h.example/chat/completions", chat, "https://h.example/chat/completions"],
    ["mine", "https://h.example/v1/messages", messages, "https://h.example/v1/messages"],
    ["mine", "https://h.example/v1/responses", responses, "https://h.example/v1/responses"],
    ["mine", "https://h.example/anthropic", messages, "https://h.example/anthropic/v1/messages"],
    ["mine", "https://h.example/v1?version=2", chat, "https://h.example/v1/chat/completions?version=2"],
    ["mine", "https://h.example/v1/models", chat, "https://h.example/v1/chat/completions"],
    ["mine", "https://h.example/v1/openai", chat, "https://h.example/v1/openai/chat/completions"],
    ["mine", "https://h.example/v3/openai/", chat, "https://h.example/v3/openai/chat/completions"],
    ["mine", "https://h.example/v1beta/openai", chat, "https://h.example/v1beta/openai/chat/completions"],
    [
      "mine",
      "https://h.example/v1/ACC/GW/compat",
      chat,
      "https://h.example/v1/ACC/GW/compat/chat/completions",
    ],
    [
      "mine",
      "https://h.example/v1/projects/p/locations/l/endpoints/openapi",
      chat,
      "https://h.example/v1/projects/p/locations/l/endpoints/openapi/chat/completions",
    ],
    ["mine", "https://h.example/inference", chat, "https://h.example/inference/chat/completions"],
    [
      "mine",
      "https://h.example/serving-endpoints",
      chat,
      "https://h.example/serving-endpoints/chat/completions",
    ],
    ["mine", "https://h.example/v1/chat", chat, "https://h.example/v1/chat/completions"],
    ["mine", "https://h.example/v1/chat/", chat, "https://h.example/v1/chat/completions"],
    ["mine", "https://h.example/v2/anthropic", messages, "https://h.example/v2/anthropic/messages"],
    [
      "mine",
      "https://h.example/openai/v1?api-version=preview",
      chat,
      "https://h.example/openai/v1/chat/completions?api-version=preview",
    ],
    [
      "groq",
      "https://api.groq.com/openai/v1/chat/completions",
      chat,
      "https://api.groq.com/openai/v1/chat/completions",
    ],
    ["groq", "http://127.0.0.1:9", responses, "http://127.0.0.1:9/v1/responses"],
    [
      "openrouter",
      "https://openrouter.ai/api/v1/chat/completions",
      messages,
      "https://openrouter.ai/api/v1/messages",
    ],
    ["openrouter", "https://openrouter.ai", chat, "https://openrouter.ai/api/v1/chat/completions"],
    ["openrouter", "http://127.0.0.1:9/v1", messages, "http://127.0.0.1:9/v1/messages"],
    [
      "openrouter",
      "https://mirror.example/or/api/v1",
      responses,
      "https://mirror.example/or/api/v1/responses",
    ],
    ["anthropic", "https://api.anthropic.com", messages, "https://api.anthropic.com/v1/messages"],
    ["anthropic", "http://127.0.0.1:9/v1", messages, "http://127.0.0.1:9/v1/messages"],
    ["ollama", "http://localhost:11434/v1/chat/completions", messages, "http://localhost:11434/v1/messages"],
    ["deepseek", "https://api.deepseek.com/v1", chat, "https://api.deepseek.com/v1/chat/completions"],
    [
      "deepseek",
      "https://api.deepseek.com/chat/completions",
      messages,
      "https://api.deepseek.com/anthropic/v1/messages",
    ],
    ["deepseek", "http://127.0.0.1:9/v1", messages, "http://127.0.0.1:9/anthropic/v1/messages"],
    [
      "google",
      "https://generativelanguage.googleapis.com/v1beta",
      chat,
      "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions",
    ],
    [
      "google",
      "https://generativelanguage.googleapis.com/v1beta/models/",
      chat,
      "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions",
    ],
    [
      "zai",
      "https://api.z.ai/api/coding/paas/v4",
      chat,
      "https://api.z.ai/api/coding/paas/v4/chat/completions",
    ],
    ["zai", "https://api.z.ai/api/coding/paas/v4", messages, "https://api.z.ai/api/anthropic/v1/messages"],
    ["minimax", "https://api.minimax.io/anthropic", messages, "https://api.minimax.io/anthropic/v1/messages"],
    ["minimax", "https://api.minimax.io/anthropic", chat, "https://api.minimax.io/v1/chat/completions"],
    ["kimi", "https://api.kimi.com/coding/", messages, "https://api.kimi.com/coding/v1/messages"],
  ];
  for (const [name, url, dialect, endpoint] of cases) {
    const provider = block(`name = "${name}"\napi_base_url = "${url}"\napi_key = "$KEY"`);
    assert.equal(provider.endpoints[dialect], endpoint, `${name} ${url}`);
    assert.deepEqual(Object.keys(provider.endpoints).sort(), [...provider.dialects].sort());
  }
});

test("the dialect that a URL speaks of comes first", () => {
  assert.equal(
    block('name = "minimax"\napi_base_url = "https://api.minimax.io/v1"\napi_key = "$KEY"').dialects[0],
    "openai-chat",
  );
  assert.equal(
    block('name = "zai"\napi_base_url = "https://api.z.ai/api/anthropic"\napi_key = "$KEY"').dialects[0],
    "anthropic-messages",
  );
});

test("a provider under another name is known by its address", () => {
  const second = block('name = "second"\napi_base_url = "https://openrouter.ai/api/v1"\napi_key = "$KEY"');
  assert.equal(second.catalogId, "openrouter");
  assert.equal(second.dialects.length, 3);
  assert.equal(second.problem, undefined);
  const local = block('name = "local"\napi_base_url = "http://127.0.0.1:11434/v1"\napi_key = "ollama"');
  assert.equal(local.local, true);
});

test("the built-in variable is not used for another name at the same address", () => {
  assert.deepEqual(
    block('name = "second"\napi_base_url = "https://openrouter.ai/api/v1"', { OPENROUTER_API_KEY: "k" })
      .apiKeys,
    [],
  );
});

test("dialects can be chosen, and unknown ones are reported", () => {
  const provider = block(
    'name = "mine"\napi_base_url = "http://h:1"\ndialects = ["openai-responses", "openai-chat"]',
  );
  assert.deepEqual(provider.dialects, ["openai-responses", "openai-chat"]);
  assert.equal(provider.endpoints["openai-responses"], "http://h:1/v1/responses");
  assert.deepEqual(block('name = "groq"\napi_key = "$KEY"\ndialects = "openai-chat"').dialects, [
    "openai-chat",
  ]);
  const problem = onlyProblem(
    '[[providers]]\nname = "groq"\napi_key = "k"\ndialects = ["openai-chat", "anthropic-mesages"]\n',
  );
  assert.equal(problem.nearest, "anthropic-messages");
  assert.equal(problem.key, "providers[0].dialects[1]");
});

test("a path without a version stays, except for dialects whose clients add the version", () => {
  const { endpoints } = block(
    'name = "mine"\napi_base_url = "https://h.example/ai"\n' +
      'dialects = ["openai-chat", "openai-responses", "anthropic-messages"]',
  );
  assert.deepEqual(endpoints, {
    "openai-chat": "https://h.example/ai/chat/completions",
    "openai-responses": "https://h.example/ai/responses",
    "anthropic-messages": "https://h.example/ai/v1/messages",
  });
});

test("count_tokens is where the provider has it", () => {
  assert.equal(
    good("").providers.get("anthropic")!.countTokensUrl,
    "https://api.anthropic.com/v1/messages/count_tokens",
  );
  assert.equal(good("").providers.get("groq")!.countTokensUrl, undefined);
  assert.equal(
    block('name = "anthropic"\napi_base_url = "http://127.0.0.1:9"').countTokensUrl,
    "http://127.0.0.1:9/v1/messages/count_tokens",
  );
  assert.equal(block('name = "anthropic"\ncount_tokens = false\napi_key = "k"').countTokensUrl, undefined);
  assert.equal(
    block('name = "zai"\ncount_tokens = true\napi_key = "k"').countTokensUrl,
    "https://api.z.ai/api/anthropic/v1/messages/count_tokens",
  );
  assert.match(
    onlyProblem('[[providers]]\nname = "groq"\napi_key = "k"\ncount_tokens = true\n').message,
    /anthropic-messages/,
  );
});

test("an endpoint's full URL as the base URL leads to that endpoint again", () => {
  const segment = fc.constantFrom("api", "openai", "v1", "v4", "paas", "anthropic", "x");
  fc.assert(
    fc.property(
      fc.array(segment, { maxLength: 4 }),
      fc.constantFrom(...Object.keys(dialects)),
      fc.boolean(),
      (path, dialect, slash) => {
        const base = `https://h.example${path.map((one) => `/${one}`).join("")}${slash ? "/" : ""}`;
        const url = customEndpoints(base, [dialect]).urls[dialect]!;
        assert.equal(customEndpoints(url, [dialect]).urls[dialect], url);
        assert.ok(!url.slice(8).includes("//"), url);
      },
    ),
  );
});

test("a built-in provider's own addresses, in each of their spellings, change nothing", () => {
  for (const builtin of BUILTIN_PROVIDERS) {
    const { urls } = builtinEndpoints(builtin);
    for (const url of Object.values(urls)) {
      const folder = url.replace(/\/(chat\/completions|messages|responses)$/, "");
      for (const spelling of [url, folder, `${folder}/`, builtin.root]) {
        assert.deepEqual(movedEndpoints(builtin, spelling).urls, urls, spelling);
      }
    }
  }
});
