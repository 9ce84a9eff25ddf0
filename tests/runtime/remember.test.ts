import assert from "node:assert/strict";
import { test } from "node:test";
import { remember } from "../../src/runtime/remember.ts";

test("a full map forgets what was not set for the longest time", () => {
  const map = new Map<string, number>();
  remember(map, "a", 1, 2);
  remember(map, "b", 2, 2);
  remember(map, "a", 3, 2);
  remember(map, "c", 4, 2);
  assert.deepEqual([...map], [["a", 3], ["c", 4]]);
});

test("a map that must hold fewer than before shrinks at once", () => {
  const map = new Map([["a", 1], ["b", 2], ["c", 3]]);
  remember(map, "d", 4, 2);
  assert.deepEqual([...map.keys()], ["c", "d"]);
});
