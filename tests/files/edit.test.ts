import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CannotEdit, edited, valueAt } from "../../src/files/edit.ts";

test("a setting is put where its path says, and the data that were given stay as they were", () => {
  const before = { a: { b: 1 }, list: [1] };
  assert.deepEqual(edited(before, [{ path: ["a", "c", "d"], value: "x" }]), {
    a: { b: 1, c: { d: "x" } },
    list: [1],
  });
  assert.deepEqual(before, { a: { b: 1 }, list: [1] });
});

test("an edit without a value takes the key away, and does nothing where it is not", () => {
  assert.deepEqual(edited({ a: { b: 1, c: 2 } }, [{ path: ["a", "b"], value: undefined }]), { a: { c: 2 } });
  assert.deepEqual(edited({ a: 1 }, [{ path: ["x", "y"], value: undefined }]), { a: 1 });
  assert.deepEqual(edited({ a: 1 }, [{ path: ["a", "y"], value: undefined }]), { a: 1 });
});

for (
  const [name, data, where] of [
    ["a list", { a: { b: [] } }, "a.b"],
    ["null", { a: { b: null } }, "a.b"],
    ["a text", { a: "x" }, "a"],
    ["a file that is a list", [], "the file"],
  ] as const
) {
  test(`${name} in the place of a table is refused, and its path is named`, () =>
    assert.throws(
      () => edited(data, [{ path: ["a", "b", "c"], value: 1 }]),
      (error) => error instanceof CannotEdit && error.message === `${where} is not a table`,
    ));
}

test("what every object inherits is not in the data", () => {
  assert.equal(valueAt({}, ["constructor"]), undefined);
  assert.equal(valueAt({ a: {} }, ["a", "__proto__"]), undefined);
  assert.equal(valueAt("text", ["length"]), undefined);
});

test("__proto__ is a key like any other, and no other object has it then", () => {
  const after = edited({}, [{ path: ["__proto__", "polluted"], value: true }]);
  assert.deepEqual(Object.keys(after), ["__proto__"]);
  assert.equal((Object.create(null) as Record<string, unknown>).polluted, undefined);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

test("what is set is at its path, and taking it away leaves nothing there", () => {
  const path = fc.array(fc.string(), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(path, fc.jsonValue(), (path, value) => {
      const after = edited({}, [{ path, value }]);
      assert.deepEqual(valueAt(after, path), value);
      assert.equal(valueAt(edited(after, [{ path, value: undefined }]), path), undefined);
    }),
  );
});
