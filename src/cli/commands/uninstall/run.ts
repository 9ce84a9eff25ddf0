/** What `uninstall` does: the service, clients' files, the user's folders, the program. */
import { existsSync, lstatSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { userConfigFolder } from "../../../config/source/paths.ts";
import { errorCode, messageOf, reason } from "../../../files/errors.ts";
import { ownExecutable } from "../../../runtime/program.ts";
import { CliError, EXIT, NAME } from "../../command.ts";
import { dataFolderOf, shortPath } from "../../configuration.ts";
import type { Io } from "../../io.ts";
import { managerOf } from "../service/manager.ts";
import { uninstallService } from "../service/run.ts";
import { readRecords, undo } from "../setup/undo.ts";

interface Step {
  /** What goes, for people. */
  readonly what: string;
  readonly work: () => void;
  /** It takes back a change of setup, or removes the folder with the list of those changes. */
  readonly of?: "setup" | "records";
}

/** @throws CliError where nobody can be asked */
export async function runUninstall(
  io: Io,
  { yes, keep }: { readonly yes: boolean; readonly keep: boolean },
): Promise<number> {
  const steps = stepsFor(io, keep);
  const advice = packageAdvice(io);
  if (steps.length === 0) io.stdout.write("There is nothing to remove.\n");
  else {
    io.stdout.write(`This removes:\n${steps.map(({ what }) => `  ${what}\n`).join("")}`);
    if (!yes) {
      if (io.ask === undefined) throw new CliError("Say --yes where nobody can be asked.", EXIT.unusable);
      if (!/^y(es)?$/i.test((await io.ask("Remove them? [y/N] "))?.trim() ?? "")) {
        io.stdout.write("Nothing was removed.\n");
        return EXIT.ok;
      }
    }
  }
  const failed = done(io, steps);
  if (steps.length > 0) io.stdout.write(failed ? "Some of it could not be removed.\n" : "Removed.\n");
  if (advice !== undefined) io.stdout.write(`${advice}\n`);
  return failed ? EXIT.failed : EXIT.ok;
}

/** Does each step, and writes why one failed. @returns whether any did */
function done(io: Io, steps: readonly Step[]): boolean {
  const failed: Step[] = [];
  for (const step of steps) {
    // Without the list of changes nobody could take them back later.
    if (step.of === "records" && failed.some((one) => one.of === "setup")) {
      io.stderr.write(`${step.what} is kept: it has the list of what setup changed.\n`);
      continue;
    }
    try {
      step.work();
    } catch (error) {
      failed.push(step);
      io.stderr.write(`${step.what}: ${messageOf(error)}\n`);
    }
  }
  return failed.length > 0;
}

function stepsFor(io: Io, keep: boolean): Step[] {
  const manager = managerOf(io);
  const folder = (path: string): Step[] =>
    existsSync(path)
      ? [{
        what: shortPath(io, path),
        work: () => rmSync(path, { recursive: true, force: true }),
        ...(path === dataFolderOf(io) ? { of: "records" } : {}),
      }]
      : [];
  const program = ownExecutable();
  const installed = program === undefined ? [] : installedFiles(program);
  return [
    ...(existsSync(manager.file)
      ? [{ what: `the service (${shortPath(io, manager.file)})`, work: () => uninstallService(io, manager) }]
      : []),
    ...readRecords(io).toReversed().map((one) => ({
      what: `the settings of setup in ${shortPath(io, one.file)}`,
      work: () => void undo(io, one),
      of: "setup" as const,
    })),
    ...(keep ? [] : [...folder(userConfigFolder({ env: io.env })), ...folder(dataFolderOf(io))]),
    ...(installed.length === 0 ? [] : [{
      what: shortPath(io, program ?? ""),
      work: () => removeInstalled(installed.toReversed()),
    }]),
  ];
}

/** What install.sh wrote, in the order of writing; only the program where nobody else answers for it. */
function installedFiles(program: string): readonly string[] {
  if (/[\\/](?:node_modules|Cellar|scoop)[\\/]/i.test(program) || /^\/usr\/(?!local\/)/.test(program)) {
    return [];
  }
  const list = join(dirname(dirname(program)), "share", NAME, "installed");
  const beside = [`${program}.previous`];
  try {
    return [...readFileSync(list, "utf8").split("\n").filter((line) => line !== ""), ...beside];
  } catch {
    return [program, ...beside];
  }
}

/** What does not count as a failure: it is not there any more, or a folder has files of others. */
const HARMLESS: readonly string[] = [
  "ENOENT",
  "ENOTEMPTY",
  // A running program cannot be removed on Windows: its installer does that.
  ...(process.platform === "win32" ? ["EPERM", "EBUSY"] : []),
];

/**
 * Removes files, and folders that are empty; what is not there any more counts as removed.
 * @throws CliError after all were tried, with each that remains and why
 */
export function removeInstalled(paths: readonly string[]): void {
  const remaining = paths.flatMap((path) => {
    try {
      if (lstatSync(path).isDirectory()) rmdirSync(path);
      else rmSync(path, { force: true });
      return [];
    } catch (error) {
      return HARMLESS.includes(errorCode(error)) ? [] : [`${path} (${reason(error)})`];
    }
  });
  if (remaining.length > 0) throw new CliError(`these could not be removed: ${remaining.join(", ")}.`);
}

/** How the program itself goes, where a package manager installed it. */
function packageAdvice(io: Io): string | undefined {
  const program = ownExecutable() ?? "";
  if (io.env.TERRAPHIM_NPX !== undefined) return undefined;
  if (/[\\/]node_modules[\\/]/.test(program)) {
    return `npm removes the program: npm uninstall --global ${NAME}`;
  }
  if (/[\\/]Cellar[\\/]/.test(program)) return `Homebrew removes the program: brew uninstall ${NAME}`;
  if (/^\/usr\/(?!local\/)/.test(program)) return `apt removes the program: sudo apt remove ${NAME}`;
  if (/[\\/]scoop[\\/]/i.test(program)) return `Scoop removes the program: scoop uninstall ${NAME}`;
  return program === "" || process.platform === "win32"
    ? "The program itself is a clone, or is removed by its installer."
    : undefined;
}
