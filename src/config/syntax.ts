/** Reading a file as TOML, and what to say when it is none: the parser's words are for those who write parsers. */
import { parse, TomlError } from "smol-toml";
import type { ConfigProblem } from "./problem.ts";

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
