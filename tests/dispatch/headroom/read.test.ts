import assert from "node:assert/strict";
import { test } from "node:test";
import { headroomText, readHeadroom } from "../../../src/dispatch/headroom/read.ts";

const NOW = Date.UTC(2026, 10, 26, 12);
const read = (headers: Record<string, string>) => readHeadroom(new Map(Object.entries(headers)), NOW);
const reset = (at: number) => String(at / 1000);

test("Claude's plans are read by window: a share, and a reset in epoch seconds", () => {
  const windows = read({
    "anthropic-ratelimit-unified-status": "allowed",
    "anthropic-ratelimit-unified-5h-status": "allowed",
    "anthropic-ratelimit-unified-5h-utilization": "0.42",
    "anthropic-ratelimit-unified-5h-reset": reset(NOW + 3_600_000),
    "anthropic-ratelimit-unified-7d-utilization": "0.9",
    "anthropic-ratelimit-unified-7d-reset": reset(NOW + 86_400_000),
    "anthropic-ratelimit-unified-overage-utilization": "0.1",
  });
  assert.deepEqual(windows, [
    { window: "5h", used: 0.42, ofPlan: true, resetAt: NOW + 3_600_000 },
    { window: "7d", used: 0.9, ofPlan: true, resetAt: NOW + 86_400_000 },
  ]);
});

test("ChatGPT's plans are read in percent, under the length of their windows", () => {
  const windows = read({
    "x-codex-primary-used-percent": "12.5",
    "x-codex-primary-window-minutes": "300",
    "x-codex-primary-reset-after-seconds": "600",
    "x-codex-secondary-used-percent": "81",
    "x-codex-secondary-window-minutes": "10080",
  });
  assert.deepEqual(windows, [
    { window: "5h", used: 0.125, ofPlan: true, resetAt: NOW + 600_000 },
    { window: "7d", used: 0.81, ofPlan: true },
  ]);
});

test("counted limits are read, and count as a plan where they last for hours", () => {
  const windows = read({
    "x-ratelimit-limit-tokens": "1000",
    "x-ratelimit-remaining-tokens": "250",
    "x-ratelimit-reset-tokens": "6m0s",
    "x-ratelimit-limit-requests-day": "100",
    "x-ratelimit-remaining-requests-day": "40",
    "x-ratelimit-reset-requests-day": "33011.3",
    "anthropic-ratelimit-input-tokens-limit": "200",
    "anthropic-ratelimit-input-tokens-remaining": "150",
    "anthropic-ratelimit-input-tokens-reset": new Date(NOW + 30_000).toISOString(),
  });
  assert.deepEqual(windows.map(({ window, used, ofPlan }) => [window, used, ofPlan]), [
    ["tokens", 0.75, false],
    ["requests-day", 0.6, true],
    ["input-tokens", 0.25, false],
  ]);
});

test("what makes no sense is dropped: no number, no limit, a reset in the past", () => {
  assert.deepEqual(
    read({
      "anthropic-ratelimit-unified-5h-utilization": "much",
      "x-ratelimit-remaining-requests": "4",
      "x-codex-primary-used-percent": "",
    }),
    [],
  );
  const [late] = read({
    "anthropic-ratelimit-unified-5h-utilization": "1.7",
    "anthropic-ratelimit-unified-5h-reset": reset(NOW - 1000),
  });
  assert.deepEqual(late, { window: "5h", used: 1, ofPlan: true });
});

test("the header's text has what is left of plans alone", () => {
  assert.equal(headroomText([{ window: "tokens", used: 0.1, ofPlan: false }]), undefined);
  assert.equal(
    headroomText([
      { window: "5h", used: 0.42, ofPlan: true, resetAt: NOW },
      { window: "7d", used: 0.09, ofPlan: true },
    ]),
    "5h=58%;reset=2026-11-26T12:00:00Z, 7d=91%",
  );
});

for (const reset of ["99999999999999999", "8640000000000001", "999999999999d", "1e300", "-1", "soon", ""]) {
  test(`a reset of ${JSON.stringify(reset)} is dropped, and the rest is read and shown`, () => {
    const windows = read({
      "anthropic-ratelimit-unified-5h-utilization": "0.5",
      "anthropic-ratelimit-unified-5h-reset": reset,
    });
    assert.deepEqual(windows, [{ window: "5h", used: 0.5, ofPlan: true }]);
    assert.equal(headroomText(windows), "5h=50%");
  });
}
