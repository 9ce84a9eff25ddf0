import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { overview } from "../../src/cli/help.ts";
import { ALL_COMMANDS, COMMANDS } from "../../src/cli/registry.ts";
import { widthOf } from "../../src/text/width.ts";
import { run, session } from "./terminal.ts";

const lines = (text: string) => text.replace(/\n$/, "").split("\n");

test("the program's own fits a terminal of 80 by 24, and names every command", async () => {
  for (const args of [["--help"], ["-h"], ["help"]]) {
    const { code, out, err } = await run(args, { columns: 80 });
    assert.equal(code, 0);
    assert.equal(err, "");
    assert.ok(lines(out).length <= 23, `${lines(out).length} lines`);
    for (const line of lines(out)) assert.ok(line.length <= 80, line);
    for (const { name, brief } of COMMANDS) {
      assert.match(out, new RegExp(`^  ${name} +${brief}$`.replace(/[()]/g, "\\$&"), "m"));
    }
  }
});

test("no line is wider than the terminal, and every command is named", () => {
  fc.assert(
    fc.property(fc.integer({ min: 40, max: 160 }), (columns) => {
      const text = overview(session([], { columns }).io.stdout);
      for (const line of lines(text)) assert.ok(widthOf(line) <= columns, line);
      for (const { name } of ALL_COMMANDS) assert.match(text, new RegExp(`\\b${name}\\b`));
    }),
  );
});

test("in a pipe nothing is wrapped", () => {
  const text = overview(session([]).io.stdout);
  for (const { name, brief } of COMMANDS) {
    assert.ok(lines(text).some((line) => line.startsWith(`  ${name} `) && line.endsWith(`  ${brief}`)), name);
  }
});
