import assert from "node:assert/strict";
import { test } from "node:test";
import { SignedIn } from "../../../src/server/dashboard/sign-in.ts";

test("browsers signed in are bounded: the oldest are signed out", () => {
  const browsers = new SignedIn();
  const ids = Array.from({ length: 150 }, (_, i) => browsers.open("key", i).id);
  assert.equal(new Set(ids).size, 150);
  assert.equal(browsers.keyOf(ids[0], 200), undefined);
  assert.equal(browsers.keyOf(ids[149], 200), "key");
  assert.equal(ids.filter((id) => browsers.keyOf(id, 200) !== undefined).length, 100);
});

test("the id of a browser counts as its page only with the secret of that page", () => {
  const browsers = new SignedIn();
  const [one, other] = [browsers.open("key", 0), browsers.open("key", 0)];
  assert.equal(browsers.keyOfPage(one.id, one.secret, 1), "key");
  for (const secret of ["", other.secret, one.id]) {
    assert.equal(browsers.keyOfPage(one.id, secret, 1), undefined);
  }
});
