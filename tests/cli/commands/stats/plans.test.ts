import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { plansIn, plansText, type PlanUse } from "../../../../src/cli/commands/stats/plans.ts";
import { inFolder } from "../../terminal.ts";

const NOW = Date.UTC(2026, 10, 26, 12);
const window = (more: object = {}) => ({ window: "5h", used: 0.5, ofPlan: true, ...more });
const account = (windows: readonly object[], more: object = {}) => ({
  provider: "anthropic",
  key: "ab12",
  seen: NOW,
  windows,
  ...more,
});

/** What is read of a file with this text. */
async function read(text: string): Promise<readonly PlanUse[]> {
  let plans: readonly PlanUse[] = [];
  await inFolder({ "headroom.json": text }, (folder) => {
    plans = plansIn(join(folder, "headroom.json"), NOW);
  });
  return plans;
}

test("the windows of plans are read, those of keys are not", async () => {
  const windows = [window({ resetAt: NOW + 1000 }), window({ window: "requests", ofPlan: false })];
  assert.deepEqual(await read(JSON.stringify([account(windows)])), [{
    provider: "anthropic",
    key: "ab12",
    window: "5h",
    used_share: 0.5,
    resets_at: "2026-11-26T12:00:01.000Z",
  }]);
});

test("a window that has been reset since is not shown", async () => {
  assert.deepEqual(await read(JSON.stringify([account([window({ resetAt: NOW - 1 })])])), []);
});

for (
  const text of [
    "",
    "{",
    "null",
    "7",
    "[null]",
    '[{"provider":7}]',
    JSON.stringify([account([{ window: 7 }])]),
  ]
) {
  test(`a file that holds ${text.slice(0, 24) || "nothing"} knows no plan`, async () =>
    assert.deepEqual(await read(text), []));
}

test("a reset beyond the last date, as an earlier version kept it, does not stop the command", async () => {
  assert.deepEqual(await read(JSON.stringify([account([window({ resetAt: 1e17 })])])), []);
});

test("a file that is not there knows no plan", () => assert.deepEqual(plansIn("/nowhere/x.json", NOW), []));

test("plans are a sentence, by account, and nothing used is 0 %", () => {
  const use = (key: string, window: string, used_share: number): PlanUse => ({
    provider: "anthropic",
    key,
    window,
    used_share,
    resets_at: null,
  });
  assert.equal(
    plansText([use("a", "5h", 0.42), use("b", "5h", 0), use("a", "7d", 1)]),
    "Used of plans: anthropic (key a) 42 % of 5h, 100 % of 7d; anthropic (key b) 0 % of 5h.",
  );
  assert.equal(plansText([]), undefined);
});
