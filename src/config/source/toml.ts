/** Reads a file as TOML. A syntax error is worded for people who write configurations, not parsers. */
import { parse, TomlError } from "smol-toml";
import { type AST, parseTOML } from "toml-eslint-parser";
import { type ConfigProblem, joined, type KeyPath, type Position } from "../problem.ts";

/**
 * Parses a file. A syntax error shows nothing of the file but the keys that `isKey` knows: where a file does not parse,
 * nobody can tell what is a secret.
 * @returns its tree, or the syntax error
 */
export function parseToml(
  source: string,
  file: string,
  isKey: (word: string) => boolean,
): { tree: unknown } | { problem: ConfigProblem } {
  const text = source.charCodeAt(0) === 0xfeff ? source.slice(1) : source;
  try {
    return { tree: parse(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) {
      return { problem: { file, key: "", message: "cannot be read as TOML." } };
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
        message: `this is not TOML: ${inWords(said, line, error.column, isKey)}.`,
        source: masked(line, isKey),
      },
    };
  }
}

interface Wording {
  /** The parser's message. */
  readonly said: RegExp;
  /** What follows from the mistake on; undefined: anything. */
  readonly rest?: RegExp;
  /** `key`: the one that the line begins with, where it is known. */
  readonly words: (key: string | undefined) => string;
}

/** The first that fits is used. */
const WORDINGS: readonly Wording[] = [
  {
    said: /control characters are not allowed in strings/,
    rest: /^$/,
    words: () => "a string has no closing quote",
  },
  { said: /invalid value/, rest: /^\s*$/, words: (key = "the key") => `${key} has no value` },
  { said: /invalid value/, rest: /^[‘’“”]/, words: () => 'strings must be in plain quotes, "…"' },
  { said: /invalid value/, words: () => 'strings must be quoted, "…"' },
  { said: /illegal character in key/, rest: /^:/, words: (key = "key") => `expected ${key} = …` },
  { said: /illegal character in key/, words: () => "expected key = value, or [section]" },
  { said: /must be followed by an end-of-line/, words: () => "unexpected text at the end of the line" },
  {
    said: /redefine an already defined/,
    words: (key) => key === undefined ? "duplicate key" : `duplicate key: ${key}`,
  },
  {
    said: /expected comma or end of structure/,
    words: () => "an array or table above is not closed, or a comma is missing",
  },
];

/** What a line begins with: a key or the head of a section, and the sign behind it. */
const START = /^(\s*(?:\[\s*){0,2})([\w-]+(?:\s*\.\s*[\w-]+)*)((?:\s*\]){0,2})\s*[=:]?\s*/;
/** A longer line is cut. Characters. */
const MOST_SHOWN = 160;

/** The known key that a line begins with; undefined: none, or a word that may be anything. */
function keyOf(
  line: string,
  isKey: (word: string) => boolean,
): { readonly text: string; readonly end: number } | undefined {
  const [whole = "", open = "", words = "", close = ""] = START.exec(line) ?? [];
  if (whole === "" || !words.split(".").every((word) => isKey(word.trim()))) return undefined;
  return { text: (open + words + close).trim(), end: whole.length };
}

function inWords(said: string, line: string, column: number, isKey: (word: string) => boolean): string {
  const rest = line.slice(column - 1);
  const wording = WORDINGS.find((one) =>
    one.said.test(said) && (one.rest === undefined || one.rest.test(rest))
  );
  return wording?.words(keyOf(line, isKey)?.text) ?? said;
}

/** A line to show, column by column: its known key, quotes, and dots for everything else. */
function masked(line: string, isKey: (word: string) => boolean): string {
  const end = keyOf(line, isKey)?.end ?? line.length - line.trimStart().length;
  return line.slice(0, end) + line.slice(end, MOST_SHOWN).replace(/[^"']/g, "•");
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
