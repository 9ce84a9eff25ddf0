/** How many requests to providers may be in flight at once: a limit that Bun has, and Deno does not. */
import process from "node:process";
import { bunMain, isEmbedded } from "./program.ts";

/** Bun sends so many requests at once and keeps the others waiting unseen: 256, unless this says otherwise. */
const VARIABLE = "BUN_CONFIG_MAX_HTTP_REQUESTS";
/** The most that Bun takes. */
const MOST = "65535";

/**
 * Variables that make Bun run other code, open a debugger or become Bun itself. They do not survive the restart, so a
 * folder's `.env` cannot reach the new process through them (https://bun.com/docs/runtime/environment-variables).
 */
const STEERING = /^(BUN_OPTIONS|BUN_BE_BUN|BUN_INSPECT.*|NODE_OPTIONS)$/;

/** An environment without them, for another process of this program. */
export const withoutSteering = (
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !STEERING.test(name)));

interface Replaceable {
  /** Becomes another program, with the same process id and streams. Only where the system can: not on Windows. */
  execve?(file: string, args: readonly string[], env: Readonly<Record<string, string | undefined>>): void;
}

/**
 * Makes this process able to hold thousands of requests. Bun reads its limit from the environment before any code
 * runs (https://bun.com/docs/runtime/networking/fetch#simultaneous-connection-limit), so the process replaces itself
 * by a copy with the variable set. Nothing happens under Deno, which has no such limit, where the variable is set already,
 * and on Windows, where it has to be set by hand. Call it before anything was opened.
 */
export function allowManyRequests(): void {
  const main = bunMain();
  const { execve } = process as Replaceable;
  if (main === undefined || process.env[VARIABLE] !== undefined || execve === undefined) return;
  const script = isEmbedded(main) ? [] : [main];
  const args = [process.execPath, ...process.execArgv, ...script, ...process.argv.slice(2)];
  try {
    execve(process.execPath, args, { ...withoutSteering(process.env), [VARIABLE]: MOST });
  } catch { /* it goes on with 256 */ }
}
