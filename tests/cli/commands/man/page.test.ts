import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { ALL_COMMANDS } from "../../../../src/cli/registry.ts";
import { run } from "../../terminal.ts";

test("the manual page has a section for every command, with its options and examples", async () => {
  const { out, code } = await run(["man"]);
  assert.equal(code, 0);
  for (const { name } of ALL_COMMANDS) assert.match(out, new RegExp(`^\\.SS ${name}$`, "m"));
  assert.match(out, /^\.B \\-c\/\\-\\-config FILE$/m);
  assert.match(out, /^ {4}terraphim\\-llm\\-proxy setup claude\\-code$/m);
});

const groff = spawnSync("groff", ["--version"]).status === 0;
test("groff formats it without a warning", groff ? {} : { skip: "groff is not installed" }, async () => {
  const { out } = await run(["man"]);
  const { stderr, stdout } = spawnSync("groff", ["-man", "-Tutf8", "-ww"], { input: out, encoding: "utf8" });
  assert.equal(stderr, "");
  assert.match(stdout, /\S/);
});
