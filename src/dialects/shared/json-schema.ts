/**
 * Adapts a JSON Schema to a provider. Every function returns the schema itself where nothing has to change,
 * and never changes the one that came in.
 *
 * @see https://json-schema.org/draft/2020-12
 */
import type { Json } from "../../model/json.ts";
import { isRecord } from "../../json/shape.ts";

/** The schema of a tool that takes nothing. */
export const EMPTY_OBJECT_SCHEMA = Object.freeze({ type: "object", properties: Object.freeze({}) });

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

/** The keywords that a quirk removes, at every depth. */
const REMOVED_BY_QUIRK: Readonly<Record<string, readonly string[]>> = {
  "no-additional-properties": ["additionalProperties", "unevaluatedProperties"],
  "no-schema-keyword": ["$schema"],
};

/**
 * A tool's parameters (or an output schema) for a provider with these quirks. A tool without parameters gets the
 * schema of an empty object.
 */
export function cleanSchema(schema: Json, quirks: readonly string[]): Json {
  if (!isRecord(schema)) return EMPTY_OBJECT_SCHEMA;
  const removed = quirks.flatMap((quirk) => REMOVED_BY_QUIRK[quirk] ?? []);
  const clean = removed.length === 0 ? schema : without(schema, new Set(removed));
  return quirks.includes("tools-need-properties") ? withProperties(clean) : clean;
}

/** The schema without these keywords, at every depth. Properties of those names stay. */
function without(schema: Json, removed: ReadonlySet<string>): Json {
  return mapSchema(schema, (object) => {
    if (!Object.keys(object).some((key) => removed.has(key))) return object;
    return Object.fromEntries(Object.entries(object).filter(([key]) => !removed.has(key)));
  });
}

/** Applies `change` to every schema in a schema, the inner ones first. */
function mapSchema(schema: Json, change: (object: Record<string, Json>) => Record<string, Json>): Json {
  if (!isRecord(schema)) return schema; // `true` and `false` are schemas too
  let copy: Record<string, Json> = schema;
  for (const [key, value] of Object.entries(schema)) {
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
  for (const [name, item] of Object.entries(value)) {
    const mapped = mapSchema(item, change);
    if (mapped === item) continue;
    if (copy === value) copy = { ...value };
    copy[name] = mapped;
  }
  return copy;
}

function withProperties(schema: Record<string, Json>): Json {
  if (isRecord(schema.properties)) return schema;
  return { ...schema, type: schema.type ?? "object", properties: {} };
}

/**
 * A tool's parameters as an object's schema at the top, as Anthropic demands it: `type: "object"`, and no `anyOf`,
 * `oneOf` or `allOf` there. The alternatives' properties are offered side by side instead.
 */
export function objectSchema(schema: Json): Json {
  if (!isRecord(schema)) return EMPTY_OBJECT_SCHEMA;
  const branches = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) =>
    Array.isArray(list) ? list : []
  );
  if (branches.length === 0) return schema.type === "object" ? schema : { ...schema, type: "object" };
  const { anyOf: _anyOf, oneOf: _oneOf, allOf, ...rest } = schema;
  const properties: Record<string, Json> = {};
  const required = new Set<string>(Array.isArray(schema.required) ? schema.required : []);
  for (const branch of branches) {
    if (!isRecord(branch)) continue;
    if (isRecord(branch.properties)) Object.assign(properties, branch.properties);
    if (Array.isArray(allOf) && allOf.includes(branch) && Array.isArray(branch.required)) {
      for (const name of branch.required) required.add(name);
    }
  }
  return {
    ...rest,
    type: "object",
    properties: { ...properties, ...rest.properties },
    ...(required.size > 0 && { required: [...required] }),
  };
}

/** Keywords that Anthropic's structured outputs refuse; what they say goes into the description instead. */
const UNENFORCED = new Set([
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
  "patternProperties",
  "propertyNames",
  "unevaluatedProperties",
]);

/**
 * An output schema as Anthropic's structured outputs take it: every object closed, limits in the description.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
 */
export function enforceableSchema(schema: Json): Json {
  return mapSchema(schema, (object) => {
    const entries = Object.entries(object);
    const unenforced = entries.filter(([key, value]) => isUnenforced(key, value));
    const open = isObjectType(object) && object.additionalProperties !== false;
    if (unenforced.length === 0 && !open && object.oneOf === undefined && object.$schema === undefined) {
      return object;
    }
    const kept = Object.fromEntries(
      entries.filter(([key, value]) => key !== "$schema" && !isUnenforced(key, value)),
    );
    if (open) kept.additionalProperties = false;
    if (Array.isArray(kept.oneOf)) {
      kept.anyOf = [...(Array.isArray(kept.anyOf) ? kept.anyOf : []), ...kept.oneOf];
      delete kept.oneOf;
    }
    if (unenforced.length > 0) {
      const limits = unenforced.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(", ");
      kept.description = typeof kept.description === "string" ? `${kept.description} (${limits})` : limits;
    }
    return kept;
  });
}

function isUnenforced(key: string, value: Json): boolean {
  return UNENFORCED.has(key) || (key === "minItems" && value > 1);
}

function isObjectType(schema: Record<string, Json>): boolean {
  return schema.type === "object" || (Array.isArray(schema.type) && schema.type.includes("object")) ||
    isRecord(schema.properties);
}
