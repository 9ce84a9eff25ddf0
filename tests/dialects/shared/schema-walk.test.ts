import assert from "node:assert/strict";
import { test } from "node:test";
import { impliedType, mapSchema } from "../../../src/dialects/shared/schema-walk.ts";
import type { Json } from "../../../src/model/json.ts";

test("every schema in a schema is changed, the inner ones first, and data is left alone", () => {
  const seen: Json[] = [];
  const schema = {
    title: "top",
    properties: { default: { title: "named" } },
    items: [{ title: "in a list" }, true],
    not: { title: "one" },
    default: { title: "data" },
    enum: [{ title: "data" }],
  };
  const changed = mapSchema(schema, (object) => {
    seen.push(object.title);
    return { ...object, title: object.title.toUpperCase() };
  });
  assert.deepEqual(seen, ["named", "in a list", "one", "top"]);
  assert.deepEqual(changed, {
    ...schema,
    title: "TOP",
    properties: { default: { title: "NAMED" } },
    items: [{ title: "IN A LIST" }, true],
    not: { title: "ONE" },
  });
});

test("a schema in which nothing changes stays the same object", () => {
  const schema = { anyOf: [{ type: "string" }], $defs: { a: { items: { type: "number" } } } };
  assert.equal(mapSchema(schema, (object) => object), schema);
  assert.equal(mapSchema(true, () => assert.fail()), true);
});

test("a type follows from the other keywords, and is a string where none says more", () => {
  for (
    const [schema, type] of [
      [{ properties: {} }, "object"],
      [{ required: ["a"] }, "object"],
      [{ items: {} }, "array"],
      [{ enum: [1, 2] }, "number"],
      [{ const: true }, "boolean"],
      [{}, "string"],
    ] as const
  ) assert.equal(impliedType(schema), type);
});
