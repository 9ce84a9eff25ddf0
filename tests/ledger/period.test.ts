import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { endOf, sinceFrom, slots, startOf } from "../../src/ledger/period.ts";

const local = (...parts: [number, number, number, number?, number?]) => new Date(...parts).getTime();
/** A Wednesday. */
const NOW = local(2026, 10, 18, 15, 30);

test("today begins at local midnight, the week on Monday, the month on its first", () => {
  assert.equal(startOf("today", NOW), local(2026, 10, 18));
  assert.equal(startOf("week", NOW), local(2026, 10, 16));
  assert.equal(startOf("month", NOW), local(2026, 10, 1));
  const sunday = local(2026, 10, 1, 23, 59);
  assert.equal(startOf("week", sunday), local(2026, 9, 26));
  assert.equal(startOf("week", local(2026, 10, 16)), local(2026, 10, 16));
});

test("a day ends at the next midnight, a month at the next first, also at the end of a year", () => {
  assert.equal(endOf("day", local(2026, 11, 31)), local(2027, 0, 1));
  assert.equal(endOf("month", local(2026, 11, 1)), local(2027, 0, 1));
});

for (
  const [words, expected] of [
    ["all", 0],
    ["today", local(2026, 10, 18)],
    ["WEEK", local(2026, 10, 16)],
    [" month ", local(2026, 10, 1)],
    ["90m", NOW - 90 * 60_000],
    ["24h", NOW - 24 * 3_600_000],
    ["7d", NOW - 7 * 86_400_000],
    ["2w", NOW - 14 * 86_400_000],
    ["2026-11-02", local(2026, 10, 2)],
    ["2026-11-02 08:15", local(2026, 10, 2, 8, 15)],
    ["2026-11-02T08:15:00Z", Date.UTC(2026, 10, 2, 8, 15)],
    ["2026-11-02T08:15+02:00", Date.UTC(2026, 10, 2, 6, 15)],
    ["2024-02-29", local(2024, 1, 29)],
  ] as const
) {
  test(`since "${words}" is understood`, () => assert.equal(sinceFrom(words, NOW), expected));
}

for (
  const words of [
    "",
    "yesterday",
    "-1d",
    "7",
    "d",
    "2026-13-01",
    "2026-02-30",
    "2026-11",
    "2030-01-01",
    "1e3d",
  ]
) {
  test(`since "${words}" is not understood, and not guessed at`, () =>
    assert.equal(sinceFrom(words, NOW), undefined));
}

test("property: slots cover the time without gaps, and none is longer than 25 hours", () => {
  fc.assert(fc.property(
    fc.constantFrom("hour", "day"),
    fc.integer({ min: 0, max: NOW }),
    fc.integer({ min: 0, max: 100 * 86_400_000 }),
    (unit, since, length) => {
      const pieces = slots(unit, since, since + length);
      let at = since;
      for (const { from, to } of pieces) {
        assert.equal(from, at);
        assert.ok(to > from && to - from <= (unit === "hour" ? 1 : 25) * 3_600_000);
        at = to;
      }
      assert.equal(at, since + length);
    },
  ));
});
