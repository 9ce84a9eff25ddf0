import assert from "node:assert/strict";
import { test } from "node:test";
import { cleanSchema } from "../../../src/dialects/shared/json-schema.ts";

test("Gemini's subset: references, null, constants and limits are said in its way", () => {
  const schema = {
    $schema: "x",
    type: "object",
    additionalProperties: false,
    properties: {
      count: { type: ["integer", "null"], exclusiveMinimum: 0, description: "How many" },
      kind: { const: "a" },
      level: { type: "integer", enum: [1, 2] },
      site: { type: "string", format: "uri" },
      when: { type: "string", format: "date-time" },
      name: { anyOf: [{ type: "string" }, { type: "null" }] },
      node: { $ref: "#/$defs/node" },
      either: { oneOf: [{ type: "string" }, { type: "number" }] },
      $schema: { type: "string" },
    },
    $defs: {
      node: { type: "object", properties: { next: { $ref: "#/$defs/node" }, value: { type: "string" } } },
    },
  };
  assert.deepEqual(cleanSchema(schema, ["gemini-schemas"]), {
    type: "object",
    properties: {
      count: { type: "integer", nullable: true, description: "How many (exclusiveMinimum: 0)" },
      kind: { type: "string", enum: ["a"] },
      level: { type: "integer", description: "one of: [1,2]" },
      site: { type: "string", description: 'format: "uri"' },
      when: { type: "string", format: "date-time" },
      name: { type: "string", nullable: true },
      node: { type: "object", properties: { next: { type: "object" }, value: { type: "string" } } },
      either: { anyOf: [{ type: "string" }, { type: "number" }] },
      $schema: { type: "string" },
    },
  });
});

test("references that lead to very many others end", () => {
  const $defs = Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [`d${i}`, {
      type: "object",
      properties: { a: { $ref: `#/$defs/d${i + 1}` }, b: { $ref: `#/$defs/d${i + 1}` } },
    }]),
  );
  const text = JSON.stringify(cleanSchema({ $ref: "#/$defs/d0", $defs }, ["gemini-schemas"]));
  assert.ok(text.length < 1_000_000);
  assert.ok(!text.includes("$ref"));
});
