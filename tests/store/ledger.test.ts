import { test } from "node:test";
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { connectTo } from "../../src/store/connection.ts";
import { StoreLedger } from "../../src/store/ledger.ts";
import { anEnd, inFolder, NOON, notes, someCosts } from "../ledger/sample.ts";
import { freshDatabase, PostgresServer, withoutPostgres } from "../support/postgres.ts";
import { closing } from "../support/disposable.ts";
import { until } from "../support/waiting.ts";

const skip = { skip: withoutPostgres };
const DAY = 86_400_000;
const FAST = { firstPauseMs: 20, longestPauseMs: 50 };

async function connected(url: string) {
  const connection = connectTo(url, FAST);
  await connection.tried;
  return closing(connection);
}

test("two replicas write one ledger; each reads what both wrote, in one order", skip, async () => {
  const url = await freshDatabase();
  await using near = await connected(url);
  await using far = await connected(url);
  await using one = closing(new StoreLedger({ connection: near }));
  await using other = closing(new StoreLedger({ connection: far }));
  for (let i = 0; i < 50; i++) {
    one.add(anEnd({ id: `a${i}` }));
    other.add(anEnd({ id: `b${i}` }));
  }
  await Promise.all([one.flush(), other.flush()]);
  const rows = await one.recent({ limit: 200 });
  assert.equal(new Set(rows.map(({ id }) => id)).size, 100);
  assert.deepEqual(rows.map(({ seq }) => seq), (await other.recent({ limit: 200 })).map(({ seq }) => seq));
  assert.equal((await other.report({ since: 0 })).requests, 100);
});

test(
  "requests wait on the disk while the store is away, and come once, in their order",
  skip,
  () =>
    inFolder(async (folder) => {
      await using server = await PostgresServer.start();
      await using connection = await connected(server.database());
      const { log, lines } = notes();
      const spool = join(folder, "spool");
      await using ledger = closing(new StoreLedger({ connection, spool, log }));
      ledger.add(anEnd({ id: "before" }));
      await ledger.flush();
      await server.stop();
      await until(() => connection.state.state === "down");
      for (let i = 0; i < 3000; i++) ledger.add(anEnd({ id: `r${i}` }));
      await ledger.flush();
      const { keeping, waiting, lost } = ledger.state();
      assert.deepEqual({ keeping, waiting, lost }, { keeping: "spool", waiting: 3000, lost: 0 });
      await assert.rejects(async () => await ledger.report({ since: 0 }), /the store cannot be reached/);
      const files = readdirSync(spool);
      assert.ok(files.length > 1);
      if (process.platform !== "win32") assert.equal(statSync(join(spool, files[0]!)).mode & 0o777, 0o600);
      await server.again();
      await until(() => connection.state.state === "up" && ledger.state().waiting === 0);
      const rows = await ledger.recent({ limit: 5000 });
      assert.deepEqual(
        rows.map(({ id }) => id),
        [...Array.from({ length: 3000 }, (_, i) => `r${2999 - i}`), "before"],
      );
      assert.deepEqual(readdirSync(spool), []);
      assert.match(
        lines.join("\n"),
        /kept in the spool until the store can be reached[^]*3000 requests .* are stored/,
      );
    }),
);

test(
  "what a killed program left in the spool is stored by the next one, once",
  skip,
  () =>
    inFolder(async (folder) => {
      await using connection = await connected(await freshDatabase());
      const spool = join(folder, "spool");
      // A killed program closes nothing: its ledger is left as it is, with a timer that never comes.
      const killed = new StoreLedger({ connection, spool, batchMs: 3_600_000 });
      killed.add(anEnd({ id: "first" }));
      killed.add(anEnd({ id: "second" }));
      await until(() => killed.state().waiting === 2);
      const [name] = readdirSync(spool);
      const left = readFileSync(join(spool, name!), "utf8");
      const next = new StoreLedger({ connection, spool });
      assert.deepEqual((await next.recent({})).map(({ id }) => id), ["second", "first"]);
      await next.close();
      // It was stored, and the file was not deleted: a crash in between.
      writeFileSync(join(spool, name!), left + left.slice(0, 40));
      await using third = closing(new StoreLedger({ connection, spool }));
      assert.equal((await third.report({ since: 0 })).requests, 2);
      assert.equal(third.state().lost, 1, "a line that was cut");
    }),
);

test("a spool that is full loses what comes, counts it and logs it once", () =>
  inFolder(async (folder) => {
    await using connection = closing(connectTo("postgres://me@127.0.0.1:1/llm"));
    await connection.tried;
    const { log, lines } = notes();
    await using ledger = closing(
      new StoreLedger({ connection, spool: join(folder, "spool"), spoolBytes: 4000, log }),
    );
    for (let i = 0; i < 20; i++) ledger.add(anEnd({ id: `r${i}` }));
    await ledger.flush();
    const { waiting, lost } = ledger.state();
    assert.ok(waiting > 0 && lost > 0 && waiting + lost === 20, `${waiting} wait, ${lost} are lost`);
    assert.equal(lines.filter((line) => line.includes("lost")).length, 1);
  }));

test(
  "a spool that cannot be written leaves requests in memory, and they are stored",
  skip,
  () =>
    inFolder(async (folder) => {
      const spool = join(folder, "spool");
      writeFileSync(spool, "a file, not a folder");
      await using connection = await connected(await freshDatabase());
      const { log, lines } = notes();
      await using ledger = closing(new StoreLedger({ connection, spool, log }));
      ledger.add(anEnd());
      assert.equal((await ledger.recent({})).length, 1);
      assert.match(lines.join("\n"), /the spool .* cannot be written/);
    }),
);

test(
  "a database that can be reached and takes no requests is logged once, and gets them later",
  skip,
  async () => {
    await using connection = await connected(await freshDatabase());
    const { log, lines } = notes();
    await using ledger = closing(new StoreLedger({ connection, log, batchMs: 5 }));
    await ledger.begun;
    await connection.query({ text: "ALTER FUNCTION add_requests RENAME TO away" });
    ledger.add(anEnd());
    await ledger.flush();
    await ledger.flush();
    const { keeping, waiting, problem } = ledger.state();
    assert.deepEqual([keeping, waiting], ["spool", 1]);
    assert.match(problem ?? "", /add_requests/);
    await connection.query({ text: "ALTER FUNCTION away RENAME TO add_requests" });
    await until(() => ledger.state().waiting === 0);
    assert.equal((await ledger.report({ since: 0 })).requests, 1);
    assert.deepEqual(lines.map((line) => line.replace(/\(.*\)/, "(…)")), [
      "warn: the store takes no requests (…); they are kept in the spool until it does",
      "info: the store takes requests again",
    ]);
  },
);

test("what PostgreSQL's texts cannot hold is replaced, and costs no other request", skip, async () => {
  await using connection = await connected(await freshDatabase());
  await using ledger = closing(new StoreLedger({ connection }));
  const odd = "a\u0000b\ud800c";
  const attempts = [{ ...anEnd().attempts[0]!, failure: "unreachable" as const, message: odd }];
  ledger.add(anEnd({ id: "odd", modelAsked: odd, why: [odd], attempts, fellBack: true }));
  ledger.add(anEnd({ id: "plain" }));
  const [plain, found] = await ledger.recent({});
  assert.equal(plain?.id, "plain");
  assert.equal(found?.model_asked, "a\ufffdb\ufffdc");
  assert.deepEqual(found?.why, ["a\ufffdb\ufffdc"]);
  assert.equal((await ledger.report({ since: 0 })).by.provider?.openrouter?.attempts?.failed, 1);
});

test("months that are over for longer than keep_days are dropped with their tables", skip, async () => {
  await using connection = await connected(await freshDatabase());
  const keeping = new StoreLedger({ connection, now: () => NOON });
  for (const age of [0, 29, 70, 400]) keeping.add(anEnd({ id: `${age}`, time: NOON - age * DAY }));
  await keeping.close();
  await using ledger = closing(new StoreLedger({ connection, keepDays: 30, now: () => NOON }));
  await ledger.begun;
  assert.deepEqual((await ledger.recent({})).map(({ id }) => id), ["29", "0"]);
  assert.equal((await ledger.report({ since: 0 })).requests, 2);
  const tables = await connection.query<{ n: number }>({
    text: "SELECT count(*) AS n FROM pg_inherits WHERE inhparent = 'requests'::regclass",
  });
  assert.deepEqual(tables, [{ n: 2 }], "October and November");
});

test("sums of hours and of the requests at the edges agree to the millisecond", skip, async () => {
  await using connection = await connected(await freshDatabase());
  await using ledger = closing(new StoreLedger({ connection }));
  const HOUR = 3_600_000;
  const start = Math.floor(NOON / HOUR) * HOUR;
  const times = [
    start - 1,
    start,
    start + 1,
    start + HOUR - 1,
    start + HOUR,
    start + 2 * HOUR,
    start + 2 * HOUR + 7,
  ];
  for (const time of times) ledger.add(anEnd({ time, costs: someCosts }));
  for (const since of times) {
    for (const until of times) {
      const expected = times.filter((time) => time >= since && time < until).length;
      assert.equal(
        (await ledger.report({ since, until, groups: [] })).requests,
        expected,
        `${since} to ${until}`,
      );
    }
  }
});
