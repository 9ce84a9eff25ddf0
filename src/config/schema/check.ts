/**
 * Checks a parsed file against the schema, and keeps what is right, so that every mistake of a file is found in one
 * go: a wrong value is reported and dropped, and the rest is still built.
 */
import { z } from "zod";
import { nearest } from "../../text/match.ts";
import { type ConfigProblem, described, joined, type KeyPath } from "../problem.ts";
import { standInFor } from "./fields.ts";
import { type FileConfig, fileSchema } from "./sections.ts";

/** A value or key that the schema does not allow. */
export interface Issue extends Pick<ConfigProblem, "message" | "found" | "expected" | "nearest"> {
  readonly path: KeyPath;
}

export interface Checked {
  readonly file: FileConfig;
  readonly issues: readonly Issue[];
  /** The path in the file of a table of {@link file}: items that were dropped from an array do not shift the others. */
  readonly pathOf: (block: object) => KeyPath;
}

/** How often the tree is checked again: a dropped value may show that its table is wrong too, and then the table around it. */
const MOST_ROUNDS = 8;

/**
 * Checks a file's tree.
 * @param referenced joined paths of strings that came from the environment: these may hold numbers and flags
 */
export function checkFile(tree: unknown, referenced: ReadonlySet<string> = new Set()): Checked {
  const work = { tree: structuredClone(tree) };
  for (const path of referenced) convert(work, path.split("\u0000"));
  let parsed = fileSchema.safeParse(work.tree);
  const issues = parsed.success ? [] : flat(parsed.error.issues).flatMap((issue) => worded(issue, work.tree));
  const kept = new Map<string, readonly number[]>();
  for (let round = 0; !parsed.success; round++) {
    for (const issue of flat(parsed.error.issues)) repair(work, issue);
    work.tree = round < MOST_ROUNDS ? withoutGaps(work.tree, [], kept) : {};
    parsed = fileSchema.safeParse(work.tree);
  }
  const paths = new WeakMap<object, KeyPath>();
  note(parsed.data, [], kept, paths);
  return { file: parsed.data, issues, pathOf: (block) => paths.get(block) ?? [] };
}

/** The keys that a section may have: `["router", "rules", 0]` → name, when, route. */
export function keysAt(path: KeyPath): string[] {
  const schema = formOf(schemaAt(path), z.ZodObject);
  return schema === undefined ? [] : Object.keys(schema.shape);
}

/** Whether a word is a key of some section: harmless anywhere. */
export function isKey(word: string): boolean {
  return KEYS.has(word);
}

const KEYS: ReadonlySet<string> = new Set(keysWithin(fileSchema));

/** Every key of a schema and of those below it. */
function keysWithin(schema: z.ZodType): string[] {
  const inner = bare(schema);
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((one) => keysWithin(one as z.ZodType));
  if (inner instanceof z.ZodArray) return keysWithin(inner.element as z.ZodType);
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.shape).flatMap(([key, below]) => [key, ...keysWithin(below as z.ZodType)]);
}

/** The schema of a key, with its default; undefined: there is no such key. */
function schemaAt(path: KeyPath): z.ZodType | undefined {
  let schema: z.ZodType | undefined = fileSchema;
  for (const part of path) {
    schema = /^\d+$/.test(String(part))
      ? formOf(schema, z.ZodArray)?.element as z.ZodType | undefined
      : formOf(schema, z.ZodObject)?.shape[part] as z.ZodType | undefined;
    if (schema === undefined) return undefined;
  }
  return schema;
}

/** A schema as the form that a key or a place in it needs, where several forms are allowed. */
function formOf<Form extends z.ZodType>(
  schema: z.ZodType | undefined,
  form: abstract new (...args: never[]) => Form,
): Form | undefined {
  const inner = bare(schema);
  if (inner instanceof z.ZodUnion) {
    return inner.options.map((one) => bare(one as z.ZodType)).find((one): one is Form => one instanceof form);
  }
  return inner instanceof form ? inner : undefined;
}

/** A schema without what is around it: optional, a default, a preprocessing step. */
function bare(schema: z.ZodType | undefined): z.ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return bare(schema.unwrap() as z.ZodType);
  }
  return schema instanceof z.ZodPipe ? bare(schema.out as z.ZodType) : schema;
}

type Branch = Record<string | number, unknown>;

function valueAt(tree: unknown, path: readonly PropertyKey[]): unknown {
  let value = tree;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Branch)[part as string];
  }
  return value;
}

/** Turns a string from the environment into the number or boolean that the key takes. */
function convert({ tree }: { tree: unknown }, path: readonly string[]): void {
  const parent = valueAt(tree, path.slice(0, -1)) as Branch | undefined;
  const key = path.at(-1)!;
  const value = parent?.[key];
  if (parent === undefined || typeof value !== "string") return;
  const schema = bare(schemaAt(path));
  const plain = value.trim();
  if (formOf(schema, z.ZodNumber) !== undefined && /^-?\d+(\.\d+)?$/.test(plain)) parent[key] = Number(plain);
  if (schema instanceof z.ZodBoolean && /^(true|1|yes|on)$/i.test(plain)) parent[key] = true;
  if (schema instanceof z.ZodBoolean && /^(false|0|no|off)$/i.test(plain)) parent[key] = false;
}

/** Where a value may have several forms: the items or keys that are wrong, instead of the whole value. */
function flat(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== "invalid_union") return [issue];
    const items = flat(issue.errors.flat()).filter(({ path, code }) =>
      path.length > 0 || code === "unrecognized_keys"
    );
    return items.length === 0
      ? [issue]
      : items.map((item) => ({ ...item, path: [...issue.path, ...item.path] }));
  });
}

/** Drops what an issue is about from the tree, or puts a stand-in there. A table in an array leaves a gap. */
function repair(work: { tree: unknown }, issue: z.core.$ZodIssue): void {
  if (issue.code === "unrecognized_keys") {
    const table = valueAt(work.tree, issue.path) as Branch | undefined;
    for (const key of issue.keys) delete table?.[key];
    return;
  }
  for (let path = issue.path as KeyPath; path.length > 0; path = path.slice(0, -1)) {
    const parent = valueAt(work.tree, path.slice(0, -1)) as Branch | string | undefined;
    if (typeof parent !== "object") return; // dropped or replaced by an earlier issue
    const key = path.at(-1)!;
    const schema = schemaAt(path);
    const standIn = schema === undefined ? undefined : standInFor(schema);
    if (standIn !== undefined) parent[key] = standIn;
    else delete parent[key];
    if (standIn !== undefined) return;
    // Part of an array of strings or of a record: dropping it alone would shift or hide the others.
    const droppable = Array.isArray(parent)
      ? bare(schema) instanceof z.ZodObject
      : schema?.safeParse(undefined).success;
    if (droppable) return;
  }
  work.tree = {};
}

/** The tree with its arrays closed up; `kept` says which index each remaining item had. */
function withoutGaps(value: unknown, path: KeyPath, kept: Map<string, readonly number[]>): unknown {
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (!Array.isArray(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, withoutGaps(item, [...path, key], kept)]),
    );
  }
  const before = kept.get(joined(path));
  const indices = Object.keys(value).map(Number);
  if (indices.length < value.length) {
    kept.set(joined(path), before === undefined ? indices : indices.map((index) => before[index]!));
  }
  return indices.map((index) => withoutGaps(value[index], [...path, before?.[index] ?? index], kept));
}

/** Notes the path in the file of each table. */
function note(
  value: unknown,
  path: KeyPath,
  kept: ReadonlyMap<string, readonly number[]>,
  paths: WeakMap<object, KeyPath>,
): void {
  if (typeof value !== "object" || value === null) return;
  paths.set(value, path);
  const indices = kept.get(joined(path));
  for (const [key, item] of Object.entries(value)) {
    const part = Array.isArray(value) ? indices?.[Number(key)] ?? Number(key) : key;
    note(item, [...path, part], kept, paths);
  }
}

function worded(issue: z.core.$ZodIssue, tree: unknown): Issue[] {
  const path = issue.path as KeyPath;
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(key, path));
  const value = valueAt(tree, path);
  const found = described(value, path);
  const expected = issue.message;
  const message = value === undefined
    ? `is missing; expected ${expected}.`
    : `got ${found}, expected ${expected}.`;
  return [{ path, message, found, expected }];
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
  ["store"],
  ["telemetry"],
  ["providers", 0],
  ["router", "words"],
];

function unknownKey(key: string, path: KeyPath): Issue {
  const known = keysAt(path);
  const near = nearest(key, known);
  const home = near === undefined ? SECTIONS.find((section) => keysAt(section).includes(key)) : undefined;
  const expected = `one of ${[...known].sort().join(", ")}`;
  const hint = home !== undefined
    ? ` It belongs in ${sectionName(home)}.`
    : near === undefined
    ? ` It takes ${expected.slice(7)}.`
    : "";
  return {
    path: [...path, key],
    message: `${sectionName(path)} has no such key.${hint}`,
    found: `the key "${key}"`,
    expected,
    ...(near !== undefined && { nearest: near }),
  };
}
