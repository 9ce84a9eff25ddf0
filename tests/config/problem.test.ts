import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  described,
  formatProblem,
  formatProblems,
  formatWarning,
  inOrder,
  type KeyPath,
  quotedAddress,
  Report,
  withoutKeys,
} from "../../src/config/problem.ts";

/** A key that nobody has. */
const KEY = `sk-${"proj-"}${"made0up1".repeat(4)}`;

describe("a value in words", () => {
  const cases: readonly (readonly [value: unknown, words: string])[] = [
    [undefined, "nothing"],
    ["", "an empty string"],
    ["größe", 'the string "größe"'],
    ['a"b\n', 'the string "a\\"b\\n"'],
    [7, "the integer 7"],
    [-0.5, "the number -0.5"],
    [NaN, "the number nan"],
    [-Infinity, "the number -inf"],
    [true, "true"],
    [[], "an empty array"],
    [[1], "an array"],
    [new Date(0), "a date"],
    [{}, "a table"],
  ];
  for (const [value, words] of cases) {
    test(words.slice(0, 40), () => assert.equal(described(value, ["router", "think"]), words));
  }

  test("that is long is cut", () => {
    assert.equal(described("x".repeat(61), ["a"]), `the string "${"x".repeat(57)}…"`);
    assert.equal(described("x".repeat(60), ["a"]), `the string "${"x".repeat(60)}"`);
  });

  for (const path of [["proxy", "api_key"], ["a", "headers", "X-Team"], ["webhook_Secret"]]) {
    test(`of ${path.join(".")} is not shown`, () => {
      assert.equal(described("hunter2", path), "a string of 7 characters");
    });
  }
});

test("what looks like a key is not quoted, and names of models and variables are", () => {
  assert.equal(withoutKeys(`got ${KEY} here`), "got ••• here");
  assert.equal(withoutKeys("got abcdef0123456789abcdef01"), "got •••");
  for (const name of ["claude-opus-4-5-20251101", "OPENROUTER_API_KEY", "meta-llama/llama-3.1-8b-instant"]) {
    assert.equal(withoutKeys(name), name);
  }
});

test("an address is quoted without user, password, query and fragment, however wrong it is", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["https://llm.example/v1", "https://llm.example/v1"],
    ["https://me:pass@llm.example/v1?key=x#y", "https://llm.example/v1"],
    ["https://me:p@ss@llm.example", "https://llm.example"],
    ["llm.example:80/v1?key=x", "llm.example:80/v1"],
    ["https:/llm.example", "https:/llm.example"],
    ["me:pass@llm.example", "llm.example"],
    ["", ""],
  ];
  for (const [text, quoted] of cases) assert.equal(quotedAddress(text), JSON.stringify(quoted), text);
});

test("a problem has its place, its key, the name that was meant, and a caret below its column", () => {
  const problem = {
    file: "a.toml",
    line: 12,
    column: 3,
    key: "proxy.prot",
    message: "is not known.",
    nearest: "port",
    source: "  prot = 1",
  };
  assert.equal(
    formatProblem(problem),
    'a.toml:12:3: proxy.prot: is not known. Did you mean "port"?\n  12 |   prot = 1\n         ^',
  );
  assert.equal(
    formatProblem({ file: "a.toml", key: "", message: "cannot be read." }),
    "a.toml: cannot be read.",
  );
});

test("problems are in the order of the file, those without a place first", () => {
  const at = (line?: number, column?: number, file = "b.toml") => ({
    file,
    key: "",
    message: `${line ?? "-"}:${column ?? "-"}`,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  });
  const all = [at(10), at(9, 2), at(9, 1), at(), at(1, 1, "a.toml")];
  assert.deepEqual(inOrder(all).map(({ message }) => message), ["1:1", "-:-", "9:1", "9:2", "10:-"]);
  assert.equal(formatProblems(all).split("\n").length, 5);
});

/** A report over a file in which each top-level key has a line. */
const report = (lines: Readonly<Record<string, number>>, moved: ReadonlyMap<string, KeyPath> = new Map()) =>
  new Report(
    "a.toml",
    {
      nearest: ([first = ""]) => {
        const line = lines[String(first)];
        return line === undefined ? undefined : { line, column: 1 };
      },
    },
    [],
    moved,
  );

test("a problem names its key with indices, and quotes what needs it", () => {
  const one = report({ providers: 4 });
  one.problem(["providers", 0, "a b"], "is wrong.");
  assert.deepEqual(one.problems[0], {
    file: "a.toml",
    line: 4,
    column: 1,
    key: 'providers[0]."a b"',
    message: "is wrong.",
  });
});

test("the same warning of several places is one, with all lines", () => {
  const one = new Report("a.toml", { nearest: ([, index]) => ({ line: Number(index) + 1, column: 1 }) });
  for (const index of [0, 1, 2, 2]) one.warn(["prices", index], "has no effect.");
  one.warn(["prices", 5], "is another one.");
  assert.deepEqual(one.warnings.map(formatWarning), [
    "a.toml:1: prices[]: has no effect. (also on lines 2, 3)",
    "a.toml:6: prices[5]: is another one.",
  ]);
});

test("a warning without a file has neither file nor line", () => {
  const one = new Report("", undefined);
  one.warn(undefined, "built from the keys.");
  assert.deepEqual(one.warnings, [{ message: "built from the keys." }]);
});

test("a key that has an old name in the file is reported under that name", () => {
  const one = report({ Router: 2 }, new Map([["router", ["Router"]]]));
  one.problem(["router", "think"], "is wrong.");
  assert.deepEqual([one.problems[0]?.key, one.problems[0]?.line], ["Router.think", 2]);
});

test("no message shows what looks like a key, in whatever part of it", () => {
  const key = KEY;
  const one = report({});
  one.problem([key], `got ${key}`, { found: key });
  one.warn([key], `got ${key}`);
  assert.ok(!JSON.stringify([one.problems, one.warnings]).includes(key));
});

test("references without a value are taken once, by the key that they are at or below", () => {
  const at = (...path: KeyPath) => ({ path, name: path.join("."), reason: "is not set" });
  const one = new Report("a.toml", undefined, [at("a", "b"), at("a", "b"), at("a", "bc"), at("x")]);
  assert.deepEqual([one.hasUnresolved(["a"]), one.hasUnresolved(["a", "c"])], [true, false]);
  assert.deepEqual(one.takeUnresolved(["a", "b"]).map(({ name }) => name), ["a.b", "a.b"]);
  assert.deepEqual(one.takeUnresolved([]).map(({ name }) => name), ["a.bc", "x"]);
  assert.equal(one.hasUnresolved([]), false);
});
