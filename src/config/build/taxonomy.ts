/**
 * Rules from a folder of Markdown files, as the Rust predecessor had them: each file names a concept, its words and where
 * they lead, in lines such as `route:: groq,llama-3.1-8b-instant`, `priority:: 80`, `synonyms:: quick, tiny, one-liner`.
 */
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { reason } from "../../files/errors.ts";
import { readText } from "../../files/read.ts";
import { nearest } from "../../text/match.ts";
import { ROUTE_NAMES } from "../../model/target.ts";
import type { RouteTarget, Rule } from "../config.ts";
import type { KeyPath } from "../problem.ts";
import { pathInFile } from "../source/paths.ts";
import type { Env } from "../source/references.ts";
import type { TargetReader } from "./targets.ts";

/** A file without `priority::` has this one; 100 is looked at before 0. */
const USUAL_PRIORITY = 50;

const PATH: KeyPath = ["router", "taxonomy"];
const LINE = /^\s*(?:[-*]\s+)?(route|priority|synonyms)::[ \t]*(.*)$/gim;

export interface TaxonomyInput {
  /** As the file has it; relative paths start in {@link folder}. */
  readonly path: string;
  readonly folder: string;
  readonly env: Env;
  readonly targets: TargetReader;
  /** What is watched: the folder and its files are added. */
  readonly files: Set<string>;
}

/** The concepts as rules, the highest priority first. A wrong folder, provider or line is reported. */
export function buildTaxonomy({ path, folder, env, targets, files }: TaxonomyInput): Rule[] {
  const root = pathInFile(path, folder, env);
  files.add(root);
  let names: string[];
  try {
    names = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));
  } catch (error) {
    targets.report.problem(PATH, `the folder ${path} cannot be read: ${reason(error)}.`, {
      expected: "a folder with Markdown files",
    });
    return [];
  }
  const concepts = names.sort().flatMap((name) => {
    const file = join(root, name);
    files.add(dirname(file)).add(file);
    try {
      return conceptOf(readText(file), join(path, name), targets);
    } catch (error) {
      targets.report.problem(PATH, `${join(path, name)} cannot be read: ${reason(error)}.`);
      return [];
    }
  });
  if (concepts.length === 0) targets.report.warn(PATH, `no file in ${path} has a line "route::".`);
  return concepts.sort((a, b) => b.priority - a.priority).map(({ rule }) => rule);
}

interface Concept {
  readonly rule: Rule;
  readonly priority: number;
}

/** A file's concept; empty: it has no route, or a wrong one that was reported. */
function conceptOf(text: string, shown: string, targets: TargetReader): Concept[] {
  let route: string | undefined;
  let priority = USUAL_PRIORITY;
  const words: string[] = [];
  for (const [, key = "", value = ""] of text.matchAll(LINE)) {
    const said = value.trim();
    if (key.toLowerCase() === "route") route ??= said;
    else if (key.toLowerCase() === "synonyms") words.push(...said.split(",").map((word) => word.trim()));
    else if (/^\d+(?:\.\d+)?$/.test(said)) priority = Number(said);
    else targets.report.problem(PATH, `${shown}: priority:: ${JSON.stringify(said)} is not a number.`);
  }
  if (route === undefined) return [];
  const to = leadsTo(route, shown, targets);
  if (to === undefined) return [];
  const name = basename(shown, ".md");
  const any = [...new Set([name.replace(/[-_]+/g, " "), ...words].map((word) => word.toLowerCase()))];
  return [{ priority, rule: { name, when: { any: any.filter((word) => word !== "") }, route: to } }];
}

/** Where a `route::` leads: a route, or a chain of targets. Undefined: a problem was reported, with its file. */
function leadsTo(text: string, shown: string, targets: TargetReader): RouteTarget | undefined {
  const name = ROUTE_NAMES.find((one) => one === text.toLowerCase());
  if (name !== undefined) return { kind: "route", name };
  for (const part of text.split("|")) {
    const comma = part.indexOf(",");
    const [provider, model] = [part.slice(0, comma).trim(), part.slice(comma + 1).trim()];
    if (comma < 0 || model === "") {
      const near = nearest(text, ROUTE_NAMES);
      targets.report.problem(
        PATH,
        `${shown}: route:: ${JSON.stringify(text)} is neither a route nor a target.`,
        {
          expected: `"provider,model", or one of ${ROUTE_NAMES.join(", ")}`,
          ...(near === undefined ? {} : { nearest: near }),
        },
      );
      return undefined;
    }
    if (targets.provider(provider) === undefined) {
      targets.report.problem(
        PATH,
        `${shown}: there is no provider ${JSON.stringify(provider)}, neither configured nor built in.`,
      );
      return undefined;
    }
  }
  return targets.routeTarget(text, PATH, `taxonomy ${basename(shown, ".md")}`);
}
