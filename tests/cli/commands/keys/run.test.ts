import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ledgerIn, withLedger } from "../../ledgers.ts";
import { freshDatabase, withoutPostgres } from "../../../support/postgres.ts";
import { inFolder, type Ran, run } from "../../terminal.ts";

type Keys = (...words: string[]) => Promise<Ran>;

/** The command with a data folder of its own. */
const withKeys = (work: (keys: Keys, folder: string) => Promise<void>) =>
  inFolder(
    { "config.toml": withLedger() },
    (cwd) => work((...words) => run(["keys", ...words], { cwd, env: { XDG_DATA_HOME: cwd } }), cwd),
  );

const fileIn = (folder: string) => readFileSync(join(folder, "terraphim-llm-proxy", "keys.json"), "utf8");

test("add prints the key once, alone on the standard output, and keeps a hash of it", () =>
  withKeys(async (keys, folder) => {
    const { out, err, code } = await keys("add", "Alice", "--budget", "50/month", "--rpm", "60");
    assert.equal(code, 0, err);
    assert.match(out, /^tlp_[0-9a-f]{8}_[\w-]{43}\n$/);
    assert.match(err, /"alice" \(client, \$50\.00 a month, 60 requests a minute\)/);
    assert.ok(!fileIn(folder).includes(out.trim().slice(13)));
    for (const words of [["list"], ["show", "alice"], ["list", "--json"], ["show", "alice", "--json"]]) {
      const shown = await keys(...words);
      assert.equal(shown.code, 0, shown.err);
      assert.ok(!shown.out.includes(out.trim().slice(13)), words.join(" "));
    }
  }));

test("the first key of an open proxy comes with what else needs one from then on", async () => {
  await withKeys(async (keys) => {
    assert.match(
      (await keys("add", "alice")).err,
      /From now on every client needs a key, .*set admin_key in \[proxy\]/,
    );
    assert.doesNotMatch((await keys("add", "bob")).err, /From now on/);
  });
  await withKeys(async (keys) => {
    assert.match((await keys("add", "root", "--role", "admin")).err, /The dashboard takes this one/);
  });
});

test("a name that is nearly a route's is doubted, others may be models", () =>
  withKeys(async (keys) => {
    const { err } = await keys("add", "alice", "--models", "thinkk,build,gpt-5,m");
    assert.match(err, /^"thinkk" is not a route\. Did you mean "think"\?$/m);
    assert.equal(err.match(/is not a route/g)?.length, 1);
  }));

test("a name is given once, also after its key was revoked", () =>
  withKeys(async (keys) => {
    await keys("add", "alice");
    assert.match((await keys("add", "alice")).err, /There is a key "alice" already/);
    assert.match((await keys("revoke", "alice")).out, /is revoked/);
    assert.match((await keys("add", "alice")).err, /Use another name/);
    assert.match((await keys("rotate", "alice")).err, /was revoked on/);
  }));

test("set changes the settings that are given, and an empty one takes a limit away", () =>
  withKeys(async (keys) => {
    await keys("add", "alice", "--budget", "5/day", "--tpm", "1000", "--team", "web");
    await keys("set", "alice", "--budget", "", "--rpm", "7", "--models", "groq,*;claude-*");
    const shown = (await keys("show", "alice", "--json")).json();
    assert.equal(shown.budget, null);
    assert.deepEqual([shown.requests_per_minute, shown.tokens_per_minute, shown.team], [7, 1000, "web"]);
    assert.deepEqual(shown.models, ["groq,*", "claude-*"]);
  }));

test("rotate makes another key, and keeps the old one for a time where that is wanted", () =>
  withKeys(async (keys, folder) => {
    const first = (await keys("add", "alice")).out;
    assert.notEqual((await keys("rotate", "alice", "--keep", "1d")).out, first);
    const count = () => JSON.parse(fileIn(folder)).keys[0].secrets.length;
    assert.equal(count(), 2);
    await keys("rotate", "alice");
    assert.equal(count(), 1);
  }));

test("a setting that cannot be is refused with what would be right", () =>
  withKeys(async (keys) => {
    const wrong: readonly (readonly [string[], RegExp])[] = [
      [["add", "alice", "--budget", "50"], /--budget must be dollars a day or month, such as 5\/day/],
      [
        ["add", "alice", "--expires", "soon"],
        /--expires must be a time such as 12h or 90d, or a date such as 2027-01-31/,
      ],
      [["add", "alice", "--expires", "2020-01-01"], /a date in the future/],
      [["add", "0a1b2c3d"], /A name has letters/],
      [["add", "a b"], /A name has letters/],
      [["revoke", "nobody"], /There is no key "nobody"/],
      [["add", "alice", "--role", "boss"], /boss/],
    ];
    for (const [words, expected] of wrong) {
      const { code, err } = await keys(...words);
      assert.notEqual(code, 0);
      assert.match(err, expected);
    }
  }));

test("list and stats show what each key and team spent", () =>
  withKeys(async (keys, cwd) => {
    await keys("add", "alice", "--team", "web");
    ledgerIn(cwd, [{ clientKey: "alice", cost: 0.25 }, { clientKey: "0a1b2c3d", cost: 0.5 }]);
    assert.match((await keys("list")).out, /^alice +client +web +\$0\.25/m);
    const env = { XDG_DATA_HOME: cwd };
    const { by } = (await run(["stats", "--by", "key", "--by", "team", "--json"], { cwd, env })).json();
    assert.equal(by.key.alice.cost_usd, 0.25);
    assert.equal(by.team.web.cost_usd, 0.25);
    assert.equal(by.team.none.cost_usd, 0.5);
  }));

test("several commands at once lose no key", () =>
  withKeys(async (keys, folder) => {
    await Promise.all(["a1", "b1", "c1", "d1"].map((name) => keys("add", name)));
    assert.equal(JSON.parse(fileIn(folder)).keys.length, 4);
  }));

test(
  "with a store the keys are there, with those of before, and nowhere else",
  { skip: withoutPostgres },
  async () => {
    const store = `[store]\nurl = "${await freshDatabase()}"\n`;
    await inFolder({ "config.toml": withLedger(), "stored.toml": store }, async (cwd) => {
      const keys: Keys = (...words) => run(["keys", ...words], { cwd, env: { XDG_DATA_HOME: cwd } });
      await keys("add", "alice");
      const before = fileIn(cwd);
      const made = await keys("add", "bob", "--config", "stored.toml");
      assert.equal(made.code, 0, made.err);
      assert.match(
        made.err,
        /^Copied 1 key of .*keys\.json into the store\.\n.*: the store has only a hash of it\.\n$/,
      );
      assert.equal(fileIn(cwd), before);
      const { keys: all } = (await keys("list", "--json", "--config", "stored.toml")).json();
      assert.deepEqual(all.map(({ name }: { readonly name: string }) => name), ["alice", "bob"]);
      assert.match(
        (await keys("add", "alice", "--config", "stored.toml")).err,
        /There is a key "alice" already/,
      );
    });
  },
);

test("a store that cannot be reached is an error without its password", () =>
  inFolder(
    { "config.toml": '[store]\nurl = "postgres://me:not-a-password@127.0.0.1:1/llm"\n' },
    async (cwd) => {
      const { code, err } = await run(["keys", "add", "alice"], { cwd, env: { XDG_DATA_HOME: cwd } });
      assert.equal(code, 1);
      assert.match(err, /the store cannot be reached/);
      assert.doesNotMatch(err, /not-a-password/);
    },
  ));
