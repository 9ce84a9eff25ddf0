/** The configuration that a command works with, or the words that say why there is none. */
import type { Config, ConfigWarning } from "../config/config.ts";
import { openConfig } from "../config/load.ts";
import { type ConfigProblem, formatProblems } from "../config/problem.ts";
import { CliError, EXIT } from "./failure.ts";
import type { Io } from "./io.ts";
import { useOwnCatalog } from "./own-catalog.ts";

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
