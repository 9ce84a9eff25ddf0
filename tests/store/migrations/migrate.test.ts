import { test } from "node:test";
import assert from "node:assert/strict";
import { connectTo, StoreDown } from "../../../src/store/connection.ts";
import { driverFor } from "../../../src/store/driver.ts";
import { migrate, MIGRATIONS, NewerStore } from "../../../src/store/migrations/migrate.ts";
import { freshDatabase, withoutPostgres } from "../../support/postgres.ts";
import { closing } from "../../support/disposable.ts";

const skip = { skip: withoutPostgres };

test("a new database gets its tables, once, by several replicas that start together", skip, async () => {
  const url = await freshDatabase();
  const replicas = [1, 2, 3, 4].map(() => connectTo(url));
  await Promise.all(replicas.map(({ tried }) => tried));
  for (const { state } of replicas) assert.equal(state.state, "up", state.problem);
  const [row] = await replicas[0]!.query<{ n: number; version: number }>({
    text: "SELECT count(*) AS n, max(version) AS version FROM version",
  });
  assert.deepEqual(row, { n: 1, version: MIGRATIONS.length });
  await Promise.all(replicas.map((one) => one.close()));
});

for (let version = 0; version < MIGRATIONS.length; version++) {
  test(`tables of version ${version} become those of today`, skip, async () => {
    const url = await freshDatabase();
    const client = (await driverFor(url)).client();
    await client.connect();
    if (version > 0) await migrate(client, MIGRATIONS.slice(0, version));
    await migrate(client);
    assert.deepEqual((await client.query("SELECT version FROM version")).rows, [{
      version: MIGRATIONS.length,
    }]);
    await client.end();
  });
}

test("a migration that fails changes nothing", skip, async () => {
  const url = await freshDatabase();
  const client = (await driverFor(url)).client();
  await client.connect();
  const broken = [...MIGRATIONS, "CREATE TABLE half (a integer); SELECT 1 / 0"];
  await assert.rejects(migrate(client, broken), /division by zero/);
  await migrate(client);
  assert.deepEqual((await client.query("SELECT to_regclass('half') AS half")).rows, [{ half: null }]);
  await client.end();
});

test("tables of a newer version are left alone, and the state says so", skip, async () => {
  const url = await freshDatabase();
  const client = (await driverFor(url)).client();
  await client.connect();
  await migrate(client, [...MIGRATIONS, "CREATE TABLE later (a integer)"]);
  await using connection = closing(connectTo(url));
  await connection.tried;
  assert.equal(connection.state.state, "down");
  assert.match(connection.state.problem ?? "", /newer version/);
  await assert.rejects(connection.query({ text: "SELECT 1" }), StoreDown);
  await client.end();
});

test("programs that migrate at the same moment wait for each other", skip, async () => {
  const driver = await driverFor(await freshDatabase());
  const clients = Array.from({ length: 5 }, () => driver.client());
  await Promise.all(clients.map((client) => client.connect()));
  const once = [...MIGRATIONS, "CREATE TABLE made_once (a integer)"];
  await Promise.all(clients.map((client) => migrate(client, once)));
  await assert.rejects(migrate(clients[0]!), NewerStore);
  await Promise.all(clients.map((client) => client.end()));
});
