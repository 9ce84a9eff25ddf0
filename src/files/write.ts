/** Writing files that others may read at the same time. */
import { randomUUID } from "node:crypto";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import process from "node:process";

/**
 * Writes a file all or nothing: a reader sees the old one until the new one is complete, and nothing is left behind on a
 * failure. Missing folders are made, for the user alone.
 * @param mode @default 0o600 (the user alone)
 * @throws the file system's error
 */
export function writeWhole(path: string, text: string, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${randomUUID()}`;
  try {
    writeFileSync(fresh, text, { mode, flag: "wx" });
    chmodSync(fresh, mode); // the mode of a new file is cut by the umask
    renameSync(fresh, path);
  } finally {
    rmSync(fresh, { force: true });
  }
}

/**
 * Writes another text into a file that is there, all or nothing: through a symbolic link to where it leads, with its mode.
 * @throws the file system's error
 */
export function rewrite(path: string, text: string): void {
  const target = realpathSync(path);
  writeWhole(target, text, statSync(target).mode & 0o777);
}

/** Makes new files the user's alone from the first instant, whatever the umask was. Without effect on Windows. */
export function keepNewFilesPrivate(): void {
  try {
    process.umask(0o077);
  } catch { /* not permitted: modes are set after creation too */ }
}

/** Takes a folder of the program's own from other users, where it is there and the user may. */
export function takeFromOthers(folder: string): void {
  try {
    if (process.platform !== "win32" && (statSync(folder).mode & 0o077) !== 0) chmodSync(folder, 0o700);
  } catch { /* not there, not the owner, or a file system without modes */ }
}

/**
 * Whether users other than the owner may write a file, or put another one in a folder. A group with the owner's own number
 * is the user's alone (https://wiki.debian.org/UserPrivateGroups), and in a folder such as /tmp only owners replace files.
 * False on systems without such modes, and where nothing is there.
 */
export function othersCanWrite(path: string): boolean {
  if (process.platform === "win32") return false;
  try {
    const { mode, uid, gid } = statSync(path);
    const isSticky = (mode & 0o1000) !== 0;
    return !isSticky && ((mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== uid));
  } catch {
    return false;
  }
}

/** Whether a path is a symbolic link in a folder that others may write: one of theirs, perhaps, to a file of the user's. */
export function isStrangersLink(path: string): boolean {
  if (process.platform === "win32") return false;
  const link = lstatSync(path, { throwIfNoEntry: false });
  return link?.isSymbolicLink() === true && (statSync(dirname(path)).mode & 0o022) !== 0;
}
