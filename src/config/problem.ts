/** What is wrong with a configuration, and how it is told to people. */
import type { ConfigWarning } from "./config.ts";
import type { KeyPath } from "./positions.ts";

/** One mistake in a configuration. Never holds a secret. */
export interface ConfigProblem {
  readonly file: string;
  /** From 1; undefined where the problem has no place in the file (the file is missing, say). */
  readonly line?: number;
  readonly column?: number;
  /** `router.think`, `providers[0].name`; "" for the file as a whole. */
  readonly key: string;
  /** What is wrong, as a sentence without the place. */
  readonly message: string;
  /** The value that stands there, shortened; for secrets only its kind. */
  readonly found?: string;
  readonly expected?: string;
  /** The key or name that was probably meant. */
  readonly nearest?: string;
  /** The line of the file, for syntax errors. */
  readonly source?: string;
}

/** `["providers", 0, "name"]` as `providers[0].name`. */
export function keyText(path: KeyPath): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else {
      const name = /^[A-Za-z0-9_-]+$/.test(part) ? part : JSON.stringify(part);
      text += text === "" ? name : `.${name}`;
    }
  }
  return text;
}

const SECRET_KEY = /key|token|secret|password|header|credential/i;

/** A text or a number as a text; "" for anything else: tables of a file have no text of their own. */
export function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** A value in words, for "found …". Values of keys that may hold secrets are described, not shown. */
export function described(value: unknown, path: KeyPath): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") {
    if (path.some((part) => typeof part === "string" && SECRET_KEY.test(part))) {
      return value === "" ? "an empty text" : `a text of ${value.length} characters`;
    }
    const short = value.length > 60 ? `${value.slice(0, 57)}…` : value;
    return `the text ${JSON.stringify(short)}`;
  }
  if (typeof value === "number" || typeof value === "bigint") {
    return `the number ${value}`.replace("NaN", "nan").replace("Infinity", "inf"); // as TOML writes them
  }
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (value instanceof Date) return "a date";
  return "a table";
}

function place(at: { file?: string; line?: number; column?: number }): string {
  if (at.file === undefined) return "";
  const column = at.column === undefined ? "" : `:${at.column}`;
  return at.line === undefined ? at.file : `${at.file}:${at.line}${column}`;
}

/** One problem on one line, and the source line below it where it helps: `config.toml:3:8: proxy.port: …`. */
export function formatProblem(problem: ConfigProblem): string {
  const key = problem.key === "" ? "" : `${problem.key}: `;
  const hint = problem.nearest === undefined ? "" : ` Did you mean "${problem.nearest}"?`;
  let text = `${place(problem)}: ${key}${problem.message}${hint}`;
  if (problem.source !== undefined) {
    const gutter = `  ${problem.line ?? ""} | `;
    text += `\n${gutter}${problem.source}`;
    if (problem.column !== undefined) text += `\n${" ".repeat(gutter.length + problem.column - 1)}^`;
  }
  return text;
}

/** All problems of a configuration, for people, in the order of the file. No newline at the end. */
export function formatProblems(problems: readonly ConfigProblem[]): string {
  return inOrder(problems).map(formatProblem).join("\n");
}

/** One warning on one line. */
export function formatWarning(warning: ConfigWarning): string {
  const at = place(warning);
  return `${at === "" ? "" : `${at}: `}${
    warning.key === undefined ? "" : `${warning.key}: `
  }${warning.message}`;
}

/** Sorted by file and place; those without a place first. */
export function inOrder<T extends { file?: string; line?: number; column?: number }>(
  list: readonly T[],
): T[] {
  return [...list].sort((a, b) =>
    (a.file ?? "").localeCompare(b.file ?? "") || (a.line ?? 0) - (b.line ?? 0) ||
    (a.column ?? 0) - (b.column ?? 0)
  );
}
