import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readDays, readHours } from "../../../src/config/build/times.ts";
import { Report } from "../../../src/config/problem.ts";

/** What a value is read as; a text: the problem that was reported instead. */
function read<T>(reader: (value: unknown, path: string[], report: Report) => T | undefined, value: unknown) {
  const report = new Report("test.toml", undefined);
  const result = reader(value, ["when"], report);
  if (result !== undefined) return result;
  assert.equal(report.problems.length, 1, "what is not read is reported, once");
  return report.problems[0]!.message;
}

const hours = (value: unknown) => read(readHours, value);
const days = (value: unknown) => read(readDays, value);

test("times of day have their usual forms, in minutes after midnight", () => {
  assert.deepEqual(hours("22:00-06:30"), [1320, 390]);
  assert.deepEqual(hours("9-17"), [540, 1020]);
  assert.deepEqual(hours("9 – 17:05"), [540, 1025]);
  assert.deepEqual(hours("00:00 to 6"), [0, 360]);
  assert.deepEqual(hours([22, 6]), [1320, 360]);
  assert.deepEqual(hours(["18:15", "24:00"]), [1095, 1440]);
});

test("midnight is a beginning and an end, and a day from one to the other is whole", () => {
  assert.deepEqual(hours("24:00-6"), [0, 360]);
  assert.deepEqual(hours("22-0"), [1320, 0]);
  assert.deepEqual(hours("0-24"), [0, 1440]);
  assert.deepEqual(hours("24-0"), [0, 0], "equal ends are a whole day");
});

for (
  const value of [
    "25-3",
    "24:30-3",
    "7-7",
    "late",
    "7",
    "7-8-9",
    "7:5-8",
    "",
    [7],
    [7, 8, 9],
    5,
    null,
  ]
) {
  test(`${JSON.stringify(value)} is not a pair of times`, () => {
    assert.match(
      String(hours(value)),
      /^got .*, expected two times of day, such as "22:00-06:30" or \[22, 6\]\.$/,
    );
  });
}

test("days have their usual forms, sorted, with 0 for Sunday", () => {
  assert.deepEqual(days("mon-fri"), [1, 2, 3, 4, 5]);
  assert.deepEqual(days(["sat", "Sunday"]), [0, 6]);
  assert.deepEqual(days("weekend"), [0, 6]);
  assert.deepEqual(days("Weekdays, SU"), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(days([0, 3]), [0, 3]);
  assert.deepEqual(days("mon, wed, mon"), [1, 3]);
});

for (const value of ["someday", [9], [], "", "mon-", "-fri", "mon-tue-wed", "m", "mon,,tue", 7, true, {}]) {
  test(`${JSON.stringify(value)} is not days`, () => {
    assert.match(
      String(days(value)),
      /^got .*, expected days, such as \["mon", "tue"\], "mon-fri" or "weekend"\.$/,
    );
  });
}

test("a range of days has every day from the first to the last, also over the weekend", () => {
  const names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
  const day = fc.integer({ min: 0, max: 6 });
  fc.assert(
    fc.property(day, day, (from, to) => {
      const length = (to - from + 7) % 7 + 1;
      const wanted = Array.from({ length }, (_, index) => (from + index) % 7).sort();
      assert.deepEqual(days(`${names[from]}-${names[to]}`), wanted);
    }),
  );
});

test("any two different minutes of a day are read as they are", () => {
  const minute = fc.integer({ min: 0, max: 1439 });
  const clock = (at: number) => `${Math.floor(at / 60)}:${String(at % 60).padStart(2, "0")}`;
  fc.assert(
    fc.property(minute, minute, (from, to) => {
      fc.pre(from !== to);
      assert.deepEqual(hours(`${clock(from)}-${clock(to)}`), [from, to]);
    }),
  );
});
