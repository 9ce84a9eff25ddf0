import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { openFile, reading, setAside, UnreadableLedger } from "../../src/ledger/file.ts";
import { recentRequests } from "../../src/ledger/recent.ts";
import { toRow } from "../../src/ledger/row.ts";
import { ForeignFile } from "../../src/ledger/schema.ts";
import { anEnd, inFolder } from "./sample.ts";
import { closing } from "../support/disposable.ts";

const posix = { skip: process.platform === "win32" ? "files there have no such modes" : false };
const MOMENT = new Date(Date.UTC(2026, 10, 22, 9, 30));
const count = (path: string) => reading(path, (all) => all.length);

/** A ledger with one request. */
function written(path: string): void {
  using store = closing(openFile(path).store);
  store.insert([toRow(anEnd())]);
}

test(
  "a new file and its folder are the user's alone, and an old one becomes so",
  posix,
  () =>
    inFolder((folder) => {
      const path = join(folder, "a/b/ledger.sqlite");
      written(path);
      assert.deepEqual([statSync(path).mode & 0o777, statSync(join(folder, "a")).mode & 0o777], [
        0o600,
        0o700,
      ]);
      chmodSync(path, 0o644);
      written(path);
      assert.equal(statSync(path).mode & 0o777, 0o600);
    }),
);

test("an open file is in place until another one has its name", () =>
  inFolder((folder) => {
    const path = join(folder, "ledger.sqlite");
    const { store, inPlace } = openFile(path);
    using _store = closing(store);
    assert.equal(inPlace(), true);
    renameSync(path, `${path}.away`);
    assert.equal(inPlace(), false);
    writeFileSync(path, "");
    assert.equal(inPlace(), false);
  }));

test("a file that holds something else is not touched, whatever its size", () =>
  inFolder((folder) => {
    for (const text of ["x", "SQLite format 3\0but not ours".padEnd(200, "\0"), "{}".repeat(1000)]) {
      const path = join(folder, "notes.txt");
      writeFileSync(path, text);
      assert.throws(() => openFile(path));
      assert.throws(() => count(path), UnreadableLedger);
      assert.equal(readFileSync(path, "utf8"), text);
    }
  }));

test("a link that others may have put there is refused", posix, () =>
  inFolder((folder) => {
    const shared = join(folder, "shared");
    mkdirSync(shared);
    chmodSync(shared, 0o777);
    const path = join(shared, "ledger.sqlite");
    symlinkSync(join(folder, "mine"), path);
    assert.throws(() => openFile(path), /symbolic link in a folder that others can write/);
    assert.equal(existsSync(join(folder, "mine")), false);
  }));

describe("a file is set aside", () => {
  test("under the moment, and never over another one", () =>
    inFolder((folder) => {
      const path = join(folder, "ledger.sqlite");
      for (const away of [`${path}.corrupt-2026-11-22T093000`, `${path}.corrupt-2026-11-22T093000-2`]) {
        writeFileSync(path, "garbage ".repeat(100));
        assert.equal(setAside(path, MOMENT), away);
        assert.equal(existsSync(path), false);
        assert.match(readFileSync(away, "utf8"), /^garbage/);
      }
    }));

  test("only where it is damaged", () =>
    inFolder((folder) => {
      const path = join(folder, "ledger.sqlite");
      assert.equal(setAside(path, MOMENT), undefined, "it is not there");
      written(path);
      assert.equal(setAside(path, MOMENT), undefined);
      assert.equal(recentRequests(path).length, 1);
    }));

  test("only where it is a ledger", () =>
    inFolder((folder) => {
      const path = join(folder, "thesis.doc");
      writeFileSync(path, "a thesis ".repeat(100));
      assert.throws(() => setAside(path, MOMENT), ForeignFile);
      assert.ok(existsSync(path));
    }));
});

describe("reading", () => {
  test("a missing or an empty file has no database, and is not created", () =>
    inFolder((folder) => {
      const path = join(folder, "ledger.sqlite");
      assert.equal(count(path), 0);
      assert.equal(existsSync(path), false);
      writeFileSync(path, "");
      assert.equal(count(path), 0);
      assert.equal(statSync(path).size, 0);
    }));

  test("cannot write", () =>
    inFolder((folder) => {
      const path = join(folder, "ledger.sqlite");
      written(path);
      assert.throws(() => reading(path, ([db]) => db!.exec("DELETE FROM requests")), UnreadableLedger);
      assert.equal(recentRequests(path).length, 1);
    }));

  test("closes what it opened, and not what it was given", () =>
    inFolder((folder) => {
      const path = join(folder, "ledger.sqlite");
      written(path);
      using own = closing(new DatabaseSync(path));
      let opened: DatabaseSync | undefined;
      assert.equal(
        reading([own, path], (all) => {
          opened = all[1];
          return all.length;
        }),
        2,
      );
      assert.throws(() => opened!.prepare("SELECT 1"));
      assert.deepEqual({ ...own.prepare("SELECT 1 AS one").get() }, { one: 1 });
    }));

  test("a damaged ledger says which and why; an error of this program stays what it is", () =>
    inFolder((folder) => {
      const path = join(folder, "ledger.sqlite");
      writeFileSync(path, "garbage ".repeat(100));
      assert.throws(() => count(path), (error: Error) => {
        assert.match(
          error.message,
          /^the ledger .*ledger\.sqlite cannot be read: it is damaged .*sets it aside/,
        );
        return error instanceof UnreadableLedger;
      });
      rmSync(path);
      assert.throws(() =>
        reading(path, () => {
          throw new TypeError("mine");
        }), TypeError);
    }));
});

test("a folder in the place of a ledger is named in words for people", () =>
  inFolder((folder) => {
    assert.throws(() => reading(folder, () => 0), (error) => {
      assert.ok(error instanceof UnreadableLedger);
      assert.equal(error.message, `the ledger ${folder} cannot be read: it is a folder`);
      return true;
    });
  }));
