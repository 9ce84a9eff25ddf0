import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  addressOf,
  adminKeyOf,
  askHealth,
  askProxy,
  whoRuns,
} from "../../../../src/cli/commands/status/health.ts";
import { type Answer, deserted, fakeProvider, json } from "../../../support/provider.ts";
import { proxyWith } from "../../../support/world.ts";

const KEY = "made-up-key-of-the-proxy";
const WITH_KEY = { proxy: `api_key = "${KEY}"` };

/** What comes of asking a server that answers so; the requests that it got. */
async function asked(answer: Answer, key?: string) {
  await using server = await fakeProvider(answer);
  return {
    health: await askHealth(server.url, key),
    who: await whoRuns(server.url),
    arrived: server.arrived,
  };
}
const problem = async (answer: Answer, key?: string) => {
  const { health } = await asked(answer, key);
  assert.ok(!health.ok);
  return health;
};

test("a proxy says its state to its key, and who it is to everybody", async () => {
  await using world = await proxyWith({}, WITH_KEY);
  const health = await askHealth(world.url, KEY);
  assert.ok(health.ok);
  assert.deepEqual([health.health.version, health.health.config.ok], ["0.0.0-test", true]);
  const who = await whoRuns(world.url);
  assert.equal(who?.version, "0.0.0-test");
});

test("an address with a slash or /v1 at its end is the same", async () => {
  await using world = await proxyWith({});
  for (const end of ["", "/", "//", "/v1"]) {
    assert.equal((await askHealth(world.url + end, undefined)).ok, true, end);
  }
});

describe("a proxy that does not say it", () => {
  test("requires a key, or rejects the one that it gets", async () => {
    await using world = await proxyWith({}, WITH_KEY);
    const none = await askHealth(world.url, undefined);
    assert.match(
      none.ok ? "" : none.problem,
      /requires a key, and this configuration has none: set admin_key in \[proxy\]\.$/,
    );
    const wrong = await askHealth(world.url, "another-made-up-key");
    assert.match(wrong.ok ? "" : wrong.problem, /rejects the key of this configuration/);
    assert.ok(!JSON.stringify(wrong).includes("another-made-up-key"));
  });

  test("needs its admin's key", async () => {
    assert.match((await problem(json({}, 403))).problem, /needs its admin_key for this\.$/);
  });
});

for (
  const [name, answer] of [
    ["a redirect, which is not followed", json("", 307, { location: "http://127.0.0.1:1/" })],
    ["another program's JSON", json({ status: "ok" })],
    ["text", (_, res) => void res.end("hello")],
    ["an error", json({}, 500)],
    ["nothing at all", (_, res) => void res.end()],
  ] as readonly (readonly [string, Answer])[]
) {
  test(`${name} is not this program`, async () => {
    const { problem: says, listens } = await problem(answer, KEY);
    assert.match(says, /is not terraphim-llm-proxy \(status \d+\)\.$/);
    assert.equal(listens, true);
    assert.equal((await asked(answer)).who, undefined);
  });
}

test("a redirect gets the key nowhere else", async () => {
  await using elsewhere = await fakeProvider();
  const { arrived } = await asked(json("", 307, { location: elsewhere.url }), KEY);
  assert.equal(arrived[0]?.headers["x-proxy-key"], KEY);
  assert.equal(elsewhere.arrived.length, 0);
});

test("where nothing listens, or the connection is cut, that is the problem", async () => {
  const gone = await deserted();
  const away = await askHealth(gone.url, KEY);
  assert.deepEqual([away.ok, away.ok || away.listens], [false, false]);
  assert.match((await problem((_, res) => void res.destroy())).problem, /^No proxy answers at http/);
  assert.equal(await whoRuns(gone.url), undefined);
});

test("a body makes a request a POST with JSON, and an answer that is not JSON has no body", async () => {
  await using server = await fakeProvider((_, res) => void res.end("done"));
  const answer = await askProxy({ url: server.url, key: undefined, path: "/admin/x", body: { a: "größe" } });
  assert.ok(answer.ok);
  assert.equal(answer.body, undefined);
  const [arrived] = server.arrived;
  assert.deepEqual([arrived?.method, arrived?.json, arrived?.headers["x-proxy-key"]], [
    "POST",
    { a: "größe" },
    undefined,
  ]);
});

test("a program that asks no longer waits no longer", async () => {
  await using server = await fakeProvider(() => {});
  const stop = new AbortController();
  const asking = askHealth(server.url, undefined, { signal: stop.signal });
  await server.arrives(1);
  stop.abort();
  assert.equal((await asking).ok, false);
});

test("credits are asked for only where they are wanted", async () => {
  await using server = await fakeProvider(json({}));
  await askHealth(server.url, undefined);
  await askHealth(server.url, undefined, { credits: true });
  assert.deepEqual(server.arrived.map(({ path }) => path), ["/health/detailed", "/health/detailed?credits"]);
});

test("the key of an administrator is the admin's own, else the first of the clients'", () => {
  const key = (adminKey: string | undefined, ...apiKeys: string[]) =>
    adminKeyOf({ proxy: { adminKey, apiKeys } as never });
  assert.deepEqual([key("a", "b"), key(undefined, "b", "c"), key(undefined)], ["a", "b", undefined]);
  assert.equal(addressOf({ proxy: { host: "0.0.0.0", port: 80 } }), "http://127.0.0.1:80");
});
