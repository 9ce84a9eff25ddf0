/** What `uninstall` does: the service, clients' files, the user's folders, the program. */
import { existsSync, readFileSync, rmdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { userConfigFolder } from "../../../config/source/paths.ts";
import { messageOf } from "../../../files/errors.ts";
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
  let failed = false;
  for (const { what, work } of steps) {
    try {
      work();
    } catch (error) {
      failed = true;
      io.stderr.write(`${what}: ${messageOf(error)}\n`);
    }
  }
  if (steps.length > 0) io.stdout.write(failed ? "Some of it could not be removed.\n" : "Removed.\n");
  if (advice !== undefined) io.stdout.write(`${advice}\n`);
  return failed ? EXIT.failed : EXIT.ok;
}

function stepsFor(io: Io, keep: boolean): Step[] {
  const manager = managerOf(io);
  const folder = (path: string): Step[] =>
    existsSync(path)
      ? [{ what: shortPath(io, path), work: () => rmSync(path, { recursive: true, force: true }) }]
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
    })),
    ...(keep ? [] : [...folder(userConfigFolder({ env: io.env })), ...folder(dataFolderOf(io))]),
    ...(installed.length === 0 ? [] : [{
      what: shortPath(io, program ?? ""),
      work: () => installed.toReversed().forEach(removed),
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

/** A running program cannot be removed on Windows: its installer does that. */
function removed(path: string): void {
  try {
    if (statSync(path).isDirectory()) rmdirSync(path); // only where it is empty
    else rmSync(path, { force: true });
  } catch { /* not there any more, or not empty */ }
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
