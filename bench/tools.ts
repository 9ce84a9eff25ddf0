/** The programs from elsewhere that a comparison needs, and how to get them. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

const INSTALL = "apt-get install nginx-light wrk";

/** Where a program is; administrators' folders are looked into as well. */
export function find(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin", "/sbin"];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** What is left out where these programs are missing; undefined: they are there. */
export function missing(names: readonly string[], without: string): string | undefined {
  const absent = names.filter((name) => find(name) === undefined);
  return absent.length === 0
    ? undefined
    : `${absent.join(" and ")} ${
      absent.length === 1 ? "is" : "are"
    } not installed: ${without}. On Debian: ${INSTALL}`;
}
