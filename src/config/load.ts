/** From a TOML file, or without one from the keys in the environment, to a validated, frozen {@link Config}, or to all of its problems at once. */
import { dirname, isAbsolute, relative, resolve } from "node:path";
import type { Dialects } from "../dialects/dialect.ts";
import { dialects as builtinDialects } from "../dialects/registry.ts";
import { build } from "./build/build.ts";
import { checkFile, isKey } from "./schema/check.ts";
import type { Config, ConfigWarning, ProxyConfig } from "./config.ts";
import { modernise } from "./source/legacy.ts";
import {
  holdsSecret,
  mergedEnv,
  othersCanRead,
  type Overrides,
  readDotEnv,
  referenceSources,
} from "./source/env.ts";
import { parseToml, Positions } from "./source/toml.ts";
import { type ConfigProblem, inOrder, Report } from "./problem.ts";
import { type Env, expandTree } from "./source/references.ts";
import { reason } from "../files/errors.ts";
import { readText } from "../files/read.ts";
import { othersCanWrite } from "../files/write.ts";
import { findConfig, type FindOptions, passedOver, userConfigPath } from "./source/paths.ts";
import { foundKeys, initConfig } from "./init.ts";
import type { Machine } from "../runtime/machine.ts";
import process from "node:process";

export interface LoadOptions {
  /** The environment; by default the process's own. */
  readonly env?: Env;
  /** What the command line says instead of the file. */
  readonly overrides?: Overrides;
  /** A blank file is a problem: while a program runs it is one that is just being written. @default false */
  readonly refuseEmpty?: boolean;
  /** The dialects that providers may speak. @default the built-in ones */
  readonly dialects?: Dialects;
  /** What `[proxy] workers` depends on. @default this machine */
  readonly machine?: Machine;
}

export type LoadResult =
  | { readonly ok: true; readonly config: Config }
  | {
    readonly ok: false;
    readonly problems: readonly ConfigProblem[];
    readonly warnings: readonly ConfigWarning[];
    /** Every file that was read or looked for: where a change may put things right. */
    readonly files: readonly string[];
    /**
     * What could be read of `[proxy]`, with the defaults for the rest: a proxy that runs with an earlier version of the file can
     * be asked there. Undefined: nothing could be read.
     */
    readonly proxy?: ProxyConfig;
  };

/**
 * Reads a configuration file, and the `.env` beside it. Never throws.
 * @param text what the file would hold, for a change that is checked before it is written. Undefined: what it holds
 */
export function loadConfig(path: string, options: LoadOptions = {}, text?: string): LoadResult {
  const real = options.env ?? process.env;
  const dotEnv = readDotEnv(path);
  const files = new Set([resolve(path), dotEnv.path]);
  const env = mergedEnv(real, dotEnv.values);
  let source: string;
  try {
    source = text ?? readText(path, { strict: true });
  } catch (error) {
    const message = error instanceof TypeError ? "is not UTF-8 text." : `cannot be read: ${reason(error)}.`;
    return {
      ok: false,
      problems: [{ file: shown(path), key: "", message }],
      warnings: [],
      files: [...files],
    };
  }
  if (options.refuseEmpty && source.trim() === "") {
    return {
      ok: false,
      problems: [{ file: shown(path), key: "", message: "is empty." }],
      warnings: [],
      files: [...files],
    };
  }
  return assemble(source, { ...options, env, path, files, dotEnv });
}

/** Reads a configuration from a text. It names no file to be watched, and relative paths in it start here. */
export function parseConfig(
  source: string,
  options: LoadOptions & { readonly name?: string } = {},
): LoadResult {
  const env = options.env ?? process.env;
  return assemble(source, {
    ...options,
    env,
    name: options.name ?? "",
    files: new Set(),
  });
}

/** A path as people know it: from the current folder where it is inside. */
function shown(path: string): string {
  const near = relative(process.cwd(), resolve(path));
  return near === "" || near.startsWith("..") || isAbsolute(near) ? path : near;
}

interface Input {
  readonly env: Env;
  readonly overrides?: Overrides;
  readonly dialects?: Dialects;
  readonly machine?: Machine;
  readonly path?: string;
  readonly name?: string;
  readonly files: Set<string>;
  readonly dotEnv?: { readonly path: string; readonly values: Env; readonly problem?: string };
}

function assemble(source: string, input: Input): LoadResult {
  const file = input.path === undefined ? input.name ?? "" : shown(input.path);
  const parsed = parseToml(source, file, isKey);
  if ("problem" in parsed) {
    return {
      ok: false,
      problems: [parsed.problem],
      warnings: [],
      files: [...input.files],
      ...proxyAbove(source, parsed.problem, input),
    };
  }
  const folder = input.path === undefined ? process.cwd() : dirname(resolve(input.path));
  const modern = modernise(parsed.tree);
  const expanded = expandTree(modern.tree, referenceSources(input.env, folder, input.files));
  const checked = checkFile(expanded.tree, expanded.referenced);
  const report = new Report(file, new Positions(source), expanded.unresolved, modern.moved);
  for (const { path, message } of modern.notes) report.warn(path, message);
  for (const { path, message, ...details } of checked.issues) {
    if (!report.hasUnresolved(path)) report.problem(path, message, details);
  }
  const built = build({
    ...checked,
    report,
    env: input.env,
    overrides: input.overrides ?? {},
    folder,
    files: input.files,
    dialects: input.dialects ?? builtinDialects,
    machine: input.machine,
  });
  for (const { path, reason } of report.takeUnresolved([])) report.problem(path, `${reason}.`);

  const warnings = [
    ...inOrder(report.warnings),
    ...readableSecrets(parsed.tree, input),
    ...writableFiles(input),
  ];
  if (report.problems.length > 0) {
    const { proxy } = built({ files: [], warnings: [] });
    return { ok: false, problems: inOrder(report.problems), warnings, files: [...input.files], proxy };
  }
  const path = input.path === undefined ? {} : { path: resolve(input.path) };
  return { ok: true, config: built({ ...path, files: [...input.files], warnings }) };
}

/** The `[proxy]` of the lines above a syntax error. */
function proxyAbove(
  source: string,
  { line = 1 }: ConfigProblem,
  input: Input,
): { readonly proxy?: ProxyConfig } {
  const above = source.split("\n").slice(0, line - 1).join("\n");
  if (above === "" || "problem" in parseToml(above, "", isKey)) return {};
  const read = assemble(above, input);
  const proxy = read.ok ? read.config.proxy : read.proxy;
  return proxy === undefined ? {} : { proxy };
}

function readableSecrets(tree: unknown, { path, dotEnv }: Input): ConfigWarning[] {
  const warnings: ConfigWarning[] = [];
  const advice = (file: string) =>
    `other users of this machine can read it, and it contains a secret: chmod 600 ${file}`;
  if (path !== undefined && othersCanRead(path) && holdsSecret(tree)) {
    warnings.push({ file: shown(path), message: advice(shown(path)) });
  }
  if (dotEnv !== undefined && Object.keys(dotEnv.values).length > 0 && othersCanRead(dotEnv.path)) {
    warnings.push({ file: shown(dotEnv.path), message: advice(shown(dotEnv.path)) });
  }
  if (dotEnv?.problem !== undefined) {
    warnings.push({ file: shown(dotEnv.path), message: `cannot be read: ${dotEnv.problem}.` });
  }
  return warnings;
}

/** Whoever can write a configuration gets every key: it says where they are sent. */
function writableFiles({ path, dotEnv }: Input): ConfigWarning[] {
  if (path === undefined) return [];
  const places: readonly (readonly [file: string, mode: string, what: string])[] = [
    [path, "go-w", "change it, and so where keys are sent"],
    ...(dotEnv === undefined
      ? []
      : [[dotEnv.path, "go-w", "change it, and so which keys are used"] as const]),
    [dirname(resolve(path)), "go-w", "put another configuration there"],
  ];
  return places.filter(([file]) => othersCanWrite(file)).map(([file, mode, what]) => ({
    file: shown(file),
    message: `other users of this machine can ${what}: chmod ${mode} ${file}`,
  }));
}

/** What is used when there is no file: the same routes that {@link initConfig} writes, and a notice that says so. */
export function defaultConfig(options: LoadOptions = {}): LoadResult {
  const env = options.env ?? process.env;
  const variables = foundKeys(env);
  const message = variables.length > 0
    ? `there is no configuration file: the routes are made from ${variables.join(", ")}. ` +
      "`terraphim-llm-proxy init` writes them to a file."
    : "there is no configuration file and no provider's key in the environment: everything goes to Ollama on " +
      "this machine. Set a key (OPENROUTER_API_KEY, ANTHROPIC_API_KEY, …), or run `terraphim-llm-proxy init`.";
  const notice: ConfigWarning = { message };
  const result = parseConfig(initConfig(env), options);
  if (!result.ok) return result;
  return {
    ok: true,
    config: Object.freeze({ ...result.config, warnings: Object.freeze([notice, ...result.config.warnings]) }),
  };
}

export interface OpenOptions extends LoadOptions, FindOptions {}

/**
 * Finds and reads the configuration. Without a file, it is made from the keys in the environment and in a `.env` in the
 * user's own configuration folder; `config.path` is undefined then. A file of the current folder that the user has not
 * used is passed over with a warning, and so is the `.env` beside it.
 */
export function openConfig(options: OpenOptions = {}): LoadResult {
  const found = findConfig(options);
  if (found !== undefined) {
    const result = loadConfig(found.path, options);
    return result.ok ? { ok: true, config: Object.freeze({ ...result.config, foundBy: found.by }) } : result;
  }
  const dotEnv = readDotEnv(userConfigPath(options));
  const result = defaultConfig({ ...options, env: mergedEnv(options.env ?? process.env, dotEnv.values) });
  const message = passedOver(options);
  if (!result.ok || message === undefined) return result;
  const warnings = Object.freeze([...result.config.warnings, { message }]);
  return { ok: true, config: Object.freeze({ ...result.config, warnings }) };
}
