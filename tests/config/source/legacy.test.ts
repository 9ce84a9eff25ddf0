import assert from "node:assert/strict";
import { test } from "node:test";
import { bad, good, onlyProblem, warnings } from "../support.ts";

// A file as the Rust predecessor took it, with every section it knew.
const OLD = `
[proxy]
host = "127.0.0.1"
port = 3456
api_key = "$PROXY_API_KEY"
timeout_ms = 3000000
log_level = "trace"

[router]
default = "zai,glm-4.7"
background = "kimi:kimi-for-coding"
think = "minimax,MiniMax-M2.5"
plan_implementation = "groq,llama-3.3-70b-versatile"
long_context = "openrouter,google/gemini-2.5-flash"
long_context_threshold = 12000
web_search = "openrouter,perplexity/sonar"
image = "openrouter,anthropic/claude-sonnet-4.5"
strategy = "FillFirst"
fast_reasoning = "groq,llama-3.1-70b-versatile"
code = "groq,llama-3.1-70b-versatile"
taxonomy_path = "docs/taxonomy"

[[router.model_mappings]]
from = "claude-3-5-sonnet-*"
to = "zai,glm-4.7"
bidirectional = true
background = "groq,llama-3.3-70b-versatile"

[[router.model_exclusions]]
provider = "openrouter"
patterns = ["*-preview", "*-beta"]

[[router.pattern_rules]]
patterns = ["fast", "urgent"]
route = "groq,llama-3.3-70b-versatile"
priority = 90

[security.rate_limiting]
enabled = true
requests_per_minute = 60
concurrent_requests = 10

[security.ssrf_protection]
enabled = true
allow_localhost = false
allow_private_ips = false

[oauth]
storage_backend = "file"

[oauth.claude]
enabled = false
callback_port = 9999

[management]
enabled = false
secret_key = "$MANAGEMENT_SECRET"
allow_remote = false

[management.logging]
level = "info"
max_entries = 1000

[webhooks]
enabled = false
url = ""
secret = ""
events = ["circuit_breaker"]
retry_count = 3
timeout_seconds = 5

[[pricing]]
provider = "deepseek"
model = "deepseek-chat"
input_cost_per_1k_tokens = 0.00014
output_cost_per_1k_tokens = 0.00028
currency = "USD"

[[providers]]
name = "zai"
api_base_url = "https://api.z.ai/api/coding/paas/v4"
api_key = "$ZAI_API_KEY"
models = ["glm-4.7"]
transformers = ["openai"]

[[providers]]
name = "minimax"
api_base_url = "https://api.minimax.io/anthropic"
api_key = "$MINIMAX_API_KEY"
models = ["MiniMax-M2.5"]
transformers = ["anthropic"]

[[providers]]
name = "kimi"
api_base_url = "https://api.kimi.com/coding"
api_key = "\${KIMI_API_KEY}"
models = ["kimi-for-coding"]

[[providers]]
name = "local"
api_base_url = "http://127.0.0.1:11434/v1"
api_key = "ollama"
models = ["llama3.1"]
transformers = ["deepseek", "tooluse"]
`;
const KEYS = {
  PROXY_API_KEY: "p",
  ZAI_API_KEY: "z",
  MINIMAX_API_KEY: "m",
  KIMI_API_KEY: "k",
  GROQ_API_KEY: "g",
  OPENROUTER_API_KEY: "o",
};

test("a file of the predecessor loads unchanged, and does what its keys say", () => {
  const config = good(OLD, KEYS);
  assert.deepEqual(config.router.routes.background, [{ provider: "kimi", model: "kimi-for-coding" }]);
  assert.deepEqual(config.router.routes.build, [{ provider: "groq", model: "llama-3.1-70b-versatile" }]);
  assert.equal(config.router.strategy, "fill_first");
  assert.equal(config.router.longContextThreshold, 12000);
  assert.equal(config.router.mappings[0]!.bidirectional, true);
  assert.equal(config.proxy.requestsPerMinute, 60);
  assert.equal(config.proxy.maxConcurrent, 10);
  assert.equal(config.proxy.timeouts.total, 3000000);
  assert.equal(config.log.level, "debug");
  assert.deepEqual(config.prices, [{
    provider: "deepseek",
    model: "deepseek-chat",
    input: 0.14,
    output: 0.28,
  }]);
  assert.deepEqual(config.providers.get("minimax")!.dialects, ["anthropic-messages"]);
  assert.equal(
    config.providers.get("zai")!.endpoints["openai-chat"],
    "https://api.z.ai/api/coding/paas/v4/chat/completions",
  );
  assert.equal(config.providers.get("local")!.catalogId, "ollama");
});

test("each old key gets one warning, with its line and what to use instead", () => {
  const warned = good(OLD, KEYS).warnings.map(({ line, key, message }) => `${line} ${key} ${message}`);
  const expected = [
    /^7 proxy\.log_level is read as level in \[log\]/,
    /^19 router\.fast_reasoning has no effect: .*\[\[router\.rules\]\]/,
    /^20 router\.code is read as build/,
    /^21 router\.taxonomy_path has no effect/,
    /^27 router\.model_mappings\[0\]\.background has no effect .*move it to \[router\]/,
    /^33 router\.pattern_rules has no effect: write \[\[router\.rules\]\]/,
    /^38 security\.rate_limiting is read as requests_per_minute and max_concurrent in \[proxy\]/,
    /^43 security\.ssrf_protection has no effect: only configured/,
    /^48 oauth has no effect: .*passthrough/,
    /^55 management has no effect: \/health/,
    /^64 webhooks has no effect/,
    /^72 pricing is read as \[\[prices\]\]/,
    /^84 providers\[\]\.transformers has no effect: .*\(also on line 104\)/,
    /^91 providers\[1\]\.transformers is read as dialects/,
  ];
  expected.forEach((pattern) =>
    assert.equal(warned.filter((line) => pattern.test(line)).length, 1, String(pattern))
  );
  assert.equal(warned.length, expected.length, warned.join("\n"));
});

test("current keys override old ones for the same thing", () => {
  const config = good(
    "[proxy]\nrequests_per_minute = 5\n[security.rate_limiting]\nrequests_per_minute = 60\n",
  );
  assert.equal(config.proxy.requestsPerMinute, 5);
  assert.match(warnings(config)[0]!, /has no effect/);
  assert.equal(good('[log]\nlevel = "warn"\n[management.logging]\nlevel = "debug"\n').log.level, "warn");
});

test("a rate limit that is switched off sets no limit and gives no warning", () => {
  const config = good(
    "[security.rate_limiting]\nenabled = false\nrequests_per_minute = 60\nconcurrent_requests = 1\n",
  );
  assert.equal(config.proxy.requestsPerMinute, undefined);
  assert.deepEqual(warnings(config), []);
});

test("a mistake in an old key is reported at the line of the old key", () => {
  const price = bad(
    '[[pricing]]\nprovider = "opnrouter"\nmodel = "m"\ninput_cost_per_1k_tokens = 1\noutput_cost_per_1k_tokens = 1\n',
  )[0]!;
  assert.equal(price.key, "pricing[0].provider");
  assert.equal(price.line, 2);
  const build = onlyProblem('[router]\ncode = "nobody,m"\n');
  assert.deepEqual([build.key, build.line], ["router.code", 2]);
});

test("keys that the predecessor did not know are errors", () => {
  assert.equal(onlyProblem('[router]\nthinking = "groq,a"\n').nearest, "think");
  assert.equal(onlyProblem("[router]\nmodel_mapping = []\n").nearest, "model_mappings");
});

test("a transformer with settings, a list of its name and a table, is read by its name", () => {
  const source = `
[[providers]]
name = "openrouter"
transformers = ["openrouter", ["maxtoken", { max_tokens = 16384 }]]
`;
  assert.equal(
    warnings(good(source, { OPENROUTER_API_KEY: "k" })).filter((one) => one.includes("has no effect")).length,
    1,
  );
});
