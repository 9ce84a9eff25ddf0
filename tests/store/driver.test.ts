import assert from "node:assert/strict";
import { test } from "node:test";
import { driverFor, POOL_SIZE, SCHEMA } from "../../src/store/driver.ts";
import { freshDatabase, withoutPostgres } from "../support/postgres.ts";

const skip = { skip: withoutPostgres };

test("whole numbers of any width are numbers, and JSON is an object", skip, async () => {
  const client = (await driverFor(await freshDatabase())).client();
  await client.connect();
  const { rows } = await client.query({
    text: `SELECT 9007199254740991::int8 AS big, sum(x) AS sum, count(*) AS n, '{"a":"é"}'::jsonb AS json
      FROM (VALUES (1::numeric), (2.5)) AS numbers (x)`,
  });
  assert.deepEqual(rows, [{ big: Number.MAX_SAFE_INTEGER, sum: 3.5, n: 2, json: { a: "é" } }]);
  await client.end();
});

test("names are looked up in the proxy's own schema alone", skip, async () => {
  const client = (await driverFor(await freshDatabase())).client();
  await client.connect();
  assert.deepEqual((await client.query("SHOW search_path")).rows, [{ search_path: SCHEMA }]);
  await client.end();
});

test("a statement that takes longer than it may has failed", skip, async () => {
  const client = (await driverFor(await freshDatabase())).client();
  await client.connect();
  client.on("error", () => {}); // the connection ends below
  await assert.rejects(client.query({ text: "SELECT pg_sleep(60)", query_timeout: 20 }), /timeout/i);
  client.connection.stream.destroy();
});

test("a pool opens no more connections than are its own, and the others wait", skip, async () => {
  const pool = (await driverFor(await freshDatabase())).pool();
  const seen = await Promise.all(
    Array.from({ length: POOL_SIZE * 3 }, () => pool.query({ text: "SELECT pg_backend_pid() AS pid" })),
  );
  const pids = new Set(seen.map(({ rows }) => (rows[0] as { readonly pid: number }).pid));
  assert.ok(pids.size <= POOL_SIZE, `${pids.size}`);
  await pool.end();
});
