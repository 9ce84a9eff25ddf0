/**
 * References in a file's strings: `$NAME` and `${NAME}` for the environment, `${NAME:-default}` with a default,
 * `${file:PATH}` for the first line of a file (a mounted secret), `$$` for a dollar sign.
 */
import { own } from "../../json/shape.ts";
import { joined, type KeyPath, type Unresolved, withoutKeys } from "../problem.ts";

/** The environment: names to values. */
export type Env = Readonly<Record<string, string | undefined>>;

/** What references are resolved against. */
export interface ReferenceSources {
  readonly env: Env;
  /** The text of a file that a reference names, or why it cannot be read. */
  readonly file: (path: string) => { readonly text: string } | { readonly problem: string };
}

export interface Expanded {
  /** The same tree with every reference replaced; a string with an unresolved one is "". */
  readonly tree: unknown;
  readonly unresolved: readonly Unresolved[];
  /** The joined paths of strings that had a reference: they may hold numbers and booleans. */
  readonly referenced: ReadonlySet<string>;
}

/** Keys without references: in a regular expression such as `foo$` the dollar sign is not a reference. */
const VERBATIM = new Set(["regex", "patterns", "from", "any", "all", "none", "words"]);

const REFERENCE = /\$\$|\$\{([^}]*)(\}|$)|(?<![\w$])\$([A-Za-z_]\w*)/g;
const NAME = /^[A-Za-z_]\w*$/;

/** Replaces the references of one string. */
export function expandText(
  text: string,
  sources: ReferenceSources,
): { value: string; reference: boolean; missing: { name: string; reason: string }[] } {
  const missing: { name: string; reason: string }[] = [];
  let found = 0;
  const lookup = (name: string, fallback?: string): string => {
    const value = own(sources.env, name);
    if (value !== undefined && value !== "") return value;
    if (fallback !== undefined) return fallback;
    missing.push({ name, reason: `${withoutKeys(name)} is ${value === "" ? "empty" : "not set"}` });
    return "";
  };
  const value = text.replace(REFERENCE, (whole, braced: string | undefined, close: string, bare: string) => {
    if (whole === "$$") return "$";
    found++;
    if (bare !== undefined) return lookup(bare);
    const inner = braced ?? "";
    if (close !== "}") {
      missing.push({
        name: "",
        reason: 'a "${" has no closing "}" ("$$" is a dollar sign)',
      });
      return "";
    }
    if (inner.startsWith("file:")) {
      const file = sources.file(inner.slice(5).trim());
      if ("text" in file) return file.text.split(/\r?\n/, 1)[0]!.trim();
      missing.push({ name: inner.slice(5).trim(), reason: file.problem });
      return "";
    }
    const colon = inner.indexOf(":-");
    const name = colon < 0 ? inner : inner.slice(0, colon);
    if (NAME.test(name)) return lookup(name, colon < 0 ? undefined : inner.slice(colon + 2));
    missing.push({
      name: "",
      reason: 'what is between "${" and "}" is not a variable\'s name ("$$" is a dollar sign)',
    });
    return "";
  });
  return { value: missing.length > 0 ? "" : value, reference: found > 0, missing };
}

/** Replaces every reference of a parsed file, in a copy. */
export function expandTree(tree: unknown, sources: ReferenceSources): Expanded {
  const unresolved: Unresolved[] = [];
  const referenced = new Set<string>();
  const walk = (value: unknown, path: KeyPath): unknown => {
    if (typeof value === "string") {
      if (!value.includes("$")) return value;
      const result = expandText(value, sources);
      for (const one of result.missing) unresolved.push({ path, ...one });
      if (result.reference) referenced.add(joined(path));
      return result.value;
    }
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (value === null || typeof value !== "object" || value instanceof Date) return value;
    const copy: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      copy[key] = VERBATIM.has(key) ? item : walk(item, [...path, key]);
    }
    return copy;
  };
  return { tree: walk(tree, []), unresolved, referenced };
}
