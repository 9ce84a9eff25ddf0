/** Limits over all replicas: each exceeds one by a request at most. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Connection, connectTo } from "../../src/store/connection.ts";
import { type SharedLimit, SharedLimits } from "../../src/store/limits.ts";
import { freshDatabase, PostgresServer, withoutPostgres } from "../support/postgres.ts";
import { until } from "../support/waiting.ts";

const skip = { skip: withoutPostgres };
const BUDGET: SharedLimit = { id: "budget", most: 10, perMs: 0, until: 9e15, seed: () => Promise.resolve(2) };

async function replicas(url: string, count: number, now: () => number = Date.now) {
  const connections = Array.from(
    { length: count },
    () => connectTo(url, { firstPauseMs: 20, longestPauseMs: 50 }),
  );
  await Promise.all(connections.map(({ tried }) => tried));
  const limits = connections.map((one, at) =>
    new SharedLimits(one, { replica: `00000000-0000-0000-0000-00000000000${at}`, now })
  );
  return {
    limits,
    connections,
    settle: async () => {
      for (const one of limits) await one.settle();
    },
    [Symbol.asyncDispose]: async () => {
      for (const one of limits) await one.close();
      for (const one of connections) await one.close();
    },
  };
}

/** Resolves when a connection knows that the database is away. */
const goesDown = (connection: Connection): Promise<void> =>
  new Promise((resolve) => void connection.onState((state) => state === "down" && resolve()));

test("replicas together exceed a budget by at most one request's cost each", skip, async () => {
  await using all = await replicas(await freshDatabase(), 2);
  const { limits, settle } = all;
  for (const one of limits) await one.prepare([BUDGET]);
  let spent = 2;
  for (let round = 0; round < 60; round++) {
    for (const one of limits) {
      const running: (() => void)[] = [];
      while (running.length < 5 && one.verdict(BUDGET) === "yes") running.push(one.reserve(BUDGET, 0.3));
      for (const end of running) {
        end();
        one.use(BUDGET, 0.3);
        spent += 0.3;
      }
    }
    await settle();
  }
  for (const one of limits) {
    assert.equal(one.verdict(BUDGET), "spent");
    assert.ok(Math.abs(one.used(BUDGET) - spent) < 1e-9, `${one.used(BUDGET)} of ${spent}`);
  }
  assert.ok(spent >= 10 - 0.3 && spent <= 10 + 2 * 0.3 + 1e-9, String(spent));
});

test("what a replica holds and does not use goes back, and the other uses it", skip, async () => {
  let time = Date.now();
  await using all = await replicas(await freshDatabase(), 2, () => time);
  const { limits: [one, other], settle } = all;
  await one!.prepare([BUDGET]);
  await other!.prepare([BUDGET]);
  time += 5000;
  await one!.prepare([BUDGET]); // idle: it holds nothing any more
  let uses = 0;
  for (let round = 0; round < 60; round++) {
    if (other!.verdict(BUDGET) === "yes") {
      other!.use(BUDGET, 1);
      uses++;
    }
    await settle();
  }
  assert.ok(uses >= 8 && uses <= 9, String(uses));
});

test("requests a minute flow back evenly, for all replicas", skip, async () => {
  await using all = await replicas(await freshDatabase(), 2);
  const { limits: [one, other], settle } = all;
  const rate: SharedLimit = { id: "rpm alice", most: 10, perMs: 10 / 60_000, until: 9e15 };
  let letIn = 0;
  for (let round = 0; round < 40; round++) {
    for (const limits of [one!, other!]) {
      if (limits.verdict(rate) !== "yes") continue;
      limits.use(rate, 1);
      letIn++;
    }
    await settle();
  }
  assert.ok(letIn >= 9 && letIn <= 13, String(letIn));
});

test("what was used while the database was away counts once, when it is back", skip, async () => {
  await using server = await PostgresServer.start();
  await using all = await replicas(server.database(), 2);
  const { limits: [one, other], connections } = all;
  await one!.prepare([BUDGET]);
  await server.stop();
  one!.use(BUDGET, 5);
  await one!.settle();
  assert.equal(one!.used(BUDGET), 7);
  await server.again();
  await until(() => connections.every(({ state }) => state.state !== "down"));
  await one!.settle();
  await one!.settle();
  await other!.prepare([BUDGET]);
  assert.equal(other!.used(BUDGET), 7);
});

test("without the database nobody can say what is left, but what is spent is", skip, async () => {
  await using server = await PostgresServer.start();
  await using all = await replicas(server.database(), 1);
  const { limits: [one], connections: [connection] } = all;
  const unknown = { ...BUDGET, id: "unknown" };
  await one!.prepare([BUDGET]);
  const down = goesDown(connection!);
  await server.stop();
  await down;
  one!.use(BUDGET, 7);
  assert.equal(one!.verdict(BUDGET), "unchecked");
  assert.equal(one!.verdict(unknown), "unchecked");
  one!.use(BUDGET, 1);
  assert.equal(one!.verdict(BUDGET), "spent");
});
