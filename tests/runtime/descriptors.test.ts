import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { test } from "node:test";

const MODULE = new URL("../../src/runtime/descriptors.ts", import.meta.url).href;
const PRINT = `import { mostConnections, mostRequests } from ${JSON.stringify(MODULE)};` +
  "console.log(JSON.stringify([mostRequests(), mostConnections()]));";
const [flag = ""] = process.versions.bun === undefined ? ["eval"] : ["-e"];
const skip = process.platform === "linux" ? false : "only Linux says what its limit is";

/** What a process finds that may have so many files open. */
function found(files: number): unknown {
  const { stdout, stderr } = spawnSync("sh", [
    "-c",
    `ulimit -n ${files}; exec "$0" "$@"`,
    process.execPath,
    flag,
    PRINT,
  ], {
    encoding: "utf8",
  });
  assert.notEqual(stdout, "", stderr);
  return JSON.parse(stdout);
}

test("a request takes two files of those that are left when 64 are kept", { skip }, () => {
  assert.deepEqual(found(264), [100, 132]);
});

test("where almost no file is left, one request is still let in", { skip }, () => {
  assert.deepEqual(found(64), [1, 32]);
});
