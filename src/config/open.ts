/** The configuration that is meant when a command starts: the file that is found, or one made from the keys. */
import { resolve } from "node:path";
import process from "node:process";
import { findConfigPath, type FindOptions } from "./find.ts";
import { defaultConfig } from "./init.ts";
import { loadConfig, type LoadOptions, type LoadResult } from "./load.ts";
import { mergedEnv, readDotEnv } from "./secrets.ts";

export interface OpenOptions extends LoadOptions, FindOptions {}

/**
 * Finds and reads the configuration. Without a file, and with no `--config` that names one, it is made from the
 * keys in the environment and in a `.env` in the current folder; `config.path` is undefined then.
 */
export function openConfig(options: OpenOptions = {}): LoadResult {
  const path = findConfigPath(options);
  if (path !== undefined) return loadConfig(path, options);
  const dotEnv = readDotEnv(resolve(options.cwd ?? process.cwd(), "config.toml"));
  return defaultConfig({ ...options, env: mergedEnv(options.env ?? process.env, dotEnv.values) });
}
