import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { writeWhole } from "../../src/files/write.ts";

const NO_MODES = process.platform === "win32" ? "Windows has no file modes" : false;

function inFolder(run: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "write-"));
  try {
    run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a file is written into a missing folder, and replaced", () =>
  inFolder((folder) => {
    const path = join(folder, "a", "b", "file.json");
    for (const text of ["first", "second"]) {
      writeWhole(path, text);
      assert.equal(readFileSync(path, "utf8"), text);
    }
    assert.deepEqual(readdirSync(join(folder, "a", "b")), ["file.json"]);
  }));

test("a file is the user's alone unless its mode is given", { skip: NO_MODES }, () =>
  inFolder((folder) => {
    const path = join(folder, "private", "file");
    writeWhole(path, "x");
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, "private")).mode & 0o777, 0o700);
    writeWhole(path, "x", 0o666);
    assert.equal(statSync(path).mode & 0o777, 0o666);
  }));

test("a file that cannot be replaced leaves nothing behind", () =>
  inFolder((folder) => {
    const path = join(folder, "in-the-way");
    mkdirSync(join(path, "x"), { recursive: true });
    assert.throws(() => writeWhole(path, "text"));
    assert.deepEqual(readdirSync(folder), ["in-the-way"]);
  }));
