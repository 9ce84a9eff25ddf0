import assert from "node:assert/strict";
import { test } from "node:test";
import { chosenOption } from "../../../src/classifier/learned/situation.ts";

const LIST = "What next?\n1. **Rewrite** the parser\n2) Commit the change\n3. Nothing";

for (
  const [prompt, before, option] of [
    ["2", LIST, "Commit the change"],
    ["go with option 2", LIST, "Commit the change"],
    ["the last one", LIST, "Nothing"],
    ["2, but on a branch", LIST, "Commit the change"],
    ["1", "a) rewrite the parser or b) patch it?", "rewrite the parser"],
    ["b", "a) rewrite the parser or b) patch it?", "patch it?"],
    ["方案二", "方案 A：新建一个库\n方案 B：清理旧库", "清理旧库"],
    ["4", LIST, undefined],
    ["a bit more", LIST, undefined],
    ["2 columns", LIST, undefined],
    ["first write the tests", LIST, undefined],
    ["1", "Done in 1. June.", undefined],
    ["1", "", undefined],
  ] as const
) {
  test(`"${prompt}" chooses ${option === undefined ? "nothing" : `"${option}"`} of "${before.slice(0, 30)}"`, () => {
    assert.equal(chosenOption(prompt, before), option);
  });
}

test("looking for a choice stays linear in an answer full of numbers", () => {
  assert.equal(chosenOption("1".repeat(40), "1. ".repeat(200)), undefined);
});
