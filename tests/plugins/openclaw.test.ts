/** The OpenClaw plugin with a real proxy: what it registers does what OpenClaw's interface expects. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import plugin, { type Host, summaryOf } from "../../plugins/openclaw/index.ts";
import { json } from "../support/provider.ts";
import { proxyWith } from "../support/world.ts";
import { written } from "../support/speech.ts";

const ANSWER = {
  ...written("openai-chat", "hi") as object,
  usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
};

interface Provider {
  readonly id: string;
  readonly catalog: { run(context: unknown): Promise<{ provider: Entry }> };
  resolveSyntheticAuth(): { readonly apiKey: string };
  fetchUsageSnapshot(context: { token: string }): Promise<{ windows: unknown[]; summary: string }>;
}
interface Entry {
  readonly baseUrl: string;
  readonly api: string;
  readonly apiKey: string;
  readonly models: readonly { readonly id: string; readonly contextWindow: number }[];
}
interface Command {
  readonly name: string;
  handler(context: unknown): Promise<{ readonly text: string }>;
}
type Heartbeat = (event: unknown, run: { modelProviderId?: string }) => unknown;

/** What OpenClaw would have after it loaded the plugin. */
function load(pluginConfig: Host["pluginConfig"]) {
  const found: { provider?: Provider; command?: Command; heartbeat?: Heartbeat } = {};
  plugin.register({
    ...(pluginConfig === undefined ? {} : { pluginConfig }),
    registerProvider: (provider) => void (found.provider = provider as unknown as Provider),
    registerCommand: (command) => void (found.command = command as unknown as Command),
    on: (_, handler) => void (found.heartbeat = handler),
  });
  return found as Required<typeof found>;
}

const withKey = (apiKey: string) => ({ resolveProviderApiKey: () => ({ apiKey, discoveryApiKey: apiKey }) });

const priced = (proxy: string) =>
  proxyWith({ groq: json(ANSWER) }, {
    proxy,
    router: 'default = "groq,small"\nthink = "groq,big"',
    toml: [["big", 100], ["small", 10]].map(([model, dollars]) =>
      `[[prices]]\nprovider = "groq"\nmodel = "${model}"\ninput = ${dollars}\noutput = ${dollars}\n`
    ).join(""),
  });

const KEY = 'api_key = "the-key-of-the-proxy"';
const key = "the-key-of-the-proxy";
const SESSION = { sessionId: "0d9f3c1e", sessionKey: "agent:main:main" };

describe("the provider", () => {
  test("has the proxy's names as its models", async () => {
    await using world = await priced(KEY);
    const { provider } = load({ url: `${world.url}/v1/` });
    const { provider: entry } = await provider.catalog.run(withKey(key));
    assert.equal(entry.baseUrl, `${world.url}/v1`);
    assert.equal(entry.api, "openai-completions");
    assert.deepEqual(entry.models.map(({ id }) => id), [
      "auto",
      "think",
      "default",
      "groq,big",
      "groq,small",
    ]);
  });

  test("offers auto and the routes while the proxy does not answer", async () => {
    const { provider } = load({
      url: "http://127.0.0.1:9",
      api: "anthropic-messages",
      contextWindow: 64_000,
    });
    const { provider: entry } = await provider.catalog.run(withKey(key));
    assert.equal(entry.baseUrl, "http://127.0.0.1:9", "Anthropic's adapter adds /v1 itself");
    assert.ok(entry.models.some(({ id, contextWindow }) => id === "auto" && contextWindow === 64_000));
  });

  test("needs no key where the proxy has none", async () => {
    await using world = await priced("");
    const { provider } = load({ url: world.url });
    const { provider: entry } = await provider.catalog.run({ resolveProviderApiKey: () => ({}) });
    assert.equal(entry.apiKey, "terraphim-no-key");
    assert.ok(entry.models.some(({ id }) => id === "think"));
  });
});

test("/status shows what was saved and spent", async () => {
  await using world = await priced(KEY);
  const body = { model: "groq,small", messages: [{ role: "user", content: "hi" }] };
  await (await world.post("/v1/chat/completions", body, { authorization: `Bearer ${key}` })).text();
  await world.ended(1);
  const { provider } = load({ url: world.url });
  const { windows, summary } = await provider.fetchUsageSnapshot({ token: key });
  assert.deepEqual(windows, [], "windows would be shown in the place of the summary");
  // 1,100 tokens at $10, on the baseline at $100 a million.
  assert.equal(summary, "saved $0.0990 (90 %) today, $0.0990 this month · spent $0.0110 today");
});

test("a budget that is the key's is in the summary", () => {
  const budgets = [{ name: "daily", limit_usd: 4, spent_usd: 1 }];
  const me = { spent_usd: { today: 1 }, saved_usd: { today: 0, month: 0 }, budgets };
  assert.match(summaryOf(me), /budget daily 25 % spent$/);
});

describe("/route", () => {
  test("pins the session, shows it, and ends it", async () => {
    await using world = await priced("");
    const { command } = load({ url: world.url });
    const say = async (args: string) => (await command.handler({ ...SESSION, args })).text;
    assert.match(await say(""), /^Each prompt of this session is routed by its content\.\n.*auto, think/);
    assert.equal(await say("think"), "This session goes to think, until /route auto.");
    assert.match(await say(""), /^This session goes to think, until \/route auto\./);
    assert.deepEqual(world.state.pins.list().map(({ session, to }) => [session, to]), [
      [SESSION.sessionId, "think"],
    ]);
    assert.match(await say("auto"), /routed by its content again/);
    assert.deepEqual(world.state.pins.list(), []);
  });

  test("says why a name leads nowhere, and that the proxy is not there", async () => {
    await using world = await priced("");
    const { command } = load({ url: world.url });
    assert.match((await command.handler({ ...SESSION, args: "nowhere" })).text, /nowhere/);
    const gone = load({ url: "http://127.0.0.1:9" }).command;
    assert.match((await gone.handler({ ...SESSION, args: "think" })).text, /does not answer at http/);
  });

  test("says what to do where only an administrator may pin", async () => {
    await using world = await priced(`${KEY}\nadmin_key = "the-administrators-key"`);
    const refused = load({ url: world.url, adminKey: key }).command;
    assert.match((await refused.handler({ ...SESSION, args: "think" })).text, /adminKey/);
    const { command } = load({ url: world.url, adminKey: "the-administrators-key" });
    assert.match((await command.handler({ ...SESSION, args: "think" })).text, /goes to think/);
  });
});

test("heartbeats ask for background, those of other providers are left alone", () => {
  const { heartbeat } = load(undefined);
  assert.deepEqual(heartbeat({}, { modelProviderId: "terraphim" }), { prependContext: "@background" });
  assert.equal(heartbeat({}, { modelProviderId: "anthropic" }), undefined);
});
