import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Spool, type SpoolOptions, takeOver } from "../../src/store/spool.ts";
import { anEnd, inFolder, notes } from "../ledger/sample.ts";
import { closing } from "../support/disposable.ts";

const { log } = notes();
const open = (options: Partial<SpoolOptions> = {}) =>
  closing(new Spool({ folder: undefined, mostBytes: 1e9, mostRows: 1e6, log, ...options }));

/** Takes everything out, as the ids of the requests. */
function emptied(spool: Spool): string[] {
  const ids: string[] = [];
  for (let segment = spool.next(); segment !== undefined; segment = spool.next()) {
    ids.push(...spool.linesOf(segment).map((line) => JSON.parse(line).id));
    spool.done(segment);
  }
  return ids;
}

/** A request that takes some kilobytes. */
const large = (id: string) => anEnd({ id, why: ["ä".repeat(2000)] });

test("an empty spool has nothing to store", () => {
  using spool = open();
  assert.deepEqual([spool.next(), spool.waiting, spool.length, spool.lost], [undefined, 0, 0, 0]);
});

test("requests come out in their order, in memory and in files, and files go with them", () =>
  inFolder((folder) => {
    const ids = Array.from({ length: 600 }, (_, i) => `r${i}`);
    for (const spool of [open(), open({ folder: join(folder, "new", "spool") })]) {
      for (const id of ids) spool.add(large(id));
      assert.equal(spool.waiting, ids.length);
      assert.ok(spool.length > 1, "a segment is small enough to be sent at once");
      assert.deepEqual(emptied(spool), ids);
      assert.equal(spool.waiting, 0);
      spool.close();
    }
    assert.deepEqual(readdirSync(join(folder, "new", "spool")), []);
  }));

test("a request is on the disk at once, and a new run takes over what is there", () =>
  inFolder((folder) => {
    open({ folder }).add(anEnd({ id: "ü" }));
    const [name] = readdirSync(folder);
    assert.equal(JSON.parse(readFileSync(join(folder, name!), "utf8")).id, "ü");
    writeFileSync(join(folder, "notes.txt"), "not a request");
    const next = open({ folder });
    assert.equal(next.waiting, 1);
    next.add(anEnd({ id: "later" }));
    assert.deepEqual(emptied(next), ["ü", "later"]);
    next.close();
    assert.deepEqual(readdirSync(folder), ["notes.txt"]);
  }));

test("what was recorded just after a request has ended is stored with it", () => {
  const spool = open();
  const end = anEnd({ id: "a" });
  spool.add(end);
  Object.assign(end, { durationMs: 99_999 });
  assert.equal(JSON.parse(spool.linesOf(spool.next()!)[0]!).duration_ms, 99_999);
});

test("a line that was cut by a crash is lost, and the others are not", () =>
  inFolder((folder) => {
    open({ folder }).add(anEnd({ id: "whole" }));
    const [name] = readdirSync(folder);
    writeFileSync(join(folder, name!), '{"id":"cut', { flag: "a" });
    using next = open({ folder });
    assert.deepEqual(emptied(next), ["whole"]);
    assert.equal(next.lost, 1);
  }));

test("a spool that is full loses what comes, in memory by requests and on the disk by bytes", () =>
  inFolder((folder) => {
    const { log, lines } = notes();
    const memory = open({ mostRows: 2, log });
    for (const id of ["a", "b", "c", "d"]) memory.add(anEnd({ id }));
    assert.deepEqual([memory.waiting, memory.lost], [2, 2]);
    assert.deepEqual(lines, [
      "warn: the ledger lost 1 request, and more may follow: there is no room for more until the store can be reached",
    ]);
    using disk = open({ folder, mostBytes: 5000 });
    for (let i = 0; i < 4; i++) disk.add(large(`r${i}`));
    assert.deepEqual([disk.waiting, disk.lost], [1, 3]);
    disk.done(disk.next()!);
    disk.add(large("again"));
    assert.deepEqual([disk.waiting, disk.lost], [1, 3], "there is room again");
  }));

test("a folder that cannot be written leaves requests in memory, and is logged once", () =>
  inFolder((folder) => {
    const { log, lines } = notes();
    const blocked = join(folder, "file");
    writeFileSync(blocked, "");
    using spool = open({ folder: join(blocked, "spool"), log });
    for (const id of ["a", "b"]) spool.add(anEnd({ id }));
    assert.deepEqual(emptied(spool), ["a", "b"]);
    assert.equal(lines.length, 1);
    assert.match(
      lines[0]!,
      /^warn: the spool .* cannot be written \(.+\); what the store does not have yet is kept in memory$/,
    );
  }));

test("a file that another program stored and deleted holds nothing more", () =>
  inFolder((folder) => {
    open({ folder }).add(anEnd({ id: "a" }));
    using next = open({ folder });
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    assert.deepEqual(emptied(next), []);
    assert.equal(next.lost, 0);
  }));

test("what waits in the spools of workers that are gone is taken over, once", () =>
  inFolder((folder) => {
    const of = (worker: number) => join(folder, String(worker));
    for (const worker of [1, 2, 3]) {
      using spool = open({ folder: of(worker) });
      spool.add(anEnd({ id: `of-${worker}` }));
    }
    takeOver([of(2), of(3), of(4)], of(1));
    takeOver([of(2), of(3), of(4)], of(1));
    assert.deepEqual(emptied(open({ folder: of(1) })).sort(), ["of-1", "of-2", "of-3"]);
    assert.equal(open({ folder: of(2) }).waiting, 0);
  }));
