/** A JSON Schema in Gemini's subset. @see https://ai.google.dev/api/caching#Schema */
import { isRecord, own } from "../../json/shape.ts";
import type { Json } from "../../model/json.ts";
import { impliedType, mapSchema } from "./schema-walk.ts";

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
export function geminiSchema(schema: Record<string, Json>): Record<string, Json> {
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
