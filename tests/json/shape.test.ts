import assert from "node:assert/strict";
import { test } from "node:test";
import { parseExact } from "../../src/json/exact.ts";
import { textOf } from "../../src/json/shape.ts";

test("every value has a text: an exact integer its digits, an object its JSON", () => {
  for (
    const [json, text] of [
      ['"a"', "a"],
      ["null", ""],
      ["7", "7"],
      ["true", "true"],
      ["9007199254740993", "9007199254740993"],
      ['{"toString":1}', '{"toString":1}'],
    ] as const
  ) assert.equal(textOf(parseExact(`[${json}]`)[0]), text);
  assert.equal(textOf(undefined), "");
});
