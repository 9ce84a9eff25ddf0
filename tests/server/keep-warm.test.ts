import assert from "node:assert/strict";
import { test } from "node:test";
import { changeClientKeys, newKey } from "../../src/config/client-keys.ts";
import type { Later } from "../../src/server/keep-warm.ts";
import { anthropicCache, type CachingProvider } from "../support/prefix-cache.ts";
import { testClock } from "../support/proxy.ts";
import { tempFolder } from "../support/disposable.ts";
import { proxyWith, type ProxyWorld, type WorldSetting } from "../support/world.ts";

const LONG = "The agent works in a repository, reads before it edits, and explains what it did. ".repeat(200);
const MARK = { cache_control: { type: "ephemeral" } };

/** Timers that a test fires. */
class Timers {
  readonly all: { readonly ms: number; readonly call: () => void; cancelled: boolean }[] = [];
  #waiting: (() => void)[] = [];

  readonly later: Later = (ms, call) => {
    const one = { ms, call, cancelled: false };
    this.all.push(one);
    for (const look of this.#waiting.splice(0)) look();
    return () => void (one.cancelled = true);
  };

  /** Resolves when so many were set. */
  async set(count: number): Promise<void> {
    while (this.all.length < count) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
  }
}

/** A proxy that knows a caching provider, and whose timers the test fires. */
const warming = (
  provider: CachingProvider,
  { router = "keep_warm = 2", model = "claude-opus-4-8", timers, ...more }:
    & WorldSetting
    & {
      readonly model?: string;
      readonly timers: Timers;
    },
) =>
  proxyWith({ anthropic: { url: provider.url } }, {
    dialect: "anthropic-messages",
    router: `default = "anthropic,${model}"\n${router}`,
    later: timers.later,
    ...more,
  });

async function ask(
  world: ProxyWorld,
  words: string,
  more: object = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const response = await world.post("/v1/messages", {
    model: "claude-opus-4-8",
    max_tokens: 32000,
    system: [{ type: "text", text: LONG, ...MARK }],
    tools: [{ name: "Read", description: LONG, input_schema: { type: "object", properties: {} } }],
    messages: [{ role: "user", content: [{ type: "text", text: words, ...MARK }] }],
    ...more,
  }, { "x-claude-code-session-id": "s1", "user-agent": "claude-cli/2.1.330 (external, cli)", ...headers });
  assert.equal(response.status, 200);
  await response.text();
}

test("a silent session's request goes out again for one token, no more often than the file says", async () => {
  await using provider = await anthropicCache(0);
  const timers = new Timers();
  const clock = testClock();
  await using world = await warming(provider, { timers, clock });
  await ask(world, "hello");
  for (const round of [1, 2]) {
    await timers.set(round);
    assert.equal(timers.all[round - 1]!.ms, 270_000);
    clock.advance(270_000);
    timers.all[round - 1]!.call();
    await provider.arrives(round + 1);
    const { json } = provider.arrived[round]!;
    const first = provider.arrived[0]!.json;
    assert.deepEqual([json.max_tokens, json.stream], [1, false]);
    assert.deepEqual([json.system, json.tools, json.messages], [first.system, first.tools, first.messages]);
  }
  assert.ok(provider.counts.read > 0.6 * provider.counts.input, "both were read from the cache");
  await ask(world, "hello again");
  assert.equal(timers.all.length, 3, "only the client's request began again");
  const metrics = await (await fetch(world.url + "/metrics")).text();
  assert.match(metrics, /terraphim_requests_total\{[^}]*route="keep_warm"[^}]*\} 2/);
  assert.equal(world.log.filter(({ message }) => message.startsWith("keeps the cache of")).length, 2);
});

test("the session's next request takes the place of the one that was kept", async () => {
  await using provider = await anthropicCache(0);
  const timers = new Timers();
  await using world = await warming(provider, { timers });
  await ask(world, "one");
  await ask(world, "two");
  await timers.set(2);
  assert.deepEqual(timers.all.map(({ cancelled }) => cancelled), [true, false]);
});

test("nothing is held and no timer is set where it is off, and where nothing would be saved", async () => {
  await using provider = await anthropicCache(0);
  const timers = new Timers();
  await using off = await warming(provider, { timers, router: "" });
  await ask(off, "hello");
  await using on = await warming(provider, { timers });
  await ask(on, "short", { system: "short", tools: [] });
  await ask(on, "thinks", { thinking: { type: "enabled", budget_tokens: 4000 } });
  await using unknown = await warming(provider, { timers, model: "some-model" });
  await ask(unknown, "hello");
  assert.equal(timers.all.filter(({ cancelled }) => !cancelled).length, 0);
});

test("a spent budget and a stop of the proxy end it", async () => {
  await using provider = await anthropicCache(0);
  const timers = new Timers();
  const budget = '[[budgets]]\nname = "all"\nlimit = 0.000001\nthen = "default"\n';
  {
    await using spent = await warming(provider, { timers, toml: budget });
    await ask(spent, "hello");
    await timers.set(1);
    timers.all[0]!.call();
  }
  assert.equal(provider.arrived.length, 1);

  await using world = await warming(provider, { timers });
  await ask(world, "hello");
  await timers.set(2);
  await world.server.stop(0);
  assert.equal(timers.all[1]!.cancelled, true);
});

test("a spent budget of the key's team ends it", async () => {
  using folder = tempFolder();
  const { key, secret } = newKey();
  changeClientKeys(folder.at("keys.json"), () => [
    { name: "alice", team: "web", role: "client", created: 0, secrets: [secret] },
  ]);
  await using provider = await anthropicCache(0);
  const timers = new Timers();
  const budget = '[[budgets]]\nname = "web"\nteam = "web"\nlimit = 0.000001\nthen = "default"\n';
  await using world = await warming(provider, { timers, toml: budget, dataFolder: folder.path });
  await ask(world, "hello", {}, { "x-proxy-key": key });
  await timers.set(1);
  timers.all[0]!.call();
  assert.deepEqual(world.log.filter(({ message }) => message.startsWith("keeps the cache of")), []);
});
