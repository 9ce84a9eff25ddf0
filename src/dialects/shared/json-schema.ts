/**
 * Adapts a JSON Schema to a provider. Every function returns the schema itself where nothing has to change,
 * and never changes the one that came in.
 *
 * @see https://json-schema.org/draft/2020-12
 */
import type { Json } from "../../model/json.ts";
import { isRecord, listOf, numberOf, own } from "../../json/shape.ts";
import { geminiSchema } from "./gemini-schema.ts";
import { impliedType, mapSchema } from "./schema-walk.ts";

/** The schema of a tool that takes nothing. */
export const EMPTY_OBJECT_SCHEMA = Object.freeze({ type: "object", properties: Object.freeze({}) });

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
  const removed = removedBy(quirks);
  let clean: Json = quirks.includes("gemini-schemas") ? geminiSchema(schema) : schema;
  if (removed.size > 0) clean = withoutKeywords(clean, removed);
  if (quirks.includes("types-in-alternatives")) {
    clean = mapSchema(clean, (part) => withPropertyTypes(typesInAlternatives(part)));
  }
  const choices = quirks.includes("no-null-choices");
  if (quirks.includes("tidy-required")) {
    clean = mapSchema(
      clean,
      choices ? (part) => withTidyRequired(withoutNullChoice(part)) : withTidyRequired,
    );
  } else if (choices) clean = mapSchema(clean, withoutNullChoice);
  return quirks.includes("tools-need-properties") ? withProperties(clean) : clean;
}

/** Values without null, which a type may still allow (https://github.com/tailcallhq/forgecode/issues/3123). */
function withoutNullChoice(schema: Record<string, Json>): Record<string, Json> {
  return Array.isArray(schema.enum) && schema.enum.includes(null)
    ? { ...schema, enum: schema.enum.filter((value) => value !== null) }
    : schema;
}

/** A `required` that is a list, of properties that there are (https://github.com/usestrix/strix/issues/1088). */
function withTidyRequired(schema: Record<string, Json>): Record<string, Json> {
  const { required, properties } = schema;
  if (required === undefined) return schema;
  const named = isRecord(properties)
    ? listOf(required).filter((name) => own(properties, name) !== undefined)
    : [];
  if (named.length > 0 && named.length === required.length) return schema;
  const { required: _required, ...rest } = schema;
  return named.length === 0 ? rest : { ...rest, required: named };
}

const removals = new WeakMap<readonly string[], ReadonlySet<string>>();

/** The keywords that quirks remove: a request has dozens of schemas, and its provider the same list of quirks for all. */
function removedBy(quirks: readonly string[]): ReadonlySet<string> {
  let known = removals.get(quirks);
  if (known === undefined) {
    removals.set(quirks, known = new Set(quirks.flatMap((quirk) => REMOVED_BY_QUIRK[quirk] ?? [])));
  }
  return known;
}

/** Quirks of providers that want an object at the top of a tool's parameters. */
const OBJECTS_ONLY: ReadonlySet<string> = new Set([
  "object-schemas",
  "types-in-alternatives",
  "tools-need-properties",
]);

/** A tool's parameters for a provider with these quirks; {@link cleanSchema}, and what holds for tools alone. */
export function toolSchema(schema: Json, quirks: readonly string[]): Json {
  const open = quirks.some((quirk) => OBJECTS_ONLY.has(quirk)) ? openObject(schema) : schema;
  const clean = cleanSchema(open, quirks);
  return quirks.includes("object-schemas")
    ? mapSchema(clean, (part) => complete(standardKeywords(part)))
    : clean;
}

/**
 * Whether a schema may be enforced by OpenAI's rules: every object is closed and requires all its properties. Anthropic's allow
 * optional ones.
 *
 * @see https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export function isStrict(schema: Json): boolean {
  let strict = true;
  mapSchema(schema, (object) => {
    if (isRecord(object.properties) || object.type === "object") {
      const required = new Set(Array.isArray(object.required) ? object.required : []);
      strict &&= object.additionalProperties === false &&
        Object.keys(object.properties ?? {}).every((name) => required.has(name));
    }
    return object;
  });
  return strict;
}

// What a schema of JSON Schema 2020-12 may say. @see https://json-schema.org/draft/2020-12/meta/validation

const isNumber = (value: Json): boolean => typeof value === "number";
const isCount = (value: Json): boolean => Number.isInteger(value) && value >= 0;
const isText = (value: Json): boolean => typeof value === "string";
const isList = (value: Json): boolean => Array.isArray(value);
const isSchema = (value: Json): boolean => isRecord(value) || typeof value === "boolean";
const isSome = (value: Json): boolean => Array.isArray(value) && value.length > 0;

const TYPES = new Set(["null", "boolean", "object", "array", "number", "string", "integer"]);

const isType = (value: Json): boolean =>
  Array.isArray(value) ? value.length > 0 && value.every((one) => TYPES.has(one)) : TYPES.has(value);

/** What a keyword's value must be. Keywords that are not here may be anything. */
const LEGAL_VALUES: Readonly<Record<string, (value: Json) => boolean>> = {
  type: isType,
  enum: isList,
  examples: isList,
  required: (value) => isList(value) && value.every(isText),
  properties: isRecord,
  patternProperties: isRecord,
  $defs: isRecord,
  definitions: isRecord,
  items: isSchema,
  additionalProperties: isSchema,
  anyOf: isSome,
  oneOf: isSome,
  allOf: isSome,
  uniqueItems: (value) => typeof value === "boolean",
  ...Object.fromEntries(
    ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"].map((
      key,
    ) => [key, isNumber]),
  ),
  ...Object.fromEntries(
    ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"].map((key) =>
      [key, isCount] as const
    ),
  ),
  ...Object.fromEntries(
    ["title", "description", "pattern", "format", "$ref", "$schema", "$id"].map((key) => [key, isText]),
  ),
};

/**
 * A schema as JSON Schema 2020-12, which Claude insists on: older forms become the new ones, other values that the standard
 * does not allow go (https://github.com/Dokploy/mcp/issues/74).
 */
export function standardSchema(schema: Json): Json {
  return mapSchema(schema, standardKeywords);
}

function standardKeywords(schema: Record<string, Json>): Record<string, Json> {
  const wrong = Object.keys(schema).filter((key) => own(LEGAL_VALUES, key)?.(schema[key]) === false);
  const loose = isRecord(schema.properties)
    ? Object.entries(schema.properties).filter(([, one]) => !isSchema(one))
    : [];
  if (wrong.length === 0 && loose.length === 0) return schema;
  const out = { ...schema };
  for (const key of wrong) delete out[key];
  if (loose.length > 0) {
    out.properties = { ...schema.properties, ...Object.fromEntries(loose.map(([name]) => [name, {}])) };
  }
  // Draft 4: a limit and whether it is itself excluded. Draft 7: a schema for each place of a list.
  for (const [key, limit] of [["exclusiveMinimum", "minimum"], ["exclusiveMaximum", "maximum"]] as const) {
    if (schema[key] !== true || !isNumber(schema[limit])) continue;
    out[key] = schema[limit];
    delete out[limit];
  }
  if (isSome(schema.items)) out.prefixItems = schema.items;
  return out;
}

/** Claude's keys of a tool's parameters (https://github.com/beautyfree/appstore-connect-mcp/issues/1). */
const LEGAL_KEY = /^[a-zA-Z0-9_.-]{1,64}$/;

/** A tool's parameters without those that Claude refuses by their names. */
export function legalKeys(schema: Json): Json {
  const { properties, required } = isRecord(schema) ? schema : {};
  if (!isRecord(properties)) return schema;
  const illegal = Object.keys(properties).filter((key) => !LEGAL_KEY.test(key));
  if (illegal.length === 0) return schema;
  const kept = Object.entries(properties).filter(([key]) => !illegal.includes(key));
  return {
    ...schema,
    properties: Object.fromEntries(kept),
    ...(Array.isArray(required) ? { required: required.filter((key) => !illegal.includes(key)) } : {}),
  };
}

/** Limits that some refuse in an answer's schema; who refuses one of them refuses the others. */
export const FORMAT_LIMITS: ReadonlySet<string> = new Set([
  "minItems",
  "maxItems",
  "pattern",
  "format",
  "minLength",
  "maxLength",
]);

/** The schema without these keywords, at every depth. Properties of those names stay. */
export function withoutKeywords(schema: Json, removed: ReadonlySet<string>): Json {
  if (removed.size === 0) return schema;
  return mapSchema(schema, (object) => {
    if (!Object.keys(object).some((key) => removed.has(key))) return object;
    return Object.fromEntries(Object.entries(object).filter(([key]) => !removed.has(key)));
  });
}

function withProperties(schema: Record<string, Json>): Json {
  if (isRecord(schema.properties)) return schema.type === undefined ? { ...schema, type: "object" } : schema;
  return { ...schema, type: schema.type ?? "object", properties: {} };
}

/**
 * An object at the top, as OpenAI wants a tool's parameters: nothing there says "one of these".
 *
 * @see https://platform.openai.com/docs/guides/function-calling#defining-functions
 */
function openObject(schema: Json): Json {
  const object = objectSchema(schema);
  if (object.enum === undefined && object.not === undefined) return object;
  const { enum: _enum, not: _not, ...rest } = object;
  return rest;
}

/** Every object has `properties` and every list has `items`; a property that is not a schema allows anything. */
function complete(schema: Record<string, Json>): Record<string, Json> {
  let full = schema;
  if (schema.type === "object" && !isRecord(schema.properties) && schema.additionalProperties === undefined) {
    full = { ...full, properties: {} };
  }
  if (schema.type === "array" && schema.items === undefined && schema.prefixItems === undefined) {
    full = { ...full, items: {} };
  }
  if (!isRecord(schema.properties)) return full;
  const wrong = Object.entries(schema.properties).filter(([, one]) =>
    !isRecord(one) && typeof one !== "boolean"
  );
  if (wrong.length === 0) return full;
  return {
    ...full,
    properties: { ...schema.properties, ...Object.fromEntries(wrong.map(([name]) => [name, {}])) },
  };
}

/** Moonshot: a type belongs to the alternatives, and nothing belongs beside a reference. */
function typesInAlternatives(schema: Record<string, Json>): Record<string, Json> {
  if (typeof schema.$ref === "string" && ("type" in schema || "description" in schema)) {
    const { type: _type, description: _description, ...rest } = schema;
    return rest;
  }
  const key = Array.isArray(schema.anyOf) ? "anyOf" : Array.isArray(schema.oneOf) ? "oneOf" : undefined;
  if (schema.type === undefined || key === undefined) return schema;
  const { type, ...rest } = schema;
  return {
    ...rest,
    [key]: schema[key].map((one: Json) => isRecord(one) && one.type === undefined ? { ...one, type } : one),
  };
}

/** Keywords that say what a value is, in place of a type. */
const TYPED = ["type", "anyOf", "oneOf", "allOf", "$ref"] as const;

/**
 * Moonshot: every property has a type; where none follows from its other keywords it is a text
 * (https://github.com/MoonshotAI/kimi-cli/pull/2030).
 */
function withPropertyTypes(schema: Record<string, Json>): Record<string, Json> {
  const { properties } = schema;
  if (!isRecord(properties)) return schema;
  const loose = Object.entries(properties).filter(([, one]) =>
    isRecord(one) && !TYPED.some((key) => one[key] !== undefined)
  );
  if (loose.length === 0) return schema;
  const typed = loose.map(([name, one]) => [name, { ...one, type: impliedType(one) }] as const);
  return { ...schema, properties: { ...properties, ...Object.fromEntries(typed) } };
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
  return UNENFORCED.has(key) || (key === "minItems" && (numberOf(value) ?? 0) > 1);
}

function isObjectType(schema: Record<string, Json>): boolean {
  return schema.type === "object" || (Array.isArray(schema.type) && schema.type.includes("object")) ||
    isRecord(schema.properties);
}
