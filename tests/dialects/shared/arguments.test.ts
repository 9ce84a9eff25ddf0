import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ArgumentReader, callArguments } from "../../../src/dialects/shared/arguments.ts";

/** [what it is, what the model or its gateway wrote, the arguments of each call]. */
const WRITTEN: readonly (readonly [string, string, ...string[]])[] = [
  ["one object", '{"a":{"b":"}{"}}', '{"a":{"b":"}{"}}'],
  ["no arguments", "{}", "{}"],
  ["nothing at all", "", ""],
  ["an empty object first", '{}{"a":1}', '{"a":1}'],
  ["two empty objects", "{} {}", "{}"],
  ["an empty object last", '{"a":1}{}', '{"a":1}'],
  ["everything twice", '{"a":[1,{}]}\n{"a":[1,{}]}', '{"a":[1,{}]}'],
  ["another call's arguments", '{"a":1}{"b":2}', '{"a":1}', '{"b":2}'],
  ["null", "null", "{}"],
  ["null first", 'null{"a":1}', '{"a":1}'],
  ["JSON within a string", '"{\\"a\\":\\"x\\\\n\\"}"', '{"a":"x\\n"}'],
  ["an empty string", '""', "{}"],
  ["a string that is no object", '"ls"', '"ls"'],
  ["a list", "[1]", "[1]"],
  ["arguments that were cut off", '{"a":"x', '{"a":"x'],
  ["words after an object", '{"a":1} done', '{"a":1} done'],
  [
    "long integers",
    '{"a":12345678901234567891}{"a":12345678901234567890}',
    '{"a":12345678901234567891}',
    '{"a":12345678901234567890}',
  ],
];

for (const [what, text, ...expected] of WRITTEN) {
  test(`arguments: ${what}, whole and wherever the pieces are cut`, () => {
    assert.deepEqual(callArguments(text), expected);
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 }), (lengths) => {
      const reader = new ArgumentReader();
      let out = "";
      for (let at = 0, i = 0; at < text.length; i++) {
        const length = lengths[i % lengths.length]!;
        out += reader.push(text.slice(at, at += length));
      }
      const { rest, more } = reader.end();
      assert.deepEqual([out + rest, ...more], expected);
    }));
  });
}

test("pieces of an object go on at once", () => {
  const reader = new ArgumentReader();
  assert.deepEqual(['{"pa', 'th":"/', 'a"}'].map((piece) => reader.push(piece)), ['{"pa', 'th":"/', 'a"}']);
});

test("any object survives, alone, twice, behind an empty one and encoded twice", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (value) => {
    const json = JSON.stringify(value);
    for (const text of [json, json + json, "{}" + json, JSON.stringify(json)]) {
      assert.deepEqual(callArguments(text), [json]);
    }
  }));
});

test("an object is read the same whole and in pieces, however it is indented", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(3), (object, indent) => {
    const text = JSON.stringify(object, null, indent);
    const reader = new ArgumentReader();
    const pieces = [...text].map((piece) => reader.push(piece)).join("") + reader.end().rest;
    assert.deepEqual(callArguments(text), [pieces]);
  }));
});
