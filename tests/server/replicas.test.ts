/** Two proxies on one store: what one learns, the other knows; limits hold for both; a copy of the database opens nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { changeClientKeys } from "../../src/config/client-keys.ts";
import { addKey, revokeKey } from "../../src/config/key-changes.ts";
import { openStore } from "../../src/store/store.ts";
import type { Replicas } from "../../src/store/replicas.ts";
import { freshDatabase, PostgresServer, sharedPostgres, withoutPostgres } from "../support/postgres.ts";
import { type FakeProvider, fakeProvider, json } from "../support/provider.ts";
import type { TestProxy } from "../support/proxy.ts";
import { proxyWith } from "../support/world.ts";
import { tempFolder } from "../support/disposable.ts";
import { until } from "../support/waiting.ts";

const skip = { skip: withoutPostgres };
const ADMIN = "the-admin-key-0123";

const ANSWER = json({
  id: "c1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1000, completion_tokens: 1000, total_tokens: 2000 },
});

interface Replica extends AsyncDisposable {
  readonly proxy: TestProxy;
  readonly replicas: Replicas;
  /** Asks with the admin key, or another. */
  ask(headers?: Record<string, string>, key?: string): Promise<Response>;
  get(path: string, key?: string): Promise<Response>;
}

async function replica(
  url: string,
  provider: FakeProvider,
  more = "",
  dataFolder?: string,
): Promise<Replica> {
  const store = await openStore({ url, whenDown: "allow" }, { firstPauseMs: 20, longestPauseMs: 50 });
  const world = await proxyWith({
    primary: { url: provider.url, key: ["provider-key-one", "provider-key-two"] },
  }, {
    proxy: `admin_key = "${ADMIN}"`,
    toml: `[store]\nurl = "${url}"\n${more}
[[prices]]
provider = "primary"
model = "m"
input = 0
output = 1000.0`,
    store,
    ...(dataFolder === undefined ? {} : { dataFolder }),
  });
  const { proxy } = world;
  await proxy.ready;
  return {
    proxy,
    replicas: store.replicas,
    ask: (headers = {}, key = ADMIN) =>
      proxy.post("/v1/chat/completions", { model: "auto", messages: [{ role: "user", content: "hi" }] }, {
        "x-proxy-key": key,
        ...headers,
      }),
    get: (path, key = ADMIN) => fetch(proxy.url + path, { headers: { "x-proxy-key": key } }),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

async function two(
  work: (one: Replica, other: Replica, provider: FakeProvider, url: string) => Promise<void>,
  more = "",
): Promise<void> {
  const url = await freshDatabase();
  await using provider = await fakeProvider(ANSWER);
  await using one = await replica(url, provider, more);
  await using other = await replica(url, provider, more);
  await work(one, other, provider, url);
}

test(
  "a cooldown of one replica is the other's within a second, and so is its end",
  skip,
  () =>
    two(async (one, other, provider) => {
      const states = [one, other].map(({ proxy }) => proxy.context.state.cooldowns);
      provider.next(json({ error: { message: "insufficient_quota", code: "insufficient_quota" } }, 429, {
        "retry-after": "900",
      }));
      await (await one.ask()).text();
      const began = performance.now();
      await until(() => states[1]!.list(Date.now()).length === 1);
      assert.ok(performance.now() - began < 1000, `${performance.now() - began} ms`);
      assert.deepEqual(states[1]!.list(Date.now()), states[0]!.list(Date.now()));
      states[1]!.reset();
      await until(() => states[0]!.list(Date.now()).length === 0);
    }),
);

test(
  "a session that the balancer moves keeps its model, its key and its pin",
  skip,
  () =>
    two(async (one, other, provider) => {
      const session = (name: string) => ({ "x-session-id": name });
      for (const name of ["a", "b", "c"]) await (await one.ask(session(name))).text();
      await until(() => other.proxy.context.state.sessions.size === 3);
      const keyOf = (at: number) => provider.arrived[at]!.headers.authorization;
      for (const name of ["a", "b", "c"]) await (await other.ask(session(name))).text();
      assert.deepEqual([3, 4, 5].map(keyOf), [0, 1, 2].map(keyOf));
      const pinned = await fetch(`${one.proxy.url}/admin/pin`, {
        method: "POST",
        headers: { "x-proxy-key": ADMIN, "content-type": "application/json" },
        body: JSON.stringify({ session: "a", route: "primary,other" }),
      });
      assert.equal(pinned.status, 200);
      await until(() => other.proxy.context.state.pins.list().length === 1);
      await (await other.ask(session("a"))).text();
      assert.equal(provider.arrived.at(-1)!.json.model, "other");
    }),
);

test(
  "a key is made and revoked for all replicas, and the database has no key",
  skip,
  () =>
    two(async (one, other, _provider, url) => {
      const made = await one.replicas.changeKeys((keys) =>
        addKey(keys, "alice", { budget: "50/month" }, Date.now())
      );
      for (const each of [one, other]) await until(async () => (await each.ask({}, made.key)).status === 200);
      const signedIn = await fetch(`${one.proxy.url}/dashboard/login`, {
        method: "POST",
        headers: { origin: one.proxy.url },
        body: new URLSearchParams({ key: ADMIN }),
      });
      const { page } = await signedIn.json();
      const cookie = signedIn.headers.get("set-cookie")!.split(";")[0]!;
      const seen = () =>
        fetch(`${other.proxy.url}/dashboard/data`, { headers: { cookie, "x-dashboard-page": page } });
      await until(async () => (await seen()).status === 200);
      const server = await sharedPostgres();
      const dump = server.dump(new URL(url).pathname.slice(1));
      assert.match(dump, /alice/);
      const secrets = [made.key, ADMIN, "provider-key-one", "provider-key-two", page, cookie.split("=")[1]!];
      for (const secret of secrets) assert.ok(!dump.includes(secret));
      await other.replicas.changeKeys((keys) => revokeKey(keys, "alice", Date.now()));
      for (const each of [one, other]) await until(async () => (await each.ask({}, made.key)).status === 401);
    }),
);

test(
  "a client's key opens no admin path, and no key sees another's rows",
  skip,
  () =>
    two(async (one, other) => {
      const alice = await one.replicas.changeKeys((keys) => addKey(keys, "alice", {}, Date.now()));
      const bob = await one.replicas.changeKeys((keys) => addKey(keys, "bob", {}, Date.now()));
      const eve = await one.replicas.changeKeys((keys) =>
        addKey(keys, "eve", { role: "viewer" }, Date.now())
      );
      await until(async () => (await other.get("/v1/me", eve.key)).status === 200);
      await (await other.ask({}, alice.key)).text();
      const paths = ["/dashboard/data", "/metrics", "/health/detailed", "/admin/cooldowns/reset"];
      for (const path of paths) {
        const method = path.startsWith("/admin") ? "POST" : "GET";
        const answer = await fetch(other.proxy.url + path, { method, headers: { "x-proxy-key": alice.key } });
        assert.equal(answer.status, 403, path);
      }
      for (const path of ["cooldowns/reset", "pause", "resume", "pin", "unpin"]) {
        const answer = await fetch(`${other.proxy.url}/admin/${path}`, {
          method: "POST",
          headers: { "x-proxy-key": eve.key },
        });
        assert.equal(answer.status, 403, path);
      }
      const mine = await (await other.get("/v1/me", alice.key)).json();
      const his = await (await other.get("/v1/me", bob.key)).json();
      assert.ok(mine.spent_usd.today > 0);
      assert.equal(his.spent_usd.today, 0);
      assert.doesNotMatch(JSON.stringify(his), /alice/);
    }),
);

test(
  "a budget holds over both replicas, within a request's cost each",
  skip,
  () =>
    two(async (one, other) => {
      let served = 0;
      for (let round = 0; round < 12; round++) {
        for (const each of [one, other]) {
          const answers = await Promise.all([each.ask(), each.ask()]);
          for (const answer of answers) {
            if (answer.status === 200) served++;
            else assert.equal(answer.status, 429);
            await answer.text();
          }
          await each.replicas.limits.settle();
        }
      }
      assert.ok(served >= 9 && served <= 12, `${served} requests of a dollar on a budget of 10`);
    }, '[[budgets]]\nlimit = 10\nperiod = "day"'),
);

test("without the database, limits that nobody can check follow when_down", skip, async () => {
  await using server = await PostgresServer.start();
  await using provider = await fakeProvider(ANSWER);
  for (const [word, status] of [["allow", 200], ["refuse", 503]] as const) {
    await using one = await replica(server.database(), provider, `when_down = "${word}"`);
    const { key } = await one.replicas.changeKeys((keys) => addKey(keys, "alice", { rpm: 100 }, Date.now()));
    const free = await one.replicas.changeKeys((keys) => addKey(keys, "bob", {}, Date.now()));
    await until(async () => (await one.get("/v1/me", free.key)).status === 200);
    await server.stop();
    await until(async () => (await one.ask({}, key)).status === status);
    assert.equal((await one.ask({}, free.key)).status, 200);
    await server.again();
  }
});

test("keys of before there was a store lock the proxy until they are copied", skip, async () => {
  using folder = tempFolder();
  await using provider = await fakeProvider(ANSWER);
  changeClientKeys(folder.at("keys.json"), (keys) => addKey(keys, "alice", {}, Date.now()).keys);
  await using one = await replica(await freshDatabase(), provider, "", folder.path);
  assert.ok(one.proxy.context.keys.areThere);
  assert.ok(one.proxy.log.some(({ message }) => /keys\.json are not used/.test(message)));
  await one.replicas.changeKeys((keys) => addKey(keys, "bob", {}, Date.now()));
  await until(() => one.proxy.context.keys.named("bob") !== undefined);
  await using again = await replica("postgres://nobody@127.0.0.1:1/none", provider, "", folder.path);
  assert.ok(again.proxy.context.keys.named("bob"), "the copy counts where the store is away");
});
