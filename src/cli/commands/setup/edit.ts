/** One thing that has to stand in a client's configuration, and what files look like with it. */
import type { Json } from "../../../model/json.ts";

export interface Edit {
  /** The keys that lead to it, the outermost first. */
  readonly path: readonly string[];
  readonly value: Json;
}

/** A file that cannot be changed without harm; the message says why, for people. */
export class CannotEdit extends Error {
  override name = "CannotEdit";
}

/** A copy of some data with the edits done. @throws CannotEdit where something that is no table stands in the way */
export function edited(data: Json, edits: readonly Edit[]): Json {
  let result: Json = structuredClone(data);
  for (const { path, value } of edits) result = set(result, path, value, 0);
  return result;
}

function set(data: Json, path: readonly string[], value: Json, depth: number): Json {
  const key = path[depth];
  if (key === undefined) return value;
  if (!isTable(data)) throw inTheWay(path.slice(0, depth));
  // defineProperty: a key called __proto__ is a key like any other.
  const inner = Object.hasOwn(data, key) ? data[key] : depth === path.length - 1 ? undefined : {};
  Object.defineProperty(data, key, {
    value: set(inner, path, value, depth + 1),
    enumerable: true,
    writable: true,
    configurable: true,
  });
  return data;
}

/** What is said of a value that is no table where one should be. */
export const inTheWay = (path: readonly string[]): CannotEdit =>
  new CannotEdit(`${path.length === 0 ? "the file" : path.join(".")} is no table`);

export const isTable = (value: Json): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);
