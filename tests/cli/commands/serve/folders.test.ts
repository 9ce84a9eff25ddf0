import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { takeOverSpools, workerFolder } from "../../../../src/cli/commands/serve/folders.ts";
import { dataFolderOf } from "../../../../src/cli/configuration.ts";
import { dataFile } from "../../../../src/runtime/data-folder.ts";
import { Spool } from "../../../../src/store/spool.ts";
import { anEnd, notes } from "../../../ledger/sample.ts";
import { inFolder } from "../../terminal.ts";

interface Place {
  readonly io: { readonly env: Readonly<Record<string, string>> };
  /** The spool of the program itself (0), or of a worker. */
  readonly spoolOf: (worker: number) => string;
}

/** A data folder in which a request waits for each of these: 0 is the program itself. */
const withSpools = (workers: readonly number[], work: (place: Place) => Promise<void>) =>
  inFolder({}, async (home) => {
    const io = { env: { HOME: home, XDG_DATA_HOME: home } };
    const spoolOf = (worker: number) =>
      dataFile(worker === 0 ? dataFolderOf(io) : workerFolder(io, worker), "spool");
    for (const worker of workers) {
      const spool = new Spool({ folder: spoolOf(worker), mostBytes: 1e9, mostRows: 1e6, log: () => {} });
      spool.add(anEnd({ id: `of-${worker}` }));
      spool.close();
    }
    await work({ io, spoolOf });
  });

/** The ids of the requests that wait in a spool. */
function waiting(folder: string): string[] {
  const spool = new Spool({ folder, mostBytes: 1e9, mostRows: 1e6, log: () => {} });
  const ids: string[] = [];
  for (let segment = spool.next(); segment !== undefined; segment = spool.next()) {
    ids.push(...spool.linesOf(segment).map((line) => JSON.parse(line).id));
    spool.done(segment);
  }
  return ids.sort();
}

test("each worker has a folder of its own in the data folder", () => {
  const io = { env: { HOME: "/h", XDG_DATA_HOME: "/data" } };
  assert.equal(workerFolder(io, 2), join(dataFolderOf(io), "workers", "2"));
});

test("a single process takes over what workers left", () =>
  withSpools([0, 1, 2], async ({ io, spoolOf }) => {
    await takeOverSpools(io, 1, () => {});
    assert.deepEqual(waiting(spoolOf(0)), ["of-0", "of-1", "of-2"]);
    assert.deepEqual(waiting(spoolOf(2)), []);
  }));

test("the first worker takes over what one process and workers that are not there now left", () =>
  withSpools([0, 1, 2, 3, 10], async ({ io, spoolOf }) => {
    await takeOverSpools(io, 2, () => {});
    assert.deepEqual(waiting(spoolOf(1)), ["of-0", "of-1", "of-10", "of-3"]);
    assert.deepEqual(waiting(spoolOf(2)), ["of-2"], "it reads its own");
  }));

test("where nobody left anything, nothing happens", () =>
  withSpools([], async ({ io, spoolOf }) => {
    const { log, lines } = notes();
    await takeOverSpools(io, 1, log);
    await takeOverSpools(io, 4, log);
    assert.deepEqual([waiting(spoolOf(0)), lines], [[], []]);
  }));

test("what cannot be taken over is a warning, and the program starts", () =>
  withSpools([3], async ({ io, spoolOf }) => {
    mkdirSync(workerFolder(io, 1), { recursive: true });
    writeFileSync(spoolOf(1), "a file in the way");
    const { log, lines } = notes();
    await takeOverSpools(io, 2, log);
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /^warn: requests that an earlier run left in .*workers are not stored: /);
  }));
