/** Changes the text of a JSON file in some places; everything else stays the same, to the character. */
import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../../model/json.ts";
import { CannotEdit, type Edit, edited, inTheWay } from "./edit.ts";
import { type Node, readJson } from "./json-reader.ts";

/** @throws CannotEdit where the text cannot be parsed, or the edit is impossible */
export function editJson(text: string, edits: readonly Edit[]): string {
  const before = text.trim() === "" ? "{}\n" : text;
  const wanted = edited(readJson(before).json, edits);
  let after = before;
  for (const edit of edits) after = withEdit(after, edit);
  // The new text must parse to exactly what is wanted: nothing else may have changed.
  if (!isDeepStrictEqual(readJson(after).json, wanted)) {
    throw new CannotEdit("its layout cannot be edited safely");
  }
  return after;
}

function withEdit(text: string, { path, value }: Edit): string {
  const unit = /\n([ \t]+)\S/.exec(text)?.[1] ?? "  ";
  let node = readJson(text);
  for (const [depth, key] of path.entries()) {
    if (node.members === undefined) throw inTheWay(path.slice(0, depth));
    const found = node.members.findLast((member) => member.key === key);
    if (found === undefined) {
      const rest = path.slice(depth + 1).reduceRight<Json>((inner, name) => ({ [name]: inner }), value);
      return withMember(text, node, key, rest, unit);
    }
    node = found.value;
  }
  if (isDeepStrictEqual(node.json, value)) return text;
  const indent = lineIndent(text, node.start);
  const written = spansLines(text, node) || !isInline(text, node)
    ? indented(value, unit, indent)
    : JSON.stringify(value);
  return text.slice(0, node.start) + written + text.slice(node.end);
}

/** Adds a member at the end of an object, laid out like those before it. */
function withMember(text: string, object: Node, key: string, value: Json, unit: string): string {
  const name = JSON.stringify(key);
  const last = object.members?.at(-1);
  if (last === undefined) {
    const indent = lineIndent(text, object.start);
    const inner = text.slice(object.start + 1, object.end - 1).trim();
    const member = `\n${indent}${unit}${name}: ${indented(value, unit, indent + unit)}`;
    // A comment in an otherwise empty object stays below.
    return `${text.slice(0, object.start + 1)}${member}${
      inner === "" ? "" : `\n${indent}${unit}${inner}`
    }\n${indent}${text.slice(object.end - 1)}`;
  }
  const at = last.value.end;
  if (!spansLines(text, object)) {
    return `${text.slice(0, at)}, ${name}: ${JSON.stringify(value)}${text.slice(at)}`;
  }
  const indent = lineIndent(text, last.keyStart);
  return `${text.slice(0, at)},\n${indent}${name}: ${indented(value, unit, indent)}${text.slice(at)}`;
}

const indented = (value: Json, unit: string, indent: string): string =>
  JSON.stringify(value, null, unit).replaceAll("\n", `\n${indent}`);

/** The indentation of the line that contains a position. */
function lineIndent(text: string, at: number): string {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, at))?.[0] ?? "";
}

const spansLines = (text: string, { start, end }: Node): boolean => text.slice(start, end).includes("\n");

/** Whether a value shares a line with others, as in `{ "a": 1, "b": 2 }`. */
function isInline(text: string, { start }: Node): boolean {
  const line = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  return line.includes("{");
}
