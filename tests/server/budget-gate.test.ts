/** A spent budget that refuses: what clients read, and that it is logged and kept. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { json } from "../support/provider.ts";
import { PATHS, request, written } from "../support/speech.ts";
import { proxyWith, type ProxyWorld } from "../support/world.ts";

const ANSWER = {
  ...written("openai-chat", "hi") as object,
  usage: { prompt_tokens: 1000, completion_tokens: 1000, total_tokens: 2000 },
};

/** Spends all there is. */
const spend = async (world: ProxyWorld) => await (await world.ask("openai-chat")).json();

/** A proxy whose budget one answer spends. */
const spending = () =>
  proxyWith({ groq: json(ANSWER) }, {
    router: 'default = "groq,llama-3.1-8b-instant"',
    toml: '[[budgets]]\nname = "daily"\nlimit = 0.00001\nperiod = "day"\nthen = "refuse"',
  });

test("a spent budget's refusal is in the log, in the ledger and in what follows from it", async () => {
  await using world = await spending();
  await spend(world);
  const response = await world.ask("openai-chat");
  const { error } = await response.json();
  assert.deepEqual([response.status, error.code, error.type], [429, "budget_exceeded", "insufficient_quota"]);
  assert.match(error.message, /^terraphim-llm-proxy: budget "daily".* resets at /);
  assert.equal(response.headers.get("x-should-retry"), "false");
  assert.ok(Number(response.headers.get("retry-after")) > 0);
  const [, end] = world.records;
  assert.deepEqual([end?.failure, end?.status, end?.provider, end?.route], [
    "budget_exceeded",
    429,
    undefined,
    "default",
  ]);
  assert.ok(world.log.some(({ message }) => /429 budget_exceeded/.test(message)));
  assert.equal(world.groq.arrived.length, 1);
});

test("Codex gets a spent budget as a used-up limit with its reset, and nothing to wait for", async () => {
  await using world = await spending();
  await spend(world);
  const response = await world.post(PATHS["openai-responses"], request("openai-responses", true), {
    originator: "codex_exec",
  });
  const { error } = await response.json();
  assert.equal(error.type, "usage_limit_reached");
  assert.ok(error.resets_at > Date.now() / 1000);
  assert.equal(response.headers.get("retry-after"), null);
  assert.match(response.headers.get("x-codex-promo-message") ?? "", /budget "daily"/);
});

test("a refusal of the key names no header at which a client shows a text of its own", async () => {
  await using world = await proxyWith({}, {
    router: 'default = "ollama,m"',
    toml: '[proxy]\napi_key = "right-key"',
  });
  const response = await world.post(PATHS["anthropic-messages"], request("anthropic-messages", false), {
    "x-api-key": "wrong",
  });
  const { error } = await response.json();
  assert.equal(response.status, 401);
  assert.match(error.message, /the key is not one of this proxy's/);
  assert.doesNotMatch(error.message, /x-api-key/i);
});

test("a refusal has the budget in its warning header, too", async () => {
  await using world = await spending();
  await spend(world);
  const response = await world.ask("openai-chat");
  const { error } = await response.json();
  assert.equal(response.status, 429);
  assert.equal(`terraphim-llm-proxy: ${response.headers.get("x-budget-warning")}`, error.message);
});
