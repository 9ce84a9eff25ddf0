/** Where the configuration file is, and where the paths inside it lead. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import type { FoundBy } from "../config.ts";
import type { Env } from "./references.ts";
import { standingOf } from "./used-folders.ts";
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

export interface Found {
  readonly path: string;
  readonly by: FoundBy;
}

/** The user's own configuration file, which may not be there. */
export const userConfigPath = (options: FindOptions = {}): string => join(userConfigFolder(options), FILE);

/**
 * The configuration file to use: `--config`, else `$TERRAPHIM_CONFIG`, else `./config.toml` of a clone whose task runs,
 * else the one in the user's folder, else `./config.toml` where the proxy has run with it before and it has not changed since. Undefined: there is none; the
 * routes are made from the keys in the environment.
 */
export function findConfig(options: FindOptions = {}): Found | undefined {
  const { option, env = process.env, cwd = process.cwd() } = options;
  if (option !== undefined) return { path: resolve(cwd, option), by: "option" };
  if (env.TERRAPHIM_CONFIG) return { path: resolve(cwd, env.TERRAPHIM_CONFIG), by: "variable" };
  const here = resolve(cwd, FILE);
  if (env.TERRAPHIM_TASK && existsSync(here)) return { path: here, by: "task" };
  const own = userConfigPath(options);
  if (existsSync(own)) return { path: own, by: "user" };
  return standingOf(here, options) === "used" ? { path: here, by: "folder" } : undefined;
}

/** Why a `./config.toml` is not used, for people; undefined: there is none, or it is used. */
export function passedOver(options: FindOptions = {}): string | undefined {
  const path = resolve(options.cwd ?? process.cwd(), FILE);
  if (findConfig(options) !== undefined || !existsSync(path)) return undefined;
  const why = standingOf(path, options) === "changed"
    ? "it has changed since the proxy ran with it"
    : "a file of the current folder is used only when it is named";
  return `${FILE} in this folder is not used: ${why}. --config ${FILE} names it.`;
}

/** A path in the file: `~` is the home folder, a relative one starts at the file's own folder. */
export function pathInFile(path: string, folder: string, env: Env): string {
  const home = env.HOME ?? env.USERPROFILE;
  if (home !== undefined && /^~(?=$|[\\/])/.test(path)) return join(home, path.slice(1));
  return isAbsolute(path) ? path : resolve(folder, path);
}
