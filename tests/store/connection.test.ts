import { test } from "node:test";
import assert from "node:assert/strict";
import { type Connection, connectTo, StoreDown } from "../../src/store/connection.ts";
import { freshDatabase, PostgresServer, sharedPostgres, withoutPostgres } from "../support/postgres.ts";
import { closing } from "../support/disposable.ts";
import { gateTo } from "../support/gate.ts";
import { until } from "../support/waiting.ts";

const skip = { skip: withoutPostgres };

/** Resolves when a connection has a state. */
const becomes = (connection: Connection, state: "up" | "down"): Promise<void> =>
  until(() => connection.state.state === state);

test("what one replica sends on a channel, the others hear", skip, async () => {
  const url = await freshDatabase();
  await using one = closing(connectTo(url));
  await using other = closing(connectTo(url));
  await Promise.all([one.tried, other.tried]);
  const mine = "to itself";
  let heard = false;
  other.listen("news", () => void (heard = true));
  while (!heard) await other.notify("news", mine); // from another connection than the one that begins to listen
  const next = new Promise<string>((resolve) =>
    other.listen("news", (text) => text !== mine && resolve(text))
  );
  await one.notify("news", 'it\'s "quoted"');
  assert.equal(await next, 'it\'s "quoted"');
});

test("a transaction that fails leaves nothing", skip, async () => {
  await using connection = closing(connectTo(await freshDatabase()));
  await connection.tried;
  await connection.query({ text: "CREATE TABLE things (a integer)" });
  await assert.rejects(
    connection.transaction(async (query) => {
      await query({ text: "INSERT INTO things VALUES (1)" });
      throw new Error("no");
    }),
    /no/,
  );
  const rows = await connection.transaction((query) => query({ text: "SELECT * FROM things" }));
  assert.deepEqual(rows, []);
});

test("a database that was away is found again, and channels are heard again", skip, async () => {
  await using server = await PostgresServer.start();
  const lines: string[] = [];
  await using connection = closing(connectTo(server.database(), {
    log: (level, message) => lines.push(`${level} ${message}`),
    firstPauseMs: 20,
    longestPauseMs: 50,
  }));
  await connection.tried;
  const heard: string[] = [];
  connection.listen("news", (payload) => heard.push(payload));
  const down = becomes(connection, "down");
  await server.stop();
  await down;
  await assert.rejects(connection.query({ text: "SELECT 1" }), StoreDown);
  const up = becomes(connection, "up");
  await server.again();
  await up;
  await connection.notify("news", "again");
  await connection.query({ text: "SELECT 1" });
  assert.equal(connection.state.problem, undefined);
  await new Promise<void>((resolve) => {
    connection.listen("news", () => resolve());
    void connection.notify("news", "and again");
  });
  assert.ok(heard.includes("again"));
  assert.equal(lines.length, 2, lines.join("\n"));
  assert.match(lines[0]!, /^warn the store 127\.0\.0\.1:\d+\/test_1 cannot be reached \(.*\); trying again$/);
  assert.match(lines[1]!, /^info the store .* can be reached again$/);
});

test("a database that is not there at the start blocks nothing, and no message has the password", async () => {
  const lines: string[] = [];
  await using connection = closing(connectTo("postgres://me:not-a-real-password@127.0.0.1:1/llm", {
    log: (_level, message) => lines.push(message),
  }));
  await connection.tried;
  assert.equal(connection.state.state, "down");
  await assert.rejects(connection.query({ text: "SELECT 1" }), StoreDown);
  assert.match(lines.join("\n"), /the store 127\.0\.0\.1:1\/llm cannot be reached/);
  assert.doesNotMatch(lines.join("\n") + JSON.stringify(connection.state), /not-a-real-password/);
});

test(
  "a network that goes silent is found by asking, what is in flight fails, and it comes back",
  skip,
  async () => {
    const server = await sharedPostgres();
    await using way = await gateTo(server.port);
    const url = server.database().replace(`:${server.port}/`, `:${way.port}/`);
    const times = { firstPauseMs: 20, longestPauseMs: 50, lookMs: 50, patienceMs: 300 };
    await using connection = closing(connectTo(url, times));
    await connection.tried;
    await connection.query({ text: "SELECT 1" });
    const down = becomes(connection, "down");
    way.cut();
    const inFlight = assert.rejects(connection.query({ text: "SELECT 1", query_timeout: 600_000 }));
    await down;
    await inFlight;
    const up = becomes(connection, "up");
    way.restore();
    await up;
    assert.deepEqual(await connection.query({ text: "SELECT 1 AS one" }), [{ one: 1 }]);
  },
);
