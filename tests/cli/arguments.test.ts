import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { plainly, valuesApart } from "../../src/cli/arguments.ts";
import { inFolder, run } from "./terminal.ts";

describe("a value right behind its short option", () => {
  const cases: readonly (readonly [given: readonly string[], apart: readonly string[]])[] = [
    [["log", "-n5"], ["log", "-n", "5"]],
    [["-p=4000", "-cx.toml"], ["-p", "4000", "-c", "x.toml"]],
    [["-n", "5", "--number=5", "-", "word"], ["-n", "5", "--number=5", "-", "word"]],
    [["route", "--", "-n5"], ["route", "--", "-n5"]],
  ];
  for (const [given, apart] of cases) {
    test(`is apart in ${given.join(" ")}`, () => assert.deepEqual(valuesApart(given), apart));
  }

  test("counts as the same option", () =>
    inFolder({}, async (cwd) => {
      assert.equal((await run(["log", "-n5", "--json"], { cwd })).code, 0);
      assert.equal((await run(["log", "-nfive"], { cwd })).code, 2);
    }));
});

describe("what is wrong with a command line is in plain words", () => {
  const cases: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [["pause"], /^Error: NAME is missing\.\nSee terraphim-llm-proxy pause --help\.$/m],
    [["run"], /^Error: AGENT is missing\.$/m],
    [["pin", "think"], /^Error: -s\/--session is missing\.$/m],
    [["serve", "--port"], /^Error: --port needs a value: --port PORT\.$/m],
    [["serve", "--port", "x"], /^Error: -p\/--port: expected a valid integer, got "x"\.$/m],
    [["stats", "wek"], /^Error: PERIOD: expected one of "today", .*, got "wek"\. Did you mean "week"\?$/m],
    [["setup", "zzzzzz"], /, got "zzzzzz"\.$/m],
    [["prefer"], /^Error: .* is (?:missing|not complete)\.$/m],
    [["log", "--follow=x"], /^Error: Flag --follow does not accept a value, got "x"\.$|but got: "x"/m],
  ];
  for (const [args, says] of cases) {
    test(args.join(" "), async () => {
      const { code, err } = await run(args);
      assert.equal(code, 2);
      assert.match(err, says);
      assert.doesNotMatch(err, /`/);
    });
  }
});

test("a complaint in other words stays as it is", () => {
  assert.equal(plainly('Unexpected option or argument: "x".'), 'Unexpected option or argument: "x".');
});
