import assert from "node:assert/strict";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { errorCode, messageOf, reason } from "../../src/files/errors.ts";
import { inFolder } from "../cli/terminal.ts";

/** What the system throws when a path is read. */
function thrown(path: string): unknown {
  try {
    return readFileSync(path);
  } catch (error) {
    return error;
  }
}

test("what the system says about a path is said in words", () =>
  inFolder({ file: "" }, (folder) => {
    const says: Record<string, string> = {
      nothing: "there is no such file",
      "file/below": "there is no such folder",
      "": "it is a folder",
    };
    for (const [path, words] of Object.entries(says)) assert.equal(reason(thrown(join(folder, path))), words);
  }));

test("links that lead in a circle are said so", {
  skip: process.platform === "win32" ? "links need rights there" : false,
}, () =>
  inFolder({}, (folder) => {
    symlinkSync(join(folder, "b"), join(folder, "a"));
    symlinkSync(join(folder, "a"), join(folder, "b"));
    assert.equal(reason(thrown(join(folder, "a"))), "its symbolic links form a loop");
  }));

test("any other error has its own words and no code", () => {
  assert.equal(reason(new Error("out of paper")), "out of paper");
  assert.equal(errorCode(new Error("out of paper")), "");
  assert.equal(errorCode({ code: "ENOENT" }), "", "only an error has a code");
});

test("whatever is thrown has a message", () => {
  const all = [new TypeError("wrong"), "just text", undefined, null, 7].map(messageOf);
  assert.deepEqual(all, ["wrong", "just text", "undefined", "null", "7"]);
});
