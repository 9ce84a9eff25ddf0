import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { Ledger } from "../../src/ledger/ledger.ts";
import { recentRequests } from "../../src/ledger/recent.ts";
import { report } from "../../src/ledger/report.ts";
import { UnreadableLedger } from "../../src/ledger/file.ts";
import { anEnd, inFolder, NOON, notes } from "./sample.ts";
import { closing } from "../support/disposable.ts";

test("a file that is not a database is set aside, logged, and replaced", () =>
  inFolder((folder) => {
    const path = join(folder, "ledger.sqlite");
    writeFileSync(path, "this is not a database".repeat(100));
    const { log, lines } = notes();
    const ledger = new Ledger({ path, log, now: () => Date.UTC(2026, 10, 22, 9, 30) });
    ledger.add(anEnd());
    ledger.close();
    assert.equal(recentRequests(path).length, 1);
    const aside = `${path}.corrupt-2026-11-22T093000`;
    assert.match(readFileSync(aside, "utf8"), /^this is not a database/);
    assert.deepEqual(lines, [
      `warn: the ledger ${path} was damaged: set aside as ${aside}, a new one is started`,
    ]);
  }));

test("a file damaged behind a sound header is set aside, and no later request is lost", () =>
  inFolder((folder) => {
    const path = join(folder, "ledger.sqlite");
    const { log, lines } = notes();
    const first = new Ledger({ path });
    for (let i = 0; i < 2000; i++) first.add(anEnd({ id: `r${i}` }));
    first.close();
    // Every page but the first is overwritten: the header still looks right.
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4096);
    writeFileSync(path, bytes);
    const second = new Ledger({ path, log });
    second.add(anEnd({ id: "after" }));
    second.flush();
    assert.equal(second.report({ since: 0 }).requests, 1);
    second.close();
    assert.deepEqual(recentRequests(path).map(({ id }) => id), ["after"]);
    assert.equal(readdirSync(folder).filter((name) => name.includes(".corrupt-")).length >= 1, true);
    assert.equal(lines.length, 1);
  }));

test("a second damaged file on the same second does not overwrite the first", () =>
  inFolder((folder) => {
    const path = join(folder, "ledger.sqlite");
    for (let i = 0; i < 2; i++) {
      writeFileSync(path, `garbage ${i} `.repeat(200));
      new Ledger({ path, now: () => NOON }).close();
    }
    assert.equal(readdirSync(folder).filter((name) => name.includes(".corrupt-")).length, 2);
  }));

test("while the folder cannot be created, requests are counted in memory and written later", () =>
  inFolder((folder) => {
    const obstacle = join(folder, "a-file");
    const path = join(obstacle, "ledger.sqlite");
    writeFileSync(obstacle, "not a folder");
    let now = NOON;
    const { log, lines } = notes();
    const ledger = new Ledger({ path, log, now: () => now, retryMs: 30_000 });
    for (let i = 0; i < 3; i++) {
      ledger.add(anEnd({ id: `r${i}`, time: NOON + i }));
      ledger.flush();
      now += 31_000;
    }
    assert.equal(ledger.report({ since: 0 }).requests, 3);
    assert.equal(ledger.report({ since: 0 }).cost_usd, 0.03);
    assert.deepEqual(ledger.recent({}).map(({ id }) => id), ["r2", "r1", "r0"]);
    assert.equal(ledger.state().keeping, "memory");
    assert.equal(ledger.state().waiting, 3);
    assert.equal(lines.length, 1);
    assert.match(
      lines[0]!,
      /^warn: the ledger .* cannot be written \(.+\); counting in memory until it can$/,
    );

    rmSync(obstacle);
    mkdirSync(obstacle);
    ledger.add(anEnd({ id: "r3", time: NOON + 3 }));
    ledger.flush();
    assert.equal(ledger.state().keeping, "memory", "it is not tried again before its time");
    now += 31_000;
    ledger.flush();
    assert.equal(ledger.state().keeping, "file");
    assert.equal(ledger.state().waiting, 0);
    assert.equal(
      lines.at(-1),
      `info: the ledger ${path} is written again; 4 requests were kept in memory meanwhile`,
    );
    ledger.close();
    assert.deepEqual(recentRequests(path).map(({ id }) => id), ["r3", "r2", "r1", "r0"]);
  }));

test("a stop tries a failing file once more, whatever the time", () =>
  inFolder((folder) => {
    const obstacle = join(folder, "a-file");
    const path = join(obstacle, "ledger.sqlite");
    writeFileSync(obstacle, "not a folder");
    const lost = notes();
    const never = new Ledger({ path, log: lost.log, now: () => NOON });
    never.add(anEnd());
    never.close();
    assert.match(lost.lines.at(-1)!, /could not be written: 1 requests are not in it/);

    const ledger = new Ledger({ path, now: () => NOON });
    ledger.add(anEnd());
    ledger.flush();
    rmSync(obstacle);
    ledger.close();
    assert.equal(recentRequests(path).length, 1);
  }));

test("memory is bounded while the file fails; the loss is logged once and counted", () =>
  inFolder((folder) => {
    const obstacle = join(folder, "a-file");
    writeFileSync(obstacle, "");
    const { log, lines } = notes();
    using ledger = closing(
      new Ledger({ path: join(obstacle, "l.sqlite"), log, now: () => NOON, memoryRows: 10 }),
    );
    for (let i = 0; i < 25; i++) {
      ledger.add(anEnd({ id: `r${i}` }));
      ledger.flush();
    }
    assert.equal(ledger.state().waiting, 10);
    assert.equal(ledger.state().lost, 15);
    assert.equal(ledger.recent({ limit: 1 })[0]?.id, "r24");
    assert.equal(lines.filter((line) => line.includes("the oldest are lost")).length, 1);
  }));

test("a file that was deleted while in use is created again", () =>
  inFolder((folder) => {
    const path = join(folder, "ledger.sqlite");
    const ledger = new Ledger({ path });
    ledger.add(anEnd({ id: "before" }));
    ledger.flush();
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    ledger.add(anEnd({ id: "after" }));
    ledger.close();
    assert.deepEqual(recentRequests(path).map(({ id }) => id), ["after"]);
  }));

test("another program's transaction delays a batch and loses nothing of it", () =>
  inFolder((folder) => {
    const path = join(folder, "ledger.sqlite");
    const { log, lines } = notes();
    const ledger = new Ledger({ path, log });
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    ledger.add(anEnd({ id: "r1" }));
    ledger.flush();
    assert.equal(ledger.report({ since: 0 }).requests, 1);
    other.exec("COMMIT");
    ledger.add(anEnd({ id: "r2" }));
    ledger.close();
    other.close();
    assert.deepEqual(recentRequests(path).map(({ id }) => id), ["r2", "r1"]);
    assert.deepEqual(lines, []);
  }));

test("a database of another program, and one of a newer version, are left as they are", () =>
  inFolder((folder) => {
    for (
      const [name, sql, reason] of [
        ["other.sqlite", "CREATE TABLE notes (text TEXT)", /another program/],
        ["newer.sqlite", "PRAGMA user_version = 99; PRAGMA application_id = 1953263736", /newer version/],
      ] as const
    ) {
      const path = join(folder, name);
      const db = new DatabaseSync(path);
      db.exec(sql);
      db.close();
      const before = readFileSync(path);
      const { log, lines } = notes();
      const ledger = new Ledger({ path, log });
      ledger.add(anEnd());
      assert.equal(ledger.report({ since: 0 }).requests, 1);
      ledger.close();
      assert.match(lines[0]!, reason);
      assert.deepEqual(readFileSync(path), before);
      assert.throws(() => report(path, { since: 0 }), UnreadableLedger);
    }
  }));

test("a report on a damaged file names it and what happens to it; on a missing one it is empty", () =>
  inFolder((folder) => {
    const path = join(folder, "ledger.sqlite");
    assert.equal(report(path, { since: 0 }).requests, 0);
    writeFileSync(path, "");
    assert.equal(report(path, { since: 0 }).requests, 0);
    writeFileSync(path, "garbage ".repeat(1000));
    assert.throws(
      () => report(path, { since: 0 }),
      (error: Error) =>
        error instanceof UnreadableLedger && error.message.includes(path) && /damaged/.test(error.message),
    );
  }));
