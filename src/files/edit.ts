/** A setting in a configuration file, and how it is put into parsed data. */
import type { Json } from "../model/json.ts";

export interface Edit {
  /** Its keys, the outermost first. */
  readonly path: readonly string[];
  /** Undefined: the key goes. */
  readonly value: Json | undefined;
}

/** A file that cannot be changed without harm; the message says why, for people. */
export class CannotEdit extends Error {
  override name = "CannotEdit";
}

/** A copy of some data with the edits done. @throws CannotEdit where a table is needed and something else is there */
export function edited(data: Json, edits: readonly Edit[]): Json {
  let result: Json = structuredClone(data);
  for (const { path, value } of edits) {
    if (value === undefined) remove(result, path);
    else result = set(result, path, value, 0);
  }
  return result;
}

/** The value at a path; undefined: nothing is there. */
export const valueAt = (data: Json, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (inner, key) => isTable(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined,
    data,
  );

function remove(data: Json, path: readonly string[]): void {
  const table = valueAt(data, path.slice(0, -1));
  const key = path.at(-1);
  if (isTable(table) && key !== undefined) delete table[key];
}

function set(data: Json, path: readonly string[], value: Json, depth: number): Json {
  const key = path[depth];
  if (key === undefined) return value;
  if (!isTable(data)) throw inTheWay(path.slice(0, depth));
  // defineProperty: __proto__ is a key like any other.
  const inner = Object.hasOwn(data, key) ? data[key] : depth === path.length - 1 ? undefined : {};
  Object.defineProperty(data, key, {
    value: set(inner, path, value, depth + 1),
    enumerable: true,
    writable: true,
    configurable: true,
  });
  return data;
}

/** The error for a value that should be a table. */
export const inTheWay = (path: readonly string[]): CannotEdit =>
  new CannotEdit(`${path.length === 0 ? "the file" : path.join(".")} is not a table`);

export const isTable = (value: Json | undefined): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);
