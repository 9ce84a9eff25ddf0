import assert from "node:assert/strict";
import { test } from "node:test";
import { type ClientKey, newKey } from "../../src/config/client-keys.ts";
import { connectTo, StoreDown } from "../../src/store/connection.ts";
import { changeStoredKeys, openKeys, readStoredKeys } from "../../src/store/keys.ts";
import { send } from "../../src/store/shared.ts";
import { freshDatabase, withoutPostgres } from "../support/postgres.ts";
import { closing } from "../support/disposable.ts";

const skip = { skip: withoutPostgres };

const key = (name: string, more: Partial<ClientKey> = {}): ClientKey => ({
  name,
  role: "client",
  created: 1,
  secrets: [newKey().secret],
  ...more,
});

async function store(url?: string) {
  const connection = connectTo(url ?? await freshDatabase());
  await connection.tried;
  return closing(connection);
}

test("keys are read in the order in which they were made, with all that they have", skip, async () => {
  await using connection = await store();
  const [late, early] = [key("late", { created: 20, team: "größe" }), key("early", { created: 10 })];
  assert.deepEqual(await readStoredKeys(connection.query), []);
  await changeStoredKeys(connection, () => ({ keys: [late, early] }));
  assert.deepEqual(await readStoredKeys(connection.query), [early, late]);
});

test("a change gets the keys as they are, and what it returns comes back", skip, async () => {
  await using connection = await store();
  await changeStoredKeys(connection, () => ({ keys: [key("a")] }));
  const made = await changeStoredKeys(connection, (keys) => ({
    keys: keys.map((one) => ({ ...one, revoked: 5 })),
    secret: "shown once",
  }));
  assert.equal(made.secret, "shown once");
  assert.equal((await readStoredKeys(connection.query))[0]?.revoked, 5);
});

test("what a change throws changes nothing", skip, async () => {
  await using connection = await store();
  await changeStoredKeys(connection, () => ({ keys: [key("a")] }));
  await assert.rejects(
    changeStoredKeys(connection, () => {
      throw new Error("there is a key of this name");
    }),
    /of this name/,
  );
  assert.deepEqual((await readStoredKeys(connection.query)).map(({ name }) => name), ["a"]);
});

test("changes of several programs come one after the other, and none is lost", skip, async () => {
  const url = await freshDatabase();
  await using first = await store(url);
  await using second = await store(url);
  await using third = await store(url);
  const programs = [first, second, third];
  await Promise.all(
    programs.flatMap((program, p) =>
      Array.from(
        { length: 4 },
        (_, i) => changeStoredKeys(program, (keys) => ({ keys: [...keys, key(`k${p}${i}`)] })),
      )
    ),
  );
  assert.equal((await readStoredKeys(programs[0]!.query)).length, 12);
});

test("a change counts though another machine's clock is ahead", skip, async () => {
  await using connection = await store();
  const ahead = key("a");
  const time = Date.now() + 86_400_000;
  await send(connection.query, [{ kind: "key", id: "a", value: ahead, time }], crypto.randomUUID());
  await changeStoredKeys(connection, (keys) => ({ keys: keys.map((one) => ({ ...one, revoked: 7 })) }));
  assert.equal((await readStoredKeys(connection.query))[0]?.revoked, 7);
});

test("a key that this version does not understand is left alone", skip, async () => {
  await using connection = await store();
  const newer = { name: "newer", role: "owner", created: 1, secrets: [] };
  await send(connection.query, [{ kind: "key", id: "newer", value: newer, time: 1 }], crypto.randomUUID());
  await changeStoredKeys(connection, (keys) => ({ keys: [...keys, key("mine")] }));
  assert.deepEqual((await readStoredKeys(connection.query)).map(({ name }) => name), ["mine"]);
  const rows = await connection.query({ text: "SELECT id FROM shared WHERE kind = 'key' ORDER BY id" });
  assert.deepEqual(rows, [{ id: "mine" }, { id: "newer" }]);
});

test("a command's keys are those of the store, and a store that is away is an error", skip, async () => {
  const url = await freshDatabase();
  await using keys = closing(await openKeys({ url, whenDown: "allow" }));
  await keys.changeKeys(() => ({ keys: [key("a")] }));
  assert.deepEqual((await keys.readKeys()).map(({ name }) => name), ["a"]);
});

test("without a database a command fails at once, and says so", async () => {
  await assert.rejects(openKeys({ url: "postgres://me@127.0.0.1:1/llm", whenDown: "allow" }), StoreDown);
});
