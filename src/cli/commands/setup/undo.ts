/** What `setup` has changed, and how it is taken back: to the byte where nobody has changed the file since, else only its own settings. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync, rmdirSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { reason } from "../../../files/errors.ts";
import { writeWhole } from "../../../files/write.ts";
import type { Json } from "../../../model/json.ts";
import { dataFile } from "../../../runtime/data-folder.ts";
import { CliError } from "../../command.ts";
import { dataFolderOf } from "../../configuration.ts";
import type { Io } from "../../io.ts";
import type { ClientFile } from "./client.ts";
import { CannotEdit, type Edit, edited, isTable, valueAt } from "../../../files/edit.ts";
import { dataIn, editText, readClientFile } from "./file.ts";

const restored = z.object({
  path: z.array(z.string()),
  /** Absent: the key was not there. */
  value: z.unknown().optional(),
  /** So many keys of the path were there before. */
  depth: z.number(),
});

const record = z.object({
  client: z.string(),
  file: z.string(),
  format: z.enum(["json", "toml", "yaml"]),
  /** The copy of the original; null: there was none, or somebody changed the file between two setups. */
  backup: z.string().nullable(),
  /** The file was not there. */
  created: z.boolean(),
  /** Folders that were made for it, the outermost first. */
  folders: z.array(z.string()),
  /** Of the text that was written: SHA-256. */
  digest: z.string(),
  restore: z.array(restored),
});

/** One changed file. */
export type SetupRecord = z.infer<typeof record>;

const records = z.object({ version: z.literal(1), files: z.array(record) });

const pathOf = (io: Pick<Io, "env">): string => dataFile(dataFolderOf(io), "setups");

/** Every file that setup has changed and not taken back. A list that cannot be read counts as empty. */
export function readRecords(io: Pick<Io, "env">): readonly SetupRecord[] {
  try {
    return records.parse(JSON.parse(readFileSync(pathOf(io), "utf8"))).files;
  } catch {
    return [];
  }
}

/** The keys, each path as JSON, that setup has set in a file: only those may be removed again. */
export const pathsWritten = (io: Pick<Io, "env">, path: string): ReadonlySet<string> =>
  new Set(
    readRecords(io).find(({ file }) => file === path)?.restore.map(({ path }) => JSON.stringify(path)),
  );

function writeRecords(io: Pick<Io, "env">, files: readonly SetupRecord[]): void {
  const path = pathOf(io);
  try {
    if (files.length === 0) rmSync(path, { force: true });
    else writeWhole(path, `${JSON.stringify({ version: 1, files }, null, 2)}\n`);
  } catch (error) {
    throw new CliError(`cannot write ${path}: ${reason(error)}.`);
  }
}

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The folders above a file that are not there, the outermost first. */
export function missingFolders(file: string): string[] {
  const missing: string[] = [];
  for (
    let folder = dirname(file);
    !existsSync(folder) && dirname(folder) !== folder;
    folder = dirname(folder)
  ) {
    missing.unshift(folder);
  }
  return missing;
}

export interface Change {
  readonly client: string;
  readonly path: string;
  readonly format: ClientFile["format"];
  /** Undefined: there was no file. */
  readonly before: string | undefined;
  readonly after: string;
  readonly edits: readonly Edit[];
  readonly backup: string | undefined;
  readonly folders: readonly string[];
}

/** Remembers a change. A second setup of the same file still leads back to what was there before the first. */
export function remember(io: Pick<Io, "env">, change: Change): void {
  const { client, path, format, before, after, edits, backup, folders } = change;
  const all = readRecords(io);
  const earlier = all.find(({ file }) => file === path);
  const untouched = earlier !== undefined && before !== undefined && digestOf(before) === earlier.digest;
  const fresh = restoring(format, before ?? "", edits);
  const known = new Set(earlier?.restore.map(({ path }) => JSON.stringify(path)));
  const next: SetupRecord = {
    client,
    file: path,
    format,
    backup: earlier === undefined ? backup ?? null : untouched ? earlier.backup : null,
    created: earlier === undefined ? before === undefined : untouched && earlier.created,
    folders: earlier?.folders ?? [...folders],
    digest: digestOf(after),
    restore: [...earlier?.restore ?? [], ...fresh.filter(({ path }) => !known.has(JSON.stringify(path)))],
  };
  if (untouched && backup !== undefined && backup !== earlier?.backup) rmSync(backup, { force: true }); // a copy of our own
  writeRecords(io, [...all.filter(({ file }) => file !== path), next]);
}

/** What is at the edits' paths before they are done. */
function restoring(
  format: ClientFile["format"],
  text: string,
  edits: readonly Edit[],
): SetupRecord["restore"] {
  const data = dataIn(format, text);
  return edits.map(({ path }) => {
    const value = valueAt(data, path);
    const depth = path.findIndex((_, index) => valueAt(data, path.slice(0, index + 1)) === undefined);
    return {
      path: [...path],
      ...(value === undefined ? {} : { value }),
      depth: depth === -1 ? path.length : depth,
    };
  });
}

export interface Undone {
  readonly file: string;
  readonly how:
    /** As it was, to the byte. */
    | "restored"
    /** It was not there before, and is gone again. */
    | "removed"
    /** Changed since: only the settings of setup were taken back. */
    | "settings"
    /** It is not there any more. */
    | "missing";
  /** The copy of the original that is kept because the file is missing. */
  readonly backup?: string;
}

/** Takes one change back. @throws CliError where the file cannot be changed without harm; then it stays as it is */
export function undo(io: Pick<Io, "env">, one: SetupRecord): Undone {
  const now = readClientFile(one.file);
  const how = now === undefined ? "missing" : takeBack(one, now);
  if (how === "removed" || how === "missing") {
    for (const folder of one.folders.toReversed()) {
      try {
        rmdirSync(folder); // only where it is empty
      } catch {
        break;
      }
    }
  }
  // Where the file is missing, the copy may be all that is left of it.
  const kept = how === "missing" && one.backup !== null && existsSync(one.backup) ? one.backup : undefined;
  if (one.backup !== null && kept === undefined) rmSync(one.backup, { force: true });
  writeRecords(io, readRecords(io).filter(({ file }) => file !== one.file));
  return { file: one.file, how, ...(kept === undefined ? {} : { backup: kept }) };
}

function takeBack(one: SetupRecord, now: string): Undone["how"] {
  const { file, backup, created, digest } = one;
  try {
    if (digestOf(now) === digest && created) {
      rmSync(file);
      return "removed";
    }
    const original = digestOf(now) === digest && backup !== null ? readClientFile(backup) : undefined;
    const target = realpathSync(file);
    const mode = statSync(target).mode & 0o777;
    writeWhole(target, original ?? withoutSettings(one, now), mode);
    return original === undefined ? "settings" : "restored";
  } catch (error) {
    if (error instanceof CliError) throw error;
    const why = error instanceof CannotEdit ? error.message : reason(error);
    const copy = backup === null ? "" : ` What it was before is in ${backup}.`;
    throw new CliError(
      `${file} was not changed: ${why}. Take the settings of this proxy out by hand.${copy}`,
    );
  }
}

/** A text without what setup has put there; tables that it made and that are empty now go, too. */
function withoutSettings({ format, restore }: SetupRecord, text: string): string {
  const data = dataIn(format, text);
  const back: Edit[] = restore.map(({ path, value }) => ({ path, value: value as Json | undefined }));
  let left: Json = edited(data, back);
  const emptied: Edit[] = [];
  for (const { path, depth } of restore) {
    for (let length = path.length - 1; length > depth; length--) {
      const table = path.slice(0, length);
      const value = valueAt(left, table);
      if (!isTable(value) || Object.keys(value).length > 0) break;
      emptied.push({ path: table, value: undefined });
      left = edited(left, [{ path: table, value: undefined }]);
    }
  }
  return editText(format, text, [...back, ...(format === "toml" ? [] : emptied)]);
}
