/**
 * Changes scalars of a YAML file of block mappings, which configuration files are; everything else stays the same, to the
 * character. What it does not understand it refuses: flow mappings, several documents, tabs, anchors on the way.
 */
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import type { Json } from "../../../model/json.ts";
import { CannotEdit, type Edit, edited, inTheWay, isTable, valueAt } from "../../../files/edit.ts";

interface Line {
  readonly indent: number;
  /** Undefined: blank, a comment, or part of another value. */
  readonly key?: string;
  readonly value: string;
  /** With the space before it. */
  readonly comment: string;
}

const KEY = /^( *)(?:"([^"\\]*)"|'([^']*)'|([^\s"'#:&*!|>%@`{}[\],-][^:#]*?)) *:(?: +|$)(.*)$/;

/** @throws CannotEdit where the text is not understood, or the edit is impossible */
export function editYaml(text: string, edits: readonly Edit[]): string {
  let after = text;
  check(text);
  for (const { path, value } of edits) {
    after = value === undefined ? without(after, path) : withValue(after, path, value);
  }
  const got = readYaml(after);
  if (edits.some(({ path, value }) => at(got, path) !== value) || !isSame(text, after, edits)) {
    throw new CannotEdit("its layout cannot be edited safely");
  }
  return after;
}

/**
 * Whether the new text is YAML that holds the edits and, beside them, what the old one holds: a mapping put into a list would
 * not be YAML at all.
 */
function isSame(before: string, after: string, edits: readonly Edit[]): boolean {
  const gone = edits.map(({ path }): Edit => ({ path, value: undefined }));
  const others = (data: Json): Json | undefined => filled(edited(data, gone));
  // Every scalar is a text: https://yaml.org/spec/1.2.2/#101-failsafe-schema
  const read = (text: string): Json =>
    parse(text, { schema: "failsafe", logLevel: "silent", uniqueKeys: false }) ?? {};
  try {
    const now = read(after);
    return edits.every(({ path, value }) => valueAt(now, path) === value) &&
      isDeepStrictEqual(others(read(before)), others(now));
  } catch {
    return false; // it cannot be parsed
  }
}

/** Some data without keys that hold nothing. */
function filled(data: Json): Json | undefined {
  if (!isTable(data)) return data === "" ? undefined : data;
  const members = Object.entries(data as Record<string, Json>)
    .flatMap(([key, value]) => {
      const inner = filled(value);
      return inner === undefined ? [] : [[key, inner] as const];
    });
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

const at = (data: Json, path: readonly string[]): Json =>
  path.reduce((inner: Json, key) => inner?.[key], data);

function check(text: string): void {
  const lines = text.split("\n");
  const odd = lines.findIndex((line, index) =>
    /^\t| \t/.test(line.match(/^\s*/)?.[0] ?? "") || (index > 0 && /^---/.test(line)) || /^[{[]/.test(line) ||
    /^- /.test(line)
  );
  if (odd !== -1) throw new CannotEdit(`line ${odd + 1} is not of a block mapping`);
}

/** The mappings and their scalars, as text; lists and blocks are skipped. */
export function readYaml(text: string): Json {
  check(text);
  const root: Json = {};
  const open: { indent: number; table: Json }[] = [{ indent: -1, table: root }];
  for (const { indent, key, value } of linesOf(text)) {
    if (key === undefined) continue;
    while (open.length > 1 && indent <= (open.at(-1)?.indent ?? -1)) open.pop();
    const table = open.at(-1)?.table;
    if (value === "") {
      const inner = {};
      define(table, key, inner);
      open.push({ indent, table: inner });
    } else define(table, key, unquoted(value));
  }
  return root;
}

const define = (table: Json, key: string, value: Json) =>
  Object.defineProperty(table, key, { value, enumerable: true, writable: true, configurable: true });

function linesOf(text: string): Line[] {
  let block = -1;
  return text.split("\n").map((raw): Line => {
    const line = raw.replace(/\r$/, "");
    const indent = line.search(/\S/);
    const nothing = { indent, value: "", comment: "" };
    if (indent === -1) return nothing;
    if (block !== -1 && indent > block) return nothing;
    block = -1;
    const match = KEY.exec(line);
    if (match === null) return nothing;
    const [, , double, single, plain, rest = ""] = match;
    const { value, comment } = split(rest);
    if (/^[|>]/.test(value)) block = indent;
    return { indent, key: double ?? single ?? plain ?? "", value, comment };
  });
}

/** A scalar and the comment after it. */
function split(rest: string): { value: string; comment: string } {
  const quoted = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')(\s.*)?$/.exec(rest);
  if (quoted !== null) return { value: quoted[1] ?? "", comment: (quoted[2] ?? "").trimEnd() };
  if (rest.startsWith("#")) return { value: "", comment: ` ${rest}` };
  const hash = rest.search(/\s+#/);
  return hash === -1
    ? { value: rest.trim(), comment: "" }
    : { value: rest.slice(0, hash).trim(), comment: rest.slice(hash) };
}

function unquoted(value: string): string {
  if (value.startsWith('"')) {
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  }
  return value.startsWith("'") ? value.slice(1, -1).replaceAll("''", "'") : value;
}

const scalar = (value: Json): string => {
  const text = String(value);
  return /^[A-Za-z][\w./-]*(?::[\w./-]+)*$/.test(text) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
};

/** The line of a path's key, or where it would be put: the deepest line on the way, and how much of the path it is. */
function find(lines: readonly Line[], path: readonly string[]): { line: number; depth: number } {
  let line = -1;
  let depth = 0;
  let end = lines.length;
  while (depth < path.length) {
    const parent = line === -1 ? -1 : lines[line]?.indent ?? -1;
    let next = -1;
    let own: number | undefined;
    for (let n = line + 1; n < end; n++) {
      const { indent, key } = lines[n]!;
      if (key === undefined) continue;
      if (indent <= parent) {
        end = n;
        break;
      }
      own ??= indent;
      if (indent === own && key === path[depth]) next = n;
    }
    if (next === -1) break;
    line = next;
    depth++;
  }
  return { line, depth };
}

/** The line after a mapping's last line that belongs to it. */
function endOf(lines: readonly Line[], line: number): number {
  if (line === -1) return lines.length;
  const { indent } = lines[line]!;
  let end = line + 1;
  for (let n = end; n < lines.length; n++) {
    if (lines[n]!.indent === -1) continue;
    if (lines[n]!.indent <= indent) break;
    end = n + 1;
  }
  return end;
}

function withValue(text: string, path: readonly string[], value: Json): string {
  const raw = text.split("\n");
  const lines = linesOf(text);
  const { line, depth } = find(lines, path);
  const cr = raw[0]?.endsWith("\r") ? "\r" : "";
  if (depth === path.length) {
    const { value: old, comment } = lines[line]!;
    if (unquoted(old) === String(value)) return text;
    if (old === "" ? endOf(lines, line) > line + 1 : /^[|>&*!{[]/.test(old)) throw inTheWay(path);
    const head = raw[line]!.slice(0, raw[line]!.indexOf(":") + 1);
    raw[line] = `${head} ${scalar(value)}${comment}${cr}`;
    return raw.join("\n");
  }
  if (line !== -1 && lines[line]!.value !== "") throw inTheWay(path.slice(0, depth));
  const unit = Math.max(2, lines.find(({ indent, key }) => key !== undefined && indent > 0)?.indent ?? 2);
  const base = line === -1 ? 0 : childIndent(lines, line) ?? lines[line]!.indent + unit;
  const added = path.slice(depth).map((key, index, rest) =>
    `${" ".repeat(base + index * unit)}${key}:${index === rest.length - 1 ? ` ${scalar(value)}` : ""}${cr}`
  );
  if (line === -1) {
    const body = text === "" || text.endsWith("\n") ? text : `${text}${cr}\n`;
    return `${body}${added.join("\n")}\n`;
  }
  raw.splice(endOf(lines, line), 0, ...added);
  return raw.join("\n");
}

function childIndent(lines: readonly Line[], line: number): number | undefined {
  const next = lines.slice(line + 1).find(({ key, indent }) => key !== undefined || indent !== -1);
  return next !== undefined && next.key !== undefined && next.indent > lines[line]!.indent
    ? next.indent
    : undefined;
}

function without(text: string, path: readonly string[]): string {
  const lines = linesOf(text);
  const { line, depth } = find(lines, path);
  if (depth !== path.length) return text;
  const raw = text.split("\n");
  raw.splice(line, endOf(lines, line) - line);
  return raw.join("\n");
}
