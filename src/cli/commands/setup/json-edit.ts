/** Changes the text of a JSON file in some places; everything else stays the same, to the character. */
import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../../model/json.ts";
import { CannotEdit, type Edit, edited, inTheWay } from "../../../files/edit.ts";

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
      if (value === undefined) return text;
      const rest = path.slice(depth + 1).reduceRight<Json | undefined>(
        (inner, name) => ({ [name]: inner }),
        value,
      );
      return withMember(text, node, { key, value: rest }, unit);
    }
    if (value === undefined && depth === path.length - 1) return withoutMember(text, node, found);
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
function withMember(
  text: string,
  object: Node,
  { key, value }: { readonly key: string; readonly value: Json | undefined },
  unit: string,
): string {
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

/** Takes a member out, with its line where it has one of its own, and the comma that would be left over. Comments stay. */
function withoutMember(text: string, object: Node, member: Member): string {
  const { keyStart, value: { end } } = member;
  const lineStart = text.lastIndexOf("\n", keyStart - 1) + 1;
  const alone = text.slice(lineStart, keyStart).trim() === "";
  const from = alone && lineStart > object.start ? text.slice(0, keyStart).trimEnd().length : keyStart;
  const start = alone && lineStart > object.start && text.slice(from, keyStart).includes("\n")
    ? text.lastIndexOf("\n", keyStart - 1)
    : keyStart;
  const after = commaAfter(text, end);
  const members = object.members ?? [];
  const previous = members[members.indexOf(member) - 1];
  if (after !== undefined) {
    const next = start === keyStart
      ? after + 1 + (/^ +/.exec(text.slice(after + 1))?.[0].length ?? 0)
      : after + 1;
    return text.slice(0, start) + text.slice(end, after) + text.slice(next);
  }
  const before = previous === undefined ? undefined : commaAfter(text, previous.value.end);
  if (before === undefined) {
    const rest = text.slice(object.start + 1, start) + text.slice(end, object.end - 1);
    return rest.trim() === ""
      ? `${text.slice(0, object.start)}{}${text.slice(object.end)}`
      : text.slice(0, start) + text.slice(end);
  }
  const gap = text.slice(before + 1, start);
  return text.slice(0, before) + (gap.trim() === "" && start === keyStart ? "" : gap) + text.slice(end);
}

/** Where the comma after a value is; undefined: there is none before the next value or the end. */
function commaAfter(text: string, end: number): number | undefined {
  SPACE.lastIndex = end;
  const at = end + (SPACE.exec(text)?.[0].length ?? 0);
  return text[at] === "," ? at : undefined;
}

const indented = (value: Json | undefined, unit: string, indent: string): string =>
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

export interface Member {
  readonly key: string;
  readonly keyStart: number;
  readonly value: Node;
}

/** A value and the text that it was read from: `[start, end)`. */
export interface Node {
  readonly start: number;
  readonly end: number;
  /** Of an object; undefined: it is not one. */
  readonly members?: readonly Member[];
  readonly json: Json;
}

const SPACE = /(?:[\s\ufeff]|\/\/[^\n\r]*|\/\*[^]*?\*\/)*/y;
const STRING = /"(?:[^"\\\n\r]|\\[^])*"|'(?:[^'\\\n\r]|\\[^])*'/y;
const NAME = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /[+-]?(?:0[xX][\da-fA-F]+|Infinity|NaN|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y;
const WORDS: Readonly<Record<string, Json>> = { true: true, false: false, null: null };
const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  0: "\0",
};

/**
 * Reads JSON as people write it in configuration files: with comments, trailing commas, unquoted keys and single quotes
 * (https://spec.json5.org), which plain JSON is a part of.
 * @throws CannotEdit where the text cannot be parsed; the message names the line
 */
export function readJson(text: string): Node {
  return new Reader(text).whole();
}

/** Reads a text from its beginning to its end, and knows where it is. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Node {
    const root = this.#node();
    this.#space();
    if (this.#at < this.#text.length) throw this.#wrong();
    return root;
  }

  #wrong(): CannotEdit {
    const line = this.#text.slice(0, this.#at).split("\n").length;
    return new CannotEdit(`line ${line} cannot be parsed`);
  }

  #take(what: RegExp): string | undefined {
    what.lastIndex = this.#at;
    const found = what.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #space(): void {
    this.#take(SPACE);
  }

  #is(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  /** A comma, or the end of the list or object. */
  #separator(end: string): void {
    this.#space();
    if (!this.#is(",") && this.#text[this.#at] !== end) throw this.#wrong();
  }

  #node(): Node {
    this.#space();
    const start = this.#at;
    if (this.#is("{")) return this.#object(start);
    if (this.#is("[")) return this.#array(start);
    const quoted = this.#take(STRING);
    if (quoted !== undefined) return { start, end: this.#at, json: unquoted(quoted) };
    const number = this.#take(NUMBER);
    if (number !== undefined) {
      const sign = number.startsWith("-") ? -1 : 1;
      return { start, end: this.#at, json: sign * Number(number.replace(/^[+-]/, "")) };
    }
    const word = this.#take(NAME);
    if (word === undefined || !Object.hasOwn(WORDS, word)) throw this.#wrong();
    return { start, end: this.#at, json: WORDS[word] };
  }

  #object(start: number): Node {
    const members: Member[] = [];
    const json: Json = {};
    for (this.#space(); !this.#is("}"); this.#space()) {
      const keyStart = this.#at;
      const quoted = this.#take(STRING);
      const key = quoted === undefined ? this.#take(NAME) : unquoted(quoted);
      this.#space();
      if (key === undefined || !this.#is(":")) throw this.#wrong();
      const value = this.#node();
      members.push({ key, keyStart, value });
      // defineProperty: __proto__ is a key like any other.
      Object.defineProperty(json, key, {
        value: value.json,
        enumerable: true,
        writable: true,
        configurable: true,
      });
      this.#separator("}");
    }
    return { start, end: this.#at, members, json };
  }

  #array(start: number): Node {
    const json: Json[] = [];
    for (this.#space(); !this.#is("]"); this.#space()) {
      json.push(this.#node().json);
      this.#separator("]");
    }
    return { start, end: this.#at, json };
  }
}

function unquoted(literal: string): string {
  return literal.slice(1, -1).replace(
    /\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|\r\n|([^]))/g,
    (_, unicode?: string, hex?: string, char?: string) => {
      const code = unicode ?? hex;
      if (code !== undefined) return String.fromCharCode(parseInt(code, 16));
      return char === undefined || char === "\n" || char === "\r" ? "" : ESCAPES[char] ?? char;
    },
  );
}
