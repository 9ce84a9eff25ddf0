import assert from "node:assert/strict";
import { test } from "node:test";
import { SignedIn } from "../../../src/server/dashboard/sign-in.ts";

test("browsers signed in are bounded: the oldest are signed out", () => {
  const browsers = new SignedIn();
  const ids = Array.from({ length: 150 }, (_, i) => browsers.open("key", i));
  assert.equal(new Set(ids).size, 150);
  assert.equal(browsers.keyOf(ids[0], 200), undefined);
  assert.equal(browsers.keyOf(ids[149], 200), "key");
  assert.equal(ids.filter((id) => browsers.keyOf(id, 200) !== undefined).length, 100);
});
