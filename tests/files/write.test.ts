import assert from "node:assert/strict";
import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { rewrite, writeWhole } from "../../src/files/write.ts";
import { tempFolder } from "../support/disposable.ts";

const NO_MODES = process.platform === "win32" ? "Windows has no file modes" : false;

test("a file is written into a missing folder, and replaced", () => {
  using folder = tempFolder();
  const path = folder.at("a", "b", "file.json");
  for (const text of ["first", "second"]) {
    writeWhole(path, text);
    assert.equal(readFileSync(path, "utf8"), text);
  }
  assert.deepEqual(readdirSync(folder.at("a", "b")), ["file.json"]);
});

test("a file is the user's alone unless its mode is given", { skip: NO_MODES }, () => {
  using folder = tempFolder();
  const path = folder.at("private", "file");
  writeWhole(path, "x");
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(folder.at("private")).mode & 0o777, 0o700);
  writeWhole(path, "x", 0o666);
  assert.equal(statSync(path).mode & 0o777, 0o666);
});

test(
  "another text keeps a file's mode, and the link that leads to it",
  { skip: NO_MODES },
  () => {
    using folder = tempFolder();
    const [real, link] = [folder.at("real"), folder.at("link")];
    writeWhole(real, "first", 0o640);
    symlinkSync(real, link);
    rewrite(link, "second");
    assert.equal(readFileSync(real, "utf8"), "second");
    assert.equal(statSync(real).mode & 0o777, 0o640);
    assert.ok(lstatSync(link).isSymbolicLink());
  },
);

test("a file that cannot be replaced leaves nothing behind", () => {
  using folder = tempFolder();
  const path = folder.at("in-the-way");
  mkdirSync(join(path, "x"), { recursive: true });
  assert.throws(() => writeWhole(path, "text"));
  assert.deepEqual(readdirSync(folder.path), ["in-the-way"]);
});
