import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { changeClientKeys, newKey } from "../../src/config/client-keys.ts";
import type { Later } from "../../src/server/keep-warm.ts";
import { anthropicCache, type CachingProvider } from "../support/prefix-cache.ts";
import { startProxy, testClock, type TestProxy } from "../support/proxy.ts";

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

const configuration = ({ url }: CachingProvider, router: string, more = "") => `
[router]
default = "anthropic,claude-opus-4-8"
${router}
[[providers]]
name = "anthropic"
api_base_url = "${url}/v1"
api_key = "k"
dialects = ["anthropic-messages"]
${more}
`;

async function ask(
  proxy: TestProxy,
  words: string,
  more: object = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const response = await proxy.post("/v1/messages", {
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
  await using proxy = startProxy(configuration(provider, "keep_warm = 2"), { later: timers.later, clock });
  await ask(proxy, "hello");
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
  await ask(proxy, "hello again");
  assert.equal(timers.all.length, 3, "only the client's request began again");
  const metrics = await (await fetch(proxy.url + "/metrics")).text();
  assert.match(metrics, /terraphim_requests_total\{[^}]*route="keep_warm"[^}]*\} 2/);
  assert.equal(proxy.log.filter(({ message }) => message.startsWith("keeps the cache of")).length, 2);
});

test("the session's next request takes the place of the one that was kept", async () => {
  await using provider = await anthropicCache(0);
  const timers = new Timers();
  await using proxy = startProxy(configuration(provider, "keep_warm = 2"), { later: timers.later });
  await ask(proxy, "one");
  await ask(proxy, "two");
  await timers.set(2);
  assert.deepEqual(timers.all.map(({ cancelled }) => cancelled), [true, false]);
});

test("nothing is held and no timer is set where it is off, and where nothing would be saved", async () => {
  await using provider = await anthropicCache(0);
  const timers = new Timers();
  await using off = startProxy(configuration(provider, ""), { later: timers.later });
  await ask(off, "hello");
  await using on = startProxy(configuration(provider, "keep_warm = 2"), { later: timers.later });
  await ask(on, "short", { system: "short", tools: [] });
  await ask(on, "thinks", { thinking: { type: "enabled", budget_tokens: 4000 } });
  const other = configuration(provider, "keep_warm = 2").replace("claude-opus-4-8", "some-model");
  await using unknown = startProxy(other, { later: timers.later });
  await ask(unknown, "hello");
  assert.equal(timers.all.filter(({ cancelled }) => !cancelled).length, 0);
});

test("a spent budget and a stop of the proxy end it", async () => {
  await using provider = await anthropicCache(0);
  const timers = new Timers();
  const budget = '[[budgets]]\nname = "all"\nlimit = 0.000001\nthen = "default"\n';
  const spent = startProxy(configuration(provider, "keep_warm = 2", budget), { later: timers.later });
  await ask(spent, "hello");
  await timers.set(1);
  timers.all[0]!.call();
  await spent.close();
  assert.equal(provider.arrived.length, 1);

  const proxy = startProxy(configuration(provider, "keep_warm = 2"), { later: timers.later });
  await ask(proxy, "hello");
  await timers.set(2);
  await proxy.server.stop(0);
  assert.equal(timers.all[1]!.cancelled, true);
  await proxy.close();
});

test("a spent budget of the key's team ends it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "keep-warm-"));
  try {
    const { key, secret } = newKey();
    changeClientKeys(join(folder, "keys.json"), () => [
      { name: "alice", team: "web", role: "client", created: 0, secrets: [secret] },
    ]);
    await using provider = await anthropicCache(0);
    const timers = new Timers();
    const budget = '[[budgets]]\nname = "web"\nteam = "web"\nlimit = 0.000001\nthen = "default"\n';
    await using proxy = startProxy(configuration(provider, "keep_warm = 2", budget), {
      later: timers.later,
      dataFolder: folder,
    });
    await ask(proxy, "hello", {}, { "x-proxy-key": key });
    await timers.set(1);
    timers.all[0]!.call();
    assert.deepEqual(proxy.log.filter(({ message }) => message.startsWith("keeps the cache of")), []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
