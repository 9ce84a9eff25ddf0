/** How this program was started: as an executable of its own, or from source by a runtime. */
import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

/** Where the files of an executable made by Bun are (https://bun.com/docs/bundler/executables). */
const EMBEDDED = /^(\/\$bunfs\/|[A-Z]:[\\/]~BUN[\\/])/;

/** The script that Bun runs, as it names it; undefined: this is not Bun. */
export const bunMain = (): string | undefined => (globalThis as { Bun?: { main: string } }).Bun?.main;

/** Whether a script is part of an executable. */
export const isEmbedded = (script: string): boolean => EMBEDDED.test(script);

/** The file of the executable that runs; undefined: the program runs from source. */
export function ownExecutable(): string | undefined {
  const main = bunMain();
  if (main !== undefined) return isEmbedded(main) ? process.execPath : undefined;
  const { build } = (globalThis as { Deno?: { build: { standalone?: boolean } } }).Deno ?? {};
  return build?.standalone === true ? process.execPath : undefined;
}

/**
 * The file and first arguments that start this program again. From source on Deno it gets this task's permissions.
 * @param startsItself whether it may start itself again, for workers. @default false
 */
export function selfCommand(startsItself = false): readonly [file: string, ...args: string[]] {
  const file = ownExecutable();
  if (file !== undefined) return [file];
  const script = process.argv[1] ?? "main.ts";
  return bunMain() === undefined
    ? [
      process.execPath,
      "run",
      "--allow-net",
      "--allow-read",
      "--allow-write",
      "--allow-env",
      "--allow-sys",
      ...(startsItself ? [`--allow-run=${process.execPath}`] : []),
      script,
    ]
    : [process.execPath, script];
}

/**
 * What starts this program once more, as the process that it is now: the same version even where an upgrade has replaced the
 * file since, and the same options of Bun. Without effect of the current folder, as far as the first start was.
 */
export function ownProgram(): readonly [file: string, ...args: string[]] {
  const running = `/proc/${process.pid}/exe`; // https://man7.org/linux/man-pages/man5/proc_pid_exe.5.html
  if (ownExecutable() !== undefined) return [existsSync(running) ? running : process.execPath];
  const [file, ...args] = selfCommand();
  return [file, ...process.execArgv, ...args];
}

/** Where a program is on `PATH`; undefined: it is not there. */
export function onPath(
  env: Readonly<Record<string, string | undefined>>,
  program: string,
): string | undefined {
  const ends = env.PATHEXT === undefined ? [""] : env.PATHEXT.split(";");
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    if (folder === "") continue;
    for (const end of ends) {
      const path = join(folder, program + end);
      try {
        accessSync(path, constants.X_OK);
        if (statSync(path).isFile()) return path; // the right to enter a folder looks the same
      } catch { /* not here */ }
    }
  }
  return undefined;
}

/** Whether two paths lead to one file. False where one of them does not exist. */
export function sameFile(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}
