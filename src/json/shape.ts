/** Reads JSON of any shape without trusting it: what is not of the expected type is simply not there. */
import type { Json } from "../model/json.ts";

export const NO_TEXTS: readonly string[] = Object.freeze([]);

/** An object that is neither null nor a list. */
export function isRecord(value: unknown): value is Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A table's entry under a name from outside: `constructor` and the like, which every object inherits, are not entries. */
export function own<T>(table: Readonly<Record<string, T>>, name: unknown): T | undefined {
  return typeof name === "string" && Object.hasOwn(table, name) ? table[name] : undefined;
}

/** A text's JSON; undefined where the text is not JSON. */
export function parseJsonText(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The list, or an empty one. */
export function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value : NO_TEXTS;
}

/** The string when it is one and not empty. */
export function stringOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/**
 * A value as text, whatever it is; "" for none. `String()` throws where an object has a `toString` of its own, and for an
 * integer of `parseExact`.
 */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The number; of an integer of `parseExact`, which compares with nothing, the nearest one. Undefined: it is not a number. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return isRawJson(value) ? Number(value.rawJSON) : undefined;
}

const { isRawJSON: isRawJson } = JSON as unknown as {
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
};

/** The first argument that is a number above zero, as a limit on tokens must be. */
export function limitOf(...values: readonly unknown[]): number | undefined {
  for (const value of values) {
    if (typeof value === "number" && value > 0 && Number.isFinite(value)) return value;
  }
  return undefined;
}

/** Names of the top-level properties of a JSON Schema. */
export function schemaKeys(schema: unknown): readonly string[] {
  return isRecord(schema) && isRecord(schema.properties) ? Object.keys(schema.properties) : NO_TEXTS;
}

/** A content's first text that is not empty: the content itself, or that of a part; "" where it has none. */
export function firstText(content: unknown): string {
  if (typeof content === "string") return content;
  for (const part of listOf(content)) {
    if (isRecord(part) && typeof part.text === "string" && part.text !== "") return part.text;
  }
  return "";
}

/** The JSON object in a string of at most 64 KiB characters; empty where it holds anything else. */
export function parsedRecord(json: unknown): Record<string, Json> {
  if (typeof json !== "string" || !json.startsWith("{") || json.length > 65_536) return {};
  try {
    const value: Json = JSON.parse(json);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
