import assert from "node:assert/strict";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import {
  dataIn,
  editText,
  readClientFile,
  writeClientFile,
} from "../../../../src/cli/commands/setup/file.ts";
import { inFolder } from "../../terminal.ts";

const NOW = new Date(2026, 10, 20, 9, 30, 5).getTime();
const posix = { skip: process.platform === "win32" ? "files there have no such modes" : false };
const EDIT = [{ path: ["a"], value: "größe" }];

for (
  const [format, text, data] of [
    ["json", '{ "a": 1, } // mine', { a: 1 }],
    ["json", " \n", {}],
    ["toml", "a = 1 # mine\n", { a: 1 }],
    ["toml", "", {}],
    ["yaml", "a: 1 # mine\n", { a: "1" }],
    ["yaml", "", {}],
  ] as const
) {
  test(`${format} ${JSON.stringify(text)} is read, and changed in its own form`, () => {
    assert.deepEqual({ ...dataIn(format, text) }, data);
    const after = editText(format, text, EDIT);
    assert.equal(dataIn(format, after).a, "größe");
    if (text.includes("mine")) assert.ok(after.includes("mine"));
  });
}

test("a file that is not there is undefined, and one that cannot be read is an error in words", () =>
  inFolder({ "a.json": "{}" }, (folder) => {
    assert.equal(readClientFile(join(folder, "a.json")), "{}");
    assert.equal(readClientFile(join(folder, "b.json")), undefined);
    assert.throws(() => readClientFile(folder), /cannot read .*: it is a folder\.$/);
  }));

describe("a file that is written", posix, () => {
  test("is the user's alone where it is new, and has no copy", () =>
    inFolder({}, (folder) => {
      const path = join(folder, "deep/a.json");
      assert.equal(writeClientFile(path, "{}", NOW), undefined);
      assert.equal(statSync(path).mode & 0o777, 0o600);
    }));

  test("keeps its mode, and its copy has that too", () =>
    inFolder({ "a.json": "before" }, (folder) => {
      const path = join(folder, "a.json");
      chmodSync(path, 0o640);
      const backup = writeClientFile(path, "after", NOW)!;
      assert.equal(backup, `${path}.backup-2026-11-20-093005`);
      assert.deepEqual([path, backup].map((one) => statSync(one).mode & 0o777), [0o640, 0o640]);
      assert.deepEqual([path, backup].map((one) => readFileSync(one, "utf8")), ["after", "before"]);
    }));

  test("has a copy under a free name, also in the same second", () =>
    inFolder({ "a.json": "1" }, (folder) => {
      const path = join(folder, "a.json");
      const names = [1, 2, 3].map(() => writeClientFile(path, "2", NOW)!.slice(path.length));
      assert.deepEqual(names, ["", "-2", "-3"].map((end) => `.backup-2026-11-20-093005${end}`));
    }));

  test("is the one that a link leads to, and the link stays", () =>
    inFolder({ real: "before" }, (folder) => {
      const link = join(folder, "link");
      symlinkSync(join(folder, "real"), link);
      writeClientFile(link, "after", NOW);
      assert.ok(lstatSync(link).isSymbolicLink());
      assert.equal(readFileSync(join(folder, "real"), "utf8"), "after");
    }));

  test("is not written where it cannot be, and nothing is left beside it", () =>
    inFolder({}, (folder) => {
      mkdirSync(join(folder, "a.json"));
      writeFileSync(join(folder, "in-the-way"), "");
      assert.throws(
        () => writeClientFile(join(folder, "a.json"), "x", NOW),
        /cannot write .*Nothing was changed\.$/,
      );
      assert.throws(() => writeClientFile(join(folder, "in-the-way/a"), "x", NOW), /cannot write/);
      assert.deepEqual(readdirSync(folder).sort(), ["a.json", "in-the-way"]);
    }));
});
