import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parse, stringify } from "smol-toml";
import { editToml } from "../../src/files/toml-edit.ts";

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
