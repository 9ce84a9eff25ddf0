/** Keys with names: who gets in, with which limits, and what is kept of refusals. Real requests on loopback. */
import assert from "node:assert/strict";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { BuiltinDialect } from "../../src/dialects/registry.ts";
import { changeClientKeys, type ClientKey, newKey } from "../../src/config/client-keys.ts";
import { json } from "../support/provider.ts";
import { testClock } from "../support/proxy.ts";
import { PATHS, request, written } from "../support/speech.ts";
import { proxyWith } from "../support/world.ts";
import { tempFolder } from "../support/disposable.ts";

const ANSWER = {
  ...written("openai-chat", "hi") as object,
  usage: { prompt_tokens: 1000, completion_tokens: 1000, total_tokens: 2000 },
};

interface Setting {
  readonly keys?: Readonly<Record<string, Partial<ClientKey>>>;
  readonly toml?: string;
  readonly proxy?: string;
}

/** A proxy with keys; `work` gets them by name. */
async function keyed({ keys = {}, toml = "", proxy = "" }: Setting = {}) {
  const folder = tempFolder();
  const path = folder.at("keys.json");
  const clock = testClock();
  /** Makes a key; returns it. */
  const add = (name: string, settings: Partial<ClientKey> = {}): string => {
    const { key, secret } = newKey();
    const fresh: ClientKey = { name, role: "client", created: clock.now(), secrets: [secret], ...settings };
    changeClientKeys(path, (known) => [...known, fresh]);
    return key;
  };
  const made = Object.fromEntries(
    Object.entries(keys).map(([name, settings]) => [name, add(name, settings)]),
  );
  const world = await proxyWith({ groq: { answer: json(ANSWER), key: "provider-key" } }, {
    proxy,
    router: 'default = "groq,llama-3.1-8b-instant"\nthink = "groq,big"',
    toml,
    dataFolder: folder,
    clock,
  });
  const askWith = (key: string, dialect: BuiltinDialect = "openai-chat") =>
    world.ask(dialect, "hi", { headers: { "x-proxy-key": key } });
  return Object.assign(world, {
    clock,
    path,
    keys: made,
    add,
    change: (name: string, settings: Partial<ClientKey>) =>
      changeClientKeys(
        path,
        (known) => known.map((one) => one.name === name ? { ...one, ...settings } : one),
      ),
    askWith,
    getWith: (path: string, key: string) => world.get(path, { "x-proxy-key": key }),
    /** Asks until an answer has this status. */
    async until(key: string, status: number): Promise<Response> {
      for (;;) {
        const response = await askWith(key);
        if (response.status === status) return response;
        await response.body?.cancel();
      }
    },
  });
}

/** The status of a response, whose body is read to its end. */
async function statusOf(response: Promise<Response>): Promise<number> {
  const { status, body } = await response;
  await body?.cancel();
  return status;
}

test("a key with a name opens the proxy, and its name is in the ledger", async () => {
  await using world = await keyed({ keys: { alice: { team: "web" } } });
  const { askWith, keys: { alice } } = world;
  assert.equal(await statusOf(askWith(alice!)), 200);
  assert.equal(await statusOf(askWith("wrong")), 401);
  const [end] = await world.ended(1);
  assert.equal(end?.clientKey, "alice");
  assert.equal((await world.context.ledger()!.recent({ limit: 5 }))[0]?.client_key, "alice");
  const report = await world.context.ledger()?.report({
    since: 0,
    groups: ["key", "team"],
    teamOf: () => "web",
  });
  assert.deepEqual(Object.keys(report?.by.key ?? {}), ["alice"]);
  assert.deepEqual(Object.keys(report?.by.team ?? {}), ["web"]);
});

test("a key that is added, and one that is revoked, takes effect while the proxy runs", async () => {
  await using world = await keyed({ keys: { alice: {} } });
  const { add, change, until, keys: { alice } } = world;
  const bob = add("bob");
  await (await until(bob, 200)).body?.cancel();
  change("alice", { revoked: 1 });
  const { error } = await (await until(alice!, 401)).json();
  assert.match(error.message, /the key "alice" was revoked/);
  assert.equal(error.code, "key_revoked");
  const kept = (await world.context.ledger()!.recent({ limit: 100 })).find(({ status }) => status === 401);
  assert.equal(kept?.failure, "key_revoked");
  assert.equal(kept?.client_key, "alice");
});

test("a proxy whose last key was revoked is not open", async () => {
  await using world = await keyed({ keys: { alice: { revoked: 1 } } });
  const { askWith } = world;
  assert.equal(await statusOf(world.ask("openai-chat")), 401);
  assert.equal(await statusOf(askWith("wrong")), 401);
});

test("a damaged file of keys lets nobody in at the start, and changes nothing while it runs", async () => {
  await using world = await keyed({ keys: { alice: {} } });
  const { path, askWith, until, add, keys: { alice } } = world;
  writeFileSync(path, "{");
  while (!world.log.some(({ message }) => /keys of before stay in force/.test(message))) {
    assert.equal(await statusOf(askWith(alice!)), 200);
  }
  assert.equal(await statusOf(askWith(alice!)), 200);
  rmSync(path);
  const bob = add("bob");
  await (await until(bob, 200)).body?.cancel();
  writeFileSync(path, "{");
  await using other = await proxyWith({}, { dataFolder: join(path, "..") });
  assert.equal(await statusOf(fetch(`${other.url}/v1/models`)), 401);
});

test("the file of keys is the user's alone, and no key is in it", async () => {
  await using world = await keyed({ keys: { alice: {} } });
  const { path, keys: { alice } } = world;
  assert.equal(statSync(path).mode & 0o777, process.platform === "win32" ? 0o666 : 0o600);
  const text = readFileSync(path, "utf8");
  assert.ok(!text.includes(alice!.slice(13, 25)));
});

test("an expired key is refused in each dialect's form", async () => {
  await using world = await keyed({ keys: { alice: {} } });
  const { clock, change, askWith, until, keys: { alice } } = world;
  change("alice", { expires: clock.now() + 1000 });
  clock.advance(1001);
  await (await until(alice!, 401)).body?.cancel();
  const anthropic = await (await askWith(alice!, "anthropic-messages")).json();
  assert.equal(anthropic.error.type, "authentication_error");
  assert.match(anthropic.error.message, /the key "alice" expired at/);
  const chat = await (await askWith(alice!, "openai-chat")).json();
  assert.equal(chat.error.code, "key_expired");
  const responses = await (await askWith(alice!, "openai-responses")).json();
  assert.equal(responses.error.code, "key_expired");
});

test("a key never reaches a provider, wherever it is in the request", async () => {
  await using world = await keyed({ keys: { alice: {} } });
  const { keys: { alice } } = world;
  const response = await world.post(`${PATHS["openai-chat"]}?key=${alice}`, request("openai-chat", false), {
    authorization: `Bearer ${alice}`,
    "x-session-id": alice!,
  });
  await response.body?.cancel();
  assert.equal(response.status, 200);
  const [arrived] = world.groq.arrived;
  assert.ok(!JSON.stringify([arrived?.path, arrived?.headers, arrived?.text]).includes(alice!));
});

describe("limits of a key", () => {
  test("more requests a minute than allowed are refused, logged and kept, and no other key waits", async () => {
    await using world = await keyed({ keys: { alice: { requestsPerMinute: 2 }, bob: {} } });
    const { askWith, clock, keys } = world;
    assert.equal(await statusOf(askWith(keys.alice!)), 200);
    assert.equal(await statusOf(askWith(keys.alice!)), 200);
    const refused = await askWith(keys.alice!);
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get("retry-after"), "30");
    assert.match(
      (await refused.json()).error.message,
      /more than 2 requests a minute with the key "alice"/,
    );
    assert.equal(await statusOf(askWith(keys.bob!)), 200);
    const kept = (await world.context.ledger()!.recent({ limit: 10 })).find(({ status }) => status === 429);
    assert.equal(kept?.client_key, "alice");
    assert.ok(world.log.some(({ message }) => /429 rate_limit_exceeded/.test(message)));
    clock.advance(30_000);
    assert.equal(await statusOf(askWith(keys.alice!)), 200);
  });

  test("tokens a minute count when a request is over, and the next one waits", async () => {
    await using world = await keyed({ keys: { alice: { tokensPerMinute: 1000 } } });
    const { askWith, clock, keys: { alice } } = world;
    await (await askWith(alice!)).json();
    await world.ended(1);
    const refused = await askWith(alice!);
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get("retry-after"), "60");
    await refused.body?.cancel();
    clock.advance(61_000);
    assert.equal(await statusOf(askWith(alice!)), 200);
  });

  test("a spent budget of a key refuses its requests alone", async () => {
    await using world = await keyed({
      keys: { alice: { budget: { limit: 0.00001, period: "day" } }, bob: {} },
    });
    const { askWith, keys } = world;
    await (await askWith(keys.alice!)).json();
    await world.ended(1);
    const refused = await askWith(keys.alice!);
    assert.equal(refused.status, 429);
    assert.match((await refused.json()).error.message, /budget "key alice" \(key alice\)/);
    assert.equal(await statusOf(askWith(keys.bob!)), 200);
  });

  test("a spent budget of a team refuses all its keys, and no others", async () => {
    await using world = await keyed({
      keys: { alice: { team: "web" }, bob: { team: "web" }, carol: {} },
      toml: '[[budgets]]\nname = "web"\nteam = "web"\nlimit = 0.00001\n',
    });
    const { askWith, keys } = world;
    await (await askWith(keys.alice!)).json();
    await world.ended(1);
    assert.equal(await statusOf(askWith(keys.bob!)), 429);
    assert.equal(await statusOf(askWith(keys.carol!)), 200);
  });

  test("a route that a key may not use is refused with 403, and kept", async () => {
    await using world = await keyed({ keys: { alice: { models: ["think"] } } });
    const { askWith, keys: { alice } } = world;
    const refused = await askWith(alice!);
    assert.equal(refused.status, 403);
    const { error } = await refused.json();
    assert.match(error.message, /the key "alice" may use think; this request goes to/);
    const [kept] = (await world.context.ledger()!.recent({ limit: 10 })) ?? [];
    assert.deepEqual([kept?.status, kept?.failure], [403, "not_allowed_for_key"]);
  });

  test("a model that a key may use answers on any route", async () => {
    await using world = await keyed({ keys: { alice: { models: ["llama-*"] } } });
    const { askWith, keys: { alice } } = world;
    assert.equal(await statusOf(askWith(alice!)), 200);
  });

  test("a rule matches a key by its name", async () => {
    await using world = await keyed({
      keys: { alice: {}, bob: {} },
      toml: '[[router.rules]]\nname = "hers"\nwhen = { key = "alice" }\nroute = "think"\n',
    });
    const { askWith, keys } = world;
    assert.equal((await askWith(keys.alice!)).headers.get("x-routed-model"), "big");
    assert.equal((await askWith(keys.bob!)).headers.get("x-routed-model"), "llama-3.1-8b-instant");
  });
});

describe("GET /v1/me", () => {
  test("says what a key spent and what is left, of this key alone", async () => {
    await using world = await keyed({
      keys: { alice: { budget: { limit: 1, period: "month" }, requestsPerMinute: 5 }, bob: {} },
    });
    const { askWith, getWith, keys } = world;
    await (await askWith(keys.alice!)).json();
    await world.ended(1);
    const alice = await (await getWith("/v1/me", keys.alice!)).json();
    assert.equal(alice.key, "alice");
    assert.ok(alice.spent_usd.month > 0);
    assert.equal(alice.budgets[0].left_usd, 1 - alice.spent_usd.month);
    assert.deepEqual(alice.requests_per_minute, { limit: 5, left: 4 });
    const bob = await (await getWith("/v1/me", keys.bob!)).json();
    assert.deepEqual([bob.spent_usd.month, bob.saved_usd.month, bob.budgets], [0, 0, []]);
  });
});

describe("roles", () => {
  const SEEN = ["/health/detailed", "/metrics", "/dashboard/data", "/admin/cooldowns"];
  const keys = { alice: {}, bob: { role: "viewer" }, root: { role: "admin" } } as const;
  const OWN = 'api_key = "the-clients-own-key"\nadmin_key = "the-administrators-key"';

  test("a client's key opens no path of the administrator", async () => {
    await using world = await keyed({ keys, proxy: OWN });
    const { getWith, keys: { alice } } = world;
    for (const key of [alice!, "the-clients-own-key"]) {
      for (const path of SEEN) assert.equal(await statusOf(getWith(path, key)), 403, path);
      const pause = world.post("/admin/pause", { provider: "groq" }, { "x-proxy-key": key });
      assert.equal(await statusOf(pause), 403);
    }
  });

  test("a viewer sees everything, sends nothing and changes nothing", async () => {
    await using world = await keyed({ keys });
    const { getWith, askWith, keys: { bob } } = world;
    for (const path of SEEN) assert.equal(await statusOf(getWith(path, bob!)), 200, path);
    assert.equal(await statusOf(askWith(bob!)), 403);
    for (const path of ["/admin/pause", "/admin/resume", "/admin/cooldowns/reset"]) {
      assert.equal(await statusOf(world.post(path, {}, { "x-proxy-key": bob! })), 403, path);
    }
  });

  test("an administrator's key opens everything", async () => {
    await using world = await keyed({ keys, proxy: OWN });
    const { getWith, keys: { root } } = world;
    for (const key of [root!, "the-administrators-key"]) {
      for (const path of SEEN) assert.equal(await statusOf(getWith(path, key)), 200, path);
      const reset = world.post("/admin/cooldowns/reset", {}, { "x-proxy-key": key });
      assert.equal(await statusOf(reset), 200);
    }
  });

  test("without an admin key, a key of the configuration opens everything", async () => {
    await using world = await keyed({ proxy: 'api_key = "the-only-key-of-all"' });
    const { getWith } = world;
    for (const path of SEEN) assert.equal(await statusOf(getWith(path, "the-only-key-of-all")), 200, path);
  });

  test("the dashboard's form lets viewers in, and no clients", async () => {
    await using world = await keyed({ keys });
    const { keys: { alice, bob } } = world;
    const enter = (key: string) =>
      fetch(`${world.url}/dashboard/login`, {
        method: "POST",
        body: new URLSearchParams({ key }),
        redirect: "manual",
      });
    assert.equal(await statusOf(enter(alice!)), 401);
    assert.equal(await statusOf(enter(bob!)), 200);
  });
});
