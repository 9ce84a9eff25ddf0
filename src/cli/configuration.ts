/** What a command works with: the configuration, the data folder, and the user's own list of models. */
import process from "node:process";
import type { Config, ConfigWarning, FoundBy, ProxyConfig } from "../config/config.ts";
import { remember } from "../config/source/used-folders.ts";
import { passedOver } from "../config/source/paths.ts";
import { wrap } from "../text/width.ts";
import { styleOf } from "./output/style.ts";
import { defaultConfig, openConfig } from "../config/load.ts";
import { scrubberOf } from "../config/secrets.ts";
import { type ConfigProblem, formatProblem, formatProblems } from "../config/problem.ts";
import { CliError, EXIT } from "./command.ts";
import type { Io } from "./io.ts";
import { withBuiltin } from "../catalog/catalog.ts";
import { readUserCatalog } from "../catalog/update.ts";
import { type PricedCatalog, withOverrides } from "../config/priced-catalog.ts";
import { homedir } from "node:os";
import { dataFile, dataFolder } from "../runtime/data-folder.ts";

/** Finds and reads the configuration as `serve` would. @throws CliError with every problem of the file */
export function readConfig(io: Io, option: string | undefined): Config {
  const result = openConfig({ option, env: io.env, cwd: io.cwd });
  notePassedOver(io, option);
  if (!result.ok) throw unusable(result.problems);
  io.hide?.(scrubberOf(result.config));
  return result.config;
}

/** Where it was said already: a command may read its configuration several times. */
const noted = new WeakSet<Io>();

/** Says on the error stream that a `./config.toml` is not used: what follows may be about another proxy than the user thinks. */
function notePassedOver(io: Io, option: string | undefined): void {
  const note = passedOver({ option, env: io.env, cwd: io.cwd });
  if (note === undefined || noted.has(io)) return;
  noted.add(io);
  const { yellow } = styleOf(io.stderr);
  io.stderr.write(wrap(`Note: ${note}`, io.stderr.columns).map((line) => `${yellow(line)}\n`).join(""));
}

/** Where a running proxy is asked. */
export interface Place {
  readonly proxy: Pick<ProxyConfig, "host" | "port" | "tls" | "apiKeys" | "adminKey">;
  /** What is wrong with the file: the proxy runs with an earlier version of it, if it runs. */
  readonly mistakes?: {
    readonly error: CliError;
    readonly problems: readonly string[];
    /** The files that were read. */
    readonly files: readonly string[];
  };
}

/**
 * Where the proxy of a configuration runs. It is asked also when the file has become wrong: the address and the key
 * are what can be read of the file, or else the defaults.
 */
export function readPlace(io: Io, option: string | undefined): Place {
  const result = openConfig({ option, env: io.env, cwd: io.cwd });
  notePassedOver(io, option);
  if (result.ok) {
    io.hide?.(scrubberOf(result.config));
    return { proxy: result.config.proxy };
  }
  const { problems, files } = result;
  const usual = defaultConfig({ env: io.env });
  const proxy = result.proxy ?? (usual.ok ? usual.config.proxy : usual.proxy);
  if (proxy === undefined) throw unusable(problems);
  return { proxy, mistakes: { error: unusable(problems), problems: problems.map(formatProblem), files } };
}

/** An error that ends a command with the problems of a configuration. */
export function unusable(problems: readonly ConfigProblem[]): CliError {
  const count = problems.length === 1 ? "a mistake" : `${problems.length} mistakes`;
  return new CliError(`the configuration has ${count}:\n${formatProblems(problems)}`, EXIT.unusable);
}

/** Where a configuration came from: its path, or why there is no file and what is used instead. */
export function originOf({ path, warnings }: Pick<Config, "path" | "warnings">): string {
  return path ?? warnings[0]?.message ?? "built from the keys in the environment";
}

const FOUND_BY: Readonly<Record<FoundBy, string>> = {
  option: "named by --config",
  variable: "named by TERRAPHIM_CONFIG",
  task: "of this clone",
  user: "in your own folder",
  folder: "in this folder, used before",
};

/** Where a configuration came from, and how its file was found. */
export function originInFull(config: Pick<Config, "path" | "foundBy" | "warnings">): string {
  const how = config.foundBy === undefined ? "" : ` (${FOUND_BY[config.foundBy]})`;
  return `${originOf(config)}${how}`;
}

/** Remembers a file that the proxy runs with: it may be used in its folder without being named from now on. */
export function rememberFile(io: Pick<Io, "env">, { path, foundBy }: Pick<Config, "path" | "foundBy">): void {
  if (path !== undefined && foundBy !== "user") remember(path, { env: io.env });
}

/** The warnings of a file, without the one that {@link originOf} shows for a built configuration. */
export function warningsOf({ path, warnings }: Pick<Config, "path" | "warnings">): readonly ConfigWarning[] {
  return path === undefined ? warnings.slice(1) : warnings;
}

/** Where the user's own list of models is kept; it may not be there. */
export const ownCatalogPath = (io: Pick<Io, "env">): string => dataFile(dataFolderOf(io), "models");

/**
 * What is known of models, as the proxy sees it: the user's list, the built-in one behind it, and the configuration's
 * prices. A list of the user's that cannot be used is skipped.
 */
export function catalogFor(io: Pick<Io, "env">, config: Config): PricedCatalog {
  return withOverrides(withBuiltin(readUserCatalog(ownCatalogPath(io)).catalog), config);
}

/** The user's home. */
export const homeOf = ({ env }: Pick<Io, "env">): string => env.HOME ?? env.USERPROFILE ?? homedir();

/** The folder for the proxy's own files, which may not exist yet. */
export const dataFolderOf = (io: Pick<Io, "env">): string =>
  dataFolder({ env: io.env, platform: process.platform, home: homeOf(io) });

/** The ledger's file, which may not exist yet. */
export const ledgerPathOf = (io: Pick<Io, "env">, { ledger }: Pick<Config, "ledger">): string =>
  ledger.path ?? dataFile(dataFolderOf(io), "ledger");

/** A path with the home folder as `~`, for people. */
export function shortPath(io: Pick<Io, "env">, path: string): string {
  const home = homeOf(io);
  return home.length > 1 && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
