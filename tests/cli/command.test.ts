import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { calledAs, CliError, NAME, splitAfter } from "../../src/cli/command.ts";
import { inFolder } from "./terminal.ts";

describe("a command line is divided after a word", () => {
  const cases:
    readonly (readonly [args: readonly string[], own: readonly string[], rest: readonly string[]])[] = [
      [["run", "claude", "-p", "--help"], ["run", "claude"], ["-p", "--help"]],
      [["run", "--model", "think", "codex", "claude"], ["run", "--model", "think", "codex"], ["claude"]],
      [["run", "claude"], ["run", "claude"], []],
      [["run", "cursor", "x"], ["run", "cursor", "x"], []],
      [["claude", "x"], ["claude", "x"], []],
      [[], [], []],
    ];
  for (const [args, own, rest] of cases) {
    test(args.join(" ") || "no words", () => {
      assert.deepEqual(splitAfter(args, ["claude", "codex"]), { own, rest });
    });
  }

  test("without such a word, all of it is one's own", () => {
    assert.deepEqual(splitAfter(["check", "claude"]), { own: ["check", "claude"], rest: [] });
  });
});

describe("what to type", () => {
  test("in a clone is the task, and npx where Deno came from there", () => {
    assert.equal(calledAs({ TERRAPHIM_TASK: "1" }, "/opt/x"), "deno task cli");
    assert.match(
      calledAs({ TERRAPHIM_TASK: "1", npm_command: "exec" }, undefined),
      /^npx -y deno@[\d.]+ task cli$/,
    );
  });

  test("from source is the name", () => assert.equal(calledAs({ PATH: "/usr/bin" }, undefined), NAME));

  for (const path of ["/o'brien/proxy", "/a$b/proxy", "C:\\bin\\proxy.exe", "/a b/proxy"]) {
    test(`is in quotes for ${path}`, () => assert.equal(calledAs({}, path), `"${path}"`));
  }

  test("is the name only where PATH leads to this very file", {
    skip: process.platform === "win32" ? "links need rights there" : false,
  }, () =>
    inFolder({}, (folder) => {
      mkdirSync(join(folder, "bin"));
      const file = join(folder, "größe");
      writeFileSync(file, "", { mode: 0o755 });
      symlinkSync(file, join(folder, "bin", NAME));
      assert.equal(calledAs({ PATH: join(folder, "bin") }, file), NAME);
      assert.equal(calledAs({ PATH: folder }, file), file);
    }));
});

test("an error of a command has its exit code, 1 where none is given", () => {
  assert.deepEqual([new CliError("x").exitCode, new CliError("x", 2).exitCode], [1, 2]);
});
