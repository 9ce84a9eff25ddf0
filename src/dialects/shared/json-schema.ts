/**
 * Adapts a JSON Schema to a provider. Every function returns the schema itself where nothing has to change,
 * and never changes the one that came in.
 *
 * @see https://json-schema.org/draft/2020-12
 */
import type { Json } from "../../model/json.ts";
import { isRecord, listOf, numberOf, own } from "../../json/shape.ts";

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
  const removed = removedBy(quirks);
  let clean: Json = quirks.includes("gemini-schemas") ? geminiSchema(schema) : schema;
  if (removed.size > 0) clean = withoutKeywords(clean, removed);
  if (quirks.includes("types-in-alternatives")) {
    clean = mapSchema(clean, (part) => withPropertyTypes(typesInAlternatives(part)));
  }
  if (quirks.includes("no-null-choices")) clean = mapSchema(clean, withoutNullChoice);
  if (quirks.includes("tidy-required")) clean = mapSchema(clean, withTidyRequired);
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

function impliedType(schema: Record<string, Json>): string {
  if (isRecord(schema.properties) || schema.required !== undefined) return "object";
  if (schema.items !== undefined) return "array";
  const value = Array.isArray(schema.enum) ? schema.enum[0] : schema.const;
  return typeof value === "number" || typeof value === "boolean" ? typeof value : "string";
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

// Gemini's subset. @see https://ai.google.dev/api/caching#Schema

/** The keywords of Gemini's `Schema`. */
const IN_GEMINI = new Set([
  "type",
  "format",
  "title",
  "description",
  "nullable",
  "enum",
  "items",
  "minItems",
  "maxItems",
  "properties",
  "required",
  "propertyOrdering",
  "minProperties",
  "maxProperties",
  "minLength",
  "maxLength",
  "pattern",
  "minimum",
  "maximum",
  "anyOf",
  "default",
  "example",
]);

/** Keywords that say nothing to a model. */
const SAYS_NOTHING = new Set(["$schema", "$id", "$comment", "$defs", "definitions", "additionalProperties"]);

/** Formats that are taken, by type. */
const GEMINI_FORMATS: Readonly<Record<string, readonly string[]>> = {
  string: ["enum", "date-time"],
  number: ["float", "double"],
  integer: ["int32", "int64"],
};

/** A schema in Gemini's subset: what it has no keyword for is said in the description. */
function geminiSchema(schema: Record<string, Json>): Record<string, Json> {
  return mapSchema(resolved(schema), geminiObject);
}

function geminiObject(schema: Record<string, Json>): Record<string, Json> {
  const told = Object.entries(schema).filter(([key, value]) =>
    !IN_GEMINI.has(key) && !SAYS_NOTHING.has(key) && !["const", "oneOf", "allOf"].includes(key) &&
    value !== undefined
  );
  let out = schema;
  if (Object.keys(schema).some((key) => !IN_GEMINI.has(key))) {
    out = Object.fromEntries(Object.entries(schema).filter(([key]) => IN_GEMINI.has(key)));
    if (schema.const !== undefined) out.enum = [schema.const];
    if (Array.isArray(schema.oneOf)) out.anyOf = [...(schema.anyOf ?? []), ...schema.oneOf];
    if (Array.isArray(schema.allOf)) out = merged(out, schema.allOf);
  }
  out = withoutNull(out);
  if (Array.isArray(out.enum) && !out.enum.every((one) => typeof one === "string")) {
    told.push(["one of", out.enum]);
    const { enum: values, ...rest } = out;
    out = { ...rest, type: rest.type ?? typeOf(values[0]) };
  } else if (Array.isArray(out.enum)) out = withoutBlankChoice(out);
  if (
    typeof out.format === "string" && !(own(GEMINI_FORMATS, out.type) ?? [out.format]).includes(out.format)
  ) {
    told.push(["format", out.format]);
    const { format: _format, ...rest } = out;
    out = rest;
  }
  out = geminiComplete(out);
  // Every schema has a type (https://github.com/danny-avila/LibreChat/issues/6971).
  if (out.type === undefined && out.anyOf === undefined) out = { ...out, type: impliedType(out) };
  return told.length === 0 ? out : { ...out, description: described(out.description, told) };
}

/** A list of texts has a type, and no empty one among them (https://github.com/google-gemini/gemini-cli/issues/3401). */
function withoutBlankChoice(schema: Record<string, Json>): Record<string, Json> {
  const { enum: values, ...rest } = schema;
  const kept = values.filter((one: Json) => one !== "");
  if (kept.length === values.length) return rest.type === undefined ? { ...schema, type: "string" } : schema;
  return { ...rest, type: "string", ...(kept.length === 0 ? {} : { enum: kept }) };
}

/** Every list says what is in it, and only properties that there are are required. */
function geminiComplete(schema: Record<string, Json>): Record<string, Json> {
  let out = schema;
  if (out.type === "array" && !isRecord(out.items)) out = { ...out, items: { type: "string" } };
  if (!isRecord(out.properties)) return out;
  const properties = out.properties;
  const loose = Object.entries(properties).filter(([, one]) => !isRecord(one));
  if (loose.length > 0) {
    const words = loose.map(([name]) => [name, { type: "string" }]);
    out = { ...out, properties: { ...properties, ...Object.fromEntries(words) } };
  }
  if (!Array.isArray(out.required)) return out;
  const required = out.required.filter((name: Json) => Object.hasOwn(properties, name));
  return required.length === out.required.length ? out : { ...out, required };
}

const typeOf = (value: Json): string => typeof value === "boolean" ? "boolean" : "number";

function described(description: Json, told: readonly (readonly [string, Json])[]): string {
  const limits = told.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(", ");
  return typeof description === "string" && description !== "" ? `${description} (${limits})` : limits;
}

/** "Or null" is `nullable`; a list of types becomes alternatives. */
function withoutNull(schema: Record<string, Json>): Record<string, Json> {
  let out = schema;
  if (Array.isArray(out.type)) {
    const types = out.type.filter((type: Json) => type !== "null");
    const nullable = types.length < out.type.length ? { nullable: true } : {};
    const { type: _type, ...rest } = out;
    out = types.length === 1
      ? { ...rest, type: types[0], ...nullable }
      : { ...rest, ...nullable, anyOf: [...(rest.anyOf ?? []), ...types.map((type: Json) => ({ type }))] };
  }
  if (!Array.isArray(out.anyOf)) return out;
  const branches = out.anyOf.filter((one: Json) => one?.type !== "null");
  if (branches.length === out.anyOf.length) return out;
  const { anyOf: _anyOf, ...rest } = out;
  return branches.length === 1 && isRecord(branches[0])
    ? { ...branches[0], ...rest, nullable: true }
    : { ...rest, anyOf: branches, nullable: true };
}

/** All of these at once: their members together. */
function merged(schema: Record<string, Json>, all: readonly Json[]): Record<string, Json> {
  return all.filter(isRecord).reduce((sum, one) => ({
    ...one,
    ...sum,
    ...(one.properties === undefined ? {} : { properties: { ...one.properties, ...sum.properties } }),
    ...(one.required === undefined
      ? {}
      : { required: [...new Set([...(sum.required ?? []), ...one.required])] }),
  }), schema);
}

/** References that are followed in one schema: a few may lead to very many. */
const MOST_REFERENCES = 500;

/**
 * The schema with every local reference (`#/$defs/x`) replaced by what it refers to; where one leads to itself, anything
 * of its type is allowed.
 */
function resolved(schema: Record<string, Json>): Record<string, Json> {
  let left = MOST_REFERENCES;
  const resolve = (part: Json, within: readonly string[]): Json =>
    mapSchema(part, (object) => {
      if (typeof object.$ref !== "string") return object;
      const { $ref, ...beside } = object;
      const isCycle = within.includes($ref);
      const found = isCycle || left-- <= 0 ? undefined : referred(schema, $ref);
      if (isCycle) return { type: referred(schema, $ref)?.type ?? "object", ...beside };
      return found === undefined ? beside : { ...resolve(found, [...within, $ref]), ...beside };
    });
  return resolve(schema, []);
}

/** What a local JSON pointer leads to. @see https://www.rfc-editor.org/rfc/rfc6901 */
function referred(root: Json, reference: string): Record<string, Json> | undefined {
  if (!reference.startsWith("#")) return undefined;
  let at = root;
  for (const step of reference.slice(1).split("/").slice(1)) {
    const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    at = isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return isRecord(at) ? at : undefined;
}
