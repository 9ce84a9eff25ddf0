import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { UnreadableLedger } from "../../src/ledger/file.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import { connectTo } from "../../src/store/connection.ts";
import { copyLedger } from "../../src/store/copy.ts";
import { readRecent, readReport } from "../../src/store/ledger.ts";
import { anEnd, inFolder, NOON } from "../ledger/sample.ts";
import { freshDatabase, withoutPostgres } from "../support/postgres.ts";
import { closing } from "../support/disposable.ts";

const skip = { skip: withoutPostgres };

/** A file with so many requests. */
async function fileWith(folder: string, count: number): Promise<string> {
  const path = join(folder, "ledger.sqlite");
  const ledger = new Ledger({ path, now: () => NOON });
  for (let i = 0; i < count; i++) ledger.add(anEnd({ id: `r${i}`, modelAsked: `größe ${i % 3}` }));
  await ledger.flush();
  await ledger.close();
  return path;
}

async function store() {
  const connection = connectTo(await freshDatabase());
  await connection.tried;
  return closing(connection);
}

test("every row of a file arrives as it was, and steps are reported", skip, () =>
  inFolder(async (folder) => {
    await using connection = await store();
    const path = await fileWith(folder, 1203);
    const steps: number[] = [];
    assert.deepEqual(await copyLedger(path, connection, (rows) => steps.push(rows)), {
      read: 1203,
      stored: 1203,
    });
    assert.deepEqual(steps, [500, 1000, 1203]);
    const [newest] = await readRecent(connection.query, { limit: 1 });
    assert.deepEqual([newest?.id, newest?.model_asked], ["r1202", "größe 2"]);
    assert.equal((await readReport(connection.query, { since: 0 })).requests, 1203);
  }));

test(
  "a copy that is made again stores nothing twice, and adds what is new",
  skip,
  () =>
    inFolder(async (folder) => {
      await using connection = await store();
      const path = await fileWith(folder, 3);
      await copyLedger(path, connection);
      assert.deepEqual(await copyLedger(path, connection), { read: 3, stored: 0 });
      const ledger = new Ledger({ path, now: () => NOON });
      ledger.add(anEnd({ id: "r0", modelAsked: "größe 0" }));
      await ledger.close();
      assert.deepEqual(await copyLedger(path, connection), { read: 4, stored: 1 });
    }),
);

test("a file that is not a ledger is refused, and nothing is stored", skip, () =>
  inFolder(async (folder) => {
    await using connection = await store();
    await assert.rejects(copyLedger(folder, connection), UnreadableLedger);
    assert.equal((await readReport(connection.query, { since: 0 })).requests, 0);
  }));
