/** A client's configuration file: reading it, changing its text, and writing it without losing anything. */
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  readFileSync,
  realpathSync,
  statSync,
} from "node:fs";
import { parse } from "smol-toml";
import { errorCode, reason } from "../../../files/errors.ts";
import { writeWhole } from "../../../files/write.ts";
import type { Json } from "../../../model/json.ts";
import { localDate, localTime } from "../../../text/format.ts";
import { CliError } from "../../command.ts";
import type { ClientFile } from "./client.ts";
import type { Edit } from "../../../files/edit.ts";
import { editJson, readJson } from "./json-edit.ts";
import { editToml } from "../../../files/toml-edit.ts";
import { editYaml, readYaml } from "./yaml-edit.ts";

type Format = ClientFile["format"];

/** What a text of a format holds. @throws Error where it cannot be parsed */
export function dataIn(format: Format, text: string): Json {
  if (format === "toml") return parse(text);
  return format === "yaml" ? readYaml(text) : readJson(text.trim() === "" ? "{}" : text).json;
}

/** A text with the edits done; the rest stays as it is. @throws CannotEdit where it cannot be done without harm */
export function editText(format: Format, text: string, edits: readonly Edit[]): string {
  if (format === "toml") return editToml(text, edits);
  return format === "yaml" ? editYaml(text, edits) : editJson(text, edits);
}

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
