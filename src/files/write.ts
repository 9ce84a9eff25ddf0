/** Writing files that others may read at the same time. */
import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

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
    writeFileSync(fresh, text, { mode });
    chmodSync(fresh, mode); // the mode of a new file is cut by the umask
    renameSync(fresh, path);
  } finally {
    rmSync(fresh, { force: true });
  }
}
