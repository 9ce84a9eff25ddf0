import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { latin1, stringEnd, topLevel, valueEnd } from "../../src/json/top-level.ts";

/** Any UTF-16 unit, halves of pairs too. */
const ANY_UNIT = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The members that are found, each with its value. */
function found(text: string, keys: readonly string[]): [key: string, value: unknown][] {
  const bytes = encoder.encode(text);
  return topLevel(bytes, keys).spans.map(({ key, start, end }) => [
    key,
    JSON.parse(decoder.decode(bytes.subarray(start, end))),
  ]);
}

test("a member is found beside nested ones of the same name", () => {
  const text = '{"a":{"model":1,"b":["model",{"model":2}]},"model":"}\\"{","z":[]}';
  assert.deepEqual(found(text, ["model", "z"]), [["model", '}"{'], ["z", []]]);
});

test("every repeated member is found, in the order of the text", () => {
  assert.deepEqual(found('{"a":1,"b":2,"a":3}', ["a"]), [["a", 1], ["a", 3]]);
});

test("a key is the same however it is written", () => {
  assert.deepEqual(found('{"\\u006dodel":1,"gr\\u00f6ße":2}', ["model", "größe"]), [["model", 1], [
    "größe",
    2,
  ]]);
});

test("a key that another one begins with is another key", () => {
  assert.deepEqual(found('{"models":1,"mode":2,"model ":3}', ["model"]), []);
});

test("an object has its place and whether it has members, with a byte order mark too", () => {
  const at = (text: string) => topLevel(encoder.encode(text), ["a"]);
  assert.deepEqual(at(" { } "), { open: 2, empty: true, spans: [] });
  assert.deepEqual(at('\ufeff{"a":1}'), { open: 4, empty: false, spans: [{ key: "a", start: 8, end: 9 }] });
});

for (const text of ["[]", '"{}"', "1", "null", "", "  ", "\ufeff"]) {
  test(`${JSON.stringify(text)} is not an object`, () => {
    assert.deepEqual(topLevel(encoder.encode(text), ["a"]), { open: -1, empty: true, spans: [] });
  });
}

test("whatever the object and its layout, each member is found with its value", () => {
  const key = fc.oneof(fc.constantFrom("a", "b", "model", "größe", '"', "\\"), fc.string({ unit: ANY_UNIT }));
  const value = fc.oneof(
    fc.constantFrom({}, [], null, true, [1, { model: [2] }], { a: { b: "}" } }, 'x"}]'),
    fc.string({ unit: ANY_UNIT }),
    fc.integer(),
  );
  fc.assert(
    fc.property(
      fc.dictionary(key, value, { maxKeys: 6 }),
      fc.constantFrom<string | number>("", 1, "\t"),
      fc.boolean(),
      (data, space, marked) => {
        const text = (marked ? "\ufeff" : "") + JSON.stringify(data, null, space);
        assert.deepEqual(found(text, Object.keys(data)), Object.entries(data));
      },
    ),
  );
});

test("a string ends at its first unescaped quote, however many backslashes are before it", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', "\\", "a", "é", "\n") }), (text) => {
      const literal = latin1(encoder.encode(JSON.stringify(text)));
      assert.equal(stringEnd(`${literal}, "next"`, 0), literal.length);
    }),
  );
});

test("a text that breaks off ends the value with it", () => {
  for (const text of ['"abc', '{"a": [1', "[[[", '"a long string without an end \\"']) {
    assert.equal(valueEnd(text, 0), text.length, text);
  }
});

test("a view into a larger buffer is read at its own place", () => {
  const bytes = encoder.encode('xx{"a":1}yy');
  const { open, spans } = topLevel(bytes.subarray(2, 9), ["a"]);
  assert.deepEqual([open, spans], [1, [{ key: "a", start: 5, end: 6 }]]);
});
