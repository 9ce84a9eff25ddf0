/** Walks a JSON Schema: where its keywords hold schemas, and what a schema is of that does not say so. */
import { isRecord } from "../../json/shape.ts";
import type { Json } from "../../model/json.ts";

/** Keywords that hold one schema, a list of schemas, or schemas by name. Data in `default`, `enum`, … is not a schema. */
const ONE = new Set([
  "items",
  "additionalProperties",
  "contains",
  "not",
  "if",
  "then",
  "else",
  "propertyNames",
]);
const LIST = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);
const NAMED = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);

/** Applies `change` to every schema in a schema, the inner ones first. */
export function mapSchema(
  schema: Json,
  change: (object: Record<string, Json>) => Record<string, Json>,
): Json {
  if (!isRecord(schema)) return schema; // `true` and `false` are schemas too
  let copy: Record<string, Json> = schema;
  for (const key of Object.keys(schema)) {
    const value: Json = schema[key];
    if (typeof value !== "object") continue; // most are words
    const mapped = mapKeyword(key, value, change);
    if (mapped === value) continue;
    if (copy === schema) copy = { ...schema };
    copy[key] = mapped;
  }
  return change(copy);
}

function mapKeyword(
  key: string,
  value: Json,
  change: (object: Record<string, Json>) => Record<string, Json>,
): Json {
  if (LIST.has(key) || (key === "items" && Array.isArray(value))) {
    if (!Array.isArray(value)) return value;
    const mapped = value.map((item) => mapSchema(item, change));
    return mapped.some((item, i) => item !== value[i]) ? mapped : value;
  }
  if (ONE.has(key)) return mapSchema(value, change);
  if (!NAMED.has(key) || !isRecord(value)) return value;
  let copy: Record<string, Json> = value;
  for (const name of Object.keys(value)) {
    const item = value[name];
    const mapped = mapSchema(item, change);
    if (mapped === item) continue;
    if (copy === value) copy = { ...value };
    copy[name] = mapped;
  }
  return copy;
}

/** The type that follows from the other keywords of a schema without one; `string` where none says more. */
export function impliedType(schema: Record<string, Json>): string {
  if (isRecord(schema.properties) || schema.required !== undefined) return "object";
  if (schema.items !== undefined) return "array";
  const value = Array.isArray(schema.enum) ? schema.enum[0] : schema.const;
  return typeof value === "number" || typeof value === "boolean" ? typeof value : "string";
}
