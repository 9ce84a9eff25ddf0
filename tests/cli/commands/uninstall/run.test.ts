import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { removeInstalled } from "../../../../src/cli/commands/uninstall/run.ts";
import { inFolder } from "../../terminal.ts";

test("what is not there any more, and folders with files of others, do not count as failures", () =>
  inFolder({ program: "x" }, (folder) => {
    mkdirSync(join(folder, "man"));
    removeInstalled([join(folder, "program"), join(folder, "gone"), join(folder, "man"), folder]);
    assert.ok(!existsSync(folder), "all that is empty goes");
    removeInstalled([folder]);
  }));

test("a folder that has files of others stays", () =>
  inFolder({ theirs: "x" }, (folder) => {
    removeInstalled([folder]);
    assert.ok(existsSync(join(folder, "theirs")));
  }));

test("a file that cannot be removed is named, and the others are removed", () =>
  inFolder({ file: "x", other: "x" }, (folder) => {
    const impossible = join(folder, "file", "below");
    assert.throws(
      () => removeInstalled([impossible, join(folder, "other")]),
      new RegExp(`could not be removed: ${impossible} \\(there is no such folder\\)`),
    );
    assert.ok(!existsSync(join(folder, "other")));
  }));
