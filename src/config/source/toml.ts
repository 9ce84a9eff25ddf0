/** Reads a file as TOML. A syntax error is worded for people who write configurations, not parsers. */
import { parse, TomlError } from "smol-toml";
import type { ConfigProblem, KeyPath, Position } from "../problem.ts";

/** A file's tree, or the one mistake that keeps it from being read. */
export function parseToml(source: string, file: string): { tree: unknown } | { problem: ConfigProblem } {
  const text = source.charCodeAt(0) === 0xfeff ? source.slice(1) : source;
  try {
    return { tree: parse(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) {
      return { problem: { file, key: "", message: `cannot be read as TOML: ${String(error)}` } };
    }
    const lines = text.split("\n");
    const number = Math.min(error.line, lines.length);
    const line = (lines[number - 1] ?? "").replace(/\r$/, "");
    const said = error.message.split("\n", 1)[0]!.replace(/^Invalid TOML document: /, "");
    return {
      problem: {
        file,
        line: number,
        column: error.column,
        key: "",
        message: `this is not TOML: ${inWords(said, line, error.column)}.`,
        source: withoutSecret(line),
      },
    };
  }
}

interface Wording {
  /** What the parser says. */
  readonly said: RegExp;
  /** What stands from the mistake on; undefined: anything. */
  readonly rest?: RegExp;
  readonly words: (key: string) => string;
}

/** The first that fits is told. */
const WORDINGS: readonly Wording[] = [
  {
    said: /control characters are not allowed in strings/,
    rest: /^$/,
    words: () => "a text has no closing quotation mark",
  },
  { said: /invalid value/, rest: /^\s*$/, words: (key) => `${key} has no value` },
  { said: /invalid value/, rest: /^[‘’“”]/, words: () => 'texts stand in plain quotation marks, "…"' },
  { said: /invalid value/, words: () => 'a text stands in quotation marks, "…"' },
  { said: /illegal character in key/, rest: /^:/, words: (key) => `expected ${key} = …` },
  { said: /illegal character in key/, words: () => "expected key = value, or [section]" },
  { said: /must be followed by an end-of-line/, words: () => "the line goes on after its end" },
  { said: /redefine an already defined/, words: (key) => `${key} stands further up already` },
  {
    said: /expected comma or end of structure/,
    words: () => "a list or table further up is not closed, or a comma is missing",
  },
];

function inWords(said: string, line: string, column: number): string {
  const rest = line.slice(column - 1);
  const key = /^\s*(\[*\s*[\w.-]+\s*\]*)/.exec(line)?.[1]?.trim() ?? "the key";
  const wording = WORDINGS.find((one) =>
    one.said.test(said) && (one.rest === undefined || one.rest.test(rest))
  );
  return wording?.words(key) ?? said;
}

/** A line that is shown to people: the value of a key that may hold a secret is dotted out, column for column. */
function withoutSecret(line: string): string {
  const match = /^(.*?(?:key|token|secret|password|authorization)[\w"'-]*\s*=\s*)(.*)$/i.exec(line);
  if (match === null) return line;
  return match[1]! +
    match[2]!.replace(/\$\{?\w+\}?|[^\s"'[\],{}=#]/g, (text) => text.startsWith("$") ? text : "•");
}

/**
 * Where each key of a TOML document stands. The parser gives values without positions, so a mistake could not
 * be shown with its line; this scanner walks the source once and remembers the place of every key and list item.
 * It reads documents that the parser has accepted, and never throws on others.
 *
 * @see https://toml.io/en/v1.0.0
 */

const SEPARATOR = "\u0000";
const BARE = /[A-Za-z0-9_-]/;

/** The places of a document's keys. */
export class Positions {
  readonly #places = new Map<string, number>();
  readonly #lineStarts: number[] = [0];

  constructor(readonly source: string) {
    for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) {
      this.#lineStarts.push(at + 1);
    }
    scan(source, (path, offset) => {
      const key = path.join(SEPARATOR);
      if (!this.#places.has(key)) this.#places.set(key, offset);
    });
  }

  /** Where this very key or item stands. */
  exact(path: KeyPath): Position | undefined {
    const offset = this.#places.get(path.join(SEPARATOR));
    return offset === undefined ? undefined : this.#position(offset);
  }

  /** Where the key stands, or else the nearest table around it that the file has. */
  nearest(path: KeyPath): Position | undefined {
    for (let length = path.length; length > 0; length--) {
      const found = this.exact(path.slice(0, length));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The text of a line, counted from 1. */
  line(number: number): string {
    const start = this.#lineStarts[number - 1];
    if (start === undefined) return "";
    const end = this.source.indexOf("\n", start);
    return this.source.slice(start, end < 0 ? undefined : end).replace(/\r$/, "");
  }

  #position(offset: number): Position {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#lineStarts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.#lineStarts[low]! + 1 };
  }
}

type Note = (path: KeyPath, offset: number) => void;

function scan(text: string, note: Note): void {
  const end = text.length;
  /** How many elements each array of tables has so far. */
  const counts = new Map<string, number>();
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let table: KeyPath = [];

  const space = () => {
    while (at < end && (text[at] === " " || text[at] === "\t" || text[at] === "\r")) at++;
  };
  const comment = () => {
    if (text[at] === "#") { while (at < end && text[at] !== "\n") at++; }
  };
  /** Space, newlines and comments, as inside a list. */
  const gap = () => {
    for (;;) {
      const before = at;
      space();
      comment();
      if (text[at] === "\n") at++;
      if (at === before) return;
    }
  };
  const quoted = (): string => {
    const quote = text[at]!;
    if (text.startsWith(quote.repeat(3), at)) {
      const from = at + 3;
      at = from;
      while (at < end && !text.startsWith(quote.repeat(3), at)) {
        at += quote === '"' && text[at] === "\\" ? 2 : 1;
      }
      const value = text.slice(from, at);
      at = Math.min(end, at + 3);
      // Up to two more quotes belong to the text: """she said "yes"""""
      for (let extra = 0; extra < 2 && text[at] === quote; extra++) at++;
      return value;
    }
    const from = ++at;
    while (at < end && text[at] !== quote && text[at] !== "\n") {
      at += quote === '"' && text[at] === "\\" ? 2 : 1;
    }
    const value = text.slice(from, at);
    at = Math.min(end, at + 1);
    return quote === '"' && value.includes("\\") ? unescaped(value) : value;
  };
  const key = (): { parts: string[]; offsets: number[] } => {
    const parts: string[] = [];
    const offsets: number[] = [];
    for (;;) {
      space();
      const from = at;
      if (text[at] === '"' || text[at] === "'") parts.push(quoted());
      else {
        while (at < end && BARE.test(text[at]!)) at++;
        parts.push(text.slice(from, at));
      }
      offsets.push(from);
      space();
      if (text[at] !== "." || at === from) return { parts, offsets };
      at++;
    }
  };
  /** Notes a dotted key below `base`, each of its parts, and gives the whole path. */
  const noted = (base: KeyPath, found: { parts: string[]; offsets: number[] }): KeyPath => {
    let path = base;
    found.parts.forEach((part, index) => {
      path = [...path, part];
      note(path, found.offsets[index]!);
    });
    return path;
  };
  const pair = (base: KeyPath) => {
    const path = noted(base, key());
    if (text[at] === "=") at++;
    space();
    value(path);
  };
  const value = (path: KeyPath): void => {
    const first = text[at];
    if (first === '"' || first === "'") quoted();
    else if (first === "[") {
      at++;
      for (let index = 0;; index++) {
        gap();
        if (at >= end || text[at] === "]") break;
        const before = at;
        note([...path, index], at);
        value([...path, index]);
        gap();
        if (text[at] === ",") at++;
        if (at === before) at++;
      }
      at++;
    } else if (first === "{") {
      at++;
      for (;;) {
        gap();
        if (at >= end || text[at] === "}") break;
        const before = at;
        pair(path);
        gap();
        if (text[at] === ",") at++;
        if (at === before) at++;
      }
      at++;
    } else while (at < end && !/[,\]}#\n]/.test(text[at]!)) at++;
  };
  /** The path of a header: an array of tables on the way stands for its last element. */
  const resolved = (parts: readonly string[]): KeyPath => {
    let path: KeyPath = [];
    for (const part of parts) {
      path = [...path, part];
      const count = counts.get(path.join(SEPARATOR));
      if (count !== undefined) path = [...path, count - 1];
    }
    return path;
  };

  while (at < end) {
    gap();
    if (at >= end) return;
    const before = at;
    if (text[at] === "[") {
      const many = text[at + 1] === "[";
      at += many ? 2 : 1;
      const found = key();
      const parents = resolved(found.parts.slice(0, -1));
      const own: KeyPath = [...parents, found.parts.at(-1) ?? ""];
      const offset = found.offsets.at(-1) ?? before;
      note(own, offset);
      if (many) {
        const count = counts.get(own.join(SEPARATOR)) ?? 0;
        counts.set(own.join(SEPARATOR), count + 1);
        table = [...own, count];
        note(table, offset);
      } else table = resolved(found.parts);
      while (at < end && text[at] !== "\n") at++;
    } else pair(table);
    if (at === before) at++;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  e: "\u001b",
};

function unescaped(text: string): string {
  return text.replace(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|(.))/g,
    (_, u, U, x, one) => {
      const code = u ?? U ?? x;
      if (code === undefined) return ESCAPES[one] ?? one;
      const point = parseInt(code, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : "";
    },
  );
}
