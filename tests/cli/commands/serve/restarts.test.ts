import assert from "node:assert/strict";
import { test } from "node:test";
import { Restarts } from "../../../../src/cli/commands/serve/restarts.ts";

test("a worker that ends early repeatedly waits twice as long each time, at most 30 seconds", () => {
  const restarts = new Restarts();
  const waits = Array.from({ length: 12 }, () => restarts.ended(500));
  assert.deepEqual(waits.slice(0, 5), [100, 200, 400, 800, 1600]);
  assert.equal(waits.at(-1), 30_000);
});

test("a worker that has run for ten seconds is started again soon", () => {
  const restarts = new Restarts();
  for (let times = 0; times < 6; times++) restarts.ended(500);
  assert.equal(restarts.ended(10_000), 100);
  assert.equal(restarts.ended(500), 100);
});

test("three early ends one after the other are hopeless, and one that works in between is not", () => {
  const restarts = new Restarts();
  const after = (livedMs: number) => {
    restarts.ended(livedMs);
    return restarts.isHopeless;
  };
  assert.deepEqual([after(1), after(1), after(20_000), after(1), after(1), after(1)], [
    false,
    false,
    false,
    false,
    false,
    true,
  ]);
});
