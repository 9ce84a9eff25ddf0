import assert from "node:assert/strict";
import { test } from "node:test";
import { join } from "node:path";
import { Ledger } from "../../../../src/ledger/ledger.ts";
import { anEnd, NOON } from "../../../ledger/sample.ts";
import { freshDatabase, withoutPostgres } from "../../../support/postgres.ts";
import { inFolder, run } from "../../terminal.ts";
import { closing } from "../../../support/disposable.ts";

const skip = { skip: withoutPostgres };

/** A ledger with so many requests, a cent each, each a millisecond after the other. */
function ledgerWith(path: string, count: number): void {
  using ledger = closing(new Ledger({ path }));
  for (let i = 0; i < count; i++) {
    ledger.add(anEnd({ id: `r${i}`, time: NOON + i, clientKey: i % 2 === 0 ? "alice" : "bob" }));
  }
}

test("store migrate copies a ledger once, and says what it did", skip, () =>
  inFolder({}, async (folder) => {
    const url = await freshDatabase();
    const path = join(folder, "old.sqlite");
    ledgerWith(path, 1203);
    const first = await run(["store", "migrate", path, url], { cwd: folder });
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, /1,203 requests of .*old\.sqlite copied to 127\.0\.0\.1:\d+\/test_\d+\./);
    assert.match(
      first.out,
      /The file has \$12\.03 in 1,203 requests, the store now \$12\.03 in 1,203 requests\./,
    );
    const again = JSON.parse((await run(["store", "migrate", path, url, "--json"], { cwd: folder })).out);
    assert.deepEqual([again.read, again.stored, again.there_already], [1203, 0, 1203]);
    assert.equal(again.store.requests, 1203);
    assert.doesNotMatch(first.out + first.err, /not-a-real-password/);
  }));

test("stats, log, keys and doctor read the store of the configuration", skip, () =>
  inFolder({
    "config.toml": '[store]\nurl = "${DATABASE_URL}"\n[router]\ndefault = "openrouter,m"\n',
  }, async (folder) => {
    const url = await freshDatabase();
    const path = join(folder, "old.sqlite");
    ledgerWith(path, 20);
    const env = { DATABASE_URL: url, OPENROUTER_API_KEY: "k" };
    const asked = (...args: string[]) => run(args, { cwd: folder, env });
    assert.equal((await asked("store", "migrate", path)).code, 0);
    const stats = JSON.parse((await asked("stats", "--since", "all", "--by", "key", "--json")).out);
    assert.equal(stats.requests, 20);
    assert.equal(stats.by.key.alice.requests, 10);
    const log = JSON.parse((await asked("log", "-n", "3", "--json")).out);
    assert.deepEqual(log.requests.map(({ id }: { id: string }) => id), ["r17", "r18", "r19"]);
    assert.match(
      (await asked("doctor", "--offline")).out,
      /Store +127\.0\.0\.1:\d+\/test_\d+ has 20 requests/,
    );
  }));

test("a store that cannot be reached is named without its password", () =>
  inFolder({}, async (folder) => {
    const path = join(folder, "old.sqlite");
    ledgerWith(path, 1);
    const url = "postgres://me:not-a-real-password@127.0.0.1:1/llm";
    const { code, out, err } = await run(["store", "migrate", path, url], { cwd: folder });
    assert.equal(code, 1);
    assert.match(err, /The store 127\.0\.0\.1:1\/llm cannot be reached/);
    assert.doesNotMatch(out + err, /not-a-real-password/);
    const none = await run(["store", "migrate", path], { cwd: folder });
    assert.match(none.err, /Name the database/);
  }));
