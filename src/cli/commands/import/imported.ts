/** A configuration made from another program's. */
import { stringify } from "smol-toml";
import { isRecord } from "../../../json/shape.ts";
import type { Json } from "../../../model/json.ts";

/** A key of the other program's file that has no place here. */
export interface Left {
  /** Where it is in their file: `Router.longContext`. */
  readonly path: string;
  /** Why, and what to use instead: a sentence's end. */
  readonly why: string;
}

/** What was read of their file. */
export interface Imported {
  /** The tables of config.toml. */
  readonly tree: Readonly<Record<string, Json>>;
  readonly left: readonly Left[];
}

/** How another program's file becomes ours. */
export interface Importer {
  /** How people call the program. */
  readonly label: string;
  /** Where its file is by default, below the user's home folder; the first that is there is read. */
  readonly places: readonly string[];
  /** @throws Error where the text is not such a file; its message is the end of a sentence */
  readonly read: (text: string) => Imported;
}

/** Collects what a reader finds. */
export class Findings {
  readonly left: Left[] = [];

  /** Notes that a key has no place here. */
  leave(path: string, why: string): void {
    this.left.push({ path, why });
  }

  /** Notes every key of a table that is not among the known ones. */
  leaveOthers(table: Readonly<Record<string, Json>>, known: readonly string[], prefix = ""): void {
    for (const key of Object.keys(table)) {
      if (!known.includes(key)) this.leave(prefix + key, "there is nothing like it here");
    }
  }
}

/** The text of config.toml: what has no place here as comments, then the tables. `from`: their file, as it was named. */
export function tomlOf({ tree, left }: Imported, from: string): string {
  const comments = left.length === 0 ? [] : [
    "#",
    "# Not carried over:",
    ...left.map(({ path, why }) => `# - ${path}: ${why}`.replace(/[\r\n]+/g, " ")),
  ];
  return [
    `# Made from ${from.replace(/[\r\n]+/g, " ")}. Every key, with its default: docs/configuration.md`,
    ...comments,
    "",
    stringify(tree),
  ].join("\n");
}

/** The keys that a tree of tables holds in plain text, each replaced by a variable's reference: to show it. */
export function withoutKeys(tree: Json): Json {
  if (Array.isArray(tree)) return tree.map(withoutKeys);
  if (!isRecord(tree)) return tree;
  const name = typeof tree.name === "string" ? tree.name : "proxy";
  const variable = `$${name.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}_API_KEY`;
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => {
      if (key !== "api_key" && key !== "api_keys") return [key, withoutKeys(value)];
      const shown = (one: Json) => typeof one === "string" && one.startsWith("$") ? one : variable;
      return [key, Array.isArray(value) ? value.map(shown) : shown(value)];
    }),
  );
}
