import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Json } from "../../../src/model/json.ts";
import {
  cleanSchema,
  EMPTY_OBJECT_SCHEMA,
  enforceableSchema,
  isStrict,
  legalKeys,
  objectSchema,
  standardSchema,
  toolSchema,
} from "../../../src/dialects/shared/json-schema.ts";

const SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    additionalProperties: { type: "string", default: { additionalProperties: true } },
    list: { type: "array", items: { type: "object", properties: {}, additionalProperties: false } },
    either: {
      anyOf: [{ type: "null" }, { type: "object", additionalProperties: { $schema: "x", type: "string" } }],
    },
  },
  required: ["list"],
  additionalProperties: false,
};

test("Gemini gets no additionalProperties and no $schema, except as properties' names", () => {
  assert.deepEqual(cleanSchema(SCHEMA, ["no-additional-properties", "no-schema-keyword"]), {
    type: "object",
    properties: {
      additionalProperties: { type: "string", default: { additionalProperties: true } },
      list: { type: "array", items: { type: "object", properties: {} } },
      either: { anyOf: [{ type: "null" }, { type: "object" }] },
    },
    required: ["list"],
  });
});

test("only what the quirk names is removed", () => {
  const clean = cleanSchema(SCHEMA, ["no-schema-keyword"]);
  assert.equal(clean.$schema, undefined);
  assert.equal(clean.additionalProperties, false);
  assert.deepEqual(clean.properties.either.anyOf[1].additionalProperties, { type: "string" });
});

test("a schema that needs no cleaning is handed on itself, and none is changed in place", () => {
  const before = JSON.stringify(SCHEMA);
  assert.equal(cleanSchema(SCHEMA, []), SCHEMA);
  assert.equal(cleanSchema(SCHEMA, ["no-cache-control", "strict-fields"]), SCHEMA);
  const plain = { type: "object", properties: { a: { type: "string" } } };
  assert.equal(
    cleanSchema(plain, ["no-additional-properties", "no-schema-keyword", "tools-need-properties"]),
    plain,
  );
  cleanSchema(SCHEMA, ["no-additional-properties", "no-schema-keyword"]);
  enforceableSchema(SCHEMA);
  assert.equal(JSON.stringify(SCHEMA), before);
});

test("LM Studio gets properties for every tool", () => {
  assert.deepEqual(cleanSchema({ type: "object" }, ["tools-need-properties"]), {
    type: "object",
    properties: {},
  });
  assert.deepEqual(cleanSchema({}, ["tools-need-properties"]), { type: "object", properties: {} });
  assert.deepEqual(cleanSchema(undefined, []), EMPTY_OBJECT_SCHEMA);
  assert.deepEqual(cleanSchema(null, ["tools-need-properties"]), EMPTY_OBJECT_SCHEMA);
});

test("an object's schema gets a type, and alternatives at the top are offered side by side", () => {
  assert.deepEqual(objectSchema({ properties: { a: {} } }), { type: "object", properties: { a: {} } });
  assert.deepEqual(
    objectSchema({
      description: "d",
      anyOf: [{ properties: { a: { type: "string" } }, required: ["a"] }, {
        properties: { b: { type: "number" } },
      }],
      allOf: [{ properties: { c: {} }, required: ["c"] }],
    }),
    {
      description: "d",
      type: "object",
      properties: { a: { type: "string" }, b: { type: "number" }, c: {} },
      required: ["c"],
    },
  );
  const plain = { type: "object", properties: {} };
  assert.equal(objectSchema(plain), plain);
});

test("an output schema is closed for Anthropic, with unenforced limits in the description", () => {
  assert.deepEqual(
    enforceableSchema({
      $schema: "x",
      type: "object",
      properties: {
        age: { type: "integer", minimum: 0, maximum: 150, description: "Years" },
        tags: { type: "array", items: { type: "string", maxLength: 9 }, minItems: 1 },
        pair: { oneOf: [{ type: "string" }, { type: "object", properties: {} }] },
      },
    }),
    {
      type: "object",
      properties: {
        age: { type: "integer", description: "Years (minimum: 0, maximum: 150)" },
        tags: { type: "array", items: { type: "string", description: "maxLength: 9" }, minItems: 1 },
        pair: {
          anyOf: [{ type: "string" }, { type: "object", properties: {}, additionalProperties: false }],
        },
      },
      additionalProperties: false,
    },
  );
});

test("no schema, however odd, makes the cleaning throw, and cleaning twice changes nothing more", () => {
  const quirks = ["no-additional-properties", "no-schema-keyword", "tools-need-properties"];
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 4 }), (schema) => {
    const once = cleanSchema(schema, quirks);
    assert.deepEqual(cleanSchema(once, quirks), once);
    const object = objectSchema(schema);
    assert.equal(object.type, "object");
    assert.deepEqual(enforceableSchema(enforceableSchema(schema)), enforceableSchema(schema));
  }));
});

test("OpenAI's rules: an object at the top, with properties; lists with items", () => {
  const clean = (schema: Json) => toolSchema(schema, ["object-schemas"]);
  assert.deepEqual(clean({ type: "object" }), { type: "object", properties: {} });
  assert.deepEqual(clean({}), { type: "object", properties: {} });
  assert.deepEqual(clean({ enum: [1], not: {} }), { type: "object", properties: {} });
  assert.deepEqual(clean({ anyOf: [{ properties: { a: { type: "array" } } }] }), {
    type: "object",
    properties: { a: { type: "array", items: {} } },
  });
  const fits = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
  assert.equal(clean(fits), fits);
});

test("Moonshot's rules: types in the alternatives, nothing beside a reference", () => {
  const schema = {
    type: "object",
    properties: {
      a: { type: "string", anyOf: [{ pattern: "x" }] },
      b: { $ref: "#/$defs/c", description: "d" },
    },
  };
  assert.deepEqual(toolSchema(schema, ["types-in-alternatives"]), {
    type: "object",
    properties: { a: { anyOf: [{ pattern: "x", type: "string" }] }, b: { $ref: "#/$defs/c" } },
  });
});

test("a schema that keeps to the standard is the very same, one of older drafts becomes new", () => {
  assert.equal(standardSchema(SCHEMA), SCHEMA);
  const old = {
    type: "object",
    properties: {
      a: { type: "integer", exclusiveMinimum: true, minimum: 1, exclusiveMaximum: false, maximum: 9 },
      b: { type: "array", items: [{ type: "string" }] },
      c: { type: ["text", "null"], required: true, anyOf: [], enum: "x", minLength: -1, pattern: 5 },
      d: "a word",
    },
    required: ["a"],
  };
  assert.deepEqual(standardSchema(old), {
    type: "object",
    properties: {
      a: { type: "integer", exclusiveMinimum: 1, maximum: 9 },
      b: { type: "array", prefixItems: [{ type: "string" }] },
      c: {},
      d: {},
    },
    required: ["a"],
  });
});

test("parameters with names that Claude refuses go, and are not required any more", () => {
  const schema = {
    type: "object",
    properties: { "a[b]": {}, ["x".repeat(65)]: {}, "a.b-c_1": {} },
    required: ["a[b]", "a.b-c_1"],
  };
  assert.deepEqual(legalKeys(schema), {
    type: "object",
    properties: { "a.b-c_1": {} },
    required: ["a.b-c_1"],
  });
  assert.equal(legalKeys(SCHEMA), SCHEMA);
});

test("a schema is strict where every object is closed and requires all that it has", () => {
  const inner = { type: "object", properties: {}, additionalProperties: false };
  const strict = { ...inner, properties: { a: inner }, required: ["a"] };
  assert.equal(isStrict(strict), true);
  assert.equal(isStrict({ ...strict, required: [] }), false);
  assert.equal(isStrict({ ...strict, properties: { a: { type: "object", properties: {} } } }), false);
});

test("a property without a type gets the one that follows from its other keywords, for Moonshot", () => {
  const properties = {
    a: { enum: ["x"] },
    b: { const: 3 },
    c: { items: {} },
    d: { properties: {} },
    e: { description: "any" },
    f: { anyOf: [{ type: "string" }] },
  };
  const { properties: typed } = cleanSchema({ type: "object", properties }, ["types-in-alternatives"]);
  assert.deepEqual(
    Object.values<Json>(typed).map(({ type }) => type),
    ["string", "number", "array", "object", "string", undefined],
  );
});
