import assert from "node:assert/strict";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { rewrite, writeWhole } from "../../src/files/write.ts";

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

test(
  "another text keeps a file's mode, and the link that leads to it",
  { skip: NO_MODES },
  () =>
    inFolder((folder) => {
      const [real, link] = [join(folder, "real"), join(folder, "link")];
      writeWhole(real, "first", 0o640);
      symlinkSync(real, link);
      rewrite(link, "second");
      assert.equal(readFileSync(real, "utf8"), "second");
      assert.equal(statSync(real).mode & 0o777, 0o640);
      assert.ok(lstatSync(link).isSymbolicLink());
    }),
);

test("a file that cannot be replaced leaves nothing behind", () =>
  inFolder((folder) => {
    const path = join(folder, "in-the-way");
    mkdirSync(join(path, "x"), { recursive: true });
    assert.throws(() => writeWhole(path, "text"));
    assert.deepEqual(readdirSync(folder), ["in-the-way"]);
  }));
