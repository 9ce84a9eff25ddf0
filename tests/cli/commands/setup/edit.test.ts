import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parse, stringify } from "smol-toml";
import { edited } from "../../../../src/cli/commands/setup/edit.ts";
import { editJson, readJson } from "../../../../src/cli/commands/setup/json-edit.ts";
import { editToml } from "../../../../src/cli/commands/setup/toml-edit.ts";

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

describe("a TOML file is changed in the places that are meant, and nowhere else", () => {
  const edits = [
    { path: ["model_provider"], value: "ours" },
    { path: ["model_providers", "ours"], value: { name: "Ours", base_url: "http://x/v1" } },
  ];
  const block = `[model_providers.ours]\nname = "Ours"\nbase_url = "http://x/v1"`;
  const cases: readonly (readonly [name: string, before: string, after: string])[] = [
    ["an empty file", "", `model_provider = "ours"\n\n${block}\n`],
    [
      "comments, other tables, no newline at the end",
      `# mine\nmodel = "gpt-5"   # best\n\n[analytics]\nenabled = false`,
      `model_provider = "ours"\n# mine\nmodel = "gpt-5"   # best\n\n[analytics]\nenabled = false\n\n${block}\n`,
    ],
    [
      "a key and a table that are there",
      `model_provider = "old" # before\n\n[model_providers.ours]\nname = "x"\n[model_providers.ours.http_headers]\na = "b"\n\n# next\n[z]\na = 1\n`,
      `model_provider = "ours" # before\n\n${block}\n\n# next\n[z]\na = 1\n`,
    ],
    [
      "a key of the same name in another table",
      `[profiles.x]\nmodel_provider = "theirs"\n`,
      `model_provider = "ours"\n\n[profiles.x]\nmodel_provider = "theirs"\n\n${block}\n`,
    ],
    [
      "what is right already",
      `model_provider = "ours"\n\n${block}\n`,
      `model_provider = "ours"\n\n${block}\n`,
    ],
  ];
  for (const [name, before, after] of cases) {
    test(name, () => {
      assert.equal(editToml(before, edits), after);
      assert.equal(editToml(after, edits), after, "a second time changes nothing");
    });
  }

  const refused: readonly (readonly [name: string, text: string])[] = [
    ["no TOML", "model = = 1\n"],
    ["an inline table in the way", `model_providers = { other = { name = "x" } }\n`],
    ["a text that looks like a table", `note = """\n[model_providers.ours]\nname = "not really"\n"""\n`],
    ["a key that is a table", "model_providers = 1\n"],
  ];
  for (const [name, text] of refused) {
    test(`${name} is refused, not spoiled`, () =>
      assert.throws(() => editToml(text, edits), { name: "CannotEdit" }));
  }

  test("any tables and keys beside it stay as they are", () => {
    const key = fc.constantFrom("a", "b", "model", "model_provider", "model providers");
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string(), { maxLength: 3 }));
    const file = fc.tuple(
      fc.dictionary(key, fc.oneof(scalar, fc.dictionary(key, scalar))),
      fc.option(fc.string(), { nil: undefined }),
    ).map(([{ model_provider: _, ...rest }, provider]) =>
      provider === undefined ? rest : { ...rest, model_provider: provider }
    );
    fc.assert(fc.property(file, (data) => {
      const text = stringify(data);
      const after = editToml(text, edits);
      const { model_provider: _, ...before } = parse(text);
      const { model_provider, model_providers, ...rest } = parse(after);
      assert.equal(model_provider, "ours");
      assert.deepEqual({ ...(model_providers as { ours: object }).ours }, edits[1]?.value);
      assert.deepEqual(rest, before);
    }));
  });
});
