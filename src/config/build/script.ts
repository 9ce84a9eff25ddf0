/** `[router.script]`: the text of the user's own routing function. */
import { basename } from "node:path";
import { messageOf, reason } from "../../files/errors.ts";
import { readText } from "../../files/read.ts";
import { stripTypes } from "../../runtime/strip-types.ts";
import type { RouterScript } from "../config.ts";
import type { Report } from "../problem.ts";
import { pathInFile } from "../source/paths.ts";
import type { Env } from "../source/references.ts";
import type { RouterBlock } from "../schema/sections.ts";

const PATH = ["router", "script", "path"] as const;

export interface ScriptInput {
  /** Relative paths start here. */
  readonly folder: string;
  readonly env: Env;
  /** The script is added: it is watched. */
  readonly files: Set<string>;
  readonly report: Report;
}

/** The script, as JavaScript; undefined: there is none, or a problem was reported. It is not run. */
export function buildScript(
  { script: block }: RouterBlock,
  { folder, env, files, report }: ScriptInput,
): RouterScript | undefined {
  if (block === undefined) return undefined;
  const path = pathInFile(block.path, folder, env);
  if (!/\.[cm]?[jt]s$/.test(path)) {
    report.problem([...PATH], `"${block.path}" is not a script; expected a file that ends in .ts or .js.`);
    return undefined;
  }
  files.add(path);
  let text: string;
  try {
    text = readText(path);
  } catch (error) {
    report.problem([...PATH], `cannot read ${path}: ${reason(error)}.`);
    return undefined;
  }
  try {
    return { name: basename(path), source: /ts$/.test(path) ? stripTypes(text) : text };
  } catch (error) {
    const [first = ""] = messageOf(error).trim().split("\n");
    report.problem([...PATH], `${path} is not TypeScript that can be run: ${first}.`);
    return undefined;
  }
}
