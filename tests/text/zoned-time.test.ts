import assert from "node:assert/strict";
import { test } from "node:test";
import { momentIn, zoneOf } from "../../src/text/zoned-time.ts";

const BERLIN = "Europe/Berlin";

test("a zone has its own time of day and day, in summer and in winter", () => {
  const zone = zoneOf(BERLIN)!;
  assert.deepEqual(zone(Date.UTC(2026, 6, 1, 22, 30)), { minuteOfDay: 30, day: 4 });
  assert.deepEqual(zone(Date.UTC(2026, 11, 1, 22, 30)), { minuteOfDay: 23 * 60 + 30, day: 2 });
});

test("a name that is not a zone's gives nothing", () => {
  assert.equal(zoneOf("Europe/Atlantis"), undefined);
});

test("a date and a time are moments of their zone", () => {
  assert.equal(momentIn("2026-12-31", BERLIN), Date.UTC(2026, 11, 30, 23));
  assert.equal(momentIn("2026-07-01 18:00", BERLIN), Date.UTC(2026, 6, 1, 16));
  assert.equal(momentIn("2026-10-25 12:00", BERLIN), Date.UTC(2026, 9, 25, 11));
  assert.equal(momentIn("2026-01-02 03:04"), new Date(2026, 0, 2, 3, 4).getTime());
});

for (const text of ["tomorrow", "2026-13-01", "2026-02-30", "31.12.2026", ""]) {
  test(`${JSON.stringify(text)} is not a moment`, () => {
    assert.equal(momentIn(text), undefined);
  });
}
