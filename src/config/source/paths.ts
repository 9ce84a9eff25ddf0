/** Where the configuration file is, and where the paths inside it lead. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import type { Env } from "./references.ts";
import process from "node:process";

const APP = "terraphim-llm-proxy";
const FILE = "config.toml";

export interface FindOptions {
  /** `--config`; used whether the file exists or not. */
  readonly option?: string | undefined;
  readonly env?: Env;
  readonly cwd?: string;
  readonly platform?: string;
}

/** The folder for the user's own configuration of this program. */
export function userConfigFolder(
  { env = process.env, platform = process.platform }: FindOptions = {},
): string {
  const home = env.HOME ?? env.USERPROFILE ?? homedir();
  if (platform === "win32") return join(env.APPDATA ?? join(home, "AppData", "Roaming"), APP);
  if (env.XDG_CONFIG_HOME) return join(env.XDG_CONFIG_HOME, APP);
  if (platform === "darwin") return join(home, "Library", "Application Support", APP);
  return join(home, ".config", APP);
}

/** Where a file is looked for without `--config`, in order. */
export function configCandidates(options: FindOptions = {}): string[] {
  const { cwd = process.cwd() } = options;
  return [resolve(cwd, FILE), join(userConfigFolder(options), FILE)];
}

/**
 * The configuration file to use: `--config`, else `$TERRAPHIM_CONFIG`, else `./config.toml`, else the one in the
 * user's folder. Undefined: there is none; the routes are made from the keys in the environment.
 */
export function findConfigPath(options: FindOptions = {}): string | undefined {
  const { option, env = process.env, cwd = process.cwd() } = options;
  const named = option ?? (env.TERRAPHIM_CONFIG || undefined);
  if (named !== undefined) return resolve(cwd, named);
  return configCandidates(options).find((path) => existsSync(path));
}

/** A path in the file: `~` is the home folder, a relative one starts at the file's own folder. */
export function pathInFile(path: string, folder: string, env: Env): string {
  const home = env.HOME ?? env.USERPROFILE;
  if (home !== undefined && /^~(?=$|[\\/])/.test(path)) return join(home, path.slice(1));
  return isAbsolute(path) ? path : resolve(folder, path);
}
