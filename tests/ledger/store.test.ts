import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { recentRequests } from "../../src/ledger/recent.ts";
import { toRow } from "../../src/ledger/row.ts";
import { ForeignFile, type LedgerRow } from "../../src/ledger/schema.ts";
import { isAboutTheFile, openStore, type Store, troubleOf } from "../../src/ledger/store.ts";
import { anEnd, inFolder, NOON } from "./sample.ts";
import { closing } from "../support/disposable.ts";

const row = (id: string, more: Partial<LedgerRow> = {}): LedgerRow => ({ ...toRow(anEnd({ id })), ...more });
const ids = (store: Store) => recentRequests(store.db, { limit: 1000 }).map(({ id }) => id).reverse();

function inMemory(work: (store: Store) => void): void {
  using store = closing(openStore(":memory:"));
  work(store);
}

test("rows are kept in the order of writing, and share the labels that they have in common", () =>
  inMemory((store) => {
    assert.equal(store.insert([row("a"), row("b"), row("c", { model: "größe" })]), 0);
    assert.deepEqual(ids(store), ["a", "b", "c"]);
    assert.equal(store.db.prepare("SELECT count(*) AS n FROM labels").get()?.n, 2);
    assert.equal(store.insert([]), 0);
  }));

test("a row that does not fit is counted, and takes no other row along", () =>
  inMemory((store) => {
    const bad = row("bad", { input: 1e30 });
    assert.equal(store.insert([row("a"), bad, row("b"), bad]), 2);
    assert.deepEqual(ids(store), ["a", "b"]);
  }));

test("the label of a row that did not fit is made again by the next one", () =>
  inMemory((store) => {
    assert.equal(store.insert([row("bad", { model: "new", input: 1e30 })]), 1);
    assert.equal(store.insert([row("a", { model: "new" })]), 0);
    assert.equal(recentRequests(store.db)[0]?.model, "new");
  }));

test("more labels than are remembered are each kept once", () =>
  inMemory((store) => {
    const all = Array.from({ length: 2500 }, (_, index) => row(`r${index}`, { model: `m${index}` }));
    store.insert(all);
    store.insert(all);
    assert.equal(store.db.prepare("SELECT count(*) AS n FROM labels").get()?.n, 2500);
  }));

test("another store's rows are taken with everything that they have", () =>
  inMemory((store) =>
    inMemory((other) => {
      other.insert([row("a"), row("b", { session: null, cost: null })]);
      store.insert([row("first")]);
      assert.equal(store.take(other), 2);
      assert.deepEqual(ids(store), ["first", "a", "b"]);
      const newest = ({ db }: Store) => ({ ...recentRequests(db, { limit: 1 })[0], seq: undefined });
      assert.deepEqual(newest(store), newest(other));
    })
  ));

describe("rows are forgotten", () => {
  test("by their age, of those that were written first alone", () =>
    inMemory((store) => {
      store.insert([
        row("old", { time: NOON - 2 }),
        row("new", { time: NOON }),
        row("late", { time: NOON - 2 }),
      ]);
      assert.equal(store.forgetBefore(NOON - 1, 2), 1);
      assert.deepEqual(ids(store), ["new", "late"]);
      assert.equal(store.forgetBefore(NOON - 1, 10), 1);
      assert.equal(store.forgetBefore(NOON - 1, 10), 0);
    }));

  test("by their number, the oldest first", () =>
    inMemory((store) => {
      store.insert(["a", "b", "c"].map((id) => row(id)));
      assert.equal(store.keepNewest(2), 1);
      assert.deepEqual(ids(store), ["b", "c"]);
      assert.equal(store.keepNewest(5), 0);
    }));
});

test("while another program writes, a batch is refused whole, and can be written later", () =>
  inFolder((folder) => {
    const path = join(folder, "ledger.sqlite");
    using store = closing(openStore(path));
    using other = closing(new DatabaseSync(path));
    store.patience(0);
    other.exec("BEGIN IMMEDIATE");
    assert.throws(() => store.insert([row("a")]), (error) => troubleOf(error) === "busy");
    other.exec("ROLLBACK");
    assert.equal(store.insert([row("a")]), 0);
    assert.deepEqual(ids(store), ["a"]);
  }));

describe("an error of the database means", () => {
  const error = (message: string, errcode?: number) => Object.assign(new Error(message), { errcode });
  const cases: readonly (readonly [error: unknown, trouble: string])[] = [
    [error("x", 5), "busy"],
    [error("x", 261), "busy"],
    [error("database is locked"), "busy"],
    [error("x", 11), "damaged"],
    [error("file is not a database"), "damaged"],
    [error("x", 19), "row"],
    [error("CHECK constraint failed: x"), "row"],
    [error("database or disk is full", 13), "other"],
    [error("unlocked"), "other"],
    [new ForeignFile("database is locked"), "other"],
  ];
  for (const [one, trouble] of cases) {
    const { message, errcode } = one as { message: string; errcode?: number };
    test(`${trouble}: ${message} ${errcode ?? ""}`, () => assert.equal(troubleOf(one), trouble));
  }

  test("nothing where this program made it", () => {
    assert.equal(isAboutTheFile(new TypeError("x")), false);
    assert.equal(isAboutTheFile(new ForeignFile("x")), true);
    assert.equal(isAboutTheFile(Object.assign(new Error("x"), { code: "ERR_SQLITE_ERROR" })), true);
  });
});
