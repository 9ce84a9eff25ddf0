/** What replicas share: values of which the latest counts, heard within a second. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Connection, connectTo } from "../../src/store/connection.ts";
import { type Change, SharedValues } from "../../src/store/shared.ts";
import { freshDatabase, PostgresServer, withoutPostgres } from "../support/postgres.ts";
import { until } from "../support/waiting.ts";

const skip = { skip: withoutPostgres };

interface Replica extends AsyncDisposable {
  readonly connection: Connection;
  readonly values: SharedValues;
  readonly heard: Change[];
  /** Resolves when it has heard something. */
  hears(which: (change: Change) => boolean): Promise<void>;
}

async function replica(url: string): Promise<Replica> {
  const connection = connectTo(url, { firstPauseMs: 20, longestPauseMs: 50 });
  const values = new SharedValues(connection);
  const heard: Change[] = [];
  values.on("pin", (changes) => void heard.push(...changes));
  await connection.tried;
  await values.read();
  return {
    connection,
    values,
    heard,
    hears: (which) => until(() => heard.some(which)),
    [Symbol.asyncDispose]: async () => {
      await values.close();
      await connection.close();
    },
  };
}

const pin = (id: string, value: unknown, time: number) => ({ kind: "pin" as const, id, value, time });

test(
  "a change reaches the others, and not its sender; a replica that comes later reads it",
  skip,
  async () => {
    const url = await freshDatabase();
    await using one = await replica(url);
    await using other = await replica(url);
    one.values.put(pin("a", { to: "think" }, 1), { atOnce: true });
    await other.hears(({ id }) => id === "a");
    assert.deepEqual(other.heard.map(({ id, value, time }) => ({ id, value, time })), [
      { id: "a", value: { to: "think" }, time: 1 },
    ]);
    await using late = await replica(url);
    assert.equal(late.heard.length, 1);
    assert.deepEqual(one.heard, []);
  },
);

test("the later change counts, whoever's arrives last, and an end is a change", skip, async () => {
  const url = await freshDatabase();
  await using one = await replica(url);
  await using other = await replica(url);
  one.values.put(pin("a", "newer", 20));
  await one.values.flush();
  other.values.put(pin("a", "older", 10));
  await other.values.flush();
  await using third = await replica(url);
  assert.deepEqual(third.heard.map(({ value }) => value), ["newer"]);
  one.values.put(pin("a", null, 30));
  await one.values.flush();
  await third.hears(({ value }) => value === null);
});

test(
  "what changed while the database was away is sent when it is back, the latest of each once",
  skip,
  async () => {
    await using server = await PostgresServer.start();
    const url = server.database();
    await using one = await replica(url);
    await using other = await replica(url);
    await server.stop();
    one.values.put(pin("a", 1, 1));
    one.values.put(pin("a", 2, 2));
    await one.values.flush();
    await server.again();
    await other.hears(({ value }) => value === 2);
    assert.ok(!other.heard.some(({ value }) => value === 1));
  },
);

test("text that PostgreSQL cannot keep loses only what it cannot keep", skip, async () => {
  const url = await freshDatabase();
  await using one = await replica(url);
  await using other = await replica(url);
  one.values.put(pin("a\0b", { text: "x\0y\ud800" }, 1), { atOnce: true });
  await other.hears(({ id }) => id === "ab");
  assert.deepEqual(other.heard[0]?.value, { text: "xy\ufffd" });
});

test("replicas agree on the first value that was offered", skip, async () => {
  const url = await freshDatabase();
  await using one = await replica(url);
  await using other = await replica(url);
  assert.equal(await one.values.agree("installation", "", "first"), "first");
  assert.equal(await other.values.agree("installation", "", "second"), "first");
});
