import assert from "node:assert/strict";
import { test } from "node:test";
import { reportsFailure } from "../../src/clients/tool-outcome.ts";

const reports = (text: string, isError = false) => reportsFailure({ id: "c", isError, text });

const FAILED: readonly (readonly [what: string, text: string])[] = [
  ["an error of the tool", "Error: file not found"],
  ["an error in a tag", "<tool_use_error>String to replace not found in file.</tool_use_error>"],
  ["Claude Code's exit code", "Exit code 1\nnpm error"],
  [
    "Codex's exit code",
    "Chunk ID: 77be98\nWall time: 0.0000 seconds\nProcess exited with code 2\nOutput:\nno",
  ],
  [
    "Codex's exit code as JSON",
    `{"output":"${"x".repeat(900)}","metadata":{"exit_code":1,"duration_seconds":0.1}}`,
  ],
  ["an exit code at the end", `${"line\n".repeat(300)}\n(Command exited with code 127)`],
  ["a traceback", "Traceback (most recent call last):\n  File …"],
  ["git", "fatal: not a git repository"],
  ["a shell", "bash: line 1: foo: command not found"],
];
for (const [what, text] of FAILED) {
  test(`${what} reports a failure`, () => assert.equal(reports(text), true));
}

const WENT_WELL: readonly (readonly [what: string, text: string])[] = [
  ["a file", "export class Error {}\nthrow new Error('x')"],
  ["a file about errors", "Errors are listed in errors.md"],
  ["exit code 0", "Process exited with code 0\nOutput:\nERROR in the log"],
  ["exit code 0 as JSON", `{"output":"ok","metadata":{"exit_code":0}}`],
  ["code that handles exit codes", `if (exit) console.log("Process exited with code 1");`],
  ["an empty text", ""],
];
for (const [what, text] of WENT_WELL) {
  test(`${what} reports no failure`, () => assert.equal(reports(text), false));
}

test("a result that is marked as an error reports a failure whatever it says", () => {
  assert.equal(reports("The user refused.", true), true);
});
