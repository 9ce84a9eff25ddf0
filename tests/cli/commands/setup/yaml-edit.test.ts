import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import { editYaml, readYaml } from "../../../../src/cli/commands/setup/yaml-edit.ts";

const set = (text: string, value: string | undefined, ...path: string[]) => editYaml(text, [{ path, value }]);

test("a list that is not indented is not left behind when its key goes", () => {
  assert.throws(() => set("x:\n  a:\n  - 1\n  - 2\n", undefined, "x", "a"), { name: "CannotEdit" });
});

describe("a YAML file is changed in the places that are meant, and nowhere else", () => {
  const cases: readonly (readonly [name: string, before: string, after: string])[] = [
    ["an empty file", "", "a:\n  b: here\n"],
    ["no line end at the end", "x: 1", "x: 1\na:\n  b: here\n"],
    [
      "a comment above and beside",
      "# mine\na:\n  b: there # old\nx: 1\n",
      "# mine\na:\n  b: here # old\nx: 1\n",
    ],
    ["a mapping of another indentation", "a:\n    c: 1\nx: 1\n", "a:\n    c: 1\n    b: here\nx: 1\n"],
    ["a mapping without members", "a:\nx: 1\n", "a:\n  b: here\nx: 1\n"],
    ["quoted keys", "'a':\n  \"b\": 'it''s' # mine\n", "'a':\n  \"b\": here # mine\n"],
    ["Windows' line ends", "a:\r\n  c: 1\r\n", "a:\r\n  c: 1\r\n  b: here\r\n"],
    [
      "a text block before it",
      "t: |\n  a:\n    b: text\na:\n  b: x\n",
      "t: |\n  a:\n    b: text\na:\n  b: here\n",
    ],
    [
      "a key of the same name in a list",
      "l:\n  - a: 1\n    b: 2\n",
      "l:\n  - a: 1\n    b: 2\na:\n    b: here\n",
    ],
    ["a value that is right already", "a: {}\n".replace("{}", '\n  b: "here"'), 'a: \n  b: "here"\n'],
  ];
  for (const [name, before, after] of cases) {
    test(name, () => assert.equal(set(before, "here", "a", "b"), after));
  }

  for (
    const [name, before, after] of [
      ["a scalar", "a:\n  b: 1\n  c: 2\n", "a:\n  c: 2\n"],
      ["a mapping with all that it has", "a:\n  b:\n    c: 1\n\n    d: 2\nx: 1\n", "a:\nx: 1\n"],
      ["what is not there", "x: 1 # mine\n", "x: 1 # mine\n"],
    ] as const
  ) {
    test(`${name} is taken away`, () => assert.equal(set(before, undefined, "a", "b"), after));
  }

  for (
    const [name, text] of [
      ["a flow mapping on the way", "a: {b: 1}\n"],
      ["a list on the way", "a:\n  - b\n"],
      ["a list in its place", "a:\n  b:\n  - c\n"],
      ["a file that is not YAML", "a:\n  c: 1\n x: [\n"],
      ["a text on the way", "a: text\n"],
      ["a block text on the way", "a: |\n  b: 1\n"],
      ["an anchor in its place", "a:\n  b: &x 1\n"],
      ["a mapping in its place", "a:\n  b:\n    c: 1\n"],
      ["several documents", "a:\n  b: 1\n---\na: 2\n"],
      ["a tab", "a:\n\tb: 1\n"],
      ["a file that is a list", "- a\n- b\n"],
      ["a file that is a flow mapping", "{a: 1}\n"],
    ] as const
  ) {
    test(`${name} is refused, and the text stays`, () => {
      assert.throws(() => set(text, "here", "a", "b"), { name: "CannotEdit" });
    });
  }
});

test("a text that YAML would read as something else is written in quotes", () => {
  for (
    const value of [
      "true",
      "No",
      "null",
      "1.5",
      "a: b",
      "# x",
      "",
      "größe",
      "a'b",
      'a"b',
      "2026-11-20",
      "~",
      "- a",
    ]
  ) {
    const text = set("x: 1\n", value, "k");
    assert.equal(parse(text).k, value, text);
    assert.equal(readYaml(text).k, value, text);
  }
});

test("whatever is set, a YAML parser reads it, beside all that was there", () => {
  const name = fc.constantFrom("a", "b", "c", "model", "openai-api-base");
  const scalar = fc.oneof(fc.string(), fc.constantFrom("true", "x # y", "http://127.0.0.1:4000/v1", "größe"));
  const tree = fc.dictionary(
    name,
    fc.oneof(scalar, fc.dictionary(name, scalar, { minKeys: 1, maxKeys: 3 })),
    { maxKeys: 4 },
  );
  const written = (data: Record<string, unknown>, indent = ""): string =>
    Object.entries(data).map(([key, value]) =>
      typeof value === "string"
        ? `${indent}${key}: ${JSON.stringify(value)} # mine\n`
        : `${indent}${key}:\n${written(value as Record<string, unknown>, `${indent}  `)}`
    ).join("");
  fc.assert(
    fc.property(tree, fc.array(name, { minLength: 1, maxLength: 2 }), scalar, (data, path, value) => {
      const before = written(data);
      const [outer = "", inner] = path;
      const fits = inner === undefined ? typeof data[outer] !== "object" : typeof data[outer] !== "string";
      if (!fits) {
        assert.throws(() => editYaml(before, [{ path, value }]), { name: "CannotEdit" });
        return;
      }
      const after = editYaml(before, [{ path, value }]);
      const wanted: Record<string, unknown> = structuredClone(data);
      if (inner === undefined) wanted[outer] = value;
      else wanted[outer] = { ...wanted[outer] as object, [inner]: value };
      assert.deepEqual(parse(after), Object.keys(wanted).length === 0 ? null : wanted);
      assert.equal(editYaml(after, [{ path, value }]), after, "a second time changes nothing");
    }),
  );
});
