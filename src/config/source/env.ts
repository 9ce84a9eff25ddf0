/** The environment: `.env` files, the variables that override the file, and whether others can read a secret. */
import { isPlaceholder } from "../../text/secrets.ts";
import { own } from "../../json/shape.ts";
import { errorCode, reason } from "../../files/errors.ts";
import { readText } from "../../files/read.ts";
import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { pathInFile } from "./paths.ts";
import type { Env, ReferenceSources } from "./references.ts";
import type { LogConfig } from "../config.ts";
import process from "node:process";

export interface DotEnv {
  /** Where it is looked for, whether it is there or not. */
  readonly path: string;
  readonly values: Env;
  /** It is there but cannot be read. */
  readonly problem?: string;
}

/** The `.env` beside a configuration file. One that is not there is empty. */
export function readDotEnv(configPath: string): DotEnv {
  const path = join(dirname(resolve(configPath)), ".env");
  try {
    return { path, values: parseEnv(readText(path)) };
  } catch (error) {
    const code = errorCode(error);
    return code === "ENOENT" || code === "ENOTDIR"
      ? { path, values: {} }
      : { path, values: {}, problem: reason(error) };
  }
}

/** Both, the real environment first. A variable that is empty there does not count. */
export function mergedEnv(real: Env, dotEnv: Env): Env {
  const merged: Record<string, string | undefined> = { ...dotEnv };
  for (const [name, value] of Object.entries(real)) {
    if (value !== undefined && value !== "") merged[name] = value;
  }
  return merged;
}

/** What references are resolved against; the files that they name are added to `files`. */
export function referenceSources(env: Env, folder: string, files: Set<string>): ReferenceSources {
  return {
    env,
    file: (named) => {
      const path = pathInFile(named, folder, env);
      files.add(path);
      try {
        return { text: readText(path) };
      } catch (error) {
        return { problem: `${path}: ${reason(error)}` };
      }
    },
  };
}

/** Whether users other than the owner may read a file. False on systems without such modes. */
export function othersCanRead(path: string): boolean {
  if (process.platform === "win32") return false;
  try {
    return (statSync(path).mode & 0o077) !== 0;
  } catch {
    return false;
  }
}

const SECRET_KEYS = new Set(["api_key", "api_keys"]);
const SECRET_HEADER = /^(authorization|x-api-key|api-key|.*token.*|.*secret.*)$/i;

/** Whether a parsed file holds a secret itself, rather than a reference to one. */
export function holdsSecret(tree: unknown): boolean {
  if (typeof tree !== "object" || tree === null) return false;
  return Object.entries(tree).some(([key, value]) => {
    if (SECRET_KEYS.has(key) || SECRET_HEADER.test(key)) {
      return [value].flat().some((text) => typeof text === "string" && isLiteral(text));
    }
    return holdsSecret(value);
  });
}

/** Local servers accept any word as a key; those are not secrets. */
function isLiteral(text: string): boolean {
  return text.trim() !== "" && !/^\$\w|\$\{|^op:\/\//.test(text) &&
    !isPlaceholder(text);
}

/** Values of the command line, or else the environment, that override the file. */
export interface Overrides {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly logLevel?: LogConfig["level"] | undefined;
  readonly logJson?: boolean | undefined;
}

const LEVELS: Readonly<Record<string, LogConfig["level"]>> = {
  error: "error",
  warn: "warn",
  warning: "warn",
  info: "info",
  debug: "debug",
  trace: "debug",
};

/**
 * Fills what the command line leaves open from `PROXY_HOST`, `PROXY_PORT`, `LOG_LEVEL` and `LOG_JSON`.
 * @param ignored gets a message for each variable whose value is not valid
 */
export function withEnvironment(given: Overrides, env: Env, ignored: (message: string) => void): Overrides {
  const port = Number(env.PROXY_PORT);
  const goodPort = Number.isInteger(port) && port >= 0 && port <= 65535;
  if (env.PROXY_PORT && !goodPort) ignored("ignoring PROXY_PORT: expected a port from 0 to 65535.");
  const level = own(LEVELS, env.LOG_LEVEL?.trim().toLowerCase());
  if (env.LOG_LEVEL && level === undefined) {
    ignored("ignoring LOG_LEVEL: expected error, warn, info or debug.");
  }
  return {
    host: given.host ?? (env.PROXY_HOST?.trim() || undefined),
    port: given.port ?? (env.PROXY_PORT && goodPort ? port : undefined),
    logLevel: given.logLevel ?? level,
    logJson: given.logJson ?? (env.LOG_JSON ? /^(true|1|yes|on)$/i.test(env.LOG_JSON.trim()) : undefined),
  };
}
