/** What a command works with: the configuration, the data folder, and the user's own list of models. */
import process from "node:process";
import type { Config, ConfigWarning } from "../config/config.ts";
import { openConfig } from "../config/load.ts";
import { type ConfigProblem, formatProblems } from "../config/problem.ts";
import { CliError, EXIT } from "./command.ts";
import type { Io } from "./io.ts";
import { join } from "node:path";
import { useCatalog } from "../config/priced-catalog.ts";
import { readUserCatalog } from "../catalog/update.ts";
import { homedir } from "node:os";
import { dataFolder } from "../runtime/data-folder.ts";

/** Finds and reads the configuration as `serve` would. @throws CliError with every problem of the file */
export function readConfig(io: Io, option: string | undefined): Config {
  const result = openConfig({ option, env: io.env, cwd: io.cwd });
  if (!result.ok) throw unusable(result.problems);
  useOwnCatalog(io);
  return result.config;
}

/** The problems of a configuration as what ends a command. */
export function unusable(problems: readonly ConfigProblem[]): CliError {
  const count = problems.length === 1 ? "a mistake" : `${problems.length} mistakes`;
  return new CliError(`the configuration has ${count}:\n${formatProblems(problems)}`, EXIT.unusable);
}

/** Where a configuration came from, for people: its path, or why there is none and what stands in for it. */
export function originOf({ path, warnings }: Pick<Config, "path" | "warnings">): string {
  return path ?? warnings[0]?.message ?? "made from the keys in the environment";
}

/** The warnings of a file. A configuration that was made has only the one that {@link originOf} tells. */
export function warningsOf({ path, warnings }: Pick<Config, "path" | "warnings">): readonly ConfigWarning[] {
  return path === undefined ? warnings.slice(1) : warnings;
}

/** Where it is kept; it may not be there. */
export const ownCatalogPath = (io: Pick<Io, "env">): string => join(dataFolderOf(io), "models.json");

/** Puts it before the built-in one, as the proxy does at its start. One that cannot be used is left out. */
export function useOwnCatalog(io: Pick<Io, "env">): void {
  useCatalog(readUserCatalog(ownCatalogPath(io)).catalog);
}

/** The user's home. */
export const homeOf = ({ env }: Pick<Io, "env">): string => env.HOME ?? env.USERPROFILE ?? homedir();

/** The folder that the proxy keeps its files in; it may not be there yet. */
export const dataFolderOf = (io: Pick<Io, "env">): string =>
  dataFolder({ env: io.env, platform: process.platform, home: homeOf(io) });

/** The ledger's file; it may not be there yet. */
export const ledgerPathOf = (io: Pick<Io, "env">, { ledger }: Pick<Config, "ledger">): string =>
  ledger.path ?? join(dataFolderOf(io), "ledger.sqlite");

/** A path with the home folder as `~`, for people. */
export function shortPath(io: Pick<Io, "env">, path: string): string {
  const home = homeOf(io);
  return home.length > 1 && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
