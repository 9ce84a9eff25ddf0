/**
 * Holds a parsed file against the schema and keeps what is right, so that every mistake of a file is found in
 * one go: a wrong value is reported and left out, and the rest is still looked at.
 */
import { z } from "zod";
import { type FieldKind, kindOf, standInFor } from "./fields.ts";
import { nearest } from "../../text/match.ts";
import { described, joined, type KeyPath } from "../problem.ts";
import { type FileConfig, fileSchema } from "./sections.ts";

/** Something in the file that the schema does not allow. */
export interface Issue {
  readonly path: KeyPath;
  readonly message: string;
  readonly found?: string;
  readonly expected?: string;
  readonly nearest?: string;
}

export interface Checked {
  readonly file: FileConfig;
  readonly issues: readonly Issue[];
  /** Where a table of {@link file} stood: list items that were left out do not shift the others. */
  readonly pathOf: (block: object) => KeyPath;
}

interface Work {
  readonly issues: Issue[];
  readonly paths: WeakMap<object, KeyPath>;
  readonly referenced: ReadonlySet<string>;
}

/**
 * Checks a file's tree.
 * @param referenced joined paths of texts that came from the environment: these may stand for numbers and flags
 */
export function checkFile(tree: unknown, referenced: ReadonlySet<string> = new Set()): Checked {
  const work: Work = { issues: [], paths: new WeakMap(), referenced };
  const file = checkTable(fileSchema, tree, [], work) ?? {};
  return { file: file as FileConfig, issues: work.issues, pathOf: (block) => work.paths.get(block) ?? [] };
}

/** The keys that a section may have: `["router", "rules", 0]` → name, when, route. */
export function keysAt(path: KeyPath): string[] {
  let schema: z.ZodType = fileSchema;
  for (const part of path) {
    const inner = bare(schema);
    if (inner instanceof z.ZodObject && typeof part === "string") {
      const next = inner.shape[part] as z.ZodType | undefined;
      if (next === undefined) return [];
      schema = next;
    } else if (inner instanceof z.ZodArray) schema = inner.element as z.ZodType;
    else return [];
  }
  const inner = bare(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function bare(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? schema.unwrap() as z.ZodType : schema;
}

/** The table with its good keys, or undefined when it is no table or lacks a key that it must have. */
function checkTable(schema: z.ZodObject, value: unknown, path: KeyPath, work: Work): object | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Date) {
    work.issues.push(wrong(schema, value, path));
    return undefined;
  }
  const given = value as Record<string, unknown>;
  const kept: Record<string, unknown> = {};
  let whole = true;
  for (const key of Object.keys(given)) {
    if (!(key in schema.shape)) work.issues.push(unknownKey(key, path, Object.keys(schema.shape)));
  }
  for (const [key, field] of Object.entries(schema.shape) as [string, z.ZodType][]) {
    const optional = field instanceof z.ZodOptional;
    const own = [...path, key];
    let result: unknown;
    if (given[key] !== undefined) result = checkValue(bare(field), given[key], own, work);
    else if (!optional) work.issues.push(missing(bare(field), own));
    result ??= standInFor(field); // the file is not used any more, but the rest of it may have mistakes, too
    if (result !== undefined) kept[key] = result;
    else if (!optional) whole = false;
  }
  if (!whole) return undefined;
  work.paths.set(kept, path);
  return kept;
}

function checkValue(schema: z.ZodType, value: unknown, path: KeyPath, work: Work): unknown {
  if (schema instanceof z.ZodObject) return checkTable(schema, value, path, work);
  if (schema instanceof z.ZodArray) {
    if (!Array.isArray(value)) {
      work.issues.push(wrong(schema, value, path));
      return undefined;
    }
    return value.map((item, index) => checkValue(schema.element as z.ZodType, item, [...path, index], work))
      .filter((item) => item !== undefined);
  }
  const meant = work.referenced.has(joined(path)) ? standsFor(value, kindOf(schema)) : value;
  const parsed = schema.safeParse(meant);
  if (parsed.success) return parsed.data;
  const parts = badParts(schema, value);
  if (parts.length === 0) work.issues.push(wrong(schema, value, path));
  for (const key of parts) work.issues.push(wrongPart(schema, value as object, path, key));
  return undefined;
}

/** The items or keys that are to blame where the others would be right by themselves. */
function badParts(schema: z.ZodType, value: unknown): (string | number)[] {
  const right = (part: unknown) => schema.safeParse(part).success;
  if (Array.isArray(value)) {
    const bad = value.flatMap((item, index) => right([item]) ? [] : [index]);
    return right(value.filter((_, index) => !bad.includes(index))) ? bad : [];
  }
  if (typeof value !== "object" || value === null || value instanceof Date || !right({})) return [];
  return Object.entries(value).flatMap(([key, item]) => right({ [key]: item }) ? [] : [key]);
}

function wrongPart(schema: z.ZodType, whole: object, path: KeyPath, key: string | number): Issue {
  const own = [...path, key];
  const found = described((whole as Record<string | number, unknown>)[key], own);
  const expected = expectation(schema, undefined);
  return { path: own, message: `found ${found} in it, expected ${expected}.`, found, expected };
}

/** A text from the environment where a number or a flag is due. */
function standsFor(value: unknown, kind: FieldKind): unknown {
  if (typeof value !== "string") return value;
  const plain = value.trim();
  if (kind === "number" && /^-?\d+(\.\d+)?$/.test(plain)) return Number(plain);
  if (kind === "flag" && /^(true|1|yes|on)$/i.test(plain)) return true;
  if (kind === "flag" && /^(false|0|no|off)$/i.test(plain)) return false;
  return value;
}

/** The schema's own words for what should stand there. */
function expectation(schema: z.ZodType, value: unknown): string {
  const parsed = schema.safeParse(value);
  return parsed.success ? "another value" : parsed.error.issues[0]?.message ?? "another value";
}

function wrong(schema: z.ZodType, value: unknown, path: KeyPath): Issue {
  const found = described(value, path);
  const expected = expectation(schema, Array.isArray(value) && schema instanceof z.ZodObject ? null : value);
  return { path, message: `found ${found}, expected ${expected}.`, found, expected };
}

function missing(schema: z.ZodType, path: KeyPath): Issue {
  const expected = expectation(schema, undefined);
  return { path, message: `is missing; expected ${expected}.`, found: "nothing", expected };
}

function sectionName(path: KeyPath): string {
  if (path.length === 0) return "the file";
  const names = (parts: KeyPath) => parts.filter((part) => typeof part === "string").join(".");
  const item = path.findLastIndex((part) => typeof part === "number");
  if (item < 0) return `[${names(path)}]`;
  const inner = names(path.slice(item));
  return `${inner === "" ? "" : `${inner} in `}[[${names(path.slice(0, item))}]]`;
}

/** Sections in which a misplaced key is looked for. */
const SECTIONS: readonly KeyPath[] = [
  ["proxy"],
  ["router"],
  ["log"],
  ["ledger"],
  ["telemetry"],
  ["providers", 0],
  ["router", "words"],
];

function unknownKey(key: string, path: KeyPath, known: readonly string[]): Issue {
  const own = [...path, key];
  const near = nearest(key, known);
  const home = near === undefined ? SECTIONS.find((section) => keysAt(section).includes(key)) : undefined;
  const expected = `one of ${[...known].sort().join(", ")}`;
  const hint = home !== undefined
    ? ` It belongs in ${sectionName(home)}.`
    : near === undefined
    ? ` It takes ${expected.slice(7)}.`
    : "";
  return {
    path: own,
    message: `${sectionName(path)} has no such key.${hint}`,
    found: `the key "${key}"`,
    expected,
    ...(near !== undefined && { nearest: near }),
  };
}
