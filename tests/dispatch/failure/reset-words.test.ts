import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { date, duration, momentsInWords } from "../../../src/dispatch/failure/reset-words.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const first = (message: string, offset?: string): string | undefined => {
  const [at] = momentsInWords(message, NOW, offset);
  return at === undefined ? undefined : new Date(at).toISOString().slice(0, 19);
};

const durations: readonly (readonly [text: string, seconds: number | undefined])[] = [
  ["1m30s", 90],
  ["7.66s", 7.66],
  ["120ms", 0.12],
  ["1d2h3m", 93_780],
  ["2 hours and 3 minutes", 7380],
  ["3 小时 20 分钟", 12_000],
  ["2 个小时", 7200],
  ["1 month", 30 * 86_400],
  ["2 weeks", 14 * 86_400],
  ["5 apples", undefined],
  ["", undefined],
];
for (const [text, seconds] of durations) {
  test(`"${text}" lasts ${seconds ?? "no known number of"} seconds`, () => {
    assert.equal(duration(text), seconds === undefined ? undefined : seconds * 1000);
  });
}

test("a date without a zone is in the one that is given, else in UTC", () => {
  assert.equal(date("2026-11-22 20:00:00"), Date.UTC(2026, 10, 22, 20));
  assert.equal(date("2026-11-22 20:00:00", "+08:00"), NOW);
  assert.equal(date("2026-11-22T20:00:00+02:00", "+08:00"), Date.UTC(2026, 10, 22, 18));
  assert.equal(date("+90"), undefined);
  assert.equal(date("soon"), undefined);
});

const sentences: readonly (readonly [message: string, at: string | undefined, offset?: string])[] = [
  ["Please try again in 58 hours. Please review our terms.", "2026-11-24T22:00:00"],
  ["Please wait 10 hours 58 minutes before trying again.", "2026-11-22T22:58:00"],
  ["Upgrade your plan or wait 6 seconds for your limit to reset.", "2026-11-22T12:00:06"],
  ["It will reset in 5 days 10 hours.", "2026-11-27T22:00:00"],
  ["Try again in ~ 95 min.", "2026-11-22T13:35:00"],
  ["Your quota resets in 1 month", "2026-12-22T12:00:00"],
  ["Out of call volume quota. Quota will be replenished in 03:30:56.", "2026-11-22T15:30:56"],
  ["Quota will be replenished in 3.12:30:00.", "2026-11-26T00:30:00"],
  ["Your credits are replenished in 2 days", "2026-11-24T12:00:00"],
  ["请于 30 秒后重试", "2026-11-22T12:00:30"],
  ["您的套餐将在 3 小时 20 分钟后重置", "2026-11-22T15:20:00"],
  ["Limit resets at: 2026-11-22 12:00:42 UTC", "2026-11-22T12:00:42"],
  ["Access is blocked until 2026-11-22 13:00", "2026-11-22T13:00:00"],
  ["Your limit will reset at 2026-11-22 22:35:41", "2026-11-22T22:35:41"],
  ["Your limit will reset at 2026-11-22 22:35:41", "2026-11-22T14:35:41", "+08:00"],
  ["您的限额将在 2026-11-22 22:04:58 重置。", "2026-11-22T14:04:58", "+08:00"],
  ["Your limit will reset at 2026-11-22 22:35:41+02:00", "2026-11-22T20:35:41", "+08:00"],
  ["Please wait for your limit to reset on November 24, 2026 at 2:00 AM or switch", "2026-11-24T02:00:00"],
  ["try again at Nov 24th, 2026 2:05 PM.", "2026-11-24T14:05:00"],
  ["You've hit your limit · resets 3:40pm (Europe/Berlin)", "2026-11-22T14:40:00"],
  ["You've hit your limit · resets 11am (Europe/Berlin)", "2026-11-23T10:00:00"],
  ["You've hit your limit · resets Dec 3, 10am (America/New_York)", "2026-12-03T15:00:00"],
  ["You've hit your limit · resets 3am", undefined],
  ["You've hit your limit · resets 3am (Middle/Earth)", undefined],
  ["you can try again soon", undefined],
];
for (const [message, at, offset] of sentences) {
  test(`"${message}" ${offset ?? ""} means ${at ?? "no moment"}`, () =>
    assert.equal(first(message, offset), at));
}

test("a date that is past in its provider's zone may be one in UTC", () => {
  const moments = [...momentsInWords("Your limit will reset at 2026-11-22 14:35:41", NOW, "+08:00")];
  assert.deepEqual(moments.map((at) => new Date(at).toISOString().slice(11, 16)), ["06:35", "14:35"]);
});

test("no sentence makes the reader throw, or slow", () => {
  const parts = fc.constantFrom(
    "reset ",
    "again in ",
    "at ",
    "1",
    "9 ",
    "h ",
    "m",
    "2026-11-22 ",
    "Nov ",
    "后",
    "(UTC)",
  );
  fc.assert(fc.property(fc.array(parts, { maxLength: 200 }), (words) => {
    for (const at of momentsInWords(words.join(""), NOW)) assert.equal(typeof at, "number");
  }));
});
