/** A client's configuration file: reading it, and writing it without losing anything. */
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  readFileSync,
  realpathSync,
  statSync,
} from "node:fs";
import { errorCode, reason } from "../../../files/errors.ts";
import { writeWhole } from "../../../files/write.ts";
import { localDate, localTime } from "../../../text/format.ts";
import { CliError } from "../../command.ts";

/** The text; undefined: there is no such file. @throws CliError where it cannot be read */
export function readClientFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw new CliError(`cannot read ${path}: ${reason(error)}.`);
  }
}

/**
 * Writes a file whole or not at all, through a symbolic link to where it leads, with the mode that it had; a new one
 * is the user's alone. What was there is copied beside it first.
 * @returns the copy's path; undefined: there was nothing to copy
 * @throws CliError where it cannot be written; then nothing has changed
 */
export function writeClientFile(path: string, text: string, now: number): string | undefined {
  try {
    if (!existsSync(path)) {
      writeWhole(path, text);
      return undefined;
    }
    const target = realpathSync(path);
    const mode = statSync(target).mode & 0o777;
    const backup = freeName(`${path}.backup-${localDate(now)}-${localTime(now).replaceAll(":", "")}`);
    copyFileSync(target, backup, constants.COPYFILE_EXCL); // not through a link of that name
    chmodSync(backup, mode);
    writeWhole(target, text, mode);
    return backup;
  } catch (error) {
    throw new CliError(`cannot write ${path}: ${reason(error)}. Nothing was changed.`);
  }
}

function freeName(path: string): string {
  let free = path;
  for (let n = 2; existsSync(free); n++) free = `${path}-${n}`;
  return free;
}
