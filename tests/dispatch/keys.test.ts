import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { KeyIds, keyIdsOf } from "../../src/dispatch/keys.ts";
import { tempFolder } from "../support/disposable.ts";

const SECRET = "sk-0123456789abcdef";
const unexpected = (why: string) => assert.fail(why);

test("an id is eight digits that only this installation can make from a key", () => {
  const [one, other] = [new KeyIds(), new KeyIds()];
  assert.match(one.of(SECRET), /^[\da-f]{8}$/);
  assert.equal(one.of(SECRET), one.of(SECRET));
  assert.notEqual(one.of(SECRET), other.of(SECRET));
  assert.notEqual(one.of(SECRET), createHash("sha256").update(SECRET).digest("hex").slice(0, 8));
});

test("ids outlive a restart: the installation's key is in a file of the user's alone", () => {
  using folder = tempFolder();
  const path = folder.at("data", "installation.key");
  const id = keyIdsOf(path, unexpected).of(SECRET);
  assert.equal(keyIdsOf(path, unexpected).of(SECRET), id);
  if (process.platform !== "win32") assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("a damaged file is replaced, and a folder that cannot be written is reported", () => {
  using folder = tempFolder();
  const path = folder.at("installation.key");
  writeFileSync(path, "short");
  keyIdsOf(path, unexpected);
  assert.match(readFileSync(path, "utf8"), /^[\da-f]{64}$/);
  const reasons: string[] = [];
  const ids = keyIdsOf(join(path, "below", "installation.key"), (why) => reasons.push(why));
  assert.match(ids.of(SECRET), /^[\da-f]{8}$/);
  assert.equal(reasons.length, 1);
});
