import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import { changeClientKeys, newKey } from "../../src/config/client-keys.ts";
import { dataFile } from "../../src/runtime/data-folder.ts";
import { Accounting } from "../../src/server/accounting.ts";
import { ClientKeys } from "../../src/server/client-keys.ts";
import type { ConfigSource } from "../../src/server/context.ts";
import { anEnd, NOON, someCosts } from "../ledger/sample.ts";
import { closing, tempFolder } from "../support/disposable.ts";
import { configOf, testClock } from "../support/proxy.ts";
import { until } from "../support/waiting.ts";

const BUDGET = '[[budgets]]\nname = "all"\nlimit = 10\nperiod = "day"\n';

/** What accounts for a proxy with this configuration. */
function accounts(toml = "", folder?: string) {
  const clock = testClock(NOON);
  const log: string[] = [];
  let current = configOf(toml);
  const source: ConfigSource = {
    get current() {
      return current;
    },
    state: { loadedAt: 0, ok: true, problems: [], warnings: [], reloads: 0 },
    onSwap: () => () => {},
  };
  const write = (_level: string, message: string) => void log.push(message);
  const keys = new ClientKeys(folder === undefined ? undefined : dataFile(folder, "keys"), write);
  const accounting = new Accounting(source, { log: write, clock, folder, keys, store: undefined });
  return closing({
    accounting,
    clock,
    log,
    keys,
    /** Dollars of a budget that are spent. */
    spent: (name = "all") => accounting.budgets?.list().find((one) => one.name === name)?.spent,
    reload(next: string) {
      const before = current;
      current = configOf(next);
      accounting.reconfigure(current, before);
    },
    async close() {
      keys.close();
      await accounting.close();
    },
  });
}

const end = (id: string, cost: number, more = {}) => anEnd({ id, costs: { ...someCosts, cost }, ...more });

describe("requests that are over", () => {
  test("are in the ledger, and in the budgets that count them", async () => {
    await using one = accounts(BUDGET);
    one.accounting.add(end("a", 2));
    one.accounting.add(end("b", 3));
    assert.equal(one.spent(), 5);
    assert.equal(await one.accounting.ledger?.spent(0), 5);
  });

  test("count for budgets without a ledger too, over minutes and reloads", async () => {
    const toml = `[ledger]\nenabled = false\n${BUDGET}`;
    await using one = accounts(toml);
    one.accounting.add(end("a", 2));
    one.accounting.add(end("b", 3, { time: NOON + 61_000 }));
    assert.equal(one.spent(), 5);
    one.reload(toml.replace("10", "20"));
    assert.equal(one.spent(), 5);
  });

  test("are nothing where neither a ledger nor a budget is configured", async () => {
    await using one = accounts("[ledger]\nenabled = false\n");
    one.accounting.add(end("a", 2));
    assert.deepEqual([one.accounting.ledger, one.accounting.budgets], [undefined, undefined]);
  });

  test("of a known key count for its team", async () => {
    using folder = tempFolder();
    const { secret } = newKey();
    changeClientKeys(dataFile(folder.path, "keys"), () => [
      { name: "ann", role: "client", team: "blue", created: 0, secrets: [secret] },
    ]);
    await using one = accounts(BUDGET.replace('"all"', '"blue"') + 'team = "blue"\n', folder.path);
    one.accounting.add(end("a", 2, { clientKey: "ann" }));
    one.accounting.add(end("b", 3, { clientKey: "nobody" }));
    one.accounting.add(end("c", 4));
    assert.equal(one.spent("blue"), 2);
  });

  test("of another proxy on the same file are counted within about a minute", async () => {
    using folder = tempFolder();
    await using one = accounts(BUDGET, folder.path);
    await using other = accounts(BUDGET, folder.path);
    one.accounting.add(end("a", 2));
    await one.accounting.ledger?.flush();
    other.accounting.add(end("b", 3, { time: NOON + 61_000 }));
    await until(() => other.spent() === 5);
  });
});

describe("the look at what others spent", () => {
  test("is taken once a minute: in between, a proxy knows what it spent itself", async () => {
    using folder = tempFolder();
    await using one = accounts(BUDGET, folder.path);
    await using other = accounts(BUDGET, folder.path);
    other.accounting.add(end("a", 1));
    one.accounting.add(end("b", 2));
    await one.accounting.ledger?.flush();
    other.accounting.add(end("c", 3, { time: NOON + 60_000 }));
    await other.accounting.ledger?.flush();
    assert.equal(other.spent(), 4);
    other.accounting.add(end("d", 4, { time: NOON + 60_001 }));
    await until(() => other.spent() === 10);
  });
});

describe("a start", () => {
  test("goes on with what was spent before it", async () => {
    using folder = tempFolder();
    const first = accounts(BUDGET, folder.path);
    first.accounting.add(end("a", 2));
    await first.close();
    await using second = accounts(BUDGET, folder.path);
    assert.equal(second.spent(), 2);
  });

  test("keeps the ledger in the data folder, at the configured path, or in memory", async () => {
    using folder = tempFolder();
    await using one = accounts("", folder.path);
    assert.equal(one.accounting.ledger?.state().path, dataFile(folder.path, "ledger"));
    const path = folder.at("elsewhere", "own.sqlite");
    await using other = accounts(`[ledger]\npath = ${JSON.stringify(path)}\n`, folder.path);
    assert.equal(other.accounting.ledger?.state().path, path);
    assert.ok(existsSync(path));
    await using none = accounts();
    assert.equal(none.accounting.ledger?.state().path, ":memory:");
  });
});

describe("a reload", () => {
  test("that leaves the ledger alone keeps it open, and the sums of budgets with it", async () => {
    await using one = accounts(BUDGET);
    const { ledger } = one.accounting;
    one.accounting.add(end("a", 2));
    one.reload(BUDGET.replace("10", "20"));
    assert.equal(one.accounting.ledger, ledger);
    assert.equal(one.spent(), 2);
    assert.equal(one.accounting.budgets?.list()[0]?.limit, 20);
    one.reload("");
    assert.equal(one.accounting.budgets, undefined);
  });

  test("that moves the ledger writes what waits to the old file first", async () => {
    using folder = tempFolder();
    const pathOf = (name: string) => `[ledger]\npath = ${JSON.stringify(folder.at(name))}\n`;
    const one = accounts(pathOf("old.sqlite"));
    one.accounting.add(end("a", 2));
    one.reload(pathOf("new.sqlite"));
    one.accounting.add(end("b", 3));
    await one.close();
    await using old = accounts(pathOf("old.sqlite"));
    assert.equal(await old.accounting.ledger?.spent(0), 2);
    await using fresh = accounts(pathOf("new.sqlite"));
    assert.equal(await fresh.accounting.ledger?.spent(0), 3);
  });

  test("that switches the ledger off keeps none, and a stop after it is quiet", async () => {
    await using one = accounts();
    one.reload("[ledger]\nenabled = false\n");
    assert.equal(one.accounting.ledger, undefined);
    one.accounting.add(end("a", 2));
    assert.deepEqual(one.log, []);
  });

  test("cannot change the store of a running proxy: the log says when it counts", async () => {
    await using one = accounts();
    one.reload('[store]\nurl = "postgres://user@localhost/other"\n');
    assert.deepEqual(one.log, ["the new [store] is used after a restart"]);
  });
});

test("a key that gets a budget of its own is held to it from then on", async () => {
  using folder = tempFolder();
  await using one = accounts("", folder.path);
  assert.equal(one.accounting.budgets, undefined);
  one.accounting.add(end("a", 2, { clientKey: "ann" }));
  const { secret } = newKey();
  await one.keys.change((keys) => ({
    keys: [...keys, {
      name: "ann",
      role: "client" as const,
      created: 0,
      budget: { limit: 5, period: "day" as const },
      secrets: [secret],
    }],
  }));
  assert.equal(one.spent("key ann"), 2);
});
