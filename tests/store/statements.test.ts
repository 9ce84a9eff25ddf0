import assert from "node:assert/strict";
import { test } from "node:test";
import { connectTo } from "../../src/store/connection.ts";
import { readOlder, readRecent, readSpent, StoreLedger } from "../../src/store/ledger.ts";
import { areOfHours, recent, span, sumsByLabel } from "../../src/store/statements.ts";
import { anEnd, NOON, someCosts } from "../ledger/sample.ts";
import { freshDatabase, withoutPostgres } from "../support/postgres.ts";
import { closing } from "../support/disposable.ts";

const skip = { skip: withoutPostgres };
const HOUR = 3_600_000;
const START = Math.floor(NOON / HOUR) * HOUR;

/** A store with these requests. */
async function storeWith(...ends: readonly Parameters<typeof anEnd>[0][]) {
  const connection = connectTo(await freshDatabase());
  await connection.tried;
  const ledger = new StoreLedger({ connection });
  for (const end of ends) ledger.add(anEnd(end));
  await ledger.close();
  return closing(connection);
}

test("each value has its own placeholder, in order, whatever is asked for", () => {
  const { text, values } = recent({
    route: "think",
    failed: true,
    words: ["a?b", "ü"],
    status: 429,
    limit: 7,
  });
  const places = [...text.matchAll(/\$(\d+)/g)].map(([, n]) => Number(n));
  assert.deepEqual(places, Array.from({ length: values!.length }, (_, i) => i + 1));
  assert.ok(!text.includes("?"));
  assert.match(text, /LIMIT 7$/);
  assert.match(recent({ limit: -5.5 }).text, /LIMIT 0$/);
});

test("hours add up to slots that begin at whole hours, wherever the first begins", () => {
  const slots = (...starts: number[]) => starts.map((from) => ({ from, to: from + HOUR }));
  assert.equal(areOfHours(slots(START + 5, START + HOUR)), true);
  assert.equal(areOfHours(slots(START)), true);
  assert.equal(areOfHours(slots(START, START + HOUR / 2)), false);
});

test("words of any kind are found as they are, and none of their signs means anything", skip, async () => {
  await using connection = await storeWith(
    { id: "percent", modelAsked: "100%" },
    { id: "plain", modelAsked: "100x" },
    { id: "slash", modelAsked: "a\\b_c" },
    { id: "reason", why: ['said "größe"'] },
  );
  const found = async (...words: string[]) =>
    (await readRecent(connection.query, { words })).map(({ id }) => id);
  assert.deepEqual(await found("100%"), ["percent"]);
  assert.deepEqual(await found("a\\b_c"), ["slash"]);
  assert.deepEqual(await found("SAID", "größe"), ["reason"]);
  assert.deepEqual(await found('"größe"'), ["reason"]);
  assert.deepEqual(await found("100", "openrouter"), ["plain", "percent"]);
  assert.deepEqual(await found("'; DROP TABLE requests; --"), []);
});

test("characters that PostgreSQL does not take are found nowhere, and harm nothing", skip, async () => {
  await using connection = await storeWith({ id: "a" });
  for (const odd of ["a\0b", "\ud800"]) {
    assert.deepEqual(await readRecent(connection.query, { words: [odd] }), []);
    assert.deepEqual(await readRecent(connection.query, { route: odd }), []);
    assert.equal(await readSpent(connection.query, 0, { route: odd, keys: [odd] }), 0);
  }
});

test("the first and the last request of a time are found in hours and at its edges", skip, async () => {
  const times = [START - 5, START + 7, START + 3 * HOUR + 9];
  await using connection = await storeWith(...times.map((time) => ({ time })));
  const spanOf = async (from: number, to: number) => (await connection.query(span({ from, to })))[0];
  assert.deepEqual(await spanOf(0, Number.MAX_SAFE_INTEGER), { first: times[0], last: times[2] });
  assert.deepEqual(await spanOf(START, START + HOUR), { first: times[1], last: times[1] });
  assert.deepEqual(await spanOf(START - 5, START + 7), { first: times[0], last: times[0] });
  assert.deepEqual(await spanOf(START + HOUR, START + 2 * HOUR), { first: null, last: null });
});

test("many slots in one statement say what each says alone", skip, async () => {
  const times = [START + 1, START + HOUR, START + HOUR + 1, START + 2 * HOUR + 5];
  await using connection = await storeWith(...times.map((time) => ({ time, costs: someCosts })));
  const slots = [0, 1, 2].map((n) => ({
    from: START + n * HOUR + (n === 0 ? 1 : 0),
    to: START + (n + 1) * HOUR,
  }));
  const together = await connection.query<{ slot: number; requests: number }>(sumsByLabel(slots));
  assert.deepEqual(together.map(({ slot, requests }) => [slot, requests]), [[1, 1], [2, 2], [3, 1]]);
  for (const [i, slot] of slots.entries()) {
    const [alone] = await connection.query<{ requests: number }>(sumsByLabel([slot]));
    assert.equal(alone?.requests, together[i]?.requests);
  }
});

test("pages of requests join without a gap, and end", skip, async () => {
  await using connection = await storeWith(...Array.from({ length: 7 }, (_, i) => ({ id: `r${i}` })));
  const ids: string[] = [];
  let before: number | undefined;
  for (let page = 0; page < 5; page++) {
    const { rows, next } = await readOlder(connection.query, {
      limit: 3,
      ...(before !== undefined && { before }),
    });
    ids.push(...rows.map(({ id }) => id));
    if (next === null) break;
    before = next;
  }
  assert.deepEqual(ids, [6, 5, 4, 3, 2, 1, 0].map((i) => `r${i}`));
});
