import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { edited } from "../../../../src/files/edit.ts";
import { editJson, readJson } from "../../../../src/cli/commands/setup/json-edit.ts";

describe("a JSON file is changed in the places that are meant, and nowhere else", () => {
  const cases: readonly (readonly [name: string, before: string, after: string])[] = [
    ["an empty file", "", `{\n  "env": {\n    "URL": "here"\n  }\n}\n`],
    ["an empty object", "{}", `{\n  "env": {\n    "URL": "here"\n  }\n}`],
    [
      "tabs, comments and a trailing comma",
      `{\n\t// mine\n\t"model": "opus", /* the best */\n}\n`,
      `{\n\t// mine\n\t"model": "opus",\n\t"env": {\n\t\t"URL": "here"\n\t}, /* the best */\n}\n`,
    ],
    [
      "a value that is there",
      `{\n    "env": {\n        "URL": "there", // old\n        "B": 1\n    }\n}`,
      `{\n    "env": {\n        "URL": "here", // old\n        "B": 1\n    }\n}`,
    ],
    ["one line", `{ "env": { "B": 1 } }`, `{ "env": { "B": 1, "URL": "here" } }`],
    ["unquoted keys and single quotes", `{env: {URL: 'there'}}\n`, `{env: {URL: "here"}}\n`],
    ["what is right already", `{"env":{ 'URL' : "here" }}`, `{"env":{ 'URL' : "here" }}`],
    [
      "a table without members but a comment",
      `{\n  // nothing yet\n}`,
      `{\n  "env": {\n    "URL": "here"\n  }\n  // nothing yet\n}`,
    ],
  ];
  for (const [name, before, after] of cases) {
    test(name, () => assert.equal(editJson(before, [{ path: ["env", "URL"], value: "here" }]), after));
  }

  const refused: readonly (readonly [name: string, text: string, why: RegExp])[] = [
    ["a list where a table should be", `{"env": []}`, /^env is not a table$/],
    ["a file that is a list", `[1]`, /^the file is not a table$/],
    ["half a file", `{\n"a": 1,\n"b": `, /^line 3 cannot be parsed$/],
    ["two files in one", `{} {}`, /^line 1 cannot be parsed$/],
    ["no comma", `{"a": 1 "b": 2}`, /cannot be parsed/],
    ["a word that is no value", `{"a": yes}`, /cannot be parsed/],
  ];
  for (const [name, text, why] of refused) {
    test(`${name} is refused with the reason`, () =>
      assert.throws(() => editJson(text, [{ path: ["env", "URL"], value: "here" }]), {
        name: "CannotEdit",
        message: why,
      }));
  }

  test("any JSON is read as JSON.parse reads it, in any layout", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom<string | number>("", " ", "\t", 3), (value, space) => {
        const text = JSON.stringify(value, null, space);
        assert.deepEqual(readJson(text).json, JSON.parse(text));
      }),
    );
  });

  test("numbers, strings and comments of JSON5 are read", () => {
    const text =
      `/* a */ { // b\n a: .5, b: +1e3, c: -0x1F, d: 'it\\'s \\x41\\u0042\\\nc', e: [1,2,], $f_: Infinity, }`;
    assert.deepEqual(readJson(text).json, {
      a: 0.5,
      b: 1000,
      c: -31,
      d: "it's ABc",
      e: [1, 2],
      $f_: Infinity,
    });
  });

  test("any object with any edits says what was meant, and a second time changes nothing", () => {
    const path = fc.array(fc.constantFrom("a", "b", 'é "x"'), { minLength: 1, maxLength: 3 });
    const tree = fc.letrec((tie) => ({
      table: fc.dictionary(fc.constantFrom("a", "b", 'é "x"', "z"), tie("value"), { maxKeys: 4 }),
      value: fc.oneof({ maxDepth: 3 }, fc.jsonValue({ maxDepth: 1 }), tie("table")),
    })).table;
    fc.assert(
      fc.property(
        tree,
        path,
        fc.jsonValue(),
        fc.constantFrom<string | number>("", 2, "\t"),
        (data, path, value, space) => {
          const text = JSON.stringify(data, null, space);
          const before = JSON.parse(text);
          let wanted;
          try {
            wanted = edited(before, [{ path, value: JSON.parse(JSON.stringify(value)) }]);
          } catch {
            assert.throws(() => editJson(text, [{ path, value }]));
            return;
          }
          const after = editJson(text, [{ path, value: JSON.parse(JSON.stringify(value)) }]);
          assert.deepEqual(JSON.parse(after), wanted);
          assert.equal(editJson(after, [{ path, value: JSON.parse(JSON.stringify(value)) }]), after);
        },
      ),
    );
  });
});
