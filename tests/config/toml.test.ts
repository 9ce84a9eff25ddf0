import assert from "node:assert/strict";
import { test } from "node:test";
import { parseToml } from "../../src/config/source/toml.ts";

const CASES: readonly (readonly [source: string, line: number, column: number, message: string])[] = [
  ['[proxy]\nhost = "127.0.0.1\nport = 1\n', 2, 18, "a string has no closing quote"],
  ["[proxy]\r\nhost = '127.0.0.1\r\n", 2, 18, "a string has no closing quote"],
  ["[proxy]\nhost = localhost\n", 2, 8, 'strings must be quoted, "…"'],
  ["[proxy]\nhost = “localhost”\n", 2, 8, 'strings must be in plain quotes, "…"'],
  ["[proxy]\nport =\n", 2, 7, "port has no value"],
  ["[proxy]\nport 3456\n", 2, 6, "expected key = value, or [section]"],
  ["[proxy]\nport: 3456\n", 2, 5, "expected port = …"],
  ["[proxy]\nport = 1\nport = 2\n", 3, 1, "duplicate key: port"],
  ["[proxy]\n[router]\n[proxy]\n", 3, 2, "duplicate key: [proxy]"],
  [
    '[router]\nthink = ["a,b"\n[proxy]\n',
    3,
    1,
    "an array or table above is not closed, or a comma is missing",
  ],
  ["[proxy]]\n", 1, 8, "unexpected text at the end of the line"],
];

for (const [source, line, column, message] of CASES) {
  test(`${JSON.stringify(source)}: ${message}`, () => {
    const read = parseToml(source, "c.toml");
    assert.ok("problem" in read);
    assert.deepEqual([read.problem.line, read.problem.column, read.problem.message], [
      line,
      column,
      `this is not TOML: ${message}.`,
    ]);
    assert.equal(read.problem.source, source.split(/\r?\n/)[line - 1]);
  });
}

test("a line that may hold a secret is shown without it", () => {
  const read = parseToml('api_key = "sk-not-for-you\n', "c.toml");
  assert.ok("problem" in read);
  assert.equal(read.problem.source, 'api_key = "••••••••••••••');
});
