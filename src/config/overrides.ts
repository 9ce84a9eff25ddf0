/** What the environment says instead of the file; the command line stands above both. */
import type { LogConfig } from "./config.ts";
import type { Env } from "./references.ts";

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
