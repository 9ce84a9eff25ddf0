/** The environment: `.env` files, the variables that override the file, and whether others can read a secret. */
import { errorCode, reason } from "../../files/errors.ts";
import { readFileSync, statSync } from "node:fs";
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
    return { path, values: parseEnv(readFileSync(path, "utf8")) };
  } catch (error) {
    const code = errorCode(error);
    return code === "ENOENT" || code === "ENOTDIR"
      ? { path, values: {} }
      : { path, values: {}, problem: reason(error) };
  }
}

/** Both, the real environment first. A variable that is set to nothing there gives way. */
export function mergedEnv(real: Env, dotEnv: Env): Env {
  const merged: Record<string, string | undefined> = { ...dotEnv };
  for (const [name, value] of Object.entries(real)) {
    if (value !== undefined && value !== "") merged[name] = value;
  }
  return merged;
}

/** What references are resolved against; the files that they name are noted in `files`. */
export function referenceSources(env: Env, folder: string, files: Set<string>): ReferenceSources {
  return {
    env,
    file: (named) => {
      const path = pathInFile(named, folder, env);
      files.add(path);
      try {
        return { text: readFileSync(path, "utf8") };
      } catch (error) {
        return { problem: `${path}: ${reason(error)}` };
      }
    },
  };
}

/** Whether people besides the owner may read a file. False where the system has no such modes. */
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

/** Local servers are given any word as a key; those are no secrets. */
function isLiteral(text: string): boolean {
  return text.trim() !== "" && !/^\$\w|\$\{|^op:\/\//.test(text) &&
    !/^(passthrough|ollama|none|local|dummy|not-needed|no-key|lmstudio|lm-studio|sk-no-key-required)$/i.test(
      text.trim(),
    );
}

/** What the command line (or the environment) says instead of the file. */
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
 * `PROXY_HOST`, `PROXY_PORT`, `LOG_LEVEL` and `LOG_JSON`, below what is given. Values that make no sense are told
 * to `ignored`.
 */
export function withEnvironment(given: Overrides, env: Env, ignored: (message: string) => void): Overrides {
  const port = Number(env.PROXY_PORT);
  const goodPort = Number.isInteger(port) && port >= 0 && port <= 65535;
  if (env.PROXY_PORT && !goodPort) ignored("PROXY_PORT is no port from 0 to 65,535; it is ignored.");
  const level = LEVELS[env.LOG_LEVEL?.trim().toLowerCase() ?? ""];
  if (env.LOG_LEVEL && level === undefined) {
    ignored("LOG_LEVEL is none of error, warn, info and debug; it is ignored.");
  }
  return {
    host: given.host ?? (env.PROXY_HOST?.trim() || undefined),
    port: given.port ?? (env.PROXY_PORT && goodPort ? port : undefined),
    logLevel: given.logLevel ?? level,
    logJson: given.logJson ?? (env.LOG_JSON ? /^(true|1|yes|on)$/i.test(env.LOG_JSON.trim()) : undefined),
  };
}
