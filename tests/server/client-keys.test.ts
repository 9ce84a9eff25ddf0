/** Keys with names: who gets in, with which limits, and what is kept of refusals. Real requests on loopback. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { changeClientKeys, type ClientKey, newKey } from "../../src/config/client-keys.ts";
import { type FakeProvider, fakeProvider, json } from "../support/provider.ts";
import { startProxy, testClock, type TestProxy } from "../support/proxy.ts";
import { PATHS, request } from "../support/speech.ts";

const ANSWER = {
  id: "c1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1000, completion_tokens: 1000, total_tokens: 2000 },
};

interface World {
  readonly proxy: TestProxy;
  readonly provider: FakeProvider;
  readonly clock: ReturnType<typeof testClock>;
  readonly path: string;
  /** Makes a key; returns it. */
  readonly add: (name: string, settings?: Partial<ClientKey>) => string;
  readonly change: (name: string, settings: Partial<ClientKey>) => void;
  readonly ask: (key: string, dialect?: keyof typeof PATHS) => Promise<Response>;
  readonly get: (path: string, key: string) => Promise<Response>;
  /** Asks until an answer has this status. */
  readonly until: (key: string, status: number) => Promise<Response>;
}

interface Setting {
  readonly keys?: Readonly<Record<string, Partial<ClientKey>>>;
  readonly toml?: string;
  readonly proxy?: string;
}

/** A proxy with keys; `work` gets them by name. */
async function withKeys(
  { keys = {}, toml = "", proxy: section = "" }: Setting,
  work: (world: World, keys: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "keys-"));
  const path = join(folder, "keys.json");
  const clock = testClock();
  const add = (name: string, settings: Partial<ClientKey> = {}) => {
    const { key, secret } = newKey();
    const fresh: ClientKey = { name, role: "client", created: clock.now(), secrets: [secret], ...settings };
    changeClientKeys(path, (known) => [...known, fresh]);
    return key;
  };
  const made = Object.fromEntries(
    Object.entries(keys).map(([name, settings]) => [name, add(name, settings)]),
  );
  try {
    await using provider = await fakeProvider(json(ANSWER));
    await using proxy = startProxy(
      `
[proxy]
${section}
[router]
default = "groq,llama-3.1-8b-instant"
think = "groq,big"
[[providers]]
name = "groq"
api_base_url = "${provider.url}/v1"
api_key = "provider-key"
${toml}`,
      { dataFolder: folder, clock },
    );
    const ask: World["ask"] = (key, dialect = "openai-chat") =>
      proxy.post(PATHS[dialect], request(dialect, false), { "x-proxy-key": key });
    await work({
      proxy,
      provider,
      clock,
      path,
      add,
      change: (name, settings) =>
        changeClientKeys(
          path,
          (known) => known.map((one) => one.name === name ? { ...one, ...settings } : one),
        ),
      ask,
      get: (path, key) => fetch(proxy.url + path, { headers: { "x-proxy-key": key } }),
      async until(key, status) {
        for (;;) {
          const response = await ask(key);
          if (response.status === status) return response;
          await response.body?.cancel();
        }
      },
    }, made);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The status of a response, whose body is read to its end. */
async function statusOf(response: Promise<Response>): Promise<number> {
  const { status, body } = await response;
  await body?.cancel();
  return status;
}

test("a key with a name opens the proxy, and its name is in the ledger", () =>
  withKeys({ keys: { alice: { team: "web" } } }, async ({ proxy, ask }, { alice }) => {
    assert.equal(await statusOf(ask(alice!)), 200);
    assert.equal(await statusOf(ask("wrong")), 401);
    const [end] = await proxy.ended(1);
    assert.equal(end?.clientKey, "alice");
    assert.equal((await proxy.context.ledger()!.recent({ limit: 5 }))[0]?.client_key, "alice");
    const report = await proxy.context.ledger()?.report({
      since: 0,
      groups: ["key", "team"],
      teamOf: () => "web",
    });
    assert.deepEqual(Object.keys(report?.by.key ?? {}), ["alice"]);
    assert.deepEqual(Object.keys(report?.by.team ?? {}), ["web"]);
  }));

test("a key that is added, and one that is revoked, takes effect while the proxy runs", () =>
  withKeys({ keys: { alice: {} } }, async ({ add, change, until, proxy }, { alice }) => {
    const bob = add("bob");
    await (await until(bob, 200)).body?.cancel();
    change("alice", { revoked: 1 });
    const { error } = await (await until(alice!, 401)).json();
    assert.match(error.message, /the key "alice" was revoked/);
    assert.equal(error.code, "key_revoked");
    const kept = (await proxy.context.ledger()!.recent({ limit: 100 })).find(({ status }) => status === 401);
    assert.equal(kept?.failure, "key_revoked");
    assert.equal(kept?.client_key, "alice");
  }));

test("a proxy whose last key was revoked is not open", () =>
  withKeys({ keys: { alice: { revoked: 1 } } }, async ({ proxy, ask }) => {
    assert.equal(await statusOf(proxy.post(PATHS["openai-chat"], request("openai-chat", false))), 401);
    assert.equal(await statusOf(ask("wrong")), 401);
  }));

test("a damaged file of keys lets nobody in at the start, and changes nothing while it runs", () =>
  withKeys({ keys: { alice: {} } }, async ({ path, proxy, ask, until, add }, { alice }) => {
    writeFileSync(path, "{");
    while (!proxy.log.some(({ message }) => /keys of before stay in force/.test(message))) {
      assert.equal(await statusOf(ask(alice!)), 200);
    }
    assert.equal(await statusOf(ask(alice!)), 200);
    rmSync(path);
    const bob = add("bob");
    await (await until(bob, 200)).body?.cancel();
    writeFileSync(path, "{");
    await using other = startProxy("", { dataFolder: join(path, "..") });
    assert.equal(await statusOf(fetch(`${other.url}/v1/models`)), 401);
  }));

test("the file of keys is the user's alone, and no key is in it", () =>
  withKeys({ keys: { alice: {} } }, ({ path }, { alice }) => {
    assert.equal(statSync(path).mode & 0o777, process.platform === "win32" ? 0o666 : 0o600);
    const text = readFileSync(path, "utf8");
    assert.ok(!text.includes(alice!.slice(13, 25)));
    return Promise.resolve();
  }));

test("an expired key is refused in each dialect's form", () =>
  withKeys({ keys: { alice: {} } }, async ({ clock, change, ask, until }, { alice }) => {
    change("alice", { expires: clock.now() + 1000 });
    clock.advance(1001);
    await (await until(alice!, 401)).body?.cancel();
    const anthropic = await (await ask(alice!, "anthropic-messages")).json();
    assert.equal(anthropic.error.type, "authentication_error");
    assert.match(anthropic.error.message, /the key "alice" expired at/);
    const chat = await (await ask(alice!, "openai-chat")).json();
    assert.equal(chat.error.code, "key_expired");
    const responses = await (await ask(alice!, "openai-responses")).json();
    assert.equal(responses.error.code, "key_expired");
  }));

test("a key never reaches a provider, wherever it is in the request", () =>
  withKeys({ keys: { alice: {} } }, async ({ proxy, provider }, { alice }) => {
    const response = await proxy.post(`${PATHS["openai-chat"]}?key=${alice}`, request("openai-chat", false), {
      authorization: `Bearer ${alice}`,
      "x-session-id": alice!,
    });
    await response.body?.cancel();
    assert.equal(response.status, 200);
    const [arrived] = provider.arrived;
    assert.ok(!JSON.stringify([arrived?.path, arrived?.headers, arrived?.text]).includes(alice!));
  }));

describe("limits of a key", () => {
  test("more requests a minute than allowed are refused, logged and kept, and no other key waits", () =>
    withKeys({ keys: { alice: { requestsPerMinute: 2 }, bob: {} } }, async ({ ask, proxy, clock }, keys) => {
      assert.equal(await statusOf(ask(keys.alice!)), 200);
      assert.equal(await statusOf(ask(keys.alice!)), 200);
      const refused = await ask(keys.alice!);
      assert.equal(refused.status, 429);
      assert.equal(refused.headers.get("retry-after"), "30");
      assert.match(
        (await refused.json()).error.message,
        /more than 2 requests a minute with the key "alice"/,
      );
      assert.equal(await statusOf(ask(keys.bob!)), 200);
      const kept = (await proxy.context.ledger()!.recent({ limit: 10 })).find(({ status }) => status === 429);
      assert.equal(kept?.client_key, "alice");
      assert.ok(proxy.log.some(({ message }) => /429 rate_limit_exceeded/.test(message)));
      clock.advance(30_000);
      assert.equal(await statusOf(ask(keys.alice!)), 200);
    }));

  test("tokens a minute count when a request is over, and the next one waits", () =>
    withKeys({ keys: { alice: { tokensPerMinute: 1000 } } }, async ({ ask, proxy, clock }, { alice }) => {
      await (await ask(alice!)).json();
      await proxy.ended(1);
      const refused = await ask(alice!);
      assert.equal(refused.status, 429);
      assert.equal(refused.headers.get("retry-after"), "60");
      await refused.body?.cancel();
      clock.advance(61_000);
      assert.equal(await statusOf(ask(alice!)), 200);
    }));

  test("a spent budget of a key refuses its requests alone", () =>
    withKeys(
      { keys: { alice: { budget: { limit: 0.00001, period: "day" } }, bob: {} } },
      async ({ ask, proxy }, keys) => {
        await (await ask(keys.alice!)).json();
        await proxy.ended(1);
        const refused = await ask(keys.alice!);
        assert.equal(refused.status, 429);
        assert.match((await refused.json()).error.message, /budget "key alice" \(key alice\)/);
        assert.equal(await statusOf(ask(keys.bob!)), 200);
      },
    ));

  test("a spent budget of a team refuses all its keys, and no others", () =>
    withKeys({
      keys: { alice: { team: "web" }, bob: { team: "web" }, carol: {} },
      toml: '[[budgets]]\nname = "web"\nteam = "web"\nlimit = 0.00001\n',
    }, async ({ ask, proxy }, keys) => {
      await (await ask(keys.alice!)).json();
      await proxy.ended(1);
      assert.equal(await statusOf(ask(keys.bob!)), 429);
      assert.equal(await statusOf(ask(keys.carol!)), 200);
    }));

  test("a route that a key may not use is refused with 403, and kept", () =>
    withKeys({ keys: { alice: { models: ["think"] } } }, async ({ ask, proxy }, { alice }) => {
      const refused = await ask(alice!);
      assert.equal(refused.status, 403);
      const { error } = await refused.json();
      assert.match(error.message, /the key "alice" may use think; this request goes to/);
      const [kept] = (await proxy.context.ledger()!.recent({ limit: 10 })) ?? [];
      assert.deepEqual([kept?.status, kept?.failure], [403, "not_allowed_for_key"]);
    }));

  test("a model that a key may use answers on any route", () =>
    withKeys({ keys: { alice: { models: ["llama-*"] } } }, async ({ ask }, { alice }) => {
      assert.equal(await statusOf(ask(alice!)), 200);
    }));

  test("a rule matches a key by its name", () =>
    withKeys({
      keys: { alice: {}, bob: {} },
      toml: '[[router.rules]]\nname = "hers"\nwhen = { key = "alice" }\nroute = "think"\n',
    }, async ({ ask }, keys) => {
      assert.equal((await ask(keys.alice!)).headers.get("x-routed-model"), "big");
      assert.equal((await ask(keys.bob!)).headers.get("x-routed-model"), "llama-3.1-8b-instant");
    }));
});

describe("GET /v1/me", () => {
  test("says what a key spent and what is left, of this key alone", () =>
    withKeys(
      { keys: { alice: { budget: { limit: 1, period: "month" }, requestsPerMinute: 5 }, bob: {} } },
      async ({ ask, get, proxy }, keys) => {
        await (await ask(keys.alice!)).json();
        await proxy.ended(1);
        const alice = await (await get("/v1/me", keys.alice!)).json();
        assert.equal(alice.key, "alice");
        assert.ok(alice.spent_usd.month > 0);
        assert.equal(alice.budgets[0].left_usd, 1 - alice.spent_usd.month);
        assert.deepEqual(alice.requests_per_minute, { limit: 5, left: 4 });
        const bob = await (await get("/v1/me", keys.bob!)).json();
        assert.deepEqual([bob.spent_usd.month, bob.saved_usd.month, bob.budgets], [0, 0, []]);
      },
    ));
});

describe("roles", () => {
  const SEEN = ["/health/detailed", "/metrics", "/dashboard/data", "/admin/cooldowns"];
  const keys = { alice: {}, bob: { role: "viewer" }, root: { role: "admin" } } as const;
  const OWN = 'api_key = "the-clients-own-key"\nadmin_key = "the-administrators-key"';

  test("a client's key opens no path of the administrator", () =>
    withKeys({ keys, proxy: OWN }, async ({ get, proxy }, { alice }) => {
      for (const key of [alice!, "the-clients-own-key"]) {
        for (const path of SEEN) assert.equal(await statusOf(get(path, key)), 403, path);
        const pause = proxy.post("/admin/pause", { provider: "groq" }, { "x-proxy-key": key });
        assert.equal(await statusOf(pause), 403);
      }
    }));

  test("a viewer sees everything, sends nothing and changes nothing", () =>
    withKeys({ keys }, async ({ get, ask, proxy }, { bob }) => {
      for (const path of SEEN) assert.equal(await statusOf(get(path, bob!)), 200, path);
      assert.equal(await statusOf(ask(bob!)), 403);
      for (const path of ["/admin/pause", "/admin/resume", "/admin/cooldowns/reset"]) {
        assert.equal(await statusOf(proxy.post(path, {}, { "x-proxy-key": bob! })), 403, path);
      }
    }));

  test("an administrator's key opens everything", () =>
    withKeys({ keys, proxy: OWN }, async ({ get, proxy }, { root }) => {
      for (const key of [root!, "the-administrators-key"]) {
        for (const path of SEEN) assert.equal(await statusOf(get(path, key)), 200, path);
        const reset = proxy.post("/admin/cooldowns/reset", {}, { "x-proxy-key": key });
        assert.equal(await statusOf(reset), 200);
      }
    }));

  test("without an admin key, a key of the configuration opens everything", () =>
    withKeys({ proxy: 'api_key = "the-only-key-of-all"' }, async ({ get }) => {
      for (const path of SEEN) assert.equal(await statusOf(get(path, "the-only-key-of-all")), 200, path);
    }));

  test("the dashboard's form lets viewers in, and no clients", () =>
    withKeys({ keys }, async ({ proxy }, { alice, bob }) => {
      const enter = (key: string) =>
        fetch(`${proxy.url}/dashboard/login`, {
          method: "POST",
          body: new URLSearchParams({ key }),
          redirect: "manual",
        });
      assert.equal(await statusOf(enter(alice!)), 401);
      assert.equal(await statusOf(enter(bob!)), 200);
    }));
});
