/** Reads a file as TOML. A syntax error is worded for people who write configurations, not parsers. */
import { parse, TomlError } from "smol-toml";
import { type AST, parseTOML } from "toml-eslint-parser";
import { type ConfigProblem, joined, type KeyPath, type Position } from "../problem.ts";

/** Parses a file. @returns its tree, or the syntax error */
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
  /** The parser's message. */
  readonly said: RegExp;
  /** What follows from the mistake on; undefined: anything. */
  readonly rest?: RegExp;
  readonly words: (key: string) => string;
}

/** The first that fits is used. */
const WORDINGS: readonly Wording[] = [
  {
    said: /control characters are not allowed in strings/,
    rest: /^$/,
    words: () => "a string has no closing quote",
  },
  { said: /invalid value/, rest: /^\s*$/, words: (key) => `${key} has no value` },
  { said: /invalid value/, rest: /^[‘’“”]/, words: () => 'strings must be in plain quotes, "…"' },
  { said: /invalid value/, words: () => 'strings must be quoted, "…"' },
  { said: /illegal character in key/, rest: /^:/, words: (key) => `expected ${key} = …` },
  { said: /illegal character in key/, words: () => "expected key = value, or [section]" },
  { said: /must be followed by an end-of-line/, words: () => "unexpected text at the end of the line" },
  { said: /redefine an already defined/, words: (key) => `duplicate key: ${key}` },
  {
    said: /expected comma or end of structure/,
    words: () => "an array or table above is not closed, or a comma is missing",
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

/** A line to show: the value of a key that may be a secret is replaced by dots, column by column. */
function withoutSecret(line: string): string {
  const match = /^(.*?(?:key|token|secret|password|authorization)[\w"'-]*\s*=\s*)(.*)$/i.exec(line);
  if (match === null) return line;
  return match[1]! +
    match[2]!.replace(/\$\{?\w+\}?|[^\s"'[\],{}=#]/g, (text) => text.startsWith("$") ? text : "•");
}

/** The places of a document's keys and list items. Found with the first lookup: a file without mistakes needs none. */
export class Positions {
  #places: Map<string, Position> | undefined;

  /** @param source TOML that the parser accepts; other text has no places */
  constructor(readonly source: string) {}

  /** The place of this very key or item. */
  exact(path: KeyPath): Position | undefined {
    this.#places ??= placesIn(this.source);
    return this.#places.get(joined(path));
  }

  /** The place of the key, or else of the nearest table around it that the file has. */
  nearest(path: KeyPath): Position | undefined {
    for (let length = path.length; length > 0; length--) {
      const found = this.exact(path.slice(0, length));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function placesIn(source: string): Map<string, Position> {
  const places = new Map<string, Position>();
  const note = (path: KeyPath, { loc: { start } }: AST.TOMLNode) => {
    const key = joined(path);
    if (!places.has(key)) places.set(key, { line: start.line, column: start.column + 1 });
  };
  /** Notes each part of a dotted key below `base`, and gives the whole path. */
  const key = (base: KeyPath, { keys }: AST.TOMLKey): KeyPath =>
    keys.reduce<KeyPath>((path, part) => {
      const own = [...path, part.type === "TOMLBare" ? part.name : part.value];
      note(own, part);
      return own;
    }, base);
  const value = (path: KeyPath, node: AST.TOMLContentNode): void => {
    if (node.type === "TOMLInlineTable") pairs(path, node.body);
    else if (node.type === "TOMLArray") {
      node.elements.forEach((item, index) => {
        note([...path, index], item);
        value([...path, index], item);
      });
    }
  };
  const pairs = (base: KeyPath, body: readonly AST.TOMLKeyValue[]) => {
    for (const pair of body) value(key(base, pair.key), pair.value);
  };
  for (const node of documentOf(source)) {
    if (node.type === "TOMLKeyValue") pairs([], [node]);
    else {
      const own = node.key.keys.at(-1)!;
      if (node.kind === "array") note(node.resolvedKey.slice(0, -1), own);
      note(node.resolvedKey, own);
      pairs(node.resolvedKey, node.body);
    }
  }
  return places;
}

function documentOf(source: string): (AST.TOMLKeyValue | AST.TOMLTable)[] {
  // The byte order mark takes no column.
  try {
    return parseTOML(source.replace(/^\ufeff/, ""), { tomlVersion: "1.1" }).body[0].body;
  } catch {
    return [];
  }
}
