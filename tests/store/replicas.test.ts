import assert from "node:assert/strict";
import { test } from "node:test";
import { newKey } from "../../src/config/client-keys.ts";
import { silent } from "../../src/log/log.ts";
import { connectTo } from "../../src/store/connection.ts";
import { shareOver } from "../../src/store/replicas.ts";
import { NOON } from "../ledger/sample.ts";
import { freshDatabase, withoutPostgres } from "../support/postgres.ts";

const skip = { skip: withoutPostgres };

async function replica(url: string) {
  const connection = connectTo(url);
  await connection.tried;
  const replicas = shareOver(connection, silent, () => NOON);
  await replicas.values.read();
  return { connection, replicas };
}

test("a key, a value and a limit of one replica are known to the other", skip, async () => {
  const url = await freshDatabase();
  const [one, other] = [await replica(url), await replica(url)];
  const names: string[] = [];
  other.replicas.values.on("key", (changes) => names.push(...changes.map(({ id }) => id)));
  await one.replicas.changeKeys((keys) => ({
    keys: [...keys, { name: "alice", role: "client", created: 1, secrets: [newKey().secret] }],
  }));
  await other.replicas.values.read();
  assert.deepEqual(names, ["alice"]);
  const budget = { name: "all", period: "day", limit: 5, warnAt: 0.8, then: { kind: "refuse" } } as const;
  const options = { spent: () => 0, refusesUnchecked: () => false };
  const spenders = [one, other].map(({ replicas }) => replicas.budgets([budget], options));
  spenders[0]!.add(2, { route: "think", client: "x" }, NOON);
  for (const budgets of [...spenders, ...spenders]) await budgets.refresh();
  assert.equal(spenders[1]!.list()[0]?.spent, 2);
  for (const { replicas, connection } of [one, other]) {
    await replicas.close();
    assert.equal(connection.state.state, "up", "the connection is its owner's");
    await connection.close();
  }
});
