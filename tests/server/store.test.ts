/** Proxies with a store: what clients and people notice of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openStore } from "../../src/store/store.ts";
import { inFolder } from "../ledger/sample.ts";
import { freshDatabase, PostgresServer, withoutPostgres } from "../support/postgres.ts";
import { fakeProvider, json } from "../support/provider.ts";
import { proxyWith, type ProxyWorld } from "../support/world.ts";
import { until } from "../support/waiting.ts";

const skip = { skip: withoutPostgres };
const FAST = { firstPauseMs: 20, longestPauseMs: 50 };

const ANSWER = json({
  id: "1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "done" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1000, completion_tokens: 200 },
});

const PRICE = '[[prices]]\nprovider = "p"\nmodel = "m"\ninput = 1\noutput = 5\n';

async function ask(world: ProxyWorld): Promise<Response> {
  return await world.post("/v1/chat/completions", {
    model: "auto",
    messages: [{ role: "user", content: "hello" }],
  });
}

const healthOf = async (world: ProxyWorld) => await (await world.get("/health")).json();

test("two proxies on one store have one ledger, and budgets that know what both spent", skip, async () => {
  const url = await freshDatabase();
  await using provider = await fakeProvider(ANSWER);
  const replica = async () =>
    await proxyWith({ p: { url: provider.url } }, {
      toml: `${PRICE}[[budgets]]\nname = "all"\nlimit = 0.005\n`,
      store: await openStore({ url, whenDown: "allow" }, FAST),
    });
  await using one = await replica();
  await using other = await replica();
  await Promise.all([one.proxy.ready, other.proxy.ready]);
  for (let i = 0; i < 2; i++) await (await ask(one)).text();
  await (await ask(other)).text();
  await one.ended(2);
  await other.ended(1);
  await one.context.ledger()!.flush();
  await other.context.ledger()!.flush();
  assert.equal((await one.context.ledger()!.report({ since: 0 })).requests, 3);
  assert.equal((await other.context.ledger()!.recent({})).length, 3);
  await one.context.budgets()!.refresh();
  await other.context.budgets()!.refresh();
  assert.equal(other.context.budgets()!.list()[0]?.spent.toFixed(4), "0.0060");
  assert.equal((await ask(other)).status, 429);
  const { store } = await healthOf(one);
  assert.deepEqual([store.state, store.waiting_rows], ["up", 0]);
  const metrics = await (await fetch(`${one.url}/metrics`)).text();
  assert.match(metrics, /^terraphim_store_up 1$/m);
});

test(
  "while the database is away requests are answered, and no row is lost or doubled",
  skip,
  () =>
    inFolder(async (dataFolder) => {
      await using server = await PostgresServer.start();
      const store = await openStore({ url: server.database(), whenDown: "allow" }, FAST);
      await using world = await proxyWith({ p: ANSWER }, { toml: PRICE, store, dataFolder });
      await world.proxy.ready;
      await (await ask(world)).text();
      await world.ended(1);
      await world.context.ledger()!.flush();
      await server.stop();
      await until(async () => (await healthOf(world)).store.state === "down");
      for (let i = 0; i < 20; i++) assert.equal((await ask(world)).status, 200);
      await world.ended(21);
      const { status, store: away } = await healthOf(world);
      assert.deepEqual([status, away.state, away.waiting_rows], ["degraded", "down", 20]);
      assert.match(await (await world.get("/metrics")).text(), /^terraphim_store_up 0$/m);
      const data = await (await world.get("/dashboard/data")).json();
      assert.equal(data.figures, null);
      assert.equal((await world.get("/dashboard/requests")).status, 503);
      await server.again();
      await until(async () => {
        const { store: now } = await healthOf(world);
        return now.state === "up" && now.waiting_rows === 0;
      });
      const rows = await world.context.ledger()!.recent({ limit: 100 });
      assert.equal(rows.length, 21);
      assert.equal(new Set(rows.map(({ id }) => id)).size, 21);
      const again = await (await world.get("/dashboard/data")).json();
      assert.equal(again.figures.report.requests, 21);
      const lines = world.log.map(({ message }) => message).join("\n");
      assert.match(
        lines,
        /requests are kept in the spool[^]*20 requests that waited in the spool are stored/,
      );
    }),
);
