/**
 * Recordings and labelled prompts that are not in this repository: tests use them where they are beside the checkout. With
 * `TERRAPHIM_SHARED_REQUIRED=1` a test that misses one fails instead of doing without it.
 */
import { existsSync } from "node:fs";
import process from "node:process";

const FOLDER = new URL("../../../shared/", import.meta.url);

/** A file or folder (`x/`) beside the checkout; it may not be there. */
export const shared = (path: string): URL => new URL(path, FOLDER);

/** Why a test that needs a file or folder is skipped; false: it is there. @throws Error where it is required and missing */
export function withoutShared(path: string): string | false {
  if (existsSync(shared(path))) return false;
  const reason = `../shared/${path} is not beside this checkout`;
  if (process.env.TERRAPHIM_SHARED_REQUIRED === "1") throw new Error(reason);
  return reason;
}

/** The files or folders of these that are there. @throws Error where one is required and missing */
export const sharedWhereThere = (...paths: readonly string[]): readonly URL[] =>
  paths.filter((path) => withoutShared(path) === false).map(shared);
