/** Changes the text of a TOML file in some places; everything else stays the same, to the character. */
import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "smol-toml";
import type { Json } from "../model/json.ts";
import { CannotEdit, type Edit, edited, isTable, valueAt } from "./edit.ts";

const HEADER = /^\s*\[/;

/** @throws CannotEdit where the text cannot be parsed, or the edit is impossible */
export function editToml(text: string, edits: readonly Edit[]): string {
  const before = understood(text);
  const wanted = edited(before, edits);
  let after = text;
  // Tables go to the end and plain keys to the top, so that the first one given comes first.
  const isOfTable = ({ path, value }: Edit) => isTable(value ?? valueAt(before, path));
  for (const edit of edits.filter(isOfTable)) after = withTable(after, edit);
  for (const edit of edits.filter((one) => !isOfTable(one)).reverse()) after = withKey(after, edit, before);
  // The new text must parse to exactly what is wanted: nothing else may have changed.
  if (!says(after, wanted)) throw new CannotEdit("its layout cannot be edited safely");
  return after;
}

/** Whether a text parses to some data; tables without keys do not count. */
export function says(text: string, wanted: Json): boolean {
  try {
    return isDeepStrictEqual(plain(parse(text)), plain(wanted));
  } catch {
    return false;
  }
}

/** What a text says. @throws CannotEdit where it cannot be parsed */
export function understood(text: string): Json {
  try {
    return parse(text);
  } catch (error) {
    const [words = ""] = (error instanceof Error ? error.message : "").split("\n");
    throw new CannotEdit(
      words === "" ? "it is not valid TOML" : words.replace(/^Invalid TOML document: /, ""),
    );
  }
}

/** Without prototypes and dates, which are not part of the comparison. */
const plain = (data: Json): Json => JSON.parse(JSON.stringify(withoutEmpty(data)));

/** A table that a removal has left empty is the same as none. */
function withoutEmpty(data: Json): Json {
  if (!isTable(data) || data instanceof Date) return data;
  const kept = Object.entries(data as Record<string, Json>).map(([key, value]) =>
    [key, withoutEmpty(value)] as const
  )
    .filter(([, value]) => !isTable(value) || value instanceof Date || Object.keys(value).length > 0);
  return Object.fromEntries(kept);
}

/** Sets a key above all tables. */
function withKey(text: string, { path, value }: Edit, before: Json): string {
  const [key] = path;
  if (key === undefined || path.length !== 1) {
    throw new CannotEdit(`${path.join(".")} is not a top-level key`);
  }
  if (Object.hasOwn(before, key) && isDeepStrictEqual(before[key], value)) return text;
  const line = value === undefined ? "" : stringify({ [key]: value }).trimEnd();
  const lines = text.split("\n");
  const tables = lines.findIndex((one) => HEADER.test(one));
  const own = new RegExp(`^\\s*(?:${key}|"${key}"|'${key}')\\s*=`);
  const found = lines.slice(0, tables === -1 ? undefined : tables).findIndex((one) => own.test(one));
  if (value === undefined) return found === -1 ? text : lines.toSpliced(found, 1).join("\n");
  if (found === -1) return text === "" ? `${line}\n` : `${line}\n${HEADER.test(text) ? "\n" : ""}${text}`;
  const [, comment = ""] = /(\s+#[^"']*)$/.exec(lines[found]!.replace(/\r$/, "")) ?? [];
  lines[found] = line + comment + (lines[found]!.endsWith("\r") ? "\r" : "");
  return lines.join("\n");
}

/** Sets a table: in place of the one of its name, else at the end. */
function withTable(text: string, { path, value }: Edit): string {
  const block = value === undefined
    ? undefined
    : stringify(path.reduceRight<Json>((inner, key) => ({ [key]: inner }), value)).trim();
  const lines = text.split("\n");
  const name = path.map((key) => `(?:${key}|"${key}"|'${key}')`).join("\\s*\\.\\s*");
  const own = new RegExp(`^\\s*\\[\\s*${name}\\s*(?:\\.[^\\]]*)?\\]`);
  const first = lines.findIndex((line) => own.test(line));
  if (first === -1 && block === undefined) return text;
  if (first === -1) return `${text}${text === "" ? "" : text.endsWith("\n") ? "\n" : "\n\n"}${block}\n`;
  let end = first + 1;
  while (end < lines.length && (!HEADER.test(lines[end]!) || own.test(lines[end]!))) end++;
  // Comments right before the next table, or at the end, do not belong to this one.
  while (end > first + 1 && /^\s*(#.*)?$/.test(lines[end - 1]!)) end--;
  if (block !== undefined) return [...lines.slice(0, first), block, ...lines.slice(end)].join("\n");
  const start = lines[first - 1]?.trim() === "" ? first - 1 : first; // the empty line above it, too
  return [...lines.slice(0, start), ...lines.slice(end)].join("\n");
}
