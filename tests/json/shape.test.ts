import assert from "node:assert/strict";
import { test } from "node:test";
import { parseExact } from "../../src/json/exact.ts";
import { numberOf, textOf } from "../../src/json/shape.ts";

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

test("a number is one, also where its digits are kept; nothing else is", () => {
  const { exact } = parseExact('{"exact":9007199254740993}');
  assert.equal(numberOf(exact), 9007199254740992);
  assert.equal(numberOf(7), 7);
  for (const value of ["7", null, undefined, {}, []]) assert.equal(numberOf(value), undefined);
});
