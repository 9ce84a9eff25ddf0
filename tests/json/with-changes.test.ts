import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { withChanges } from "../../src/json/with-changes.ts";
import type { Json } from "../../src/model/json.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const changed = (text: string, change: (value: Json) => Json): string =>
  new TextDecoder().decode(edited(text, change));

function edited(text: string, change: (value: Json) => Json): Uint8Array {
  const before = JSON.parse(text);
  return withChanges(bytes(text), before, change(before));
}

test("the same value leaves the very same bytes", () => {
  const value = { a: [1] };
  const text = bytes('{"a":[1]}');
  assert.equal(withChanges(text, value, value), text);
});

/** [text, change, result] */
const CASES: readonly (readonly [string, (value: Json) => Json, string])[] = [
  ['{ "a" : 1.0e+2 , "b":2}', (v) => ({ ...v, b: 3 }), '{ "a" : 1.0e+2 , "b":3}'],
  ['{"a":1, "b":2, "c":3}', ({ b: _, ...v }) => v, '{"a":1, "c":3}'],
  ['{"a":1, "b":2}', ({ b: _, ...v }) => v, '{"a":1}'],
  ['{"a":1, "b":2}', ({ a: _, ...v }) => v, '{"b":2}'],
  ['{"a":1}', () => ({}), "{}"],
  ['{"a":1,"b":2,"c":3}', (v) => ({ a: v.a }), '{"a":1}'],
  ['{"a":1}', (v) => ({ ...v, z: true }), '{"z":true,"a":1}'],
  ["{}", () => ({ z: 1 }), '{"z":1}'],
  ['{"a":1}', () => ({ z: 1 }), '{"z":1}'],
  [
    '{"a":[{"x":1.0,"y":2}, {"x":3.0}]}',
    (v) => ({ a: [{ ...v.a[0], y: 5 }, v.a[1]] }),
    '{"a":[{"x":1.0,"y":5}, {"x":3.0}]}',
  ],
  ['[{"x":1.0}, {"x":2.0}, {"x":3.0}]', ([a, , c]) => [a, c], '[{"x":1.0}, {"x":3.0}]'],
  ['[{"x":1.0}, {"x":2.0}]', ([a]) => [a], '[{"x":1.0}]'],
  ['[{"x":1.0}, {"x":2.0}]', ([, b]) => [b], '[{"x":2.0}]'],
  ['[{"x":1.0}]', () => [], "[]"],
  ['[{"x":1.0}]', ([a]) => [a, 2], '[{"x":1.0},2]'],
  ['[{"x":1.0}]', ([a]) => [2, a], '[2,{"x":1.0}]'],
  ["[ ]", () => [1], "[1 ]"],
  ['{"\\u0061":1,"a":2}', () => ({ a: 3 }), '{"\\u0061":3,"a":3}'],
  ['{"a":1,"a":[{"b":1}]}', (v) => ({ a: [{ ...v.a[0], b: 2 }] }), '{"a":[{"b":2}],"a":[{"b":2}]}'],
  ['{"toString":1,"b":2}', () => ({ b: 2 }), '{"b":2}'],
  ['{"ü":{"a":1},"b":2}', (v) => ({ ...v, ü: { a: "ö" } }), '{"ü":{"a":"ö"},"b":2}'],
];

for (const [text, change, result] of CASES) {
  test(`${text} becomes ${result}`, () => assert.equal(changed(text, change), result));
}

test("whatever changes, the text means the new value", () => {
  const value = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 6 });
  fc.assert(fc.property(value, value, fc.boolean(), (before, after, pretty) => {
    const text = JSON.stringify(before, null, pretty ? 2 : undefined);
    const parsed = JSON.parse(text);
    const wanted = { ...parsed, ...JSON.parse(JSON.stringify(after)) };
    for (const key of Object.keys(parsed).slice(0, 2)) delete wanted[key];
    const out = new TextDecoder().decode(withChanges(bytes(text), parsed, wanted));
    assert.deepEqual(JSON.parse(out), JSON.parse(JSON.stringify(wanted)));
  }));
});

test("lists whose elements come and go mean the new list", () => {
  fc.assert(fc.property(fc.array(fc.object(), { maxLength: 8 }), fc.array(fc.nat(9)), (list, picks) => {
    const text = JSON.stringify(list, null, 1);
    const before = JSON.parse(text);
    const after = picks.map((pick) => pick < before.length ? before[pick] : { new: pick });
    const out = new TextDecoder().decode(withChanges(bytes(text), before, after));
    assert.deepEqual(JSON.parse(out), after);
  }));
});
