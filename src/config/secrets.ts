/** Where secrets come from beside the environment, and whether others can read them. */
import { errorCode, reason } from "../files/errors.ts";
import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { parseEnv } from "node:util";
import { pathInFile } from "./money.ts";
import type { Env, ReferenceSources } from "./references.ts";

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
