/** What is wrong with a configuration or worth a warning, where it is, and how people read it. */
import type { ConfigWarning } from "./config.ts";
import { SECRET } from "../text/secrets.ts";

/** Keys and list indices from the root: `["providers", 0, "name"]`. */
export type KeyPath = readonly (string | number)[];

/** Both counted from 1; `column` in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A path as the key of a map. */
export function joined(path: KeyPath): string {
  return path.join("\u0000");
}

/** One mistake in a configuration. Never holds a secret. */
export interface ConfigProblem {
  readonly file: string;
  /** From 1; undefined where the problem has no place in the file (for example, the file is missing). */
  readonly line?: number;
  readonly column?: number;
  /** `router.think`, `providers[0].name`; "" for the file as a whole. */
  readonly key: string;
  /** What is wrong, as a sentence without the place. */
  readonly message: string;
  /** The value in the file, shortened; for secrets only its kind. */
  readonly found?: string;
  readonly expected?: string;
  /** The key or name that was probably meant. */
  readonly nearest?: string;
  /** For syntax errors: the line of the file, everything but a known key and quotes as dots. */
  readonly source?: string;
}

/** `["providers", 0, "name"]` as `providers[0].name`. */
function keyText(path: KeyPath): string {
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

/** Long words of letters and digits: keys of no known form. Names of models and variables have other signs in them. */
const KEYLIKE = /(?<![\w-])(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{24,}/g;

/** A text that quotes a file, without what looks like a key: one may be where nobody expects it. */
export function withoutKeys(text: string): string {
  return text.replace(SECRET, "•••").replace(KEYLIKE, "•••");
}

/**
 * An address as people wrote it, to be quoted in a message: without user, password, query and fragment, however wrong the
 * rest is. Quoted as JSON.
 */
export function quotedAddress(text: string): string {
  const scheme = /^\w+:?\/+/.exec(text)?.[0] ?? "";
  const place = text.slice(text.lastIndexOf("@") + 1).replace(/[?#][^]*$/, "");
  return JSON.stringify(withoutKeys(place.startsWith(scheme) ? place : scheme + place));
}

/** A string or a number as a string; "" for anything else. */
export function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** A value in words, for "got …". The value of a key that may be a secret is described, not shown. */
export function described(value: unknown, path: KeyPath): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") {
    if (path.some((part) => typeof part === "string" && SECRET_KEY.test(part))) {
      return value === "" ? "an empty string" : `a string of ${value.length} characters`;
    }
    const short = value.length > 60 ? `${value.slice(0, 57)}…` : value;
    return short === "" ? "an empty string" : `the string ${JSON.stringify(short)}`;
  }
  if (typeof value === "number" || typeof value === "bigint") {
    const kind = Number.isInteger(value) ? "integer" : "number";
    return `the ${kind} ${value}`.replace("NaN", "nan").replace("Infinity", "inf"); // as TOML writes them
  }
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
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

/** A reference without a value. */
export interface Unresolved {
  readonly path: KeyPath;
  /** `OPENROUTER_API_KEY`, or a file's path. */
  readonly name: string;
  /** As a sentence: `OPENROUTER_API_KEY is not set`. */
  readonly reason: string;
}

/** Where the keys of a file are. */
export interface Places {
  /** The place of a key, or else of the nearest table around it that the file has. */
  nearest(path: KeyPath): Position | undefined;
}

type Details = Partial<Pick<ConfigProblem, "found" | "expected" | "nearest">>;

/** Collects problems and warnings; knows which references are unresolved. */
export class Report {
  readonly problems: ConfigProblem[] = [];
  readonly #warnings: { warning: ConfigWarning; general: string; also: number[] }[] = [];
  readonly #unresolved = new Map<string, Unresolved[]>();

  constructor(
    /** For people; "" when the configuration does not come from a file. */
    readonly file: string,
    readonly positions: Places | undefined,
    unresolved: readonly Unresolved[] = [],
    /** Where the file has a key that an old name was translated to, by joined path. */
    readonly moved: ReadonlyMap<string, KeyPath> = new Map(),
  ) {
    for (const one of unresolved) {
      const key = joined(one.path);
      const list = this.#unresolved.get(key);
      if (list === undefined) this.#unresolved.set(key, [one]);
      else list.push(one);
    }
  }

  /** Something to fix before the configuration can be used. */
  problem(at: KeyPath, message: string, details: Details = {}): void {
    const path = this.#written(at);
    const place = this.positions?.nearest(path);
    const { found, ...others } = details;
    this.problems.push({
      file: this.file,
      ...place,
      key: withoutKeys(keyText(path)),
      message: withoutKeys(message),
      ...others,
      ...(found !== undefined && { found: withoutKeys(found) }),
    });
  }

  /** Something that deserves a look. The same message for several places is one warning, with all lines. */
  warn(at: KeyPath | undefined, words: string): void {
    const message = withoutKeys(words);
    const path = at === undefined ? undefined : this.#written(at);
    const line = path === undefined ? undefined : this.positions?.nearest(path)?.line;
    const key = path === undefined ? undefined : withoutKeys(keyText(path));
    const general = key?.replace(/\[\d+\]/g, "[]") ?? "";
    const same = this.#warnings.find((one) => one.warning.message === message && one.general === general);
    if (same !== undefined) {
      if (line !== undefined && line !== same.warning.line && !same.also.includes(line)) same.also.push(line);
      return;
    }
    const warning = {
      ...(this.file !== "" && { file: this.file }),
      ...(line !== undefined && { line }),
      ...(key !== undefined && { key }),
      message,
    };
    this.#warnings.push({ warning, general, also: [] });
  }

  #written(path: KeyPath): KeyPath {
    if (this.moved.size === 0) return path;
    for (let length = path.length; length > 0; length--) {
      const from = this.moved.get(joined(path.slice(0, length)));
      if (from !== undefined) return [...from, ...path.slice(length)];
    }
    return path;
  }

  get warnings(): ConfigWarning[] {
    return this.#warnings.map(({ warning, general, also }) =>
      also.length === 0 ? warning : {
        ...warning,
        key: general,
        message: `${warning.message} (also on line${also.length > 1 ? "s" : ""} ${also.join(", ")})`,
      }
    );
  }

  /** Removes and returns the unresolved references at and below a key: the caller reports them. */
  takeUnresolved(path: KeyPath): Unresolved[] {
    const taken: Unresolved[] = [];
    for (const [key, list] of this.#unresolved) {
      if (!within(key, path)) continue;
      taken.push(...list);
      this.#unresolved.delete(key);
    }
    return taken;
  }

  /** Whether a reference at or below this key is unresolved. */
  hasUnresolved(path: KeyPath): boolean {
    for (const key of this.#unresolved.keys()) if (within(key, path)) return true;
    return false;
  }
}

/** Whether a joined path is this one or below it. */
function within(key: string, path: KeyPath): boolean {
  if (path.length === 0) return true;
  const prefix = joined(path);
  return key === prefix || key.startsWith(`${prefix}\u0000`);
}
