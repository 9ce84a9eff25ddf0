import assert from "node:assert/strict";
import { test } from "node:test";
import { StoreDown } from "../../src/store/connection.ts";
import { openStore, readStore } from "../../src/store/store.ts";
import { anEnd, inFolder, NOON, notes } from "../ledger/sample.ts";
import { freshDatabase, withoutPostgres } from "../support/postgres.ts";
import { closing } from "../support/disposable.ts";

const skip = { skip: withoutPostgres };

test("what a proxy's store keeps, a command reads", skip, async () => {
  const url = await freshDatabase();
  const { log } = notes();
  const store = await openStore({ url, whenDown: "allow" }, {});
  const ledger = store.ledger({ spool: undefined, keepDays: 0, log, now: () => NOON });
  for (const id of ["a", "b"]) ledger.add(anEnd({ id }));
  await ledger.close();
  await store.close();
  await using reader = closing(await readStore({ url, whenDown: "allow" }));
  assert.deepEqual((await reader.recent({})).map(({ id }) => id), ["b", "a"]);
  assert.equal((await reader.report({ since: 0 })).requests, 2);
  assert.equal(await reader.spent(0), 0.02);
  assert.equal(await reader.newest(), (await reader.recent({ limit: 1 }))[0]?.seq);
  assert.deepEqual((await reader.older({ limit: 1 })).rows.map(({ id }) => id), ["b"]);
});

test("an empty store is read as one without requests", skip, async () => {
  await using reader = closing(await readStore({ url: await freshDatabase(), whenDown: "allow" }));
  assert.deepEqual([await reader.newest(), await reader.spent(0), await reader.recent({})], [0, 0, []]);
  assert.deepEqual(await reader.older({}), { rows: [], next: null });
});

test("a proxy opens a store that is away, keeps requests in files, and a command cannot read it", () =>
  inFolder(async (spool) => {
    const url = "postgres://me:not-a-real-password@127.0.0.1:1/llm";
    const { log, lines } = notes();
    const store = await openStore({ url, whenDown: "allow" }, { log });
    const ledger = store.ledger({ spool, keepDays: 0, log, now: () => NOON });
    ledger.add(anEnd());
    await (ledger as { flush?: () => Promise<void> }).flush?.();
    assert.equal(ledger.state().waiting, 1);
    await ledger.close();
    await store.close();
    assert.doesNotMatch(lines.join("\n"), /not-a-real-password/);
    await assert.rejects(readStore({ url, whenDown: "allow" }), StoreDown);
  }));
