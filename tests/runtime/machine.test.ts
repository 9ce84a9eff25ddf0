import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { quotaIn, thisMachine } from "../../src/runtime/machine.ts";

test("a container's limit counts in whole cores, rounded up", () => {
  assert.deepEqual(
    ["200000 100000\n", "150000 100000\n", "50000 100000\n", "max 100000\n", ""].map(quotaIn),
    [2, 2, 1, Infinity, Infinity],
  );
});

test("this machine has at least one core", () => {
  const { platform, cores } = thisMachine();
  assert.ok(Number.isInteger(cores) && cores >= 1);
  assert.equal(platform, process.platform);
});
