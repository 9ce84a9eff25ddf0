/** Text and numbers that others choose, where they live longer than their request: bounded in length, number and size. */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { believable } from "../../src/dispatch/usage.ts";
import { DispatchState } from "../../src/dispatch/state.ts";
import { openStore } from "../../src/ledger/store.ts";
import type { LedgerRow } from "../../src/ledger/schema.ts";
import { toRow } from "../../src/ledger/row.ts";
import { beginning } from "../../src/text/format.ts";
import { collect } from "../support/collect.ts";
import { good } from "../support/faults.ts";
import { json } from "../support/provider.ts";
import { DIALECTS, PATHS, request, written } from "../support/speech.ts";
import { closing } from "../support/disposable.ts";
import { proxyWith } from "../support/world.ts";

const worldOf = (toml = "") =>
  proxyWith({ there: good("openai-chat", false, "ok") }, { dialect: DIALECTS, toml });

test("a model's name of more than 300 characters is refused, in the client's dialect", async () => {
  await using world = await worldOf();
  for (const dialect of DIALECTS) {
    const body = { ...request(dialect, false), model: "m".repeat(301) };
    const response = await world.post(PATHS[dialect], body);
    assert.equal(response.status, 400);
    assert.match(await response.text(), /name has 301 characters; at most 300/);
  }
  assert.equal(world.there.arrived.length, 0);
  const body = { ...request("openai-chat", false), model: "m".repeat(300) };
  assert.equal((await world.post(PATHS["openai-chat"], body)).status, 200);
});

test("a session's id is cut to 200 characters", async () => {
  await using world = await worldOf();
  const headers = { "x-session-id": "s".repeat(5000) };
  await (await world.ask("openai-chat", "hi", { headers })).text();
  const [end] = await world.ended(1);
  assert.equal(end?.session, "s".repeat(200));
});

test("the beginning of a text does not keep the text in memory", () => {
  const used = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = used();
  const kept = Array.from({ length: 60 }, (_, i) => beginning(`${i}${"ü".repeat(1_000_000)}`, 200));
  assert.equal(kept[7]?.length, 200);
  assert.ok(used() - before < 30_000_000);
});

test("the speed of at most a thousand targets is remembered, of the latest", () => {
  const state = new DispatchState();
  for (let i = 0; i < 1500; i++) state.sawFirstToken({ provider: "p", model: `m${i}` }, i);
  assert.equal(state.firstToken({ provider: "p", model: "m499" }), undefined);
  assert.equal(state.firstToken({ provider: "p", model: "m500" }), 500);
});

test("a metric's label is short, however long a model's name is", async () => {
  await using world = await worldOf();
  for (const end of ["a", "b"]) {
    const body = { ...request("openai-chat", false), model: `there,${"x".repeat(280)}${end}` };
    await (await world.post(PATHS["openai-chat"], body)).text();
  }
  await world.ended(2);
  const metrics = await (await world.get("/metrics")).text();
  assert.ok(Math.max(...metrics.split("\n").map((line) => line.length)) < 400);
  assert.match(metrics, /terraphim_requests_total\{[^}]*model="x{120}…"[^}]*\} 2/);
});

/** Numbers that no request can have used, as JSON. */
const ABSURD = ["1e30", "1e400", "-5", "9007199254740993", "3e9"];

for (const number of ABSURD) {
  test(`usage of ${number} tokens is not believed: it is estimated, and no budget is spent by it`, async () => {
    const budget =
      `[[budgets]]\nlimit = 1000\n[[prices]]\nprovider = "there"\nmodel = "m"\ninput = 10\noutput = 10\n`;
    await using world = await worldOf(budget);
    for (const dialect of DIALECTS) {
      const whole = JSON.stringify(written(dialect, "ok")).replace(/_tokens":7/, `_tokens":${number}`);
      world.there.answer(json(whole));
      for (let i = 0; i < 2; i++) {
        const response = await world.ask(dialect);
        assert.equal(response.status, 200);
        await response.text();
      }
    }
    const ends = await world.ended(6);
    for (const { usage, costs } of ends) {
      assert.ok((usage?.input ?? 0) < 1000 && (usage?.input ?? -1) >= 0, JSON.stringify(usage));
      assert.ok((costs.cost ?? 0) < 1);
    }
    assert.equal((await world.context.ledger()!.recent({ limit: 10 })).length, 6);
    assert.equal(world.context.ledger()?.state().problem, undefined);
  });
}

test("usage within reason is believed, with whole tokens", () => {
  const usage = {
    input: 10.4,
    cacheRead: 5,
    cacheWrite: 4,
    cacheWrite1h: 4,
    output: 7,
    reasoning: 9,
    cost: 0.5,
  };
  const read = { ...usage, input: 10, reasoning: 7 };
  assert.deepEqual(believable(usage, 200_000), read);
  assert.deepEqual(believable({ ...usage, input: 2_000_001 }, 200_000), undefined);
  assert.deepEqual(believable({ ...usage, cost: Infinity, cacheWrite1h: 1e9 }, 0), {
    input: 10,
    cacheRead: 5,
    cacheWrite: 4,
    output: 7,
    reasoning: 7,
  });
  assert.equal(believable({ ...usage, output: NaN }, undefined), undefined);
});

test("a row that cannot be stored takes no other row of its batch along", async () => {
  await using world = await worldOf();
  using store = closing(openStore(":memory:"));
  await (await world.ask("openai-chat")).text();
  const [end] = await world.ended(1);
  const row = toRow(end!);
  const bad: LedgerRow = { ...row, input: 1e30 };
  assert.equal(store.insert([row, bad, { ...row, id: "second" }]), 1);
  assert.equal(store.insert([row]), 0);
  assert.equal(Number(Object.values(store.db.prepare("SELECT count(*) FROM requests").get() ?? {})[0]), 3);
});

test("a wish or a header that is too long to pin a session is text, or refused", async () => {
  await using world = await worldOf();
  const long = `default?effort=${"l".repeat(5000)}`;
  const headers = { "x-session-id": "s1" };
  const wished = request("openai-chat", false, `@${long}! hello`);
  assert.equal((await world.post(PATHS["openai-chat"], wished, headers)).status, 200);
  const pinned = { ...headers, "x-route": long, "x-route-session": "1" };
  assert.equal((await world.ask("openai-chat", "hi", { headers: pinned })).status, 400);
  assert.deepEqual(world.context.state.pins.list(), []);
});
