/** What an engine has to be told before it starts. Only Bun needs any of it. */
import process from "node:process";

/**
 * Read by Bun before any code runs. What the user has set stands.
 *  - It sends 256 requests at once and keeps the others waiting unseen:
 *    https://bun.com/docs/runtime/networking/fetch#simultaneous-connection-limit. This is the most that it takes.
 *  - Its heap may double before it is looked through while it is small beside the machine's memory. For a machine of
 *    this many bytes it stays at about two thirds of what it grew to under load, at the same speed.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  BUN_CONFIG_MAX_HTTP_REQUESTS: "65535",
  BUN_JSC_forceRAMSize: String(512 * 1024 * 1024),
};

/** Where the files of an executable made by Bun stand. */
const EMBEDDED = /^(\/\$bunfs\/|[A-Z]:[\\/]~BUN[\\/])/;

interface Replaceable {
  /** Becomes another program, with the same process id and streams. Only where the system can: not on Windows. */
  execve?(file: string, args: readonly string[], env: Readonly<Record<string, string | undefined>>): void;
}

/**
 * Makes this process able to hold thousands of requests, and sparing with memory: it becomes itself anew with the
 * settings in its environment. Nothing happens under Deno, where all are set already, and on Windows, where they have to
 * be set by hand. Call it before anything was opened.
 */
export function prepareEngine(): void {
  const { main } = (globalThis as { Bun?: { main: string } }).Bun ?? {};
  const { execve } = process as Replaceable;
  if (main === undefined || execve === undefined) return;
  if (Object.keys(SETTINGS).every((name) => process.env[name] !== undefined)) return;
  const script = EMBEDDED.test(main) ? [] : [main];
  const args = [process.execPath, ...process.execArgv, ...script, ...process.argv.slice(2)];
  try {
    execve(process.execPath, args, { ...SETTINGS, ...process.env });
  } catch { /* it goes on as it is */ }
}
